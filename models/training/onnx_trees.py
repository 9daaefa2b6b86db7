"""Trees to ONNX: one `TreeEnsembleRegressor` (ai.onnx.ml), whatever the leaves carry.

The same branches with other leaf weights are the model (one output: log-odds), its explanation (one output per feature)
and, in the tests, the number of the leaf (one output per tree). A regressor is used because a classifier with label and
probability map costs 12 to 24 percent more in onnxruntime.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import onnx
from onnx import TensorProto, helper

from .trees import Tree

FEATURES = "features"
OPSETS = {"": 13, "ai.onnx.ml": 3}
IR_VERSION = 8

# Per tree and leaf: weight by output index.
LeafWeights = Sequence[Sequence[dict[int, float]]]


def tree_model(
    trees: Sequence[Tree],
    leaf_weights: LeafWeights,
    feature_count: int,
    output: str,
    outputs: int = 1,
    base: float | None = None,
    sigmoid: bool = False,
) -> bytes:
    """The bytes of a model: input `features` float32 [N, feature_count], output float32 [N, outputs]. `base` is added to
    the output (only where there is one)."""
    sums = "log_odds" if sigmoid else output
    nodes = [_regressor(trees, leaf_weights, sums, outputs, base)]
    if sigmoid:
        nodes.append(helper.make_node("Sigmoid", [sums], [output]))
    graph = helper.make_graph(
        nodes,
        "winnow",
        [helper.make_tensor_value_info(FEATURES, TensorProto.FLOAT, ["N", feature_count])],
        [helper.make_tensor_value_info(output, TensorProto.FLOAT, ["N", outputs])],
    )
    opsets = [helper.make_opsetid(domain, version) for domain, version in OPSETS.items()]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION, producer_name="winnow")
    onnx.checker.check_model(model, full_check=True)
    return model.SerializeToString(deterministic=True)


@dataclass
class _Columns:
    """The operator's attributes: one list each, a node's values at one position."""

    nodes_treeids: list[int] = field(default_factory=list)
    nodes_nodeids: list[int] = field(default_factory=list)
    nodes_modes: list[str] = field(default_factory=list)
    nodes_featureids: list[int] = field(default_factory=list)
    nodes_values: list[float] = field(default_factory=list)
    nodes_truenodeids: list[int] = field(default_factory=list)
    nodes_falsenodeids: list[int] = field(default_factory=list)
    nodes_missing_value_tracks_true: list[int] = field(default_factory=list)
    target_treeids: list[int] = field(default_factory=list)
    target_nodeids: list[int] = field(default_factory=list)
    target_ids: list[int] = field(default_factory=list)
    target_weights: list[float] = field(default_factory=list)

    def add_node(self, tree: int, node: int, mode: str, feature=0, threshold=0.0, true=0, false=0, missing=0) -> None:
        self.nodes_treeids.append(tree)
        self.nodes_nodeids.append(node)
        self.nodes_modes.append(mode)
        self.nodes_featureids.append(int(feature))
        self.nodes_values.append(float(threshold))
        self.nodes_truenodeids.append(int(true))
        self.nodes_falsenodeids.append(int(false))
        self.nodes_missing_value_tracks_true.append(int(missing))

    def add_weight(self, tree: int, node: int, output: int, weight: float) -> None:
        self.target_treeids.append(tree)
        self.target_nodeids.append(node)
        self.target_ids.append(output)
        self.target_weights.append(weight)


def _regressor(
    trees: Sequence[Tree], leaf_weights: LeafWeights, output: str, outputs: int, base: float | None
) -> onnx.NodeProto:
    columns = _Columns()
    for index, (tree, weights) in enumerate(zip(trees, leaf_weights, strict=True)):
        _add_tree(columns, index, tree, weights)
    attributes = dict(vars(columns), n_targets=outputs, aggregate_function="SUM", post_transform="NONE")
    if base is not None:
        attributes["base_values"] = [base]
    return helper.make_node("TreeEnsembleRegressor", [FEATURES], [output], domain="ai.onnx.ml", **attributes)


def _add_tree(columns: _Columns, index: int, tree: Tree, leaf_weights: Sequence[dict[int, float]]) -> None:
    """Branches keep their numbers (the root, 0, must come first) and leaves follow them."""
    branches = len(tree.feature)

    def number(child: int) -> int:
        return child if child >= 0 else branches + ~child

    for branch in range(branches):
        columns.add_node(
            index,
            branch,
            "BRANCH_LEQ",
            feature=tree.feature[branch],
            threshold=tree.threshold[branch],
            true=number(tree.left[branch]),
            false=number(tree.right[branch]),
            missing=tree.missing_left[branch],
        )
    for leaf, weights in enumerate(leaf_weights):
        columns.add_node(index, branches + leaf, "LEAF")
        for output, weight in sorted(weights.items()) or [(0, 0.0)]:
            columns.add_weight(index, branches + leaf, output, weight)
