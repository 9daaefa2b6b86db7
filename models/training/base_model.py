"""The trees of a bundle, to boost on from: read back from its ONNX file, exact to the bit."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
from onnx import helper

from .errors import BuildError
from .matrix import Matrix
from .trees import Tree

MODEL = "model.onnx"
BLOCK = 16_384


@dataclass(frozen=True)
class BaseModel:
    """log-odds of fake = intercept + for each tree the value of the leaf that the row ends in."""

    name: str
    version: str
    trees: tuple[Tree, ...]  # over the columns of the matrix
    intercept: float

    def log_odds(self, values: np.ndarray) -> np.ndarray:
        """float64 [N] for rows [N, F] of the matrix."""
        sums = np.full(len(values), self.intercept)
        for tree in self.trees:
            sums += tree.leaf_value[leaves_of(tree, values)]
        return sums


def read_base(bundle: Path, matrix: Matrix) -> BaseModel:
    """Raises BuildError where the bundle is no tree ensemble, or was taught other features than the matrix has."""
    try:
        manifest = json.loads((bundle / "manifest.json").read_text(encoding="utf-8"))
        graph = onnx.load(bundle / MODEL).graph
    except (OSError, ValueError) as error:
        raise BuildError(f"{bundle}: cannot be read: {error}") from error
    columns = _columns(bundle, manifest, matrix)
    if [node.op_type for node in graph.node] != ["TreeEnsembleRegressor", "Sigmoid"]:
        raise BuildError(f"{bundle}: its model is no ensemble of trees to boost on from; train without --base")
    attributes = {each.name: helper.get_attribute_value(each) for each in graph.node[0].attribute}
    intercept = float((attributes.get("base_values") or [0.0])[0])
    return BaseModel(manifest["name"], manifest["version"], _trees(bundle, attributes, columns), intercept)


def leaves_of(tree: Tree, values: np.ndarray) -> np.ndarray:
    """The leaf [N] that each row ends in. A missing value goes the way of its branch."""
    leaves = np.zeros(len(values), dtype=np.int64)
    if len(tree.feature) == 0:
        return leaves
    for start in range(0, len(values), BLOCK):
        block = values[start : start + BLOCK]
        at = np.zeros(len(block), dtype=np.int64)
        moving = np.arange(len(block))
        while len(moving):
            branch = at[moving]
            value = block[moving, tree.feature[branch]]
            is_left = np.where(np.isnan(value), tree.missing_left[branch], value <= tree.threshold[branch])
            at[moving] = np.where(is_left, tree.left[branch], tree.right[branch])
            moving = moving[at[moving] >= 0]
        leaves[start : start + len(block)] = ~at
    return leaves


def _columns(bundle: Path, manifest: dict, matrix: Matrix) -> np.ndarray:
    """The matrix' column of each of the model's."""
    index = {name: column for column, name in enumerate(matrix.features)}
    for name in manifest["features"]:
        column = index.get(name)
        if column is None or manifest["definitions"].get(name) != matrix.definitions[column]:
            raise BuildError(f"{bundle}: it learned `{name}` as it is not defined here; train without --base")
        if manifest.get("forms", {}).get(name, "value") != matrix.forms[column]:
            raise BuildError(f"{bundle}: it takes `{name}` in another form than the matrix has; mind --norms")
    return np.array([index[name] for name in manifest["features"]])


def _trees(bundle: Path, attributes: dict, columns: np.ndarray) -> tuple[Tree, ...]:
    modes = [mode.decode() for mode in attributes["nodes_modes"]]
    if not set(modes) <= {"BRANCH_LEQ", "LEAF"} or set(attributes["target_ids"]) != {0}:
        raise BuildError(f"{bundle}: its trees split otherwise than by `at most`; train without --base")
    by_tree: dict[int, list[int]] = {}
    for position, tree in enumerate(attributes["nodes_treeids"]):
        by_tree.setdefault(tree, []).append(position)
    weights = {
        (tree, node): weight
        for tree, node, weight in zip(
            attributes["target_treeids"], attributes["target_nodeids"], attributes["target_weights"], strict=True
        )
    }
    return tuple(_tree(attributes, modes, positions, weights, columns) for positions in by_tree.values())


def _tree(attributes: dict, modes: list[str], positions: list[int], weights: dict, columns: np.ndarray) -> Tree:
    branches = [position for position in positions if modes[position] != "LEAF"]
    leaves = [position for position in positions if modes[position] == "LEAF"]
    node_ids, tree = attributes["nodes_nodeids"], attributes["nodes_treeids"][positions[0]]
    child = {node_ids[position]: index for index, position in enumerate(branches)}
    child |= {node_ids[position]: ~index for index, position in enumerate(leaves)}
    missing = attributes.get("nodes_missing_value_tracks_true") or [0] * len(modes)

    def column(name: str, dtype: type) -> np.ndarray:
        return np.array([attributes[name][position] for position in branches], dtype=dtype)

    return Tree(
        feature=columns[column("nodes_featureids", np.int64)],
        threshold=column("nodes_values", np.float32),
        missing_left=np.array([missing[position] == 1 for position in branches], dtype=bool),
        left=np.array([child[each] for each in column("nodes_truenodeids", np.int64)], dtype=np.int64),
        right=np.array([child[each] for each in column("nodes_falsenodeids", np.int64)], dtype=np.int64),
        leaf_value=np.array([weights.get((tree, node_ids[position]), 0.0) for position in leaves], dtype=np.float64),
    )
