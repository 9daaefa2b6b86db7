"""A model of the platform's own, from a few hundred answers: the whole path, top to bottom.

All that is said of the model is measured on accounts that the model in question has not seen: the answers are dealt into folds,
groups of accounts made alike whole, and each fold is scored by a model of the others. A second test is by time: the later third of
the groups, by a model of the earlier ones. What is written is fitted on all answers.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from . import evaluate, metrics
from .answers import read_answers
from .base_model import read_base
from .boost import (
    FOLDS,
    Sample,
    account_auc,
    calibration_of,
    export_error,
    fit_margins,
    folds_of_groups,
    held_out_margins,
    joined_model,
    without_base,
)
from .bundle import write_files
from .calibrate import Calibration
from .errors import BuildError
from .golden import golden_rows, write_golden
from .manifest import iso, write_manifest
from .matrix import Matrix, read_matrix
from .metrics import sigmoid
from .options import PATH_SEGMENT
from .own_card import write_own_card
from .places import read_places
from .rates import threshold_table
from .report import ReportFacts, write_report

FAKE_LEAST = 10
GENUINE_LEAST = 20
LATER_SHARE = 1 / 3
EXPORT_ERROR_MAX = 1e-4


@dataclass(frozen=True)
class OwnOptions:
    matrix: Path  # rows of the labelled accounts, as they were when they could have been judged
    answers: tuple[Path, ...]  # labels and queues
    out: Path
    name: str
    version: str
    base: Path | None = None
    norms: Path | None = None  # goes into the bundle, where the model takes ranks
    accounts: Path | None = None  # country and language
    author: str = "unnamed"
    seed: int = 7
    even_if_worse: bool = False


@dataclass(frozen=True)
class Compared:
    """ROC AUC per account, weighed to the platform, on accounts not seen."""

    own: float
    base: float | None
    without_base: float | None
    later: float | None  # by time; None where too few came later
    later_base: float | None


def build_own(options: OwnOptions, report: Callable[[str], None]) -> None:
    """Writes the bundle into `options.out`. Raises BuildError."""
    _check(options)
    matrix = read_matrix([options.matrix])
    answers = read_answers(options.answers, matrix.accounts)
    _enough(matrix)
    fake_share = float(np.average(matrix.accounts.fake, weights=answers.weights))
    report(
        f"read {len(matrix)} events of {len(matrix.accounts)} accounts with an answer, {int(matrix.accounts.fake.sum())} fake; "
        f"weighed to the platform {fake_share:.1%} are fake"
    )
    base = read_base(options.base, matrix) if options.base else None
    log_odds = base.log_odds(matrix.values) if base else np.zeros(len(matrix))
    sample = Sample(matrix, answers.weights, answers.groups, base, log_odds)

    folds = folds_of_groups(sample)
    margins, compared = _compare(sample, folds, options, report)
    calibration, losses = calibration_of(sample, margins, folds)
    held_out = sigmoid(calibration.log_odds(margins))
    table = threshold_table(sample, held_out, options.seed)
    thresholds = {row.action: row.threshold for row in table}
    report(
        f"calibrated by {calibration.method}; "
        + ", ".join(f"{action} from {at:g}" for action, at in thresholds.items())
    )

    booster = fit_margins(sample, np.ones(len(matrix.accounts), dtype=bool), options.seed)
    model = joined_model(sample, booster, calibration, losses)
    fitted = sample.base_log_odds + booster.predict(matrix.values, raw_score=True, num_threads=1)
    error = export_error(sample, model, fitted)
    if error > EXPORT_ERROR_MAX:
        raise BuildError(f"the exported model differs from the trees by {error:.2e}: the export is broken")
    report(
        f"fitted on all answers: {len(model.forest.trees)} trees, {len(sample.base.trees) if sample.base else 0} of them the base's"
    )

    score = model.probability(matrix.values)
    training = _training(options, matrix, sample, answers.are_drawn, fake_share, compared, calibration)
    rows = golden_rows(matrix, score, model.forest)
    measured = _measured(sample, held_out)
    places = read_places(options.accounts, matrix.accounts) if options.accounts else {}
    contributions = np.abs(model.contributions(matrix.values)).mean(axis=0)
    facts = ReportFacts(
        options.name, options.version, sample, held_out, table, compared, places, contributions, options.seed
    )
    files = {
        "model.onnx": model.model_bytes,
        "explanation.onnx": model.explanation_bytes,
        "golden.jsonl": write_golden(rows, model.probability(rows)),
        "card.md": write_own_card(facts, training),
        "report.html": write_report(facts),
    }
    if options.norms and "rank" in matrix.forms:
        files["norms.json"] = options.norms.read_bytes()
    files["manifest.json"] = write_manifest(options, matrix, model, thresholds, training, measured, files)
    write_files(options.out, files)


def _check(options: OwnOptions) -> None:
    if not PATH_SEGMENT.fullmatch(options.name) or not PATH_SEGMENT.fullmatch(options.version):
        raise BuildError("name and version take lower-case letters, digits, `.`, `_` and `-`, a letter or digit first")
    if options.out.exists():
        raise BuildError(f"{options.out} exists: a bundle is never edited; choose a new version, or remove the folder")
    if options.out.resolve().parts[-2:] != (options.name, options.version):
        raise BuildError(f"--out must end in {options.name}/{options.version}: bundles are found by their folder")


def _enough(matrix: Matrix) -> None:
    fake = int(matrix.accounts.fake.sum())
    genuine = len(matrix.accounts) - fake
    if fake < FAKE_LEAST or genuine < GENUINE_LEAST:
        raise BuildError(
            f"{fake} fake and {genuine} genuine accounts have an answer; {FAKE_LEAST} and {GENUINE_LEAST} at least are needed: "
            "draw a further queue"
        )


def _compare(
    sample: Sample, folds: np.ndarray, options: OwnOptions, report: Callable[[str], None]
) -> tuple[np.ndarray, Compared]:
    """Held-out log-odds [N], and what was compared. Raises BuildError where the base alone does better.

    That the answers do better without the base is said, and is no reason to leave it out: what is held out is of the campaigns that
    people were asked about, and what the base knows of all others does not show there."""
    margins = held_out_margins(sample, folds, options.seed)
    report(f"scored {FOLDS} folds, each by a model of the others")
    if sample.base is None:
        own = account_auc(sample, margins)
        report(f"held-out ROC AUC per account {own:.4f}")
        return margins, Compared(own, None, own, _later_auc(sample, options), None)
    bare = without_base(sample)
    own, alone = account_auc(sample, margins), account_auc(bare, held_out_margins(bare, folds, options.seed))
    base = account_auc(sample, sample.base_log_odds)
    report(f"held-out ROC AUC per account: base {base:.4f}, boosted on from it {own:.4f}, without it {alone:.4f}")
    if alone > own:
        report(
            "on these campaigns the answers do better without the base; it is kept for those that nobody was asked about "
            "(--no-base leaves it out)"
        )
    if own < base and not options.even_if_worse:
        raise BuildError(
            f"on accounts not seen the new model is worse than its base (ROC AUC {own:.4f} against {base:.4f}); nothing was written. "
            "Give more answers, or --even-if-worse"
        )
    later = _later_auc(sample, options)
    later_base = None if later is None else _auc_of_later(sample, sample.base_log_odds)
    return margins, Compared(own, base, alone, later, later_base)


def _later(sample: Sample) -> np.ndarray:
    """The accounts [A] of the groups that began last: a third of the groups, campaigns whole."""
    accounts = sample.matrix.accounts
    names, place = np.unique(sample.groups, return_inverse=True)
    first = np.full(len(names), np.iinfo(np.int64).max)
    np.minimum.at(first, place, accounts.first_ms)
    return first[place] > np.quantile(first, 1 - LATER_SHARE)


def _later_auc(sample: Sample, options: OwnOptions) -> float | None:
    """ROC AUC on the later accounts by a model of the earlier ones; None where a part lacks a class."""
    later, fake = _later(sample), sample.matrix.accounts.fake
    if any(len(np.unique(fake[part])) < 2 for part in (later, ~later)):
        return None
    booster = fit_margins(sample, ~later, options.seed)
    margins = sample.base_log_odds + booster.predict(sample.matrix.values, raw_score=True, num_threads=1)
    return _auc_of_later(sample, margins)


def _auc_of_later(sample: Sample, margins: np.ndarray) -> float:
    later = _later(sample)
    return metrics.roc_auc(sample.by_account(margins)[later], sample.matrix.accounts.fake[later], sample.weights[later])


def _measured(sample: Sample, held_out: np.ndarray) -> dict[str, dict]:
    """The manifest's metrics, on accounts not seen, weighed to the platform."""
    matrix = sample.matrix
    event_weight = (sample.weights / matrix.accounts.event_counts)[matrix.account]

    return {
        "event": evaluate.measures(held_out, matrix.fake, event_weight),
        "account": evaluate.measures(sample.by_account(held_out), matrix.accounts.fake, sample.weights),
    }


def _training(
    options: OwnOptions,
    matrix: Matrix,
    sample: Sample,
    are_drawn: bool,
    fake_share: float,
    compared: Compared,
    calibration: Calibration,
) -> dict:
    return {
        "window": {"from": iso(matrix.time_ms.min()), "to": iso(matrix.time_ms.max())},
        "rows": len(matrix),
        "accounts": len(matrix.accounts),
        "fakeShare": round(fake_share, 6),
        "answers": {
            "fake": int(matrix.accounts.fake.sum()),
            "genuine": int((~matrix.accounts.fake).sum()),
            "groups": len(np.unique(sample.groups)),
            "drawnByQueue": are_drawn,
        },
        "base": f"{sample.base.name} {sample.base.version}" if sample.base else None,
        "heldOutRocAuc": {name: None if value is None else round(value, 6) for name, value in vars(compared).items()},
        "seed": options.seed,
        "matrixSha256": matrix.sha256,
        "parameters": vars(sample.options),
        "calibration": {
            "method": calibration.method,
            "slope": round(calibration.slope, 6),
            "intercept": round(calibration.intercept, 6),
        },
    }
