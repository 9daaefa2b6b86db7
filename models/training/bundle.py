"""From matrix to bundle: the whole path, top to bottom."""

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np

from . import evaluate
from .card import write_card
from .facts import card_facts
from .golden import golden_rows, write_golden
from .manifest import training_facts, write_manifest
from .matrix import Matrix, read_matrix, read_test_matrix
from .model import train
from .options import BuildOptions
from .split import Part, split_accounts
from .thresholds import suggest_thresholds


def build(options: BuildOptions, report: Callable[[str], None]) -> None:
    """Writes the bundle into `options.out`. Raises BuildError."""
    options.check()
    matrix = read_matrix(options.matrices, options.rows_per_account)
    report(f"read {len(matrix)} events of {len(matrix.accounts)} accounts, {matrix.fake_share:.1%} of them fake")
    parts = split_accounts(matrix.accounts, options.seed, test_apart=bool(options.test_matrices))

    model = train(matrix, parts, options.fit, options.seed)
    score = model.probability(matrix.values)
    report(f"trained {len(model.forest.trees)} trees; calibration: {model.calibration.method}")

    thresholds = suggest_thresholds(*held_out_scores(options, matrix, parts, model.probability))
    test = _test(options, matrix, parts, model.probability)
    measured = evaluate.summary(test)
    report(f"tested on {test.chosen.sum()} accounts; ROC AUC per account {measured['account']['rocAuc']:.4f}")

    training = training_facts(options, matrix, parts, test.matrix, model)
    rows = golden_rows(matrix, score, model.forest)
    files = {
        "model.onnx": model.model_bytes,
        "explanation.onnx": model.explanation_bytes,
        "golden.jsonl": write_golden(rows, model.probability(rows)),
        "card.md": write_card(card_facts(options, matrix, model, test, thresholds, training, measured)),
    }
    files["manifest.json"] = write_manifest(options, matrix, model, thresholds, training, measured, files)
    write_files(options.out, files)


def held_out_scores(
    options: BuildOptions, matrix: Matrix, parts: np.ndarray, probability: Callable[[np.ndarray], np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """The highest score of each genuine account that calibrates, and its stream. Over all of its events: the few of a busy account
    that train do not say how high it comes, and thresholds set on these are too low."""
    accounts = matrix.accounts
    held_out = (parts == Part.CALIBRATE) & ~accounts.fake
    if not matrix.is_thinned:
        return evaluate.highest_by_account(matrix, probability(matrix.values))[held_out], accounts.streams[held_out]
    scores, streams = [], []
    for stream in np.unique(accounts.streams[held_out]):
        whole = read_matrix([options.matrices[stream]])
        chosen = np.isin(whole.accounts.ids, accounts.ids[held_out & (accounts.streams == stream)])
        scores.append(evaluate.highest_by_account(whole, probability(whole.values))[chosen])
        streams.append(np.full(chosen.sum(), stream))
    return np.concatenate(scores), np.concatenate(streams)


def _test(
    options: BuildOptions, matrix: Matrix, parts: np.ndarray, probability: Callable[[np.ndarray], np.ndarray]
) -> evaluate.Scored:
    """The accounts that neither the trees nor the calibration have seen, with the scores of all their events."""
    if options.test_matrices:
        test = read_test_matrix(options.test_matrices, matrix)
        chosen = np.ones(len(test.accounts), dtype=bool)
    else:
        # The accounts are the same, in the same order.
        test = read_matrix(options.matrices) if matrix.is_thinned else matrix
        chosen = parts == Part.TEST
    return evaluate.scored(test, chosen, probability(test.values), matrix.fake_share)


def write_files(out: Path, files: dict[str, bytes]) -> None:
    """All files or none: the folder appears under its name when it is complete."""
    unfinished = out.with_name(f".{out.name}.unfinished")
    unfinished.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (unfinished / name).write_bytes(data)
    os.rename(unfinished, out)
