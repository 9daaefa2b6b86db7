"""Thresholds of a model from few answers: what they cost honest people, with intervals that say how little is known."""

from dataclasses import dataclass

import numpy as np

from .boost import Sample
from .thresholds import DIGITS, TARGETS

REPEATS = 400


@dataclass(frozen=True)
class Threshold:
    """Shares of accounts that reach the threshold with any event, weighed to the platform; intervals of 95 %."""

    action: str
    threshold: float
    target: float  # share of genuine accounts that it is meant to cost, at most
    genuine_reached: float
    genuine_interval: tuple[float, float]
    recall: float
    recall_interval: tuple[float, float]
    precision: float | None  # None where nobody reaches it

    @property
    def is_known(self) -> bool:
        """Whether the answers suffice to say that the target holds."""
        return self.genuine_interval[1] <= self.target


def threshold_table(sample: Sample, held_out: np.ndarray, seed: int) -> list[Threshold]:
    """Per action, the lowest score that at most the target's share of the genuine accounts reach with any of their events, never
    below the target's probability, and strictly ascending. `held_out`: probability [N] of models that have not seen the account."""
    highest, fake, weights = sample.by_account(held_out), sample.matrix.accounts.fake, sample.weights
    rows: list[Threshold] = []
    for target in TARGETS:
        least = max([target.probability_least, *(row.threshold + 10**-DIGITS for row in rows)])
        lowest = _lowest_within(highest[~fake], weights[~fake], target.false_positive_rate)
        ahead = 10**-DIGITS * (len(TARGETS) - 1 - len(rows))
        threshold = round(min(max(least, lowest), 1 - 10**-DIGITS - ahead), DIGITS)
        reached = highest >= threshold
        of_genuine, of_fake = (float(np.average(reached[part], weights=weights[part])) for part in (~fake, fake))
        caught, wrong = float(weights[reached & fake].sum()), float(weights[reached & ~fake].sum())
        rows.append(
            Threshold(
                target.action,
                threshold,
                target.false_positive_rate,
                of_genuine,
                _interval(reached, weights, sample.groups, ~fake, seed),
                of_fake,
                _interval(reached, weights, sample.groups, fake, seed),
                caught / (caught + wrong) if caught + wrong > 0 else None,
            )
        )
    return rows


def _lowest_within(scores: np.ndarray, weights: np.ndarray, rate: float) -> float:
    """The lowest threshold, rounded up, that at most `rate` of the weight reaches."""
    order = np.argsort(-scores, kind="stable")
    above = np.cumsum(weights[order]) > rate * weights.sum() * (1 + 1e-12)
    refused = float(scores[order][np.argmax(above)])
    return (np.floor(refused * 10**DIGITS) + 1) / 10**DIGITS


def _interval(
    reached: np.ndarray, weights: np.ndarray, groups: np.ndarray, part: np.ndarray, seed: int
) -> tuple[float, float]:
    """95 % interval of the weighed share that is reached, by drawing groups with replacement: those made alike err alike. Where none
    is reached, or all are, resampling sees no spread: the rule of three on the effective number of accounts bounds it."""
    share = float(np.average(reached[part], weights=weights[part]))
    effective = float(weights[part].sum() ** 2 / (weights[part] ** 2).sum())
    beyond = min(1.0, 3.0 / effective)
    low, high = cluster_bounds(
        lambda counts: float(np.sum(counts * weights * (reached & part)) / max(np.sum(counts * weights * part), 1e-12)),
        groups,
        seed,
    )
    return (1 - beyond if share == 1 else max(0.0, float(low))), (beyond if share == 0 else max(float(high), share))


def cluster_bounds(statistic, groups: np.ndarray, seed: int, repeats: int = REPEATS) -> tuple:
    """2.5 and 97.5 % points of a statistic of how often each account counts (float [A]), groups drawn with replacement. A statistic
    may be an array; its points are taken one by one."""
    names, place = np.unique(groups, return_inverse=True)
    random = np.random.default_rng(seed)
    values = []
    for _ in range(repeats):
        counts = np.bincount(random.integers(len(names), size=len(names)), minlength=len(names))[place]
        values.append(statistic(counts.astype(np.float64)))
    low, high = np.nanquantile(np.array(values), (0.025, 0.975), axis=0)
    return low, high
