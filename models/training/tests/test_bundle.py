"""The whole command line on a made-up stream."""

import hashlib
import json
import re
from pathlib import Path

import numpy as np
import onnx
import pytest

from training.__main__ import main
from training.bundle import held_out_scores
from training.evaluate import highest_by_account
from training.facts import auc_without_reference
from training.golden import TOLERANCE, read_golden
from training.matrix import read_matrix
from training.metrics import sigmoid
from training.options import BuildOptions
from training.runtime import OnnxModel
from training.split import Part, split_accounts

from .synthetic import DEFINITIONS, EVENT_TYPES, FEATURES, HONEST, KINDS, write_accounts, write_matrix

FILES = ["card.md", "explanation.onnx", "golden.jsonl", "manifest.json", "model.onnx"]


@pytest.fixture(scope="module")
def stream(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stream")
    write_matrix(folder / "matrix.csv", seed=1)
    write_matrix(folder / "test.csv", seed=2)
    write_accounts(folder / "accounts.csv")
    return folder


def built(stream: Path, out: Path, *more: str) -> Path:
    bundle = out / "starter" / "2026.11.1"
    words = ["build", "--matrix", str(stream / "matrix.csv"), "--name", "starter", "--version", "2026.11.1"]
    assert main([*words, "--out", str(bundle), "--trees", "30", *more]) == 0
    return bundle


@pytest.fixture(scope="module")
def bundle(stream: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(stream, tmp_path_factory.mktemp("bundle"), "--accounts", str(stream / "accounts.csv"))


def manifest_of(bundle: Path) -> dict:
    return json.loads((bundle / "manifest.json").read_text(encoding="utf-8"))


def test_same_matrix_and_seed_give_the_same_bytes(stream: Path, bundle: Path, tmp_path: Path) -> None:
    again = built(stream, tmp_path, "--accounts", str(stream / "accounts.csv"))
    assert sorted(path.name for path in again.iterdir()) == FILES
    for name in FILES:
        assert (again / name).read_bytes() == (bundle / name).read_bytes(), name


def test_another_seed_gives_another_model(stream: Path, bundle: Path, tmp_path: Path) -> None:
    other = built(stream, tmp_path, "--seed", "8")
    assert (other / "model.onnx").read_bytes() != (bundle / "model.onnx").read_bytes()


def test_the_manifest_says_what_the_bundle_is(bundle: Path, stream: Path) -> None:
    manifest = manifest_of(bundle)
    assert list(manifest)[:5] == ["schema", "name", "version", "created", "files"]
    assert manifest["features"] == FEATURES
    assert manifest["definitions"] == DEFINITIONS
    assert manifest["catalogueVersion"] == "synthetic-1"
    assert manifest["training"]["matrixSha256"] == hashlib.sha256((stream / "matrix.csv").read_bytes()).hexdigest()
    assert manifest["created"] == manifest["training"]["window"]["to"]
    assert (
        sum(part["accounts"] for part in manifest["training"]["parts"].values())
        == manifest["training"]["accounts"]
        == 600
    )
    assert manifest["metrics"]["event"]["rocAuc"] > 0.8
    assert (
        0 < manifest["thresholds"]["challenge"] < manifest["thresholds"]["review"] < manifest["thresholds"]["block"] < 1
    )


def test_the_model_has_the_shape_of_the_contract(bundle: Path) -> None:
    model = OnnxModel(bundle / "model.onnx")
    assert (model.input.name, model.input.type, model.input.shape) == (
        "features",
        "tensor(float)",
        ["N", len(FEATURES)],
    )
    assert (model.output.name, model.output.type, model.output.shape) == ("probability", "tensor(float)", ["N", 1])
    operators = [node.op_type for node in onnx.load(bundle / "model.onnx").graph.node]
    assert operators == ["TreeEnsembleRegressor", "Sigmoid"]


def test_golden_rows_cover_the_scores_and_the_missing(bundle: Path) -> None:
    rows, probability, tolerance = read_golden((bundle / "golden.jsonl").read_bytes())
    assert len(rows) >= 64
    assert set(tolerance) == {TOLERANCE}
    for low, high in ((0, 0.2), (0.2, 0.8), (0.8, 1)):
        assert ((probability >= low) & (probability <= high)).sum() >= 4
    assert np.isnan(rows).all(axis=1).any()
    assert (~np.isnan(rows)).all(axis=1).any()


def test_every_event_type_is_among_the_golden_rows(bundle: Path, stream: Path) -> None:
    rows, _, _ = read_golden((bundle / "golden.jsonl").read_bytes())
    golden = {row.tobytes() for row in rows}
    types = set()
    for line in (stream / "matrix.csv").read_text(encoding="utf-8").splitlines()[5:]:
        cells = line.split(",")
        if np.array([float(cell or "nan") for cell in cells[6:]], dtype=np.float32).tobytes() in golden:
            types.add(cells[2])
    assert types == set(EVENT_TYPES)


def test_contributions_and_base_add_up_to_every_score(bundle: Path) -> None:
    rows, probability, _ = read_golden((bundle / "golden.jsonl").read_bytes())
    contributions = OnnxModel(bundle / "explanation.onnx").run(rows)
    log_odds = manifest_of(bundle)["explanation"]["baseLogOdds"] + contributions.astype(np.float64).sum(axis=1)
    np.testing.assert_allclose(sigmoid(log_odds), probability, rtol=0, atol=5e-7)


def test_scores_do_not_depend_on_the_batch(bundle: Path) -> None:
    rows, _, _ = read_golden((bundle / "golden.jsonl").read_bytes())
    for name in ("model.onnx", "explanation.onnx"):
        model = OnnxModel(bundle / name)
        one_by_one = np.concatenate([model.run(row[None]) for row in rows])
        np.testing.assert_array_equal(model.run(rows), one_by_one)


def test_the_card_names_every_kind_segment_country_and_language(bundle: Path) -> None:
    card = (bundle / "card.md").read_text(encoding="utf-8")
    for name in [*KINDS, *HONEST, "KZ", "BR", "IN", "kk", "pt", "hi"]:
        assert f"| {name} |" in card
    assert "imulated" not in card
    assert manifest_of(bundle)["author"] == "not named"
    assert manifest_of(bundle)["training"]["command"] in card


def test_the_card_tells_what_one_tree_on_one_group_of_features_finds(bundle: Path) -> None:
    """A simulator whose fakes give themselves away in one group of features flatters every model."""
    card = (bundle / "card.md").read_text(encoding="utf-8")
    found = {
        group: float(auc) for group, auc in re.findall(r"^\| (early|middle|late) \| 10 \| ([0-9.]+) \|$", card, re.M)
    }
    assert found["early"] > 0.7
    assert found["early"] > found["middle"] > 0.5
    assert abs(found["late"] - 0.5) < 0.1


def test_the_card_tells_what_is_left_where_reference_data_are_missing() -> None:
    class ByHosting:
        def probability(self, values: np.ndarray) -> np.ndarray:
            return np.nan_to_num(values[:, 0], nan=0.5)

    fake = np.arange(2000) % 2 == 0
    values = np.stack([fake, ~fake], axis=1).astype(np.float32)
    even = np.ones(len(fake))
    features = ("asn_is_hosting", "form_ms")
    assert auc_without_reference(features, ByHosting(), values, fake, even, seed=1) == pytest.approx(0.955, abs=0.01)
    assert auc_without_reference(("form_ms", "account_age_h"), ByHosting(), values, fake, even, seed=1) is None


def test_thresholds_are_set_on_all_events_of_an_account(stream: Path, tmp_path: Path) -> None:
    """They were set on the fifteen that train, at most, and every busy account came higher when it was tested."""
    paths = (stream / "matrix.csv", stream / "test.csv")
    options = BuildOptions(paths, tmp_path / "own" / "1", "own", "1", rows_per_account=1)
    thinned, whole = read_matrix(paths, 1), read_matrix(paths)
    parts = split_accounts(thinned.accounts, 1, test_apart=False)
    scores, streams = held_out_scores(options, thinned, parts, lambda values: values[:, 25])
    held_out = (parts == Part.CALIBRATE) & ~whole.accounts.fake
    np.testing.assert_array_equal(scores, highest_by_account(whole, whole.values[:, 25])[held_out])
    np.testing.assert_array_equal(streams, whole.accounts.streams[held_out])


def test_all_events_of_an_account_test_where_few_train(stream: Path, tmp_path: Path) -> None:
    bundle = built(stream, tmp_path, "--rows-per-account", "1")
    tested = re.search(r"Tested on (\d+) accounts \((\d+) events", (bundle / "card.md").read_text(encoding="utf-8"))
    assert manifest_of(bundle)["training"]["rows"] == 600
    assert int(tested[2]) > 2 * int(tested[1])


def test_that_streams_are_made_up_is_said_where_it_is_so(stream: Path, tmp_path: Path) -> None:
    bundle = built(stream, tmp_path, "--simulated", "--author", "Trust and Safety")
    assert "**Simulated** streams" in (bundle / "card.md").read_text(encoding="utf-8")
    assert manifest_of(bundle)["author"] == "Trust and Safety"


def test_the_card_admits_that_fairness_was_not_measured(stream: Path, tmp_path: Path) -> None:
    card = (built(stream, tmp_path) / "card.md").read_text(encoding="utf-8")
    assert "Not measured" in card.split("## Fairness")[1].split("##")[0]


def test_a_stream_of_its_own_tests_all_campaigns(stream: Path, tmp_path: Path) -> None:
    bundle = built(
        stream, tmp_path, "--test-matrix", str(stream / "test.csv"), "--accounts", str(stream / "accounts.csv")
    )
    training = manifest_of(bundle)["training"]
    assert training["parts"]["test"]["accounts"] == 0
    assert training["testMatrixSha256"] == hashlib.sha256((stream / "test.csv").read_bytes()).hexdigest()
    assert "Tested on 600 accounts" in (bundle / "card.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["--name", "Starter"], "lower-case"),
        (["--version", "2026.11.2"], "--out must end in starter/2026.11.2"),
        (["--matrix", "again.csv", "--accounts", "accounts.csv"], "--accounts describes"),
        (["--matrix", "nowhere.csv"], "nowhere.csv"),
    ],
)
def test_a_wrong_build_is_refused(
    stream: Path, tmp_path: Path, capsys: pytest.CaptureFixture, words: list[str], reason: str
) -> None:
    sound = ["build", "--matrix", str(stream / "matrix.csv"), "--name", "starter", "--version", "2026.11.1"]
    assert main([*sound, "--out", str(tmp_path / "starter" / "2026.11.1"), *words]) == 1
    assert reason in capsys.readouterr().err
    assert not (tmp_path / "starter").exists()


def test_a_bundle_is_never_overwritten(stream: Path, bundle: Path, capsys: pytest.CaptureFixture) -> None:
    words = [
        "--matrix",
        str(stream / "matrix.csv"),
        "--name",
        "starter",
        "--version",
        "2026.11.1",
        "--out",
        str(bundle),
    ]
    assert main(["build", *words]) == 1
    assert "never edited" in capsys.readouterr().err
