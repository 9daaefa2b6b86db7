"""The calibrated forest: trees whose leaves add up to log-odds exactly, in whatever order they are added.

A runtime adds the leaves of a hundred trees as float32, and float32 sums depend on their order. onnxruntime's order
depends on the number of rows and of threads (tree_ensemble_common.h has one way for each range of both), so an event
could get one score in one batch and another in the next, and its decision other bytes. Here everything that is added is
a multiple of one power of two, coarse enough that no partial sum needs more than the 24 bits of a float32: each sum is
exact, hence the same in any order, and can be tested for equality. The price is a rounding of about a millionth of the
log-odds per tree.
"""

import math
from dataclasses import dataclass

import numpy as np

from .calibrate import Calibration
from .explain import branch_means, path_credits
from .trees import Tree


@dataclass(frozen=True)
class Forest:
    """Log-odds of fake = intercept + for each tree the value of the leaf that the row ends in."""

    trees: tuple[Tree, ...]  # each with at least one branch
    leaf_log_odds: tuple[np.ndarray, ...]  # per tree float64 [L]
    branch_log_odds: tuple[np.ndarray, ...]  # per tree float64 [B]: mean over the training rows that reach the branch
    intercept: float

    @property
    def base_log_odds(self) -> float:
        """Mean log-odds over the training rows: where every explanation starts."""
        return self.intercept + sum(float(means[0]) for means in self.branch_log_odds)

    def score_weights(self) -> list[list[dict[int, float]]]:
        """Leaf weights of the model: one output, log-odds."""
        return [[{0: float(value)} for value in leaf] for leaf in self.leaf_log_odds]

    def explanation_weights(self) -> list[list[dict[int, float]]]:
        """Leaf weights of the explanation: one output per feature, log-odds."""
        columns = zip(self.trees, self.leaf_log_odds, self.branch_log_odds, strict=True)
        return [path_credits(tree, leaf, means) for tree, leaf, means in columns]


def calibrated_forest(
    trees: tuple[Tree, ...], reach: list[np.ndarray], calibration: Calibration
) -> tuple[Forest, float]:
    """Melts the calibration into the trees and rounds to the power of two, which is returned too. `reach` holds per tree
    the weight of the training rows in each leaf [L]. Trees without a branch become part of the intercept."""
    constant = sum(float(tree.leaf_value[0]) for tree in trees if len(tree.feature) == 0)
    grown = [(tree, weight) for tree, weight in zip(trees, reach, strict=True) if len(tree.feature) > 0]
    leaves = [calibration.slope * tree.leaf_value for tree, _ in grown]
    means = [branch_means(tree, leaf, weight) for (tree, weight), leaf in zip(grown, leaves, strict=True)]
    intercept = calibration.slope * constant + calibration.intercept
    exact = Forest(tuple(tree for tree, _ in grown), tuple(leaves), tuple(means), intercept)
    step = _step_for_exact_sums(exact)

    def snap(values: np.ndarray) -> np.ndarray:
        return np.round(values / step) * step

    rounded = Forest(exact.trees, tuple(map(snap, leaves)), tuple(map(snap, means)), float(snap(np.float64(intercept))))
    return rounded, step


def _step_for_exact_sums(forest: Forest) -> float:
    """The power of two of which no sum that scoring or explaining forms can be more than 2^24 multiples."""

    def widest(weights: list[list[dict[int, float]]]) -> float:
        return sum(max(abs(weight) for leaf in tree for weight in leaf.values()) for tree in weights)

    largest = max(abs(forest.intercept) + widest(forest.score_weights()), widest(forest.explanation_weights()))
    return 2.0 ** (math.ceil(math.log2(largest * 1.01)) - 24)
