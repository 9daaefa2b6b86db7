import numpy as np
import pytest

from training.evaluate import kinds_or_segments, rates_by, scored, summary
from training.matrix import Accounts, Matrix
from training.weights import account_weights, event_weights

THRESHOLDS = {"challenge": 0.3, "review": 0.5, "block": 0.9}


@pytest.fixture
def matrix() -> Matrix:
    """Accounts 0 and 1 are one campaign, 2 is another of the same kind, 3 and 4 are genuine. Events interleave."""
    accounts = Accounts(
        ids=np.array(list("abcde")),
        streams=np.zeros(5, dtype=np.int64),
        fake=np.array([True, True, True, False, False]),
        segments=np.array(
            ["campaign:bulk:1", "campaign:bulk:1", "campaign:bulk:2", "honest:resident", "honest:student"]
        ),
        first_ms=np.arange(5),
        event_counts=np.array([3, 1, 1, 2, 1]),
    )
    account = np.array([0, 3, 0, 1, 2, 0, 3, 4])
    return Matrix(
        "v",
        ("f",),
        ("g",),
        ("d",),
        ("value",),
        accounts,
        account,
        np.full(8, "x"),
        np.arange(8),
        np.zeros((8, 1), np.float32),
        0,
        "",
    )


SCORES = np.array([0.1, 0.2, 0.4, 0.95, 0.6, 0.92, 0.35, 0.1])
EVERYONE = np.ones(5, dtype=bool)


def test_each_account_weighs_alike_and_classes_weigh_their_share(matrix: Matrix) -> None:
    weights = account_weights(matrix.accounts, EVERYONE, fake_share=0.2)
    assert weights.sum() == pytest.approx(5)
    assert weights[matrix.accounts.fake].sum() == pytest.approx(1)
    per_event = event_weights(matrix, weights)
    np.testing.assert_allclose(np.bincount(matrix.account, weights=per_event), weights)


def test_accounts_that_are_not_chosen_weigh_nothing(matrix: Matrix) -> None:
    chosen = np.array([True, False, True, True, False])
    weights = account_weights(matrix.accounts, chosen, fake_share=0.5)
    assert weights.tolist() == pytest.approx([0.75, 0, 0.75, 1.5, 0])


def test_recall_by_kind(matrix: Matrix) -> None:
    test = scored(matrix, EVERYONE, SCORES, 0.5)
    (bulk,) = rates_by(test, True, kinds_or_segments(matrix.accounts.segments), THRESHOLDS)
    assert (bulk.name, bulk.campaigns, bulk.accounts) == ("bulk", 2, 3)
    assert bulk.reached == {"challenge": 3, "review": 3, "block": 2}
    assert bulk.blocked_at_first_event == 1
    assert bulk.events_before_block == 1.0  # account 0 after two events, account 1 at once


def test_false_positives_by_segment(matrix: Matrix) -> None:
    test = scored(matrix, EVERYONE, SCORES, 0.5)
    resident, student = rates_by(test, False, kinds_or_segments(matrix.accounts.segments), THRESHOLDS)
    assert (resident.name, resident.reached) == ("resident", {"challenge": 1, "review": 0, "block": 0})
    assert (student.name, student.reached, student.events_before_block) == (
        "student",
        {"challenge": 0, "review": 0, "block": 0},
        None,
    )


def test_only_chosen_accounts_are_tested(matrix: Matrix) -> None:
    test = scored(matrix, np.array([True, False, False, True, True]), SCORES, 0.5)
    (bulk,) = rates_by(test, True, kinds_or_segments(matrix.accounts.segments), THRESHOLDS)
    assert (bulk.campaigns, bulk.accounts) == (1, 1)
    assert summary(test)["account"]["rocAuc"] == 1.0


def test_an_account_scores_as_its_highest_event(matrix: Matrix) -> None:
    assert scored(matrix, EVERYONE, SCORES, 0.5).account_score.tolist() == [0.92, 0.95, 0.6, 0.35, 0.1]
