"""A bundle of any ONNX graph, whatever trained it: adapts what converters write to what the processor reads.

A classifier of skl2onnx or CatBoost gives a label and, beside it, probabilities of both classes, often as a list of maps (ZipMap); some give
doubles. Wanted is one output `probability` float32 [N, 1] of `features` float32 [N, F]. Nodes are put around the graph; it is not changed.
"""

import json
from pathlib import Path

import numpy as np
import onnx
import onnx.version_converter
from onnx import TensorProto, helper

from .bundle import write_files
from .errors import BuildError
from .evaluate import highest_by_account
from .golden import SPREAD_COUNT, write_golden
from .manifest import SCHEMA, hashed, iso
from .matrix import Matrix, read_matrix
from .options import PATH_SEGMENT
from .runtime import OnnxModel
from .thresholds import suggest_thresholds

FEATURES, PROBABILITY = "features", "probability"
OPSET = 13  # of which the nodes around the graph are
INNER = "packed_"  # before every name of the graph, so that none is the same as ours


def adapted(data: bytes, features: int) -> bytes:
    """The graph with the input and output of the contract. Raises BuildError with what cannot be adapted."""
    try:
        model = onnx.load_from_string(data)
        onnx.checker.check_model(model)
    except Exception as error:  # onnx raises whatever its parser raises
        raise BuildError(f"it is no ONNX model: {str(error).splitlines()[0]}") from error
    if any(tensor.external_data for tensor in model.graph.initializer):
        raise BuildError("its weights lie in another file: save the model as one file")
    model = onnx.compose.add_prefix(_raised(model), INNER)
    graph = model.graph
    given = [value for value in graph.input if value.name not in {each.name for each in graph.initializer}]
    if len(given) != 1:
        raise BuildError(f"it has {len(given)} inputs, where one [N, {features}] is wanted: join the columns into one")
    source = _probabilities(graph)
    before = _as_input(given[0], features)
    nodes = [before, *graph.node, *_one_column(source)]
    packed = helper.make_graph(
        nodes,
        "winnow",
        [helper.make_tensor_value_info(FEATURES, TensorProto.FLOAT, ["N", features])],
        [helper.make_tensor_value_info(PROBABILITY, TensorProto.FLOAT, ["N", 1])],
        [*graph.initializer, *_constants()],
    )
    made = helper.make_model(packed, opset_imports=model.opset_import, ir_version=min(model.ir_version, 10))
    return made.SerializeToString(deterministic=True)


def _raised(model: onnx.ModelProto) -> onnx.ModelProto:
    """With the operators that the nodes around it need. Converters of trees write an old opset, or none: they use few operators of ONNX's own."""
    opset = next((each for each in model.opset_import if each.domain == ""), None)
    if opset is None:
        model.opset_import.append(helper.make_opsetid("", OPSET))
        return model
    if opset.version >= OPSET:
        return model
    try:
        return onnx.version_converter.convert_version(model, OPSET)
    except Exception as error:  # it raises whatever its converters raise
        raise BuildError(f"its opset is {opset.version}: export it with opset {OPSET} or newer") from error


def _as_input(value: onnx.ValueInfoProto, features: int) -> onnx.NodeProto:
    kind = value.type.tensor_type
    if kind.elem_type not in (TensorProto.FLOAT, TensorProto.DOUBLE):
        raise BuildError("its input is neither float nor double")
    width = kind.shape.dim[1].dim_value if len(kind.shape.dim) == 2 else 0
    if len(kind.shape.dim) == 2 and width not in (0, features):
        raise BuildError(
            f"it takes {width} features where the matrix has {features}: train it on all columns of the matrix"
        )
    return helper.make_node("Cast", [FEATURES], [value.name], to=kind.elem_type)


def _probabilities(graph: onnx.GraphProto) -> str:
    """The name of the tensor of probabilities; a ZipMap is taken away, and the tensor that it maps is taken."""
    outputs = [value.name for value in graph.output]
    for node in list(graph.node):
        if node.op_type == "ZipMap":
            graph.node.remove(node)
            return node.input[0]
    floats = [
        value.name
        for value in graph.output
        if value.type.tensor_type.elem_type in (TensorProto.FLOAT, TensorProto.DOUBLE)
    ]
    if len(floats) != 1:
        raise BuildError(f"which of its outputs is the probability? It has {', '.join(outputs)}: export one of floats")
    return floats[0]


