"""LightGBM's trees as plain arrays whose decisions on float32 rows are LightGBM's own.

The rules of a split, from LightGBM's `Tree::NumericalDecision` (include/LightGBM/tree.h): a value goes left when it is at
most the threshold; a missing value goes the node's default way where the node's missing type is NaN, and counts as zero
where it is None. What reads the rows (src/c_api.cpp) takes every value within 1e-35 of zero for zero.
"""

from dataclasses import dataclass

import lightgbm
import numpy as np

from .errors import UnsupportedTreeError

ZERO = float(np.float32(1e-35))  # kZeroThreshold
INFINITE = 1e300  # what a dump writes for an infinite threshold: all that is not missing goes left


@dataclass(frozen=True)
class Tree:
    """Branches are numbered 0 to B-1 with the root 0, leaves 0 to L-1 as by LightGBM. A child c >= 0 is branch c, a
    child c < 0 is leaf ~c. A tree without a branch is one leaf."""

    feature: np.ndarray  # int64 [B]
    threshold: np.ndarray  # float32 [B]: left when value <= threshold
    missing_left: np.ndarray  # bool [B]
    left: np.ndarray  # int64 [B]
    right: np.ndarray  # int64 [B]
    leaf_value: np.ndarray  # float64 [L]: what the leaf adds to the raw margin


def trees_of(booster: lightgbm.Booster) -> tuple[Tree, ...]:
    """All trees of a booster with one numerical output. Raises UnsupportedTreeError."""
    dump = booster.dump_model()
    if dump["num_tree_per_iteration"] != 1 or dump.get("average_output", False):
        raise UnsupportedTreeError("only a boosted model with a single output can be exported")
    return tuple(_tree(info) for info in dump["tree_info"])


def _tree(info: dict) -> Tree:
    branches = info["num_leaves"] - 1
    feature = np.zeros(branches, dtype=np.int64)
    threshold = np.zeros(branches, dtype=np.float32)
    missing_left = np.zeros(branches, dtype=bool)
    children = np.zeros((branches, 2), dtype=np.int64)
    leaf_value = np.zeros(branches + 1)

    def place(node: dict) -> int:
        if "leaf_value" in node:
            if "leaf_coeff" in node:
                raise UnsupportedTreeError("linear leaves are not supported; train with linear_tree=false")
            leaf = node.get("leaf_index", 0)
            leaf_value[leaf] = node["leaf_value"]
            return ~leaf
        index = node["split_index"]
        feature[index] = node["split_feature"]
        missing_left[index] = _missing_goes_left(node)
        threshold[index] = float32_threshold(node["threshold"])
        children[index] = [place(node["left_child"]), place(node["right_child"])]
        return index

    place(info["tree_structure"])
    return Tree(feature, threshold, missing_left, children[:, 0], children[:, 1], leaf_value)


def _missing_goes_left(node: dict) -> bool:
    if node["decision_type"] != "<=":
        raise UnsupportedTreeError("categorical splits are not supported; every feature is a number")
    match node["missing_type"]:
        case "NaN":
            return bool(node["default_left"])
        case "None":
            return node["threshold"] >= 0.0
        case other:
            raise UnsupportedTreeError(f"missing type {other} is not supported; a zero is a value, never a missing one")


def float32_threshold(value: float) -> np.float32:
    """The float32 t for which `x <= t` is LightGBM's decision at `value` for every float32 x: the largest that is at
    most `value`. Rounding to nearest would not do: it may round up to an x that is above the threshold."""
    if abs(value) <= ZERO:
        return np.float32(ZERO) if value >= 0 else np.nextafter(np.float32(-ZERO), np.float32(-np.inf))
    if value >= INFINITE:
        return np.float32(np.inf)
    with np.errstate(over="ignore"):
        rounded = np.float32(value)
        return np.nextafter(rounded, np.float32(-np.inf)) if float(rounded) > value else rounded
