"""The exported trees take LightGBM's own path on every float32 row, and add up exactly."""

import lightgbm
import numpy as np
import pytest

from training.calibrate import Calibration
from training.errors import UnsupportedTreeError
from training.forest import calibrated_forest
from training.onnx_trees import tree_model
from training.runtime import OnnxModel
from training.trees import Tree, float32_threshold, trees_of

FEATURES = 6
QUIET = {"verbosity": -1, "num_threads": 1, "deterministic": True, "force_row_wise": True}


def booster_of(seed: int, missing: float = 0.15, rounds: int = 25, **parameters) -> lightgbm.Booster:
    """Trained on float64 values, so that thresholds fall between float32 values."""
    random = np.random.default_rng(seed)
    values = random.normal(0, 1, (1500, FEATURES))
    values[:, 1] = np.floor(np.exp(values[:, 1] * 2))
    values[:, 2] *= 1e-38
    values[:, 3] *= 1e30
    fake = values[:, 0] + np.sign(values[:, 2]) + np.log1p(values[:, 1]) + random.normal(0, 0.5, len(values)) > 1
    values[random.random(values.shape) < missing] = np.nan
    options = {"objective": "binary", "num_leaves": 15, "min_data_in_leaf": 5, **QUIET, **parameters}
    return lightgbm.train(options, lightgbm.Dataset(values, label=fake), rounds)


def probing_rows(trees: tuple[Tree, ...], seed: int, count: int = 3000) -> np.ndarray:
    """Rows whose values sit on, just above and just below thresholds, or are ordinary, missing, zero, tiny or infinite."""
    infinity = np.float32(np.inf)
    random = np.random.default_rng(seed)
    rows = random.normal(0, 2, (count, FEATURES)).astype(np.float32)
    for feature in range(FEATURES):
        thresholds = np.concatenate([tree.threshold[tree.feature == feature] for tree in trees])
        if len(thresholds) == 0:
            continue
        near = random.choice(thresholds, count)
        with np.errstate(over="ignore"):
            sides = np.stack([near, np.nextafter(near, infinity), np.nextafter(near, -infinity)])
        near = sides[random.integers(0, 3, count), np.arange(count)]
        rows[:, feature] = np.where(random.random(count) < 0.6, near, rows[:, feature])
    special = np.array([np.nan, 0.0, -0.0, 1e-45, -1e-45, 1e-35, -1e-35, np.inf, -np.inf, 3e38], dtype=np.float32)
    return np.where(random.random(rows.shape) < 0.25, random.choice(special, rows.shape), rows)


def leaf_numbers(trees: tuple[Tree, ...], rows: np.ndarray) -> np.ndarray:
    """The leaf that the exported model reaches in each tree [N, T]."""
    weights = [[{index: float(leaf)} for leaf in range(len(tree.leaf_value))] for index, tree in enumerate(trees)]
    return OnnxModel(tree_model(trees, weights, FEATURES, "leaf", outputs=len(trees))).run(rows).astype(np.int64)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize(
    "kind",
    [
        {"missing": 0.15},  # missing type NaN, both default directions
        {"missing": 0.0},  # missing type None: a missing value counts as zero
        {"missing": 0.15, "use_missing": False},
    ],
    ids=["missing values in training", "none in training", "missing values not used"],
)
def test_leaf_is_the_one_of_lightgbm(seed: int, kind: dict) -> None:
    booster = booster_of(seed, **kind)
    trees = trees_of(booster)
    rows = probing_rows(trees, seed)
    np.testing.assert_array_equal(leaf_numbers(trees, rows), booster.predict(rows, pred_leaf=True))


def test_missing_values_go_both_ways() -> None:
    ways = np.concatenate([tree.missing_left for tree in trees_of(booster_of(0))])
    assert ways.any()
    assert not ways.all()


@pytest.mark.parametrize("value", [0.1, -0.1, 1 / 3, 1e-34, -1e-34, 16777217.0, 1e38, -1e38, 1.0])
def test_threshold_is_the_largest_float32_at_most_the_value(value: float) -> None:
    threshold = float32_threshold(value)
    assert float(threshold) <= value < float(np.nextafter(threshold, np.float32(np.inf)))


@pytest.mark.parametrize(("value", "zero_goes_left"), [(0.0, True), (1e-50, True), (-1e-50, False), (-1e-35, False)])
def test_threshold_near_zero_treats_all_that_counts_as_zero_alike(value: float, zero_goes_left: bool) -> None:
    for zero in (-1e-35, 0.0, 1e-35):
        assert (np.float32(zero) <= float32_threshold(value)) == zero_goes_left


def test_nearest_rounding_would_not_do() -> None:
    rounded_up = np.float32(0.1)
    assert rounded_up.astype(np.float64) > 0.1
    assert rounded_up > float32_threshold(0.1)


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        ({"zero_as_missing": True}, "missing type Zero"),
        ({"linear_tree": True}, "linear leaves"),
    ],
)
def test_what_cannot_be_exact_is_refused(parameters: dict, reason: str) -> None:
    with pytest.raises(UnsupportedTreeError, match=reason):
        trees_of(booster_of(1, **parameters))


