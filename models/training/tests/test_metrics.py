"""Each measure against a second, plain way to compute it."""

import numpy as np
import pytest

from training import metrics


@pytest.fixture(params=range(5))
def sample(request: pytest.FixtureRequest) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Scores with many ties, labels, weights."""
    random = np.random.default_rng(request.param)
    fake = random.random(200) < 0.3
    score = np.round(np.clip(random.normal(0.3 + 0.3 * fake, 0.2), 0, 1), 2)
    return score, fake, random.choice([0.25, 0.5, 1.0, 2.0], 200)


def test_roc_auc_is_the_chance_to_rank_a_pair_right(sample) -> None:
    score, fake, weights = sample
    difference = score[fake][:, None] - score[~fake][None, :]
    pair_weights = weights[fake][:, None] * weights[~fake][None, :]
    plain = np.average((difference > 0) + 0.5 * (difference == 0), weights=pair_weights)
    assert metrics.roc_auc(score, fake, weights) == pytest.approx(plain)


def test_pr_auc_is_the_mean_precision_at_each_fake_one(sample) -> None:
    score, fake, weights = sample
    precisions = [np.average(fake[score >= at], weights=weights[score >= at]) for at in score[fake]]
    assert metrics.pr_auc(score, fake, weights) == pytest.approx(np.average(precisions, weights=weights[fake]))


@pytest.mark.parametrize("rate", [0.0, 0.01, 0.1, 1.0])
def test_recall_at_fpr_is_the_best_recall_of_all_thresholds_within_the_rate(sample, rate: float) -> None:
    score, fake, weights = sample
    recalls = [0.0]
    for at in np.unique(score):
        if np.average(score[~fake] >= at, weights=weights[~fake]) <= rate + 1e-12:
            recalls.append(np.average(score[fake] >= at, weights=weights[fake]))
    assert metrics.recall_at_fpr(score, fake, weights, rate) == pytest.approx(max(recalls))


def test_a_score_that_tells_the_truth_has_almost_no_calibration_error() -> None:
    random = np.random.default_rng(0)
    probability = random.random(50_000)
    fake = random.random(50_000) < probability
    ones = np.ones(50_000)
    assert metrics.expected_calibration_error(probability, fake, ones) < 0.02
    assert metrics.expected_calibration_error(probability / 2, fake, ones) == pytest.approx(0.25, abs=0.02)


def test_reliability_bins_hold_all_weight(sample) -> None:
    bins = metrics.reliability(*sample)
    assert sum(each.weight_share for each in bins) == pytest.approx(1)
    assert all(each.low <= each.predicted <= each.high for each in bins)


def test_log_loss_of_certain_mistakes_is_finite() -> None:
    loss = metrics.log_loss(np.array([0.0, 1.0]), np.array([True, False]), np.ones(2))
    assert loss == pytest.approx(-np.log(1e-7), rel=1e-3)


def test_sigmoid_reaches_both_ends_without_overflow() -> None:
    with np.errstate(all="raise"):
        assert metrics.sigmoid(np.array([-1e4, 0.0, 1e4])).tolist() == [0.0, 0.5, 1.0]


@pytest.mark.parametrize(
    ("count", "total", "low", "high"), [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (5, 10, 0.2366, 0.7634)]
)
def test_wilson_interval_gives_published_values(count: int, total: int, low: float, high: float) -> None:
    assert metrics.wilson_interval(count, total) == pytest.approx((low, high), abs=1e-4)
