from pathlib import Path

import numpy as np
import pytest

from training.__main__ import main
from training.ablation import (
    REFITS,
    Ablation,
    AblationOptions,
    Variant,
    ablate,
    chance,
    columns_of,
    kinds_of,
    measured,
)
from training.ablation_report import write_report
from training.errors import MatrixError
from training.fit import FitOptions
from training.matrix import Accounts, Matrix

from .synthetic import FEATURES, KINDS, write_matrix

ROC_AUC_OF_EVENTS, RECALL_OF_EVENTS = 0, 2
ROC_AUC_OF_ACCOUNTS = 4


def matrix_of(*segments: str) -> Matrix:
    """One account and one event a segment."""
    count = len(segments)
    accounts = Accounts(
        ids=np.array([str(index) for index in range(count)]),
        streams=np.zeros(count, dtype=np.int64),
        fake=np.array([segment.startswith("campaign:") for segment in segments]),
        segments=np.array(segments),
        first_ms=np.arange(count),
        event_counts=np.ones(count, dtype=np.int64),
    )
    values = np.zeros((count, 1), np.float32)
    types = np.full(count, "x")
    return Matrix(
        "v", ("f",), ("g",), ("d",), ("value",), accounts, np.arange(count), types, np.arange(count), values, 0, ""
    )


@pytest.mark.parametrize(
    ("group", "is_alone", "expected"),
    [
        (None, False, [True, True, True]),
        ("flow", False, [False, True, False]),
        ("flow", True, [True, False, True]),
        ("device", True, [False, True, False]),
    ],
)
def test_columns(group: str | None, is_alone: bool, expected: list[bool]) -> None:
    assert columns_of(("flow", "device", "flow"), group, is_alone).tolist() == expected


def test_kinds_are_those_of_both_streams() -> None:
    trained = matrix_of("campaign:drip:1", "campaign:bulk:1", "campaign:bulk:2", "honest:resident", "campaign:past:1")
    test = matrix_of("campaign:new:1", "campaign:bulk:1", "campaign:drip:7", "")
    assert kinds_of(trained, test) == ["bulk", "drip"]


def test_one_kind_is_too_few() -> None:
    matrix = matrix_of("campaign:bulk:1", "honest:resident")
    with pytest.raises(MatrixError, match="at least two kinds"):
        kinds_of(matrix, matrix)


def test_a_kind_is_measured_against_all_genuine_accounts() -> None:
    matrix = matrix_of("campaign:bulk:1", "campaign:drip:1", "honest:resident", "honest:student")
    score = np.array([0.9, 0.2, 0.1, 0.3])
    of_all, bulk, drip = (measured(matrix, matrix, score, kind) for kind in (None, "bulk", "drip"))
    assert [each[ROC_AUC_OF_EVENTS] for each in (of_all, bulk, drip)] == [0.75, 1.0, 0.5]
    assert [each[RECALL_OF_EVENTS] for each in (of_all, bulk, drip)] == [0.5, 1.0, 0.0]
    assert all(len(each) == 8 for each in (of_all, bulk, drip))


def test_chance_is_two_standard_errors_of_a_difference_of_means() -> None:
    random = np.random.default_rng(0)
    variants = [Variant(None, 1, random.normal(index, 0.5, (REFITS, 1))) for index in range(2_000)]
    apart = np.diff([variant.measures.mean() - index for index, variant in enumerate(variants)])
    assert chance(variants)[0] == pytest.approx(2 * 0.5 * np.sqrt(2 / REFITS), rel=0.03)
    assert (np.abs(apart) < chance(variants)[0]).mean() == pytest.approx(0.954, abs=0.01)


@pytest.fixture(scope="module")
def options(tmp_path_factory: pytest.TempPathFactory) -> AblationOptions:
    folder = tmp_path_factory.mktemp("ablation")
    return AblationOptions(
        matrices=(write_matrix(folder / "matrix-1.csv", seed=1),),
        test_matrix=write_matrix(folder / "matrix-2.csv", seed=2),
        out=folder / "ablation.md",
        fit=FitOptions(trees=20),
    )


@pytest.fixture(scope="module")
def ablation(options: AblationOptions) -> Ablation:
    return ablate(options, lambda _: None)


def test_what_tells_nothing_is_not_missed_and_ranks_no_better_than_chance(ablation: Ablation) -> None:
    roc_auc = {each.group: each.measures.mean(axis=0)[ROC_AUC_OF_EVENTS] for each in ablation.left_out}
    assert list(roc_auc) == [None, "early", "middle", "late"]
    assert roc_auc["early"] < roc_auc["middle"] < roc_auc[None] < roc_auc["late"] + 0.02
    alone = {each.group: each.measures.mean(axis=0)[ROC_AUC_OF_EVENTS] for each in ablation.alone}
    assert alone["late"] == pytest.approx(0.5, abs=0.05)
    assert alone["late"] < alone["middle"] < alone["early"] < roc_auc[None]


def test_variants_have_their_features(ablation: Ablation) -> None:
    assert [each.features for each in ablation.left_out] == [30, 20, 20, 20]
    assert [each.features for each in ablation.alone] == [10, 10, 10]


def test_a_kind_that_was_not_in_training_is_ranked_worse(ablation: Ablation) -> None:
    assert [each.name for each in ablation.kinds] == KINDS
    for kind in ablation.kinds:
        assert kind.unknown[None][ROC_AUC_OF_ACCOUNTS] < kind.known[ROC_AUC_OF_ACCOUNTS] - 0.05
        assert list(kind.unknown) == [None, "early", "middle", "late"]


def test_refits_differ_by_their_seeds(ablation: Ablation) -> None:
    for variant in ablation.left_out:
        assert len(np.unique(variant.measures[:, ROC_AUC_OF_EVENTS])) == REFITS


def test_the_report_names_every_group_and_kind_and_how_it_was_made(
    options: AblationOptions, ablation: Ablation
) -> None:
    text = write_report(options, ablation).decode()
    for group in ("early", "middle", "late"):
        assert text.count(f"\n| {group} |") == 5
    for kind in KINDS:
        assert f"| {kind} |" in text
    foot = text.split("## How to make it again")[1]
    for fact in (options.command(), "7, 8, 9", "`synthetic-1`", f"{len(FEATURES)} features", ablation.test.sha256):
        assert fact in foot


def test_the_command_line_gives_the_same_bytes_again(options: AblationOptions, ablation: Ablation) -> None:
    words = ["ablate", "--matrix", str(options.matrices[0]), "--test-matrix", str(options.test_matrix)]
    assert main([*words, "--out", str(options.out), "--trees", "20"]) == 0
    assert options.out.read_bytes() == write_report(options, ablation)


def test_a_test_stream_of_another_catalogue_is_refused(
    options: AblationOptions, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    other = tmp_path / "other.csv"
    other.write_text(options.test_matrix.read_text(encoding="utf-8").replace("synthetic-1", "2", 1), encoding="utf-8")
    words = ["ablate", "--matrix", str(options.matrices[0]), "--test-matrix", str(other)]
    assert main([*words, "--out", str(tmp_path / "ablation.md")]) == 1
    assert "differ from the training matrix" in capsys.readouterr().err
    assert not (tmp_path / "ablation.md").exists()