def test_a_categorical_split_is_refused() -> None:
    random = np.random.default_rng(0)
    values = random.integers(0, 20, (1500, 1)).astype(np.float64)
    data = lightgbm.Dataset(values, label=values[:, 0] % 3 == 0, categorical_feature=[0])
    with pytest.raises(UnsupportedTreeError, match="categorical"):
        trees_of(lightgbm.train({"objective": "binary", **QUIET}, data, 3))


@pytest.fixture(scope="module")
def exported():
    booster = booster_of(3, rounds=60)
    trees = trees_of(booster)
    rows = probing_rows(trees, 3)
    leaves = booster.predict(rows, pred_leaf=True)
    reach = [np.bincount(leaves[:, index], minlength=len(tree.leaf_value)) + 1.0 for index, tree in enumerate(trees)]
    calibration = Calibration("platt", 0.7, 0.4)
    forest, step = calibrated_forest(trees, reach, calibration)
    expected = calibration.log_odds(booster.predict(rows, raw_score=True))
    return forest, step, rows, leaves, expected


@pytest.mark.parametrize("threads", [1, 2, 4])
def test_log_odds_are_the_sum_of_leaves_to_the_last_bit_in_any_batch(exported, threads: int) -> None:
    forest, step, rows, leaves, expected = exported
    model_bytes = tree_model(forest.trees, forest.score_weights(), FEATURES, "log_odds", base=forest.intercept)
    model = OnnxModel(model_bytes, threads)
    exact = forest.intercept + sum(values[leaves[:, tree]] for tree, values in enumerate(forest.leaf_log_odds))
    whole = model.run(rows)[:, 0]
    np.testing.assert_array_equal(whole, exact)
    np.testing.assert_allclose(whole, expected, rtol=0, atol=len(forest.trees) * step)
    for batch in (1, 7, 64, 256):
        pieces = [model.run(rows[start : start + batch])[:, 0] for start in range(0, 512, batch)]
        np.testing.assert_array_equal(np.concatenate(pieces)[:512], whole[:512])


def test_contributions_add_up_to_the_log_odds_to_the_last_bit(exported) -> None:
    forest, _, rows, leaves, _ = exported
    explanation = OnnxModel(
        tree_model(forest.trees, forest.explanation_weights(), FEATURES, "contributions", outputs=FEATURES)
    ).run(rows)
    exact = forest.intercept + sum(values[leaves[:, tree]] for tree, values in enumerate(forest.leaf_log_odds))
    assert explanation.shape == (len(rows), FEATURES)
    np.testing.assert_array_equal(forest.base_log_odds + explanation.astype(np.float64).sum(axis=1), exact)


def test_a_feature_that_no_split_uses_contributes_nothing(exported) -> None:
    forest, _, rows, _, _ = exported
    unused = FEATURES
    model = tree_model(forest.trees, forest.explanation_weights(), FEATURES + 1, "contributions", outputs=FEATURES + 1)
    wider = np.concatenate([rows, rows[:, :1]], axis=1)
    assert not OnnxModel(model).run(wider)[:, unused].any()


def test_contributions_are_the_changes_along_the_path() -> None:
    # Root splits on feature 0: left is leaf 0 (reached by 3), right splits on feature 1: leaves 1 (by 1) and 2 (by 2).
    tree = Tree(
        feature=np.array([0, 1]),
        threshold=np.array([0.0, 0.0], dtype=np.float32),
        missing_left=np.array([False, True]),
        left=np.array([~0, ~1]),
        right=np.array([1, ~2]),
        leaf_value=np.array([-1.0, 1.0, 4.0]),
    )
    forest, step = calibrated_forest((tree,), [np.array([3.0, 1.0, 2.0])], Calibration("identity", 1.0, 0.0))
    root, right = (3 * -1 + 1 + 8) / 6, 3.0
    assert forest.base_log_odds == pytest.approx(root, abs=step)
    left, middle, far = forest.explanation_weights()[0]
    assert left == pytest.approx({0: -1 - root}, abs=2 * step)
    assert middle == pytest.approx({0: right - root, 1: 1 - right}, abs=2 * step)
    assert far == pytest.approx({0: right - root, 1: 4 - right}, abs=2 * step)


def test_a_tree_that_is_one_leaf_becomes_part_of_the_intercept() -> None:
    nothing = np.array([], dtype=np.int64)
    stump = trees_of(booster_of(2, rounds=1, num_leaves=2))[0]
    lone = Tree(nothing, nothing.astype(np.float32), nothing.astype(bool), nothing, nothing, np.array([0.25]))
    forest, step = calibrated_forest((stump, lone), [np.ones(2), np.ones(1)], Calibration("platt", 2.0, 1.0))
    assert len(forest.trees) == 1
    assert forest.intercept == pytest.approx(2.0 * 0.25 + 1.0, abs=step)
