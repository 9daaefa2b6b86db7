"""How the model does in each stream that it is tested on, and how sure that is: what a platform gets is one world, not the mean."""

from dataclasses import dataclass

import numpy as np

from . import metrics
from .evaluate import Scored, kinds_or_segments
from .matrix import campaign_kind

SEGMENT_LEAST = 20  # genuine accounts: in smaller segments one account is a rate of its own
RESAMPLES = 400


@dataclass(frozen=True)
class WorldFigures:
    """One test stream. Rates are of accounts, by each one's highest score over the whole stream."""

    name: str
    days: float  # from the first event to the last
    genuine: int
    fake: int
    roc_auc: float
    recall_at_1_percent: float
    recall_at_01_percent: float
    wrong_blocks: int
    blocked: int  # fake accounts
    worst_segment: str  # of genuine accounts, by share that is blocked
    worst_share: float


def figures_by_world(test: Scored, names: list[str], block: float) -> list[WorldFigures]:
    """`names` of the test streams, in their order. Streams without both classes are left out."""
    accounts = test.matrix.accounts
    segments = kinds_or_segments(accounts.segments)
    figures = []
    for stream, name in enumerate(names):
        inside = test.chosen & (accounts.streams == stream)
        if inside.any() and 0 < accounts.fake[inside].mean() < 1:
            figures.append(_figures(test, inside, name, block, segments))
    return figures


def _figures(test: Scored, inside: np.ndarray, name: str, block: float, segments: np.ndarray) -> WorldFigures:
    fake, score = test.matrix.accounts.fake[inside], test.account_score[inside]
    weights = np.ones(len(score))
    times = test.matrix.time_ms[inside[test.matrix.account]]
    wrong = (score >= block) & ~fake
    own = segments[inside]
    large = [each for each in np.unique(own[~fake]) if (~fake & (own == each)).sum() >= SEGMENT_LEAST]
    shares = {str(each): float(wrong[~fake & (own == each)].mean()) for each in large}
    worst = max(shares, key=lambda each: shares[each], default="")
    return WorldFigures(
        name=name,
        days=float(times.max() - times.min()) / 86_400_000,
        genuine=int((~fake).sum()),
        fake=int(fake.sum()),
        roc_auc=metrics.roc_auc(score, fake, weights),
        recall_at_1_percent=metrics.recall_at_fpr(score, fake, weights, 0.01),
        recall_at_01_percent=metrics.recall_at_fpr(score, fake, weights, 0.001),
        wrong_blocks=int(wrong.sum()),
        blocked=int(((score >= block) & fake).sum()),
        worst_segment=worst,
        worst_share=shares.get(worst, 0.0),
    )


def block_recall_interval(test: Scored, block: float, seed: int) -> tuple[float, float]:
    """95 % interval of the share of fake test accounts that are blocked, by drawing whole campaigns anew: accounts of one
    campaign are blocked together or not at all, so that they are no independent witnesses."""
    accounts = test.matrix.accounts
    fake = np.flatnonzero(test.chosen & accounts.fake)
    keys = [
        f"{accounts.streams[each]}:{accounts.segments[each] if campaign_kind(accounts.segments[each]) else each}"
        for each in fake
    ]
    _, campaign = np.unique(keys, return_inverse=True)
    sizes = np.bincount(campaign)
    blocked = np.bincount(campaign, test.account_score[fake] >= block)
    random = np.random.default_rng(seed)
    drawn = random.integers(0, len(sizes), (RESAMPLES, len(sizes)))
    low, high = np.quantile(blocked[drawn].sum(axis=1) / sizes[drawn].sum(axis=1), [0.025, 0.975])
    return float(low), float(high)


@dataclass(frozen=True)
class TypeCalibration:
    event_type: str
    events: int
    predicted: float
    observed: float


def calibration_by_type(test: Scored) -> list[TypeCalibration]:
    """Mean score and share of fake accounts' events, weighted as the test is."""
    events, types = test.chosen_events, test.matrix.event_type
    rows = []
    for event_type in np.unique(types[events]):
        of_type = events & (types == event_type)
        weights = test.event_weight[of_type]
        if weights.sum() == 0:
            continue
        rows.append(
            TypeCalibration(
                str(event_type),
                int(of_type.sum()),
                float(np.average(test.event_score[of_type], weights=weights)),
                float(np.average(test.matrix.fake[of_type], weights=weights)),
            )
        )
    return rows
