"""How good the model is on accounts that it has not seen: per event, per account, per campaign kind and per segment."""

from dataclasses import dataclass

import numpy as np

from . import metrics
from .matrix import Matrix, campaign_kind
from .weights import account_weights, event_weights

FALSE_POSITIVE_RATES = (0.01, 0.001)


@dataclass(frozen=True)
class Scored:
    """Test accounts and their scores. Arrays over events have length N, over accounts length A; only `chosen` count."""

    matrix: Matrix
    chosen: np.ndarray  # bool [A]
    event_score: np.ndarray  # float [N]: probability
    account_score: np.ndarray  # float [A]: highest of the account's events
    account_weight: np.ndarray  # float [A], 0 where not chosen
    event_weight: np.ndarray  # float [N]

    @property
    def chosen_events(self) -> np.ndarray:
        return self.chosen[self.matrix.account]


def scored(matrix: Matrix, chosen: np.ndarray, event_score: np.ndarray, fake_share: float) -> Scored:
    """Weights make each account count alike and fake ones `fake_share` of the whole."""
    weights = account_weights(matrix.accounts, chosen, fake_share)
    highest = highest_by_account(matrix, event_score)
    return Scored(matrix, chosen, event_score, highest, weights, event_weights(matrix, weights))


def highest_by_account(matrix: Matrix, event_score: np.ndarray) -> np.ndarray:
    """The highest score of each account's events [A]."""
    highest = np.zeros(len(matrix.accounts))
    np.maximum.at(highest, matrix.account, event_score.astype(np.float64))
    return highest


def summary(test: Scored) -> dict[str, dict]:
    """The manifest's metrics, per event and per account (its highest score)."""
    events, accounts = test.chosen_events, test.chosen
    return {
        "event": measures(test.event_score[events], test.matrix.fake[events], test.event_weight[events]),
        "account": measures(
            test.account_score[accounts], test.matrix.accounts.fake[accounts], test.account_weight[accounts]
        ),
    }


def measures(score: np.ndarray, fake: np.ndarray, weights: np.ndarray) -> dict:
    """How well scores tell fake from genuine, as the manifest has it: [N] each."""
    return {
        "rocAuc": metrics.roc_auc(score, fake, weights),
        "prAuc": metrics.pr_auc(score, fake, weights),
        "logLoss": metrics.log_loss(score, fake, weights),
        "ece": metrics.expected_calibration_error(score, fake, weights),
        "recallAtFpr": {
            f"{rate:g}": metrics.recall_at_fpr(score, fake, weights, rate) for rate in FALSE_POSITIVE_RATES
        },
    }


@dataclass(frozen=True)
class GroupRates:
    """What happens to one group of test accounts that are all fake or all genuine: for fake ones `reached` is recall,
    for genuine ones a false-positive rate."""

    name: str
    campaigns: int  # how many whole campaigns; 0 for genuine accounts
    accounts: int
    reached: dict[str, int]  # accounts that ever reach the action's threshold
    blocked_at_first_event: int
    events_before_block: float | None  # median over the accounts that reach the block threshold


def rates_by(test: Scored, fake: bool, names: np.ndarray, thresholds: dict[str, float]) -> list[GroupRates]:
    """Rates of the fake or of the genuine test accounts, by the group that `names` (str [A]) gives each, in the order of
    names."""
    of_class = test.chosen & (test.matrix.accounts.fake == fake)
    block_at = _events_before(test, thresholds["block"])
    groups = []
    for name in np.unique(names[of_class]):
        inside = of_class & (names == name)
        blocked = block_at[inside & (block_at >= 0)]
        groups.append(
            GroupRates(
                name=str(name),
                campaigns=_campaign_count(test.matrix, inside),
                accounts=int(inside.sum()),
                reached={action: int((test.account_score[inside] >= at).sum()) for action, at in thresholds.items()},
                blocked_at_first_event=int((blocked == 0).sum()),
                events_before_block=float(np.median(blocked)) if len(blocked) else None,
            )
        )
    return groups


def kinds_or_segments(segments: np.ndarray) -> np.ndarray:
    """Name per account [A]: the campaign's kind, else the segment less `honest:`."""
    named = {
        each: campaign_kind(each) or each.removeprefix("honest:") or "(no segment)" for each in np.unique(segments)
    }
    return np.array([named[segment] for segment in segments])


def _campaign_count(matrix: Matrix, inside: np.ndarray) -> int:
    accounts = matrix.accounts
    campaigns = zip(accounts.streams[inside], accounts.segments[inside], strict=True)
    return len({(stream, segment) for stream, segment in campaigns if campaign_kind(segment)})


def _events_before(test: Scored, threshold: float) -> np.ndarray:
    """Per account [A] how many of its events come before the first that reaches the threshold; -1 if none does."""
    account = test.matrix.account
    order = np.argsort(account, kind="stable")
    starts = np.concatenate([[0], np.cumsum(test.matrix.accounts.event_counts)[:-1]])
    place = np.empty(len(account), dtype=np.int64)
    place[order] = np.arange(len(account)) - starts[account[order]]
    first = np.full(len(test.matrix.accounts), np.iinfo(np.int64).max)
    reached = test.event_score >= threshold
    np.minimum.at(first, account[reached], place[reached])
    return np.where(first == np.iinfo(np.int64).max, -1, first)
