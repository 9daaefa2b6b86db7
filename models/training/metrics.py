"""Weighted measures of a score: plain functions of score or probability [N], fake (bool [N]) and weights [N]."""

from dataclasses import dataclass

import numpy as np

BINS = 10


def sigmoid(log_odds: np.ndarray) -> np.ndarray:
    """Probability of log-odds, without overflow at either end."""
    return 0.5 * (1 + np.tanh(0.5 * np.asarray(log_odds, dtype=np.float64)))


def log_loss(probability: np.ndarray, fake: np.ndarray, weights: np.ndarray) -> float:
    """Mean negative log likelihood; probabilities are kept within 1e-7 of 0 and 1, which is what a float32 can tell."""
    kept = np.clip(probability.astype(np.float64), 1e-7, 1 - 1e-7)
    return float(np.average(-np.log(np.where(fake, kept, 1 - kept)), weights=weights))


def roc_auc(score: np.ndarray, fake: np.ndarray, weights: np.ndarray) -> float:
    """Chance that a fake one scores above a genuine one, ties counting half."""
    fake_at, genuine_at = _by_descending_score(score, fake, weights)
    genuine_below = genuine_at.sum() - np.cumsum(genuine_at)
    return float(np.sum(fake_at * (genuine_below + genuine_at / 2)) / (fake_at.sum() * genuine_at.sum()))


def pr_auc(score: np.ndarray, fake: np.ndarray, weights: np.ndarray) -> float:
    """Average precision: the mean of precision over recall."""
    fake_at, genuine_at = _by_descending_score(score, fake, weights)
    precision = np.cumsum(fake_at) / np.cumsum(fake_at + genuine_at)
    return float(np.sum(precision * fake_at) / fake_at.sum())


def recall_at_fpr(score: np.ndarray, fake: np.ndarray, weights: np.ndarray, rate: float) -> float:
    """Share of fake ones at or above the lowest threshold that at most `rate` of the genuine ones reach."""
    fake_at, genuine_at = _by_descending_score(score, fake, weights)
    within = np.cumsum(genuine_at) <= rate * genuine_at.sum() * (1 + 1e-12)
    return float(np.sum(fake_at[within]) / fake_at.sum())


def _by_descending_score(score: np.ndarray, fake: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weight of fake and of genuine ones at each distinct score, highest score first."""
    distinct, place = np.unique(-score.astype(np.float64), return_inverse=True)
    fake_at = np.bincount(place, weights=weights * fake, minlength=len(distinct))
    genuine_at = np.bincount(place, weights=weights * ~fake, minlength=len(distinct))
    return fake_at, genuine_at


@dataclass(frozen=True)
class ReliabilityBin:
    """What was predicted and what came true among the scores of one tenth of the range."""

    low: float
    high: float
    weight_share: float
    predicted: float  # mean probability
    observed: float  # share of fake ones


def reliability(probability: np.ndarray, fake: np.ndarray, weights: np.ndarray) -> list[ReliabilityBin]:
    """Ten bins of equal width, the empty ones left out."""
    place = np.minimum((probability * BINS).astype(np.int64), BINS - 1)
    bins = []
    for index in np.unique(place):
        inside = place == index
        bins.append(
            ReliabilityBin(
                low=float(index / BINS),
                high=float((index + 1) / BINS),
                weight_share=float(weights[inside].sum() / weights.sum()),
                predicted=float(np.average(probability[inside], weights=weights[inside])),
                observed=float(np.average(fake[inside], weights=weights[inside])),
            )
        )
    return bins


def expected_calibration_error(probability: np.ndarray, fake: np.ndarray, weights: np.ndarray) -> float:
    """Mean distance between predicted and observed over the reliability bins."""
    return sum(
        each.weight_share * abs(each.predicted - each.observed) for each in reliability(probability, fake, weights)
    )


def wilson_interval(count: int, total: int) -> tuple[float, float]:
    """95 % interval of a share (E. B. Wilson, 1927): usable for small totals and for shares near zero."""
    z = 1.959964
    share = count / total
    middle = share + z * z / (2 * total)
    spread = z * np.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    scale = 1 + z * z / total
    return float(max(0.0, (middle - spread) / scale)), float(min(1.0, (middle + spread) / scale))
