"""Fits few answers: boosted on from a base model's log-odds, or from nothing, whichever held-out accounts prefer."""

from dataclasses import dataclass, replace

import lightgbm
import numpy as np

from . import metrics
from .base_model import BaseModel, leaves_of
from .calibrate import Calibration, calibrate
from .fit import FitOptions, Rows, with_masked_copies
from .forest import calibrated_forest
from .matrix import Matrix
from .metrics import sigmoid
from .model import TrainedModel, exported
from .trees import Tree, trees_of

FOLDS = 5
# Smaller trees than those of a large stream: a leaf needs accounts, and there are few.
FEW = FitOptions(trees=120, leaves=15, learning_rate=0.1, min_rows_in_leaf=8, l2=5.0, feature_fraction=0.5)
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

    def rows(self, chosen: np.ndarray, softened: float) -> tuple[Rows, np.ndarray]:
        """The rows of the chosen accounts (bool [A]), each account's weight spread over its events, and their base log-odds."""
        events = chosen[self.matrix.account]
        weights = (self.weights**softened / self.matrix.accounts.event_counts)[self.matrix.account][events]
        rows = Rows(
            self.matrix.values[events],
            self.matrix.fake[events],
            weights / weights.mean(),
            self.matrix.account[events],
        )
        return rows, self.base_log_odds[events]

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


def fit_margins(sample: Sample, chosen: np.ndarray, options: FitOptions, seed: int) -> lightgbm.Booster:
    """Boosts on from the base's log-odds."""
    rows, start = sample.rows(chosen, SOFTENED)
    shown = with_masked_copies(rows, options, seed)
    copies = shown.values[len(rows.values) :]
    start_of_copies = sample.base.log_odds(copies) if sample.base else np.zeros(len(copies))
    data = lightgbm.Dataset(
        shown.values,
        label=shown.fake.astype(np.float32),
        weight=shown.weights,
        init_score=np.concatenate([start, start_of_copies]),
    )
    parameters = {
        "objective": "binary",
        "num_leaves": options.leaves,
        "learning_rate": options.learning_rate,
        "min_data_in_leaf": options.min_rows_in_leaf,
        "min_sum_hessian_in_leaf": 1e-3,
        "lambda_l2": options.l2,
        "feature_fraction": options.feature_fraction,
        "bagging_fraction": 0.8,
        "bagging_freq": 1,
        "use_missing": True,
        "zero_as_missing": False,
        "seed": seed,
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": 1,
        "verbosity": -1,
    }
    return lightgbm.train(parameters, data, num_boost_round=options.trees)


def held_out_margins(sample: Sample, folds: np.ndarray, options: FitOptions, seed: int) -> np.ndarray:
    """Log-odds of each row [N] by a model that has not seen its account's fold."""
    margins = np.array(sample.base_log_odds)
    for fold in np.unique(folds):
        booster = fit_margins(sample, folds != fold, options, seed)
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
    everyone = np.ones(len(sample.matrix.accounts), dtype=bool)
    rows, _ = sample.rows(everyone, 1.0)
    return calibrate(margins, rows.fake, rows.weights, folds[sample.matrix.account])


def joined_model(
    sample: Sample, booster: lightgbm.Booster, calibration: Calibration, losses: dict[str, float]
) -> TrainedModel:
    """One forest of the base's trees and the new ones. What explains it is credited by the rows of this platform."""
    everyone = np.ones(len(sample.matrix.accounts), dtype=bool)
    rows, _ = sample.rows(everyone, 1.0)
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
