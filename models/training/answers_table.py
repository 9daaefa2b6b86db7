"""The table of `answers.sh`: what answers are worth, on accounts of a simulated platform that nobody was asked about."""

import csv
import json
from pathlib import Path

import numpy as np

from . import metrics
from .base_model import read_base
from .evaluate import highest_by_account
from .matrix import read_matrix
from .runtime import OnnxModel

MODELS = Path(__file__).resolve().parent.parent
FALSE_POSITIVES = 0.001


def champion() -> Path:
    """The bundle that ships, which answers are boosted on from."""
    named = json.loads((MODELS / "deployment.json").read_text(encoding="utf-8"))["champion"]
    return MODELS / named["name"] / named["version"]


def ranked_features() -> str:
    """The features that the champion takes as ranks, separated by commas."""
    manifest = json.loads((champion() / "manifest.json").read_text(encoding="utf-8"))
    return ",".join(name for name, form in manifest.get("forms", {}).items() if form == "rank")


def give_answers(queue: Path, labels: Path, out: Path) -> None:
    """Answers a queue by who is who."""
    with labels.open(encoding="utf-8", newline="") as file:
        label = {row["account_id"]: row["label"] for row in csv.DictReader(file)}
    with queue.open(encoding="utf-8", newline="") as file, out.open("w", encoding="utf-8", newline="") as answers:
        writer = csv.writer(answers, lineterminator="\n")
        writer.writerow(["account_id", "label"])
        writer.writerows([row["account_id"], label[row["account_id"]]] for row in csv.DictReader(file))


def score_line(matrix_file: Path, queue: Path, bundle: Path, world: str) -> str:
    """A row of the table."""
    matrix = read_matrix([matrix_file])
    with queue.open(encoding="utf-8", newline="") as file:
        asked = {row["account_id"] for row in csv.DictReader(file)}
    was_asked = np.array([account_id in asked for account_id in matrix.accounts.ids])
    fake = matrix.accounts.fake
    base = highest_by_account(matrix, metrics.sigmoid(read_base(champion(), matrix).log_odds(matrix.values)))
    own = highest_by_account(matrix, OnnxModel(bundle / "model.onnx").run(matrix.values)[:, 0])
    cells = [world, str(int(was_asked.sum())), str(int(fake[was_asked].sum()))]
    even = np.ones(int((~was_asked).sum()))
    cells += [f"{metrics.roc_auc(score[~was_asked], fake[~was_asked], even):.4f}" for score in (base, own)]
    cells += [
        f"{metrics.recall_at_fpr(score[~was_asked], fake[~was_asked], even, FALSE_POSITIVES):.3f}"
        for score in (base, own)
    ]
    return f"| {' | '.join(cells)} |"
