"""Suggested thresholds: from which score on an account is challenged, reviewed or blocked.

The rule, per action: the lowest score that at most a given share of held-out genuine accounts ever reach with any of
their events, with a margin for the luck of who was held out, also of the stream among them where most do, and never below a given
probability. The first two bound the harm to honest people, who are many, and who are on one platform and not on the mean of several; the
last keeps an action from being taken on a score that says "rather not fake", however well the model ranks.
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


def suggest_thresholds(
    genuine_scores: np.ndarray, streams: np.ndarray | None = None, targets: tuple[Target, ...] = TARGETS
) -> dict[str, float]:
    """Thresholds by action, strictly ascending, each in (0, 1): an account is acted on at or above it.
    `genuine_scores` holds each held-out genuine account's highest score, `streams` (int) whence it is, where these are several. Raises
    BuildError for a hopeless model."""
    streams = np.zeros(len(genuine_scores)) if streams is None else streams
    highest = 1 - 10**-DIGITS
    thresholds: dict[str, float] = {}
    for target in targets:
        least = max([target.probability_least, *(each + 10**-DIGITS for each in thresholds.values())])
        within = max(
            _lowest_within(genuine_scores, _allowed(target.false_positive_rate * len(genuine_scores))),
            *(_lowest_of_stream(genuine_scores[streams == each], target) for each in np.unique(streams)),
        )
        threshold = max(least, min(within, highest))
        thresholds[target.action] = round(threshold, DIGITS)
    if thresholds[targets[-1].action] > highest:
        raise BuildError("too many genuine accounts have the highest score: no thresholds keep the actions apart")
    return thresholds


def _allowed(bound: float) -> int:
    """The largest count that, with 1.645 deviations of a Poisson count above it, is within the bound, so that another sample of accounts
    like these would keep to it as well, 95 times of 100; at least 0."""
    root = (math.sqrt(DEVIATIONS**2 + 4 * bound) - DEVIATIONS) / 2
    return math.floor(root**2)


def _lowest_of_stream(scores: np.ndarray, target: Target) -> float:
    """What keeps to the rate in one stream as it was, without a margin: one account is luck there, and more are the stream."""
    return _lowest_within(scores, min(len(scores) - 1, max(1, math.floor(target.false_positive_rate * len(scores)))))


def _lowest_within(scores: np.ndarray, allowed: int) -> float:
    """The lowest threshold, rounded up, that no more than `allowed` of the scores reach."""
    highest_refused = float(np.sort(scores)[::-1][allowed])
    scale = 10**DIGITS
    return (math.floor(highest_refused * scale) + 1) / scale