def _one_column(source: str) -> list[onnx.NodeProto]:
    """[N], [N, 1] or [N, 2] of any float to `probability` [N, 1]: the last column, which is that of class 1."""
    return [
        helper.make_node("Cast", [source], ["wide"], to=TensorProto.FLOAT),
        helper.make_node("Shape", [FEATURES], ["shape"]),
        helper.make_node("Slice", ["shape", "zero", "one"], ["rows"]),
        helper.make_node("Concat", ["rows", "minus_one"], ["two_axes"], axis=0),
        helper.make_node("Reshape", ["wide", "two_axes"], ["columns"]),
        helper.make_node("Slice", ["columns", "minus_one", "end", "one"], [PROBABILITY]),
    ]


def _constants() -> list[onnx.TensorProto]:
    values = {"zero": 0, "one": 1, "minus_one": -1, "end": np.iinfo(np.int64).max}
    return [helper.make_tensor(name, TensorProto.INT64, [1], [value]) for name, value in values.items()]


def pack(model_file: Path, matrix_file: Path, name: str, version: str, out: Path, author: str) -> None:
    """Writes the bundle. Raises BuildError."""
    if not PATH_SEGMENT.fullmatch(name) or not PATH_SEGMENT.fullmatch(version):
        raise BuildError("name and version take lower-case letters, digits, `.`, `_` and `-`, a letter or digit first")
    if out.exists() or out.resolve().parts[-2:] != (name, version):
        raise BuildError(f"--out must end in {name}/{version} and not exist: a bundle is never edited")
    matrix = read_matrix([matrix_file])
    if "rank" in matrix.forms:
        raise BuildError(f"{matrix_file}: it holds ranks: a packed model takes values")
    data = adapted(model_file.read_bytes(), len(matrix.features))
    score = _scores(data, matrix)
    by_score = np.argsort(score, kind="stable")
    rows = matrix.values[by_score[np.linspace(0, len(score) - 1, SPREAD_COUNT).astype(np.int64)]]
    rows = np.concatenate([rows, np.full((1, rows.shape[1]), np.nan, dtype=np.float32)])
    probability = OnnxModel(data).run(rows)[:, 0]
    if not np.isfinite(probability).all():
        raise BuildError("it gives no number where all features are missing (NaN): let the graph fill what is missing")
    genuine = ~matrix.accounts.fake
    files = {
        "model.onnx": data,
        "golden.jsonl": write_golden(rows, probability),
        "card.md": _card(name, version, model_file.name, matrix),
    }
    manifest = {
        "schema": SCHEMA,
        "name": name,
        "version": version,
        "created": iso(matrix.time_ms.max()),
        "files": hashed(files),
        "features": list(matrix.features),
        "definitions": dict(zip(matrix.features, matrix.definitions, strict=True)),
        "catalogueVersion": matrix.catalogue_version,
        "missing": "NaN",
        "input": {"name": FEATURES},
        "output": {"name": PROBABILITY},
        "thresholds": suggest_thresholds(highest_by_account(matrix, score)[genuine]),
        "training": {
            "window": {"from": iso(matrix.time_ms.min()), "to": iso(matrix.time_ms.max())},
            "rows": len(matrix),
            "packedFrom": model_file.name,
            "matrixSha256": matrix.sha256,
        },
        "metrics": {},
        "author": author,
    }
    files["manifest.json"] = (json.dumps(manifest, indent=2, allow_nan=False) + "\n").encode()
    write_files(out, files)


def _scores(data: bytes, matrix: Matrix) -> np.ndarray:
    try:
        score = OnnxModel(data).run(matrix.values)[:, 0]
    except Exception as error:  # onnxruntime raises whatever an operator raises
        raise BuildError(f"it does not run on the matrix: {str(error).splitlines()[0]}") from error
    if not np.isfinite(score).all():
        raise BuildError("it gives no number for some rows, where features are missing (NaN): let the graph fill them")
    if score.min() < 0 or score.max() > 1:
        raise BuildError(f"it gives {score.min():.3g} to {score.max():.3g}, and no probabilities: end it in a sigmoid")
    return score


def _card(name: str, version: str, source: str, matrix: Matrix) -> bytes:
    return (
        f"# {name} {version}\n\nPacked by `winnow model pack` from `{source}`. How it was trained is not known here, and nothing was "
        f"measured: thresholds are suggested by how {int((~matrix.accounts.fake).sum())} genuine accounts of the matrix that it was packed "
        "with score, which it may have been trained on. Hold it against a proven bundle on other accounts before it acts.\n"
    ).encode()
