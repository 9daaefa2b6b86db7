"""The table of `answers.sh`: what answers are worth, on accounts of a simulated platform that nobody was asked about."""

import csv
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from . import metrics
from .base_model import read_base
from .evaluate import highest_by_account
from .matrix import Matrix, read_matrix
from .runtime import OnnxModel

MODELS = Path(__file__).resolve().parent.parent
FALSE_POSITIVES = 0.001
COLUMNS = (
    "world",
    "answers",
    "fake among them",
    "tested on",
    "ROC AUC per account: base",
    "own",
    "recall at 0.1 % false positives: base",
    "own",
)


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


def score_lines(world: str, first: Path, tested: Path, second: Path, bundles: list[Path]) -> Iterator[str]:
    """Two rows of the table for each bundle, made of that many answers about accounts of the first stream."""
    with tested.open(encoding="utf-8", newline="") as file:
        never_asked = {row["account_id"] for row in csv.DictReader(file)}
    asked_world, other_course = read_matrix([first]), read_matrix([second])
    tests = {
        "accounts not asked about": (asked_world, np.isin(asked_world.accounts.ids, list(never_asked))),
        "another course": (other_course, np.ones(len(other_course.accounts), dtype=bool)),
    }
    base = {
        name: _measured(matrix, metrics.sigmoid(read_base(champion(), matrix).log_odds(matrix.values)), chosen)
        for name, (matrix, chosen) in tests.items()
    }
    for bundle in bundles:
        answers = json.loads((bundle / "manifest.json").read_text(encoding="utf-8"))["training"]["answers"]
        model = OnnxModel(bundle / "model.onnx")
        for name, (matrix, chosen) in tests.items():
            own = _measured(matrix, model.run(matrix.values)[:, 0], chosen)
            cells = [world, str(answers["fake"] + answers["genuine"]), str(answers["fake"]), name]
            cells += [f"{score:.4f}" for score in (base[name][0], own[0])]
            cells += [f"{score:.3f}" for score in (base[name][1], own[1])]
            yield f"| {' | '.join(cells)} |"


def _measured(matrix: Matrix, event_score: np.ndarray, chosen: np.ndarray) -> tuple[float, float]:
    """ROC AUC, and recall at the share of false positives, of the chosen accounts (bool [A]) by their highest events."""
    score, fake = highest_by_account(matrix, event_score)[chosen], matrix.accounts.fake[chosen]
    even = np.ones(len(score))
    return metrics.roc_auc(score, fake, even), metrics.recall_at_fpr(score, fake, even, FALSE_POSITIVES)
