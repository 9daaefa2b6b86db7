"""How the model does in each stream that it is tested on, and how sure that is: what a platform gets is one world, not the mean."""

from dataclasses import dataclass

import numpy as np

from . import metrics
from .evaluate import FALSE_POSITIVE_RATES, Scored, kinds_or_segments
from .matrix import Matrix, campaign_kind

SEGMENT_LEAST = 20  # genuine accounts: in smaller segments one account is a rate of its own
RESAMPLES = 400
DAY_MS = 86_400_000
QUARTERS = 4


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
    wrong_blocks_30_days: float  # share of genuine accounts, in 30 days of an account's time in the stream
    blocked: int  # fake accounts
    worst_segment: str  # of genuine accounts, by share that is blocked
    worst_share: float


def figures_by_world(test: Scored, names: list[str], block: float) -> list[WorldFigures]:
    """`names` of the test streams, in their order. Streams without both classes are left out."""
    accounts = test.matrix.accounts
    segments = kinds_or_segments(accounts.segments)
    days = days_seen(test.matrix)
    figures = []
    for stream, name in enumerate(names):
        inside = test.chosen & (accounts.streams == stream)
        if inside.any() and 0 < accounts.fake[inside].mean() < 1:
            figures.append(_figures(test, inside, name, block, segments, days))
    return figures


def days_seen(matrix: Matrix) -> np.ndarray:
    """Days from an account's first event to the end of its stream, one at least: float [A]."""
    streams = matrix.accounts.streams
    end = np.zeros(streams.max() + 1, dtype=np.int64)
    np.maximum.at(end, streams[matrix.account], matrix.time_ms)
    return np.maximum(1.0, (end[streams] - matrix.accounts.first_ms) / DAY_MS)


def _figures(
    test: Scored, inside: np.ndarray, name: str, block: float, segments: np.ndarray, days: np.ndarray
) -> WorldFigures:
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
        days=float(times.max() - times.min()) / DAY_MS,
        genuine=int((~fake).sum()),
        fake=int(fake.sum()),
        roc_auc=metrics.roc_auc(score, fake, weights),
        recall_at_1_percent=metrics.recall_at_fpr(score, fake, weights, 0.01),
        recall_at_01_percent=metrics.recall_at_fpr(score, fake, weights, 0.001),
        wrong_blocks=int(wrong.sum()),
        wrong_blocks_30_days=float(wrong.sum() / days[inside][~fake].sum() * 30),
        blocked=int(((score >= block) & fake).sum()),
        worst_segment=worst,
        worst_share=shares.get(worst, 0.0),
    )


def recall_interval(test: Scored, threshold: float, seed: int) -> tuple[float, float]:
    """95 % interval of the share of fake test accounts that reach a threshold, by drawing whole campaigns anew: accounts of one
    campaign reach it together or not at all, so that they are no independent witnesses."""
    fake, campaign = _campaigns(test)
    sizes = np.bincount(campaign)
    blocked = np.bincount(campaign, test.account_score[fake] >= threshold)
    random = np.random.default_rng(seed)
    drawn = random.integers(0, len(sizes), (RESAMPLES, len(sizes)))
    low, high = np.quantile(blocked[drawn].sum(axis=1) / sizes[drawn].sum(axis=1), [0.025, 0.975])
    return float(low), float(high)


def _campaigns(test: Scored) -> tuple[np.ndarray, np.ndarray]:
    """The fake test accounts (indices) and the campaign of each, counted from 0; one of no campaign is one of its own."""
    accounts = test.matrix.accounts
    fake = np.flatnonzero(test.chosen & accounts.fake)
    keys = [
        f"{accounts.streams[each]}:{accounts.segments[each] if campaign_kind(accounts.segments[each]) else each}"
        for each in fake
    ]
    return fake, np.unique(keys, return_inverse=True)[1]


@dataclass(frozen=True)
class CampaignRecall:
    """What is found where so many genuine accounts are taken for fake, over all test streams together."""

    false_positive_rate: float
    accounts: float  # share of the fake accounts
    interval: tuple[float, float]  # 95 %, campaigns drawn whole
    campaigns: int
    found: int  # campaigns of which half of the accounts or more are found


def recall_by_campaign(test: Scored, seed: int) -> list[CampaignRecall]:
    fake, campaign = _campaigns(test)
    genuine = np.sort(test.account_score[test.chosen & ~test.matrix.accounts.fake])[::-1]
    rows = []
    for rate in FALSE_POSITIVE_RATES:
        threshold = np.nextafter(genuine[int(rate * len(genuine))], np.inf)
        found = test.account_score[fake] >= threshold
        shares = np.bincount(campaign, found) / np.bincount(campaign)
        interval = recall_interval(test, threshold, seed)
        rows.append(CampaignRecall(rate, float(found.mean()), interval, len(shares), int((shares >= 0.5).sum())))
    return rows


@dataclass(frozen=True)
class Quarter:
    """Accounts that first came in one quarter of their stream, judged as time went: no event knows a later one."""

    number: int  # from 1
    genuine: int
    fake: int
    roc_auc: float | None  # None where it has one class alone
    reached: dict[str, tuple[float, float]]  # share of genuine and of fake accounts that reach the action's threshold


def figures_by_quarter(test: Scored, thresholds: dict[str, float]) -> list[Quarter]:
    """Whether what it knows wears off as a stream goes on, while nothing is learned anew."""
    accounts = test.matrix.accounts
    begin, end = (np.full(accounts.streams.max() + 1, fill, dtype=np.int64) for fill in (np.iinfo(np.int64).max, 0))
    streams = accounts.streams[test.matrix.account]
    np.minimum.at(begin, streams, test.matrix.time_ms)
    np.maximum.at(end, streams, test.matrix.time_ms)
    length = np.maximum(1, end - begin + 1)[accounts.streams]
    place = (accounts.first_ms - begin[accounts.streams]) * QUARTERS // length
    quarters = []
    for number in range(QUARTERS):
        inside = test.chosen & (place == number)
        fake, score = accounts.fake[inside], test.account_score[inside]
        if 0 < fake.sum() < len(fake):
            reached = {
                action: (float((score[~fake] >= at).mean()), float((score[fake] >= at).mean()))
                for action, at in thresholds.items()
            }
            auc = metrics.roc_auc(score, fake, np.ones(len(score)))
        else:
            auc, reached = None, {}
        quarters.append(Quarter(number + 1, int((~fake).sum()), int(fake.sum()), auc, reached))
    return quarters


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
