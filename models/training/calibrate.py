"""Calibration: which probability a raw margin stands for.

Both candidates are linear in log-odds, so that a score stays a sum over features and its reasons add up to it exactly;
the slope and intercept melt into the leaves (forest.py) and cost nothing to score. Platt's method: J. Platt,
"Probabilistic outputs for support vector machines", 1999, with his prior for the targets.
"""

from dataclasses import dataclass

import numpy as np

from .errors import BuildError
from .metrics import log_loss, sigmoid

FOLDS = 5


@dataclass(frozen=True)
class Calibration:
    """log-odds = slope * margin + intercept, slope > 0."""

    method: str
    slope: float
    intercept: float

    def log_odds(self, margins: np.ndarray) -> np.ndarray:
        return self.slope * margins + self.intercept


IDENTITY = Calibration("identity", 1.0, 0.0)


def calibrate(
    margins: np.ndarray, fake: np.ndarray, weights: np.ndarray, folds: np.ndarray
) -> tuple[Calibration, dict[str, float]]:
    """The better of no calibration and Platt's by log loss on held-out folds (`folds`: int [N], the accounts of one
    campaign share a fold), and the log loss of both. Ties go to the simpler one."""
    losses = {
        "identity": log_loss(sigmoid(margins), fake, weights),
        "platt": log_loss(sigmoid(_cross_fitted(margins, fake, weights, folds)), fake, weights),
    }
    best = platt(margins, fake, weights) if losses["platt"] < losses["identity"] else IDENTITY
    return best, losses


def _cross_fitted(margins: np.ndarray, fake: np.ndarray, weights: np.ndarray, folds: np.ndarray) -> np.ndarray:
    """Log-odds of each row by a calibration that has not seen its fold."""
    log_odds = np.array(margins)
    for fold in np.unique(folds):
        inside = folds == fold
        if len(np.unique(fake[~inside])) == 2:
            log_odds[inside] = platt(margins[~inside], fake[~inside], weights[~inside]).log_odds(margins[inside])
    return log_odds


def platt(margins: np.ndarray, fake: np.ndarray, weights: np.ndarray) -> Calibration:
    """Weighted logistic regression on the margin by Newton's method. Raises BuildError if the margin ranks backwards."""
    fake_weight, genuine_weight = weights[fake].sum(), weights[~fake].sum()
    target = np.where(fake, (fake_weight + 1) / (fake_weight + 2), 1 / (genuine_weight + 2))
    inputs = np.stack([margins, np.ones_like(margins)], axis=1)
    solution = np.array([1.0, 0.0])
    for _ in range(100):
        probability = sigmoid(inputs @ solution)
        gradient = inputs.T @ (weights * (probability - target))
        curvature = weights * np.maximum(probability * (1 - probability), 1e-9)
        step = np.linalg.solve(inputs.T @ (inputs * curvature[:, None]), gradient)
        solution = solution - step * min(1.0, 2.0 / max(np.abs(step).max(), 1e-12))
        if np.abs(step).max() < 1e-10:
            break
    slope, intercept = (float(value) for value in solution)
    if slope <= 0:
        raise BuildError(
            "the model does no better than chance on the calibration accounts: look at the labels and features"
        )
    return Calibration("platt", slope, intercept)
