"""Graphs as converters write them become bundles of one form; what cannot is refused in one line."""

import json
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from training.__main__ import main
from training.errors import BuildError
from training.pack import adapted
from training.runtime import OnnxModel

from .synthetic import FEATURES, write_matrix

WIDTH = len(FEATURES)
EXPORTED = sorted((Path(__file__).parent / "exported").glob("*.onnx"))


def graph(shape: str = "two", dtype: int = TensorProto.FLOAT, width: int = WIDTH, opset: int = 15) -> bytes:
    """The mean of the features, missing ones as zero, through a sigmoid; as [N], [N, 1], [N, 2], with a label, or as a list of maps."""
    nodes = [
        helper.make_node("IsNaN", ["X"], ["missing"]),
        helper.make_node("Where", ["missing", "nothing", "X"], ["filled"]),
        helper.make_node("ReduceMean", ["filled"], ["mean"], axes=[1], keepdims=0 if shape == "flat" else 1),
        helper.make_node("Sigmoid", ["mean"], ["one_column"]),
        helper.make_node("Sub", ["unit", "one_column"], ["other"]),
    ]
    outputs = {"flat": ("one_column", ["N"]), "one": ("one_column", ["N", 1])}
    if shape not in outputs:
        nodes.append(helper.make_node("Concat", ["other", "one_column"], ["both"], axis=1))
    name, size = outputs.get(shape, ("both", ["N", 2]))
    values = [helper.make_tensor_value_info(name, dtype, size)]
    opsets = [helper.make_opsetid("", opset), helper.make_opsetid("ai.onnx.ml", 3)]
    if shape in ("label", "maps"):
        nodes.append(helper.make_node("ArgMax", ["both"], ["label"], axis=1, keepdims=0))
        values.insert(0, helper.make_tensor_value_info("label", TensorProto.INT64, ["N"]))
    if shape == "maps":
        nodes.append(helper.make_node("ZipMap", ["both"], ["maps"], domain="ai.onnx.ml", classlabels_int64s=[0, 1]))
        kind = helper.make_sequence_type_proto(
            helper.make_map_type_proto(TensorProto.INT64, helper.make_tensor_type_proto(TensorProto.FLOAT, []))
        )
        values[1] = helper.make_value_info("maps", kind)
    constants = [helper.make_tensor("nothing", dtype, [1], [0.0]), helper.make_tensor("unit", dtype, [1], [1.0])]
    inputs = [helper.make_tensor_value_info("X", dtype, ["N", width])]
    made = helper.make_graph(nodes, "converted", inputs, values, constants)
    return helper.make_model(made, opset_imports=opsets, ir_version=8).SerializeToString()


def test_an_old_opset_is_raised() -> None:
    rows = np.random.default_rng(1).normal(size=(7, WIDTH)).astype(np.float32)
    old, new = (OnnxModel(adapted(graph(opset=opset), WIDTH)) for opset in (11, 15))
    np.testing.assert_array_equal(old.run(rows), new.run(rows))


@pytest.mark.parametrize(
    ("shape", "dtype"),
    [
        ("flat", TensorProto.FLOAT),
        ("one", TensorProto.FLOAT),
        ("two", TensorProto.FLOAT),
        ("label", TensorProto.FLOAT),
        ("maps", TensorProto.FLOAT),
        ("two", TensorProto.DOUBLE),
    ],
)
def test_what_converters_write_gives_one_column_of_probabilities(shape: str, dtype: int) -> None:
    rows = np.random.default_rng(1).normal(size=(7, WIDTH)).astype(np.float32)
    rows[2, 3] = np.nan
    model = OnnxModel(adapted(graph(shape, dtype), WIDTH))
    expected = 1 / (1 + np.exp(-np.nan_to_num(rows).mean(axis=1)))
    assert (model.input.name, model.output.name, model.output.shape) == ("features", "probability", ["N", 1])
    np.testing.assert_allclose(model.run(rows)[:, 0], expected, rtol=0, atol=1e-6)


@pytest.mark.parametrize("path", EXPORTED, ids=lambda path: path.stem)
def test_what_libraries_export_says_what_the_library_said(path: Path) -> None:
    """Written by the libraries themselves (`exported/make.py`), with their own probabilities, of rows with gaps and of none but gaps."""
    told = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    rows = np.array([[np.nan if each is None else each for each in row] for row in told["rows"]], dtype=np.float32)
    model = OnnxModel(adapted(path.read_bytes(), rows.shape[1]))
    np.testing.assert_allclose(model.run(rows)[:, 0], told["probabilities"], rtol=0, atol=1e-5)


def test_exports_of_each_library_are_there() -> None:
    assert {path.stem.split("-")[0] for path in EXPORTED} == {"catboost", "scikit", "xgboost"}


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"nothing", "no ONNX model"),
        (graph(width=WIDTH + 1), f"takes {WIDTH + 1} features where the matrix has {WIDTH}"),
    ],
)
def test_what_cannot_be_adapted_is_refused_in_one_line(data: bytes, reason: str) -> None:
    with pytest.raises(BuildError, match=reason) as refusal:
        adapted(data, WIDTH)
    assert "\n" not in str(refusal.value)


def test_a_packed_bundle_has_golden_rows_that_it_meets(tmp_path: Path) -> None:
    write_matrix(tmp_path / "matrix.csv", seed=1, accounts=200)
    (tmp_path / "other.onnx").write_bytes(graph("maps"))
    out = tmp_path / "other" / "1"
    words = [
        "pack",
        str(tmp_path / "other.onnx"),
        "--matrix",
        str(tmp_path / "matrix.csv"),
        "--name",
        "other",
        "--version",
        "1",
    ]
    assert main([*words, "--out", str(out)]) == 0
    rows = [json.loads(line) for line in (out / "golden.jsonl").read_text(encoding="utf-8").splitlines()]
    values = np.array(
        [[np.nan if each is None else each for each in row["features"]] for row in rows], dtype=np.float32
    )
    scores = OnnxModel(out / "model.onnx").run(values)[:, 0]
    np.testing.assert_allclose(scores, [row["probability"] for row in rows], rtol=0, atol=1e-6)
    assert onnx.load(out / "model.onnx").graph.output[0].name == "probability"
