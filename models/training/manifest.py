"""manifest.json: what the bundle is, with the hash of each file."""

import hashlib
import json
from dataclasses import fields
from datetime import UTC, datetime
from typing import Protocol

import numpy as np

from .fit import FitOptions
from .matrix import Matrix
from .model import TrainedModel
from .options import BuildOptions
from .split import Part

SCHEMA = "winnow.bundle/1"


def training_facts(options: BuildOptions, matrix: Matrix, parts: np.ndarray, test: Matrix, model: TrainedModel) -> dict:
    """The `training` member."""
    part_of_row = parts[matrix.account]
    facts = {
        "window": {"from": iso(matrix.time_ms.min()), "to": iso(matrix.time_ms.max())},
        "rows": len(matrix),
        "accounts": len(matrix.accounts),
        "fakeShare": round(matrix.fake_share, 6),
        "parts": {
            part.name.lower(): {"accounts": int((parts == part).sum()), "rows": int((part_of_row == part).sum())}
            for part in Part
        },
        "seed": options.seed,
        "matrixSha256": matrix.sha256,
        "parameters": {_camel_case(each.name): getattr(options.fit, each.name) for each in fields(FitOptions)},
        "calibration": {
            "method": model.calibration.method,
            "slope": round(model.calibration.slope, 6),
            "intercept": round(model.calibration.intercept, 6),
            "logLossByMethod": rounded(model.log_loss_by_method),
        },
        "command": options.command(),
        **({"simulated": True} if options.is_simulated else {}),
    }
    return facts if test is matrix else {**facts, "testMatrixSha256": test.sha256}


class Named(Protocol):
    """What a bundle is called, and who answers for it."""

    name: str
    version: str
    author: str


def write_manifest(
    options: Named,
    matrix: Matrix,
    model: TrainedModel,
    thresholds: dict[str, float],
    training: dict,
    measured: dict,
    files: dict[str, bytes],
) -> bytes:
    """`files` holds every other file of the bundle by name."""
    forms = {name: form for name, form in zip(matrix.features, matrix.forms, strict=True) if form != "value"}
    manifest = {
        "schema": SCHEMA,
        "name": options.name,
        "version": options.version,
        "created": training["window"]["to"],
        "files": hashed(files),
        "features": list(matrix.features),
        "definitions": dict(zip(matrix.features, matrix.definitions, strict=True)),
        **({"forms": forms} if forms else {}),
        "catalogueVersion": matrix.catalogue_version,
        "missing": "NaN",
        "input": {"name": "features"},
        "output": {"name": "probability"},
        "explanation": {"file": "explanation.onnx", "baseLogOdds": model.forest.base_log_odds},
        "thresholds": thresholds,
        "training": training,
        "metrics": rounded(measured),
        "author": options.author,
    }
    return (json.dumps(manifest, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()


def hashed(files: dict[str, bytes]) -> dict[str, dict]:
    """The `files` member."""
    return {name: {"sha256": hashlib.sha256(data).hexdigest()} for name, data in files.items()}


def rounded(numbers: dict) -> dict:
    """The same structure with every number to six decimals."""
    return {key: rounded(each) if isinstance(each, dict) else round(each, 6) for key, each in numbers.items()}


def _camel_case(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)


def iso(time_ms: int) -> str:
    """Milliseconds since the epoch as RFC 3339."""
    return datetime.fromtimestamp(int(time_ms) / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
