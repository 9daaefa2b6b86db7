"""Golden rows: feature rows with the probability that the model must give them, wherever it runs."""

import json

import numpy as np

from .forest import Forest
from .matrix import Matrix

TOLERANCE = 1e-5
SPREAD_COUNT = 64  # rows evenly spread over the ranks of all scores
BAND_COUNT = 4  # rows per tenth of the probability range, where there are such
MISSING_COUNT = 8  # rows with the most missing values
BOUNDARY_COUNT = 8  # rows whose values sit exactly on thresholds


def golden_rows(matrix: Matrix, score: np.ndarray, forest: Forest) -> np.ndarray:
    """At least 64 float32 rows [n, F] from a matrix with its scores: low, middle and high ones, each event type's lowest
    and highest, the rows with the most missing values, and made-up rows at the edges of the feature space."""
    by_score = np.argsort(score, kind="stable")
    chosen = list(by_score[np.linspace(0, len(by_score) - 1, SPREAD_COUNT).astype(np.int64)])
    for low in range(10):
        band = by_score[np.floor(score[by_score] * 10) == low]
        chosen += list(band[np.linspace(0, len(band) - 1, min(BAND_COUNT, len(band))).astype(np.int64)])
    for event_type in np.unique(matrix.event_type):
        of_type = by_score[matrix.event_type[by_score] == event_type]
        chosen += [of_type[0], of_type[-1]]
    chosen += list(np.argsort(-np.isnan(matrix.values).sum(axis=1), kind="stable")[:MISSING_COUNT])
    recorded = matrix.values[list(dict.fromkeys(chosen))]
    return np.concatenate([recorded, _edge_rows(forest, matrix.values.shape[1])])


def _edge_rows(forest: Forest, features: int) -> np.ndarray:
    """Rows with everything missing, zero, very small and very large, and with each used feature on one of its thresholds."""
    plain = [np.full(features, value, dtype=np.float32) for value in (np.nan, 0.0, 1.0, -1e30, 1e30)]
    feature = np.concatenate([tree.feature for tree in forest.trees])
    threshold = np.concatenate([tree.threshold for tree in forest.trees])
    boundaries = np.full((BOUNDARY_COUNT, features), np.nan, dtype=np.float32)
    for column in np.unique(feature):
        cuts = np.unique(threshold[(feature == column) & np.isfinite(threshold)])
        if len(cuts):
            boundaries[:, column] = cuts[np.linspace(0, len(cuts) - 1, BOUNDARY_COUNT).astype(np.int64)]
    return np.concatenate([np.stack(plain), boundaries])


def write_golden(rows: np.ndarray, probability: np.ndarray) -> bytes:
    """One JSON object a line; a missing value is null."""
    lines = [
        json.dumps(
            {
                "features": [None if np.isnan(value) else float(value) for value in row],
                "probability": float(expected),
                "tolerance": TOLERANCE,
            },
            allow_nan=False,
        )
        for row, expected in zip(rows, probability, strict=True)
    ]
    return ("\n".join(lines) + "\n").encode()


def read_golden(data: bytes) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows float32 [n, F], probabilities [n] and tolerances [n]. Raises ValueError, KeyError or TypeError if malformed."""
    entries = [json.loads(line) for line in data.decode().splitlines()]
    rows = [[np.nan if value is None else value for value in entry["features"]] for entry in entries]
    return (
        np.array(rows, dtype=np.float32),
        np.array([entry["probability"] for entry in entries], dtype=np.float64),
        np.array([entry["tolerance"] for entry in entries], dtype=np.float64),
    )
