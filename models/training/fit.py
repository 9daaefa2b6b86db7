"""Gradient-boosted trees by LightGBM: the same rows, parameters and seed give the same trees."""

from dataclasses import dataclass, replace

import lightgbm
import numpy as np

ROWS_AT_ONCE = 65_536


@dataclass(frozen=True)
class FitOptions:
    """Size and care of the model. Cost per event grows with `trees`; the defaults keep to the cost budget of scoring."""

    trees: int = 160
    leaves: int = 31
    learning_rate: float = 0.15  # large, since trees are few
    min_rows_in_leaf: int = 40
    l2: float = 10.0
    feature_fraction: float = 0.3  # low: a world's habits show in few features, and no tree should rest on those alone
    bins: int = 63  # cuts of a feature that are tried
    bagging: float = 0.7  # share of the rows that each tree sees
    min_hessian_in_leaf: float = 1.0
    focus: float = 0.7  # how near to an account's highest log-odds an event must be to count, 0 for all events alike
    masked_share: float = 0.05  # share of rows that are shown a second time with values missing, 0 to 1
    mask_rate: float = 0.3  # share of the values of such a row that go missing, 0 to 1


@dataclass(frozen=True)
class Rows:
    """Training rows: float32 [N, F] with NaN as missing, bool [N], positive weights [N], and whose event each is."""

    values: np.ndarray
    fake: np.ndarray
    weights: np.ndarray
    account: np.ndarray  # int64 [N]


def with_masked_copies(rows: Rows, options: FitOptions, seed: int) -> Rows:
    """Adds copies of some rows with values missing at random. A feature that was never missing in training has no
    learned way for a missing value, and LightGBM would then read it as zero; a client that stops sending a member, or a
    store that is down, must not look like an account with a count of zero."""
    random = np.random.default_rng(seed)
    chosen = np.flatnonzero(random.random(len(rows.values)) < options.masked_share)
    return Rows(
        np.concatenate([rows.values, masked(rows.values[chosen], options.mask_rate, random)]),
        np.concatenate([rows.fake, rows.fake[chosen]]),
        np.concatenate([rows.weights, rows.weights[chosen]]),
        np.concatenate([rows.account, rows.account[chosen]]),
    )


def masked(values: np.ndarray, rate: float, random: np.random.Generator) -> np.ndarray:
    """A copy in which each value is missing with probability `rate`."""
    return np.where(random.random(values.shape) < rate, np.float32(np.nan), values)


FLOOR = 0.02  # what an event counts at least, against the account's highest


def focused(rows: Rows, margins: np.ndarray, focus: float) -> Rows:
    """The same rows, of which those count most that have the highest log-odds (`margins`, [N]) of their account; an account
    counts as before. An account is acted on at its highest score: a busy person's hundredth event must not reach what a
    fake account's best one does, and that a fake account's first events look like anybody's is no fault of the model."""
    count = rows.account.max() + 1
    highest = np.full(count, -np.inf)
    np.maximum.at(highest, rows.account, margins)
    share = FLOOR + np.exp((margins - highest[rows.account]) / focus)
    total = np.bincount(rows.account, share, count)
    whole = np.bincount(rows.account, rows.weights, count) / np.where(total > 0, total, 1)
    return replace(rows, weights=share * whole[rows.account])


def fit(rows: Rows, options: FitOptions, seed: int) -> lightgbm.Booster:
    """Trains the trees: a first time on all events of an account alike, and then on those that decide."""
    first = boosted(rows, options, seed)
    if options.focus == 0:
        return first
    return boosted(
        focused(rows, first.predict(rows.values, raw_score=True, num_threads=1), options.focus), options, seed
    )


def boosted(rows: Rows, options: FitOptions, seed: int, start: np.ndarray | None = None) -> lightgbm.Booster:
    """Boosts trees once, on from the log-odds `start` [N] or from nothing. The one place that knows LightGBM's parameters."""
    data = lightgbm.Dataset(
        rows.values, label=rows.fake.astype(np.float32), weight=rows.weights / rows.weights.mean(), init_score=start
    )
    parameters = {
        "objective": "binary",
        "num_leaves": options.leaves,
        "learning_rate": options.learning_rate,
        "min_data_in_leaf": options.min_rows_in_leaf,
        "min_sum_hessian_in_leaf": options.min_hessian_in_leaf,
        "lambda_l2": options.l2,
        "feature_fraction": options.feature_fraction,
        "max_bin": options.bins,
        "bagging_fraction": options.bagging,
        "bagging_freq": 1,
        "use_missing": True,
        "zero_as_missing": False,
        "seed": seed,
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": 1,
        "verbosity": -1,
    }
    return lightgbm.train(parameters, data, num_boost_round=options.trees)


def leaf_reach(booster: lightgbm.Booster, rows: Rows) -> list[np.ndarray]:
    """Per tree the weight of the rows that end in each leaf [L], a trace at least, so that no branch is empty."""
    leaf_counts = [info["num_leaves"] for info in booster.dump_model()["tree_info"]]
    reach = [np.full(count, 1e-9 * rows.weights.sum()) for count in leaf_counts]
    for start in range(0, len(rows.values), ROWS_AT_ONCE):
        block = slice(start, start + ROWS_AT_ONCE)
        leaves = booster.predict(rows.values[block], pred_leaf=True, num_threads=1)
        for index, weight in enumerate(reach):
            weight += np.bincount(leaves[:, index], weights=rows.weights[block], minlength=len(weight))
    return reach
