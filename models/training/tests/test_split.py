import numpy as np
import pytest

from training.errors import SplitError
from training.matrix import Accounts
from training.split import Part, folds_of, split_accounts


def accounts_of(segments: list[str], first_ms: list[int] | None = None) -> Accounts:
    count = len(segments)
    return Accounts(
        ids=np.array([f"acc_{index}" for index in range(count)]),
        streams=np.zeros(count, dtype=np.int64),
        fake=np.array([segment.startswith("campaign:") for segment in segments]),
        segments=np.array(segments),
        first_ms=np.array(first_ms if first_ms is not None else range(count)),
        event_counts=np.ones(count, dtype=np.int64),
    )


def stream(campaigns: int, per_campaign: int = 4, honest: int = 100) -> Accounts:
    """Campaign n starts at n; names are numbered the other way round, so that no order of names can stand in for time."""
    names = [f"campaign:bulk:{campaigns - number}" for number in range(campaigns) for _ in range(per_campaign)]
    starts = [number for number in range(campaigns) for _ in range(per_campaign)]
    return accounts_of(names + ["honest:resident"] * honest, starts + [0] * honest)


@pytest.mark.parametrize("test_apart", [True, False])
def test_no_campaign_is_cut(test_apart: bool) -> None:
    accounts = stream(7)
    parts = split_accounts(accounts, 1, test_apart)
    for segment in np.unique(accounts.segments[accounts.fake]):
        assert len(np.unique(parts[accounts.segments == segment])) == 1


def test_later_campaigns_test_and_earlier_ones_train() -> None:
    accounts = stream(7, per_campaign=1)
    parts = split_accounts(accounts, 1, test_apart=False)[accounts.fake]
    assert parts.tolist() == sorted(parts)
    assert parts[0] == Part.TRAIN
    assert parts[-1] == Part.TEST
    assert Part.CALIBRATE in parts


def test_honest_accounts_are_dealt_by_share_within_their_segment() -> None:
    accounts = accounts_of(
        ["honest:resident"] * 200 + ["honest:student"] * 50 + [f"campaign:bulk:{number}" for number in range(5)]
    )
    parts = split_accounts(accounts, 1, test_apart=False)
    assert [int((parts[:200] == part).sum()) for part in Part] == [120, 40, 40]
    assert [int((parts[200:250] == part).sum()) for part in Part] == [30, 10, 10]


def test_all_train_or_calibrate_where_the_test_stands_apart() -> None:
    parts = split_accounts(stream(2), 1, test_apart=True)
    assert set(parts.tolist()) == {Part.TRAIN, Part.CALIBRATE}


def test_seed_decides_and_repeats() -> None:
    accounts = stream(5)
    first, again, other = (split_accounts(accounts, seed, test_apart=False).tolist() for seed in (1, 1, 2))
    assert first == again != other


def test_too_few_campaigns_are_refused_with_advice() -> None:
    with pytest.raises(SplitError, match=r"no fake account is left to calibrate with: .*a second --matrix"):
        split_accounts(stream(1), 1, test_apart=True)


def test_equal_segments_of_two_streams_are_two_campaigns() -> None:
    accounts = stream(1)
    twice = Accounts(*(np.concatenate([column, column]) for column in vars(accounts).values()))
    twice.streams[len(accounts) :] = 1
    parts = split_accounts(twice, 1, test_apart=True)
    assert set(parts[twice.fake].tolist()) == {Part.TRAIN, Part.CALIBRATE}


def test_a_campaign_shares_one_fold() -> None:
    accounts = stream(6)
    folds = folds_of(accounts, 1, 5)
    assert set(folds[~accounts.fake].tolist()) == {0, 1, 2, 3, 4}
    for segment in np.unique(accounts.segments[accounts.fake]):
        assert len(np.unique(folds[accounts.segments == segment])) == 1
