"""The table of `answers.sh`: what answers are worth, on accounts of a simulated platform that nobody was asked about."""

import csv
import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from . import metrics
from .evaluate import highest_by_account, kinds_or_segments
from .matrix import Matrix, read_matrix
from .runtime import OnnxModel
from .worlds import SEGMENT_LEAST

MODELS = Path(__file__).resolve().parent.parent
FALSE_POSITIVES = 0.001
# What is aimed at by the number of answers: ROC AUC, and recall at the share of false positives. Without any: ROC AUC alone.
AIMS = {"0": (0.95, None), "200": (0.985, 0.60), "400": (0.992, 0.75), "800": (0.996, 0.87)}
COLUMNS = (
    "world",
    "answers",
    "fake among them",
    "tested on",
    "ROC AUC per account",
    "recall at 0.1 % false positives",
    "genuine blocked",
    "worst segment",
    "fake blocked",
    "precision of block",
)
# What is tested: people who were not asked about beside those who were; and people and campaigns that nobody has seen.
SAME, OTHER = "same course", "another course"


@dataclass(frozen=True)
class Figures:
    """What a model comes to on one test. Shares are of accounts that ever reach its block threshold, by their highest event."""

    roc_auc: float
    recall: float
    wrong: float
    worst_segment: float
    caught: float
    precision: float | None  # None where nobody is blocked

    def cells(self) -> list[str]:
        shares = [f"{share:.2%}" for share in (self.wrong, self.worst_segment, self.caught)]
        precise = "" if self.precision is None else f"{self.precision:.2f}"
        return [f"{self.roc_auc:.4f}", f"{self.recall:.3f}", *shares, precise]


def champion() -> Path:
    """The bundle that ships, which answers are boosted on from."""
    named = json.loads((MODELS / "deployment.json").read_text(encoding="utf-8"))["champion"]
    return MODELS / named["name"] / named["version"]


def ranked_features() -> str:
    """The features that the champion takes as ranks, separated by commas."""
    manifest = json.loads((champion() / "manifest.json").read_text(encoding="utf-8"))
    return ",".join(name for name, form in manifest.get("forms", {}).items() if form == "rank")


def table_head() -> str:
    return f"| {' | '.join(COLUMNS)} |\n{'| --- ' * len(COLUMNS)}|"


def is_tested(account_id: str) -> bool:
    """Whether an account is of the half that is never asked about."""
    return hashlib.sha256(account_id.encode()).digest()[0] % 2 == 0


def write_tested(labels: Path, out: Path) -> None:
    """The labels of the half that is tested."""
    with labels.open(encoding="utf-8", newline="") as file, out.open("w", encoding="utf-8", newline="") as tested:
        reader = csv.DictReader(file)
        writer = csv.DictWriter(tested, reader.fieldnames, lineterminator="\n")
        writer.writeheader()
        writer.writerows(row for row in reader if is_tested(row["account_id"]))


def score_lines(
    world: str, first: Path, tested: Path, second: Path, bundles: list[Path], figures: Path
) -> Iterator[str]:
    """Two rows of the table for the champion, which is no answers, and for each bundle, made of that many answers about accounts of
    the first stream. `figures` is added to: what `mean_lines` takes."""
    with tested.open(encoding="utf-8", newline="") as file:
        never_asked = {row["account_id"] for row in csv.DictReader(file)}
    asked_world, other_course = read_matrix([first]), read_matrix([second])
    tests = {
        SAME: (asked_world, np.isin(asked_world.accounts.ids, list(never_asked))),
        OTHER: (other_course, np.ones(len(other_course.accounts), dtype=bool)),
    }
    for bundle in [champion(), *bundles]:
        manifest = json.loads((bundle / "manifest.json").read_text(encoding="utf-8"))
        answers = {"fake": 0, "genuine": 0} if bundle == champion() else manifest["training"]["answers"]
        count = "0" if bundle == champion() else bundle.name
        model = OnnxModel(bundle / "model.onnx")
        for name, (matrix, chosen) in tests.items():
            found = measured(matrix, model.run(matrix.values)[:, 0], chosen, manifest["thresholds"]["block"])
            with figures.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"answers": count, "tested": name, **asdict(found)}) + "\n")
            total = answers["fake"] + answers["genuine"]
            yield _line([world, str(total), str(answers["fake"]), name, *found.cells()])


def mean_lines(figures: Path) -> Iterator[str]:
    """The means over worlds, and what is aimed at."""
    rows = [json.loads(line) for line in figures.read_text(encoding="utf-8").splitlines()]
    for count in dict.fromkeys(row["answers"] for row in rows):
        for name in (SAME, OTHER):
            of = [row for row in rows if (row["answers"], row["tested"]) == (count, name)]
            known = [row["precision"] for row in of if row["precision"] is not None]
            mean = {
                key: float(np.mean([row[key] for row in of]))
                for key in asdict(Figures(0, 0, 0, 0, 0, 0))
                if key != "precision"
            }
            mean["worst_segment"] = max(row["worst_segment"] for row in of)
            found = Figures(**mean, precision=float(np.mean(known)) if known else None)
            yield _line([f"**mean of {len(of)}, the worst segment of all**", count, "", name, *found.cells()])
        if count in AIMS:
            auc, recall = AIMS[count]
            yield _line(
                [
                    "**aim**",
                    count,
                    "",
                    "",
                    f"{auc:g}",
                    "" if recall is None else f"{recall:g}",
                    "0.10%",
                    "0.50%",
                    "",
                    "0.95",
                ]
            )


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def measured(matrix: Matrix, event_score: np.ndarray, chosen: np.ndarray, block: float) -> Figures:
    """Of the chosen accounts (bool [A]), by the highest score of their events."""
    score, fake = highest_by_account(matrix, event_score)[chosen], matrix.accounts.fake[chosen]
    segments = kinds_or_segments(matrix.accounts.segments)[chosen]
    even, blocked = np.ones(len(score)), score >= block
    honest = [blocked[~fake & (segments == each)] for each in np.unique(segments[~fake])]
    return Figures(
        roc_auc=metrics.roc_auc(score, fake, even),
        recall=metrics.recall_at_fpr(score, fake, even, FALSE_POSITIVES),
        wrong=float(blocked[~fake].mean()),
        worst_segment=max((float(each.mean()) for each in honest if len(each) >= SEGMENT_LEAST), default=0.0),
        caught=float(blocked[fake].mean()),
        precision=float(fake[blocked].mean()) if blocked.any() else None,
    )
