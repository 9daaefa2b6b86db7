"""Suggested thresholds: from which score on an account is challenged, reviewed or blocked.

The rule, per action: the lowest score that at most a given share of held-out genuine accounts ever reach with any of
their events, with a margin for the luck of who was held out, but never below a given probability. The first half bounds the harm to honest people, who are many; the
second keeps an action from being taken on a score that says "rather not fake", however well the model ranks.
"""

import math
from dataclasses import dataclass

import numpy as np

from .errors import BuildError

DIGITS = 4
DEVIATIONS = 1.645  # one-sided, 95 %


@dataclass(frozen=True)
class Target:
    action: str
    false_positive_rate: float  # share of genuine accounts, 0 to 1
    probability_least: float  # 0 to 1

    def sentence(self) -> str:
        return f"at most {self.false_positive_rate:.2%} of genuine accounts, and at least {self.probability_least:g}"


TARGETS = (Target("challenge", 0.02, 0.2), Target("review", 0.005, 0.5), Target("block", 0.001, 0.9))


def suggest_thresholds(genuine_scores: np.ndarray, targets: tuple[Target, ...] = TARGETS) -> dict[str, float]:
    """Thresholds by action, strictly ascending, each in (0, 1): an account is acted on at or above it.
    `genuine_scores` holds each held-out genuine account's highest score. Raises BuildError for a hopeless model."""
    highest = 1 - 10**-DIGITS
    thresholds: dict[str, float] = {}
    for target in targets:
        least = max([target.probability_least, *(each + 10**-DIGITS for each in thresholds.values())])
        threshold = max(least, min(_lowest_within(genuine_scores, target.false_positive_rate), highest))
        thresholds[target.action] = round(threshold, DIGITS)
    if thresholds[targets[-1].action] > highest:
        raise BuildError("too many genuine accounts have the highest score: no thresholds keep the actions apart")
    return thresholds


def _allowed(bound: float) -> int:
    """The largest count that, with 1.645 deviations of a Poisson count above it, is within the bound; at least 0."""
    root = (math.sqrt(DEVIATIONS**2 + 4 * bound) - DEVIATIONS) / 2
    return math.floor(root**2)


def _lowest_within(scores: np.ndarray, rate: float) -> float:
    """The lowest threshold, rounded up, of which so few of the scores reach it that another sample of accounts like them
    would keep to `rate` as well, 95 times of 100."""
    allowed = _allowed(rate * len(scores))
    highest_refused = float(np.sort(scores)[::-1][allowed])
    scale = 10**DIGITS
    return (math.floor(highest_refused * scale) + 1) / scale
