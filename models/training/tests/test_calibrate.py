import numpy as np
import pytest

from training.calibrate import IDENTITY, calibrate, platt
from training.errors import BuildError
from training.metrics import expected_calibration_error, sigmoid
from training.thresholds import TARGETS, suggest_thresholds


def sample(
    slope: float, intercept: float, count: int = 20_000
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Margins whose true log-odds are slope * margin + intercept; labels, weights, folds."""
    random = np.random.default_rng(0)
    margins = random.normal(0, 3, count)
    fake = random.random(count) < sigmoid(slope * margins + intercept)
    return margins, fake, np.ones(count), random.integers(0, 5, count)


def test_platt_finds_the_true_line() -> None:
    margins, fake, weights, _ = sample(0.6, -0.8)
    found = platt(margins, fake, weights)
    assert (found.slope, found.intercept) == pytest.approx((0.6, -0.8), abs=0.05)


def test_weights_count_as_copies() -> None:
    margins, fake, _, _ = sample(0.6, -0.8, count=500)
    counts = np.random.default_rng(1).integers(1, 4, 500)
    weighted = platt(margins, fake, counts.astype(float))
    copied = platt(np.repeat(margins, counts), np.repeat(fake, counts), np.ones(counts.sum()))
    assert (weighted.slope, weighted.intercept) == pytest.approx((copied.slope, copied.intercept))


def test_overconfident_margins_are_calibrated() -> None:
    margins, fake, weights, folds = sample(0.5, -0.5)
    chosen, losses = calibrate(margins, fake, weights, folds)
    assert chosen.method == "platt"
    assert losses["platt"] < losses["identity"]
    calibrated = expected_calibration_error(sigmoid(chosen.log_odds(margins)), fake, weights)
    assert calibrated < 0.01 < expected_calibration_error(sigmoid(margins), fake, weights)


def test_margins_that_are_right_stay_as_they_are() -> None:
    random = np.random.default_rng(3)
    margins = np.repeat(random.normal(0, 2, 12), 5)
    folds = np.tile(np.arange(5), 12)
    fake = random.random(60) < sigmoid(margins)
    assert calibrate(margins, fake, np.ones(60), folds)[0] is IDENTITY


def test_perfectly_separated_margins_give_finite_odds() -> None:
    margins = np.array([-2.0, -1.0, 1.0, 2.0] * 10)
    found = platt(margins, margins > 0, np.ones(40))
    assert np.isfinite(found.slope)
    assert found.slope > 0


def test_a_model_that_ranks_backwards_is_refused() -> None:
    margins, fake, weights, _ = sample(-0.5, 0.0)
    with pytest.raises(BuildError, match="no better than chance"):
        platt(margins, fake, weights)


def test_thresholds_hold_their_false_positive_rates() -> None:
    scores = np.random.default_rng(0).random(5000) * 0.999
    thresholds = suggest_thresholds(scores)
    for target in TARGETS:
        assert (scores >= thresholds[target.action]).mean() <= target.false_positive_rate


def test_thresholds_hold_on_other_accounts_of_the_same_kind() -> None:
    random = np.random.default_rng(0)
    kept = [
        (0.999 * random.random(5000) >= suggest_thresholds(0.999 * random.random(5000))["review"]).mean() <= 0.005
        for _ in range(100)
    ]
    assert np.mean(kept) > 0.8


def test_thresholds_leave_no_more_room_than_luck_needs() -> None:
    thresholds = suggest_thresholds(np.random.default_rng(0).random(50_000) * 0.999)
    assert 1 - thresholds["challenge"] > 0.017


def test_thresholds_hold_on_the_stream_that_they_harm_most() -> None:
    random = np.random.default_rng(0)
    calm, harmed = 0.5 * random.random(9000), 0.999 * random.random(1000)
    streams = np.repeat([0, 1], [9000, 1000])
    thresholds = suggest_thresholds(np.concatenate([calm, harmed]), streams)
    assert suggest_thresholds(np.concatenate([calm, harmed]))["challenge"] < thresholds["challenge"]
    for target in TARGETS:
        assert (harmed >= thresholds[target.action]).mean() <= target.false_positive_rate


def test_thresholds_never_fall_below_their_probability() -> None:
    assert suggest_thresholds(np.full(1000, 0.01)) == {"challenge": 0.2, "review": 0.5, "block": 0.9}


def test_thresholds_ascend_where_scores_leave_no_room() -> None:
    thresholds = suggest_thresholds(np.full(1000, 0.97))
    assert thresholds["challenge"] < thresholds["review"] < thresholds["block"] < 1


def test_a_model_that_is_sure_of_genuine_accounts_is_refused() -> None:
    with pytest.raises(BuildError, match="too many genuine accounts"):
        suggest_thresholds(np.ones(1000))
