"""Checks a bundle as the processor does before it lets it score: hashes, names, shapes, golden rows."""

import hashlib
import json
from pathlib import Path

import numpy as np

from .golden import read_golden
from .manifest import SCHEMA
from .metrics import sigmoid
from .runtime import OnnxModel

MANIFEST = "manifest.json"
KEYS = (
    "schema",
    "name",
    "version",
    "created",
    "files",
    "features",
    "definitions",
    "catalogueVersion",
    "missing",
    "input",
    "output",
    "thresholds",
    "training",
    "metrics",
    "author",
)
REQUIRED_FILES = ("model.onnx", "golden.jsonl", "card.md")
GOLDEN_LEAST = 64


def verify(bundle: Path) -> list[str]:
    """All faults of the bundle, each a sentence; none if it is sound."""
    try:
        manifest = json.loads((bundle / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        return [f"{MANIFEST} cannot be read: {error}"]
    faults = _manifest_faults(bundle, manifest) or _file_faults(bundle, manifest)
    return faults or _model_faults(bundle, manifest)


def _manifest_faults(bundle: Path, manifest: dict) -> list[str]:
    missing = [key for key in KEYS if key not in manifest]
    if missing:
        return [f"{MANIFEST} lacks {', '.join(missing)}"]
    faults = []
    if manifest["schema"] != SCHEMA:
        faults.append(f"schema is {manifest['schema']}, expected {SCHEMA}")
    if bundle.resolve().parts[-2:] != (manifest["name"], manifest["version"]):
        faults.append(f"folder is not {manifest['name']}/{manifest['version']}, as the manifest names the bundle")
    if set(manifest["definitions"]) != set(manifest["features"]):
        faults.append("definitions are not those of the features")
    thresholds = [manifest["thresholds"].get(action, np.nan) for action in ("challenge", "review", "block")]
    if not all(low < high for low, high in zip([0.0, *thresholds], [*thresholds, 1.0], strict=True)):
        faults.append("thresholds do not ascend from challenge over review to block within (0, 1)")
    return faults


def _file_faults(bundle: Path, manifest: dict) -> list[str]:
    faults = [f"{name} is not listed in {MANIFEST}" for name in REQUIRED_FILES if name not in manifest["files"]]
    present = {path.name for path in bundle.iterdir()} - {MANIFEST}
    faults += [f"{name} is in the folder but not in {MANIFEST}" for name in sorted(present - set(manifest["files"]))]
    for name, entry in manifest["files"].items():
        if name not in present:
            faults.append(f"{name} is missing")
        elif hashlib.sha256((bundle / name).read_bytes()).hexdigest() != entry["sha256"]:
            faults.append(f"{name} is not the file that {MANIFEST} has the hash of")
    return faults


def _model_faults(bundle: Path, manifest: dict) -> list[str]:
    width = len(manifest["features"])
    model = OnnxModel(bundle / "model.onnx")
    faults = _shape_faults("model.onnx", model, manifest["input"]["name"], width, manifest["output"]["name"], 1)
    try:
        rows, probability, tolerance = read_golden((bundle / "golden.jsonl").read_bytes())
    except (ValueError, KeyError, TypeError) as error:
        return [*faults, f"golden.jsonl cannot be read: {error}"]
    if rows.ndim != 2 or rows.shape[1] != width or len(rows) < GOLDEN_LEAST:
        faults.append(f"golden.jsonl needs at least {GOLDEN_LEAST} rows of {width} features")
    if faults:
        return faults
    for what, scores in (
        ("in one batch", model.run(rows)),
        ("one by one", np.concatenate([model.run(row[None]) for row in rows])),
    ):
        wrong = np.flatnonzero(~(np.abs(scores[:, 0] - probability) <= tolerance))
        faults += [
            f"golden row {index + 1}, {what}: {scores[index, 0]:.7f}, expected {probability[index]:.7f}"
            for index in wrong
        ]
    return faults + (_explanation_faults(bundle, manifest, rows, model) if "explanation" in manifest else [])


def _shape_faults(
    name: str, model: OnnxModel, input_name: str, width: int, output_name: str, outputs: int
) -> list[str]:
    faults = []
    for value, expected, size in ((model.input, input_name, width), (model.output, output_name, outputs)):
        rows_are_free = not isinstance(value.shape[0], int)
        if (value.name, value.type) != (expected, "tensor(float)") or value.shape[1:] != [size] or not rows_are_free:
            faults.append(
                f"{name}: expected `{expected}` float32 [N, {size}], found `{value.name}` {value.type} {value.shape}"
            )
    return faults


def _explanation_faults(bundle: Path, manifest: dict, rows: np.ndarray, model: OnnxModel) -> list[str]:
    name, width = manifest["explanation"]["file"], len(manifest["features"])
    if name not in manifest["files"]:
        return [f"{name} is not listed in {MANIFEST}"]
    explanation = OnnxModel(bundle / name)
    faults = _shape_faults(name, explanation, manifest["input"]["name"], width, "contributions", width)
    if faults:
        return faults
    log_odds = manifest["explanation"]["baseLogOdds"] + explanation.run(rows).astype(np.float64).sum(axis=1)
    wrong = np.flatnonzero(~(np.abs(sigmoid(log_odds) - model.run(rows)[:, 0]) <= 1e-6))
    return [f"golden row {index + 1}: contributions do not add up to the score" for index in wrong]
