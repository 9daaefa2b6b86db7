"""A trained model: fitted on some accounts, calibrated on others, exported, and proven equal to LightGBM."""

from dataclasses import dataclass

import lightgbm
import numpy as np

from .calibrate import FOLDS, Calibration, calibrate
from .errors import BuildError
from .fit import FitOptions, Rows, fit, leaf_reach, with_masked_copies
from .forest import Forest, calibrated_forest
from .matrix import Matrix
from .metrics import sigmoid
from .onnx_trees import tree_model
from .runtime import OnnxModel
from .split import Part, folds_of
from .trees import trees_of
from .weights import account_weights, event_weights


@dataclass(frozen=True)
class TrainedModel:
    forest: Forest
    calibration: Calibration
    log_loss_by_method: dict[str, float]
    model_bytes: bytes
    explanation_bytes: bytes

    def probability(self, rows: np.ndarray) -> np.ndarray:
        """Calibrated probability of fake [N], as the exported model gives it."""
        return OnnxModel(self.model_bytes).run(rows)[:, 0]

    def contributions(self, rows: np.ndarray) -> np.ndarray:
        """Log-odds that each feature adds [N, F]."""
        return OnnxModel(self.explanation_bytes).run(rows)


def train(matrix: Matrix, parts: np.ndarray, options: FitOptions, seed: int) -> TrainedModel:
    """Raises BuildError if the export is not the model that was fitted."""
    fitting = rows_of(matrix, parts == Part.TRAIN)
    rows = with_masked_copies(fitting, options, seed)
    booster = fit(rows, options, seed)
    calibration, losses = _calibrated(matrix, parts, booster, seed)
    forest, step = calibrated_forest(trees_of(booster), leaf_reach(booster, rows), calibration)
    model = exported(forest, calibration, losses, len(matrix.features))
    _assert_equal_to_booster(model, booster, matrix, log_odds_error=booster.num_trees() * step)
    return model


def exported(forest: Forest, calibration: Calibration, losses: dict[str, float], width: int) -> TrainedModel:
    """The forest as the two graphs of a bundle, for rows of `width` features."""
    return TrainedModel(
        forest=forest,
        calibration=calibration,
        log_loss_by_method=losses,
        model_bytes=tree_model(
            forest.trees, forest.score_weights(), width, "probability", base=forest.intercept, sigmoid=True
        ),
        explanation_bytes=tree_model(forest.trees, forest.explanation_weights(), width, "contributions", outputs=width),
    )


def rows_of(matrix: Matrix, chosen: np.ndarray) -> Rows:
    """All events of the chosen accounts (bool [A]) to train on. Each account weighs alike, and the fake ones what they do in
    the whole matrix."""
    events = chosen[matrix.account]
    weights = event_weights(matrix, account_weights(matrix.accounts, chosen, matrix.fake_share))
    return Rows(matrix.values[events], matrix.fake[events], weights[events], matrix.account[events])


def _calibrated(
    matrix: Matrix, parts: np.ndarray, booster: lightgbm.Booster, seed: int
) -> tuple[Calibration, dict[str, float]]:
    chosen = parts == Part.CALIBRATE
    rows = rows_of(matrix, chosen)
    folds = folds_of(matrix.accounts, seed, FOLDS)[matrix.account][chosen[matrix.account]]
    margins = booster.predict(rows.values, raw_score=True, num_threads=1)
    return calibrate(margins, rows.fake, rows.weights, folds)


def _assert_equal_to_booster(
    model: TrainedModel, booster: lightgbm.Booster, matrix: Matrix, log_odds_error: float
) -> None:
    """Every row of the matrix gets LightGBM's score but for the rounding of the leaves: each of them is off by half a
    step at most, and a probability moves by a quarter of what its log-odds move, at most."""
    margins = booster.predict(matrix.values, raw_score=True, num_threads=1)
    expected = sigmoid(model.calibration.log_odds(margins))
    difference = float(np.abs(model.probability(matrix.values) - expected).max())
    if difference > log_odds_error / 4 + 1e-6:
        raise BuildError(f"the exported model differs from LightGBM by {difference:.2e}: the export is broken")
