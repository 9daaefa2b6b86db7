"""Fits few answers: boosted on from a base model's log-odds, or from nothing."""

from dataclasses import dataclass, replace

import lightgbm
import numpy as np

from . import metrics
from .base_model import BaseModel, leaves_of
from .calibrate import Calibration, calibrate
from .fit import FitOptions, Rows, boosted, focused, with_masked_copies
from .forest import calibrated_forest
from .matrix import Matrix, evenly_spread
from .metrics import sigmoid
from .model import TrainedModel, exported
from .trees import Tree, trees_of

FOLDS = 5
# Few and small trees on a base: they learn what honest people do here, and have too few leaves to learn a campaign by heart. Larger
# ones find more of the campaigns that were asked about, and less of the next.
ON_A_BASE = FitOptions(
    trees=40,
    leaves=7,
    learning_rate=0.1,
    min_rows_in_leaf=20,
    l2=20.0,
    feature_fraction=0.3,
    focus=0.4,
    bagging=0.8,
    min_hessian_in_leaf=1e-3,
)
ON_A_BASE_ANSWERS = 200  # that these trees are for; more bear more of them, by the square root
# Without a base all is to be learned; still smaller than those of a large stream: a leaf needs accounts, and there are few.
FROM_NOTHING = replace(ON_A_BASE, trees=120, leaves=15, min_rows_in_leaf=8, l2=5.0, feature_fraction=0.5, focus=0.7)
# Events of an account that train, at most, evenly spread: else the busiest fill the leaves.
EVENTS_PER_ACCOUNT = 20
# Weights are softened for the trees: by one over a small probability a single account would outvote fifty. Calibration, thresholds and
# all figures take them as they are.
SOFTENED = 0.5


@dataclass(frozen=True)
class Sample:
    """Labelled accounts to learn from: the matrix, a weight per account [A], and their groups (str [A])."""

    matrix: Matrix
    weights: np.ndarray
    groups: np.ndarray
    base: BaseModel | None
    base_log_odds: np.ndarray  # float64 [N]; zeros where there is no base

    @property
    def options(self) -> FitOptions:
        """How large a model the answers bear."""
        if self.base is None:
            return FROM_NOTHING
        growth = float(np.sqrt(len(self.matrix.accounts) / ON_A_BASE_ANSWERS))
        return replace(ON_A_BASE, trees=round(ON_A_BASE.trees * np.clip(growth, 0.5, 4)))

    def rows(self, events: np.ndarray, softened: float) -> Rows:
        """The chosen events (bool [N]), each account's weight spread over those of its own."""
        account = self.matrix.account[events]
        counts = np.bincount(account, minlength=len(self.matrix.accounts))
        weights = self.weights[account] ** softened / counts[account]
        return Rows(self.matrix.values[events], self.matrix.fake[events], weights / weights.mean(), account)

    @property
    def all_rows(self) -> Rows:
        """All events, weighed to the platform."""
        return self.rows(np.ones(len(self.matrix), dtype=bool), 1.0)

    def by_account(self, event_score: np.ndarray) -> np.ndarray:
        """Highest score of each account's events [A]."""
        highest = np.full(len(self.matrix.accounts), -np.inf)
        np.maximum.at(highest, self.matrix.account, event_score)
        return highest


def folds_of_groups(sample: Sample) -> np.ndarray:
    """A fold, 0 to FOLDS-1, per account [A]: groups whole, each class dealt evenly, the order of the first event deciding."""
    accounts = sample.matrix.accounts
    folds = np.zeros(len(accounts), dtype=np.int64)
    names, place = np.unique(sample.groups, return_inverse=True)
    first = np.full(len(names), np.iinfo(np.int64).max)
    np.minimum.at(first, place, accounts.first_ms)
    fake = np.bincount(place, weights=accounts.fake, minlength=len(names)) > 0
    for of_class in (fake, ~fake):
        order = np.flatnonzero(of_class)[np.argsort(first[of_class], kind="stable")]
        for index, group in enumerate(order):
            folds[place == group] = index % FOLDS
    return folds


def fit_margins(sample: Sample, chosen: np.ndarray, seed: int) -> lightgbm.Booster:
    """Boosts on from the base's log-odds with the chosen accounts (bool [A]): a first time on all their events alike, then on those
    that decide (`fit.focused`): an account is acted on at its highest score."""
    events = chosen[sample.matrix.account] & evenly_spread(sample.matrix.account, EVENTS_PER_ACCOUNT)
    rows = sample.rows(events, SOFTENED)
    shown = with_masked_copies(rows, sample.options, seed)
    copies = shown.values[len(rows.values) :]
    start_of_copies = sample.base.log_odds(copies) if sample.base else np.zeros(len(copies))
    start = np.concatenate([sample.base_log_odds[events], start_of_copies])
    first = boosted(shown, sample.options, seed, start)
    margins = start + first.predict(shown.values, raw_score=True, num_threads=1)
    return boosted(focused(shown, margins, sample.options.focus), sample.options, seed, start)


def held_out_margins(sample: Sample, folds: np.ndarray, seed: int) -> np.ndarray:
    """Log-odds of each row [N] by a model that has not seen its account's fold."""
    margins = np.array(sample.base_log_odds)
    for fold in np.unique(folds):
        booster = fit_margins(sample, folds != fold, seed)
        inside = (folds == fold)[sample.matrix.account]
        margins[inside] += booster.predict(sample.matrix.values[inside], raw_score=True, num_threads=1)
    return margins


def without_base(sample: Sample) -> Sample:
    return replace(sample, base=None, base_log_odds=np.zeros_like(sample.base_log_odds))


def account_auc(sample: Sample, margins: np.ndarray) -> float:
    """ROC AUC per account, by its highest event, weighed to the platform."""
    return metrics.roc_auc(sample.by_account(margins), sample.matrix.accounts.fake, sample.weights)


def calibration_of(sample: Sample, margins: np.ndarray, folds: np.ndarray) -> tuple[Calibration, dict[str, float]]:
    """By held-out log-odds and the weights of the platform: the class share of the queue is not that of the platform."""
    rows = sample.all_rows
    return calibrate(margins, rows.fake, rows.weights, folds[sample.matrix.account])


def joined_model(
    sample: Sample, booster: lightgbm.Booster, calibration: Calibration, losses: dict[str, float]
) -> TrainedModel:
    """One forest of the base's trees and the new ones. What explains it is credited by the rows of this platform."""
    rows = sample.all_rows
    trees = trees_of(booster)
    if sample.base:
        trees = (*sample.base.trees, *trees, _constant(sample.base.intercept))
    forest, _ = calibrated_forest(trees, [_reach(tree, rows) for tree in trees], calibration)
    return exported(forest, calibration, losses, len(sample.matrix.features))


def _constant(value: float) -> Tree:
    none = np.zeros(0, dtype=np.int64)
    return Tree(none, none.astype(np.float32), none.astype(bool), none, none, np.array([value]))


def _reach(tree: Tree, rows: Rows) -> np.ndarray:
    """The weight of the rows that end in each leaf [L], a trace at least, so that no branch is empty."""
    least = 1e-9 * rows.weights.sum()
    leaves = leaves_of(tree, rows.values)
    return np.bincount(leaves, weights=rows.weights, minlength=len(tree.leaf_value)) + least


def export_error(sample: Sample, model: TrainedModel, margins: np.ndarray) -> float:
    """Largest difference between the exported model and the trees that were fitted."""
    return float(np.abs(model.probability(sample.matrix.values) - sigmoid(model.calibration.log_odds(margins))).max())
