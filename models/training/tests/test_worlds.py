"""What is reported of each test stream, and what trees learn from."""

from pathlib import Path

import numpy as np
import pytest

from training.errors import MatrixError
from training.evaluate import scored
from training.fit import Rows, focused
from training.matrix import read_matrix, read_test_matrix
from training.split import STREAMS_LEAST, Part, split_accounts
from training.worlds import (
    calibration_by_type,
    days_seen,
    figures_by_quarter,
    figures_by_world,
    recall_by_campaign,
    recall_interval,
)

from .synthetic import write_matrix


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("worlds")
    for seed in range(STREAMS_LEAST):
        write_matrix(folder / f"world-{seed}.csv", seed=seed, accounts=150)
    return folder


def test_each_stream_is_reported_by_itself(folder: Path) -> None:
    matrix = read_matrix([folder / "world-0.csv", folder / "world-1.csv"])
    own = matrix.accounts.streams[matrix.account]
    score = np.where(own == 0, matrix.fake, 0.5 * ~matrix.fake).astype(np.float64)
    test = scored(matrix, np.ones(len(matrix.accounts), dtype=bool), score, matrix.fake_share)
    good, bad = figures_by_world(test, ["good", "bad"], block=0.9)
    assert (good.name, good.roc_auc, good.wrong_blocks, good.blocked) == ("good", 1.0, 0, good.fake)
    assert (bad.name, bad.roc_auc, bad.blocked) == ("bad", 0.0, 0)


def test_the_worst_segment_is_named(folder: Path) -> None:
    matrix = read_matrix([folder / "world-0.csv"])
    student = (matrix.accounts.segments == "honest:student")[matrix.account]
    test = scored(matrix, np.ones(len(matrix.accounts), dtype=bool), student.astype(np.float64), matrix.fake_share)
    (figures,) = figures_by_world(test, ["one"], block=0.9)
    assert (figures.worst_segment, figures.worst_share) == ("student", 1.0)
    assert figures.wrong_blocks == (matrix.accounts.segments == "honest:student").sum()


def test_a_rate_in_30_days_counts_the_days_that_accounts_were_there(folder: Path) -> None:
    matrix = read_matrix([folder / "world-0.csv"])
    test = scored(matrix, np.ones(len(matrix.accounts), dtype=bool), np.ones(len(matrix)), matrix.fake_share)
    (figures,) = figures_by_world(test, ["one"], block=0.9)
    days = days_seen(matrix)
    assert days.min() == 1
    assert days.max() == pytest.approx(figures.days)
    assert figures.wrong_blocks == figures.genuine
    assert figures.wrong_blocks_30_days == pytest.approx(30 / days[~matrix.accounts.fake].mean())


def test_a_campaign_is_found_when_half_of_it_is(folder: Path) -> None:
    matrix = read_matrix([folder / "world-0.csv"])
    accounts = matrix.accounts
    found = np.array([name.startswith("campaign:bulk:") for name in accounts.segments])
    test = scored(
        matrix, np.ones(len(accounts), dtype=bool), found[matrix.account].astype(np.float64), matrix.fake_share
    )
    for rates in recall_by_campaign(test, seed=1):
        assert rates.accounts == pytest.approx(found[accounts.fake].mean())
        assert rates.interval[0] < rates.accounts < rates.interval[1]
        assert rates.found == len({name for name in accounts.segments if name.startswith("campaign:bulk:")})
        assert rates.found < rates.campaigns


def test_figures_over_time_are_of_accounts_by_when_they_came(folder: Path) -> None:
    matrix = read_matrix([folder / "world-0.csv", folder / "world-1.csv"])
    late = matrix.accounts.first_ms > np.median(matrix.accounts.first_ms)
    score = np.where(late[matrix.account], 0.5, matrix.fake).astype(np.float64)
    test = scored(matrix, np.ones(len(matrix.accounts), dtype=bool), score, matrix.fake_share)
    first, _, _, last = figures_by_quarter(test, {"review": 0.6, "block": 0.9})
    assert (first.roc_auc, first.reached["block"]) == (1.0, (0.0, 1.0))
    assert (last.roc_auc, last.reached["block"]) == (0.5, (0.0, 0.0))


def test_an_interval_by_campaigns_is_wider_than_one_by_accounts(folder: Path) -> None:
    matrix = read_matrix([folder / "world-0.csv"])
    accounts = matrix.accounts
    blocked = np.array(
        [
            int(name.rsplit(":", 1)[-1]) < 2 if fake else False
            for name, fake in zip(accounts.segments, accounts.fake, strict=True)
        ]
    )
    test = scored(
        matrix, np.ones(len(accounts), dtype=bool), blocked[matrix.account].astype(np.float64), matrix.fake_share
    )
    low, high = recall_interval(test, 0.5, seed=1)
    share = blocked[accounts.fake].mean()
    assert low < share < high
    assert high - low > 2 * 1.96 * np.sqrt(share * (1 - share) / accounts.fake.sum())


def test_calibration_is_said_by_event_type(folder: Path) -> None:
    matrix = read_matrix([folder / "world-0.csv"])
    score = np.where(matrix.event_type == "account.signup", 0.9, matrix.fake)
    test = scored(matrix, np.ones(len(matrix.accounts), dtype=bool), score, matrix.fake_share)
    by_type = {each.event_type: each for each in calibration_by_type(test)}
    assert by_type["account.signup"].predicted == pytest.approx(0.9)
    assert by_type["account.signup"].observed < 0.6
    assert by_type["account.login"].predicted == pytest.approx(by_type["account.login"].observed)


def test_a_stream_that_trained_cannot_test(folder: Path) -> None:
    trained = read_matrix([folder / "world-0.csv", folder / "world-1.csv"])
    with pytest.raises(MatrixError, match="a stream that trained cannot test"):
        read_test_matrix([folder / "world-2.csv", folder / "world-1.csv"], trained)


def test_many_streams_calibrate_whole(folder: Path) -> None:
    accounts = read_matrix([folder / f"world-{seed}.csv" for seed in range(STREAMS_LEAST)]).accounts
    parts = split_accounts(accounts, 1, test_apart=True)
    for stream in np.unique(accounts.streams):
        assert len(np.unique(parts[accounts.streams == stream])) == 1
    assert set(parts.tolist()) == {Part.TRAIN, Part.CALIBRATE}


def test_busy_accounts_keep_some_of_their_events_evenly(folder: Path) -> None:
    whole, thinned = read_matrix([folder / "world-0.csv"]), read_matrix([folder / "world-0.csv"], rows_per_account=3)
    assert thinned.accounts.ids.tolist() == whole.accounts.ids.tolist()
    assert thinned.accounts.event_counts.tolist() == np.minimum(whole.accounts.event_counts, 3).tolist()
    assert (thinned.accounts.fake == whole.accounts.fake).all()


def test_trees_learn_again_from_the_events_that_decide() -> None:
    account = np.array([0, 0, 0, 2, 2])
    weights = np.array([1.0, 1, 1, 3, 3])
    rows = focused(Rows(np.zeros((5, 1), np.float32), account == 0, weights, account), np.array([0.0, 4, 0, 1, 1]), 0.7)
    assert rows.weights[1] > 10 * rows.weights[0]
    np.testing.assert_allclose(rows.weights[3:], [3, 3])
    np.testing.assert_allclose(np.bincount(account, rows.weights), np.bincount(account, weights))
