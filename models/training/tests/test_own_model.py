"""A model from answers: `python3 -m training own` on a made-up stream."""

import csv
import hashlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from training.__main__ import main
from training.answers import NO_QUEUE, read_answers, weights_of
from training.base_model import read_base
from training.boost import EVENTS_PER_ACCOUNT, Sample, fit_margins, folds_of_groups, without_base
from training.errors import BuildError
from training.matrix import evenly_spread, read_matrix
from training.metrics import sigmoid
from training.rates import threshold_table
from training.runtime import OnnxModel

from .synthetic import write_matrix


@pytest.fixture(scope="module")
def stream(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A base trained on one stream, and 300 answered accounts of another, each drawn with a probability of its own."""
    folder = tmp_path_factory.mktemp("own")
    write_matrix(folder / "base.csv", seed=1, accounts=400)
    write_matrix(folder / "matrix.csv", seed=2, accounts=300)
    words = ["build", "--matrix", str(folder / "base.csv"), "--name", "base", "--version", "1", "--trees", "3"]
    assert main([*words, "--out", str(folder / "base" / "1")]) == 0
    random = np.random.default_rng(3)
    with (folder / "queue.csv").open("w", encoding="utf-8") as file:
        file.write("account_id,stratum,probability,group\n")
        for index in range(300):
            file.write(f"acc_{index:05d},round1:score-p0,{random.choice([0.1, 0.5])},acc_{index - index % 3:05d}\n")
    return folder


def own(stream: Path, out: Path, *more: str) -> int:
    words = ["own", "--matrix", str(stream / "matrix.csv"), "--answers", str(stream / "queue.csv")]
    return main([*words, "--name", "mine", "--version", "1", "--out", str(out / "mine" / "1"), *more])


@pytest.fixture(scope="module")
def bundle(stream: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("bundle")
    assert own(stream, out, "--base", str(stream / "base" / "1"), "--author", "The trust team") == 0
    return out / "mine" / "1"


def test_the_trees_of_a_bundle_are_read_back_to_the_bit(stream: Path) -> None:
    matrix = read_matrix([stream / "matrix.csv"])
    base = read_base(stream / "base" / "1", matrix)
    model = OnnxModel(stream / "base" / "1" / "model.onnx")
    values = np.concatenate([matrix.values, np.full((1, matrix.values.shape[1]), np.nan, dtype=np.float32)])
    expected = model.run(values)[:, 0]
    np.testing.assert_allclose(sigmoid(base.log_odds(values)), expected, rtol=0, atol=2e-7)


def test_a_base_that_learned_other_definitions_is_refused(stream: Path) -> None:
    matrix = read_matrix([stream / "matrix.csv"])
    other = replace(matrix, definitions=tuple(f"{each}0" for each in matrix.definitions))
    with pytest.raises(BuildError, match="as it is not defined here"):
        read_base(stream / "base" / "1", other)
    ranks = replace(matrix, forms=("rank",) * len(matrix.forms))
    with pytest.raises(BuildError, match="in another form"):
        read_base(stream / "base" / "1", ranks)


def test_the_bundle_is_whole_and_its_reasons_add_up(bundle: Path) -> None:
    manifest = json.loads((bundle / "manifest.json").read_text(encoding="utf-8"))
    for name, entry in manifest["files"].items():
        assert hashlib.sha256((bundle / name).read_bytes()).hexdigest() == entry["sha256"], name
    assert manifest["author"] == "The trust team"
    rows = [json.loads(line) for line in (bundle / "golden.jsonl").read_text(encoding="utf-8").splitlines()]
    values = np.array(
        [[np.nan if each is None else each for each in row["features"]] for row in rows], dtype=np.float32
    )
    scores = OnnxModel(bundle / "model.onnx").run(values)[:, 0]
    np.testing.assert_allclose(scores, [row["probability"] for row in rows], rtol=0, atol=1e-6)
    contributions = OnnxModel(bundle / "explanation.onnx").run(values).astype(np.float64).sum(axis=1)
    np.testing.assert_allclose(
        sigmoid(manifest["explanation"]["baseLogOdds"] + contributions), scores, rtol=0, atol=1e-6
    )


def test_a_base_is_kept_for_what_nobody_was_asked_about(bundle: Path) -> None:
    """Answers about a few campaigns do without the base on those very campaigns. Left out for that, it would take along all it knows of
    others: recall on campaigns that nobody had seen fell by a third."""
    training = json.loads((bundle / "manifest.json").read_text(encoding="utf-8"))["training"]
    assert training["heldOutRocAuc"]["without_base"] > training["heldOutRocAuc"]["own"]
    assert training["base"] == "base 1"


def test_the_same_answers_give_the_same_bytes(stream: Path, bundle: Path, tmp_path: Path) -> None:
    assert own(stream, tmp_path, "--base", str(stream / "base" / "1"), "--author", "The trust team") == 0
    for path in bundle.iterdir():
        assert (tmp_path / "mine" / "1" / path.name).read_bytes() == path.read_bytes(), path.name


def test_the_class_share_is_the_platforms_and_not_the_queues(stream: Path, bundle: Path) -> None:
    matrix = read_matrix([stream / "matrix.csv"])
    with (stream / "queue.csv").open(encoding="utf-8") as file:
        weight = {row["account_id"]: 1 / float(row["probability"]) for row in csv.DictReader(file)}
    weights = np.array([weight[account_id] for account_id in matrix.accounts.ids])
    share = float(np.average(matrix.accounts.fake, weights=weights))
    training = json.loads((bundle / "manifest.json").read_text(encoding="utf-8"))["training"]
    assert training["fakeShare"] == pytest.approx(share, abs=1e-6)
    assert abs(share - matrix.fake_share) > 1e-3


def test_the_card_and_the_report_say_how_little_few_answers_tell(bundle: Path) -> None:
    assert "not known: too few answers" in (bundle / "card.md").read_text(encoding="utf-8")
    report = (bundle / "report.html").read_text(encoding="utf-8")
    assert "Too few answers to say that the aim holds for" in report
    assert "<script" not in report
    assert report.count("<svg") >= 5


def test_a_model_that_is_worse_than_its_base_is_not_written(
    stream: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    """The base was fitted on these very accounts, labels at random among them: nothing that is learned of some of them helps with
    the others as much as knowing them."""
    lines = (stream / "matrix.csv").read_text(encoding="utf-8").splitlines()
    random = np.random.default_rng(5)
    swapped: dict[str, bool] = {}
    for index in range(5, len(lines)):
        cells = lines[index].split(",", 6)
        if swapped.setdefault(cells[0], bool(random.random() < 0.3)):
            cells[4] = "genuine" if cells[4] == "fake" else "fake"
        lines[index] = ",".join([*cells[:5], "", cells[6]])
    (tmp_path / "matrix.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (tmp_path / "queue.csv").write_bytes((stream / "queue.csv").read_bytes())
    knowing = ["build", "--matrix", str(tmp_path / "matrix.csv"), "--name", "knowing", "--version", "1"]
    assert main([*knowing, "--min-rows-in-leaf", "2", "--out", str(tmp_path / "knowing" / "1")]) == 0
    base = ("--base", str(tmp_path / "knowing" / "1"))
    assert own(tmp_path, tmp_path, *base) == 1
    assert "worse than its base" in capsys.readouterr().err
    assert not (tmp_path / "mine").exists()
    assert own(tmp_path, tmp_path, *base, "--even-if-worse") == 0


def test_what_a_fake_account_does_like_anybody_makes_nobody_suspicious(stream: Path) -> None:
    """Each fake account gives itself away by its first event alone. Were all its events alike, what everybody does would be as likely fake
    as accounts are, and a busy person would only have to do it often enough."""
    matrix = read_matrix([stream / "matrix.csv"])
    is_first = np.zeros(len(matrix), dtype=bool)
    is_first[np.unique(matrix.account, return_index=True)[1]] = True
    matrix = replace(matrix, values=np.zeros_like(matrix.values))
    matrix.values[is_first & matrix.fake, 0] = 1
    count = len(matrix.accounts)
    sample = Sample(matrix, np.ones(count), np.arange(count).astype(str), None, np.zeros(len(matrix)))
    booster = fit_margins(sample, np.ones(count, dtype=bool), seed=7)
    usual, telling = sigmoid(
        booster.predict(np.stack([matrix.values[0] * 0, np.eye(matrix.values.shape[1])[0]]), raw_score=True)
    )
    assert usual < matrix.fake_share / 2
    assert telling > 0.5


def test_of_a_busy_account_some_events_train_evenly_spread_and_the_last_among_them() -> None:
    account = np.array([0, 1, 0, 0, 1, 0, 0, 0, 0, 0])
    np.testing.assert_array_equal(np.flatnonzero(evenly_spread(account, 2)), [1, 4, 5, 9])
    busy = evenly_spread(np.zeros(1000, dtype=np.int64), EVENTS_PER_ACCOUNT)
    assert busy.sum() == EVENTS_PER_ACCOUNT
    assert set(np.diff(np.flatnonzero(busy))) == {1000 // EVENTS_PER_ACCOUNT}


def test_more_answers_bear_more_trees(stream: Path) -> None:
    matrix = read_matrix([stream / "matrix.csv"])
    base = read_base(stream / "base" / "1", matrix)
    accounts = matrix.accounts

    def trees(answers: int) -> int:
        some = replace(
            accounts,
            **{name: np.resize(value, answers) for name, value in vars(accounts).items()},
        )
        return Sample(
            replace(matrix, accounts=some), np.ones(answers), some.ids, base, np.zeros(len(matrix))
        ).options.trees

    assert [trees(answers) for answers in (200, 800, 1_000_000)] == [40, 80, 160]


def test_too_few_answers_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    write_matrix(tmp_path / "matrix.csv", seed=4, accounts=25)
    (tmp_path / "queue.csv").write_text("account_id\n", encoding="utf-8")
    assert own(tmp_path, tmp_path) == 1
    assert "draw a further queue" in capsys.readouterr().err


def test_groups_are_never_cut(stream: Path) -> None:
    matrix = read_matrix([stream / "matrix.csv"])
    answers = read_answers([stream / "queue.csv"], matrix.accounts)
    sample = Sample(matrix, answers.weights, answers.groups, None, np.zeros(len(matrix)))
    folds = folds_of_groups(sample)
    for group in np.unique(answers.groups):
        assert len(np.unique(folds[answers.groups == group])) == 1, group
    assert without_base(sample).base is None


def test_rounds_of_questions_estimate_the_platform_without_bias() -> None:
    """Two rounds over 200 accounts, the second among those whom the first did not ask: weights estimate a total of 70 on the mean."""
    random = np.random.default_rng(7)
    value = (np.arange(200) < 70).astype(float)
    first = np.where(np.arange(200) < 100, 0.4, 0.1)
    second = np.where(np.arange(200) % 2 == 0, 0.5, 0.2)
    estimates = []
    for _ in range(3000):
        asked = random.random(200) < first
        again = ~asked & (random.random(200) < second)
        chosen = asked | again
        rounds = np.where(asked, 1, 2)[chosen]
        weights = weights_of(np.where(asked, first, second)[chosen], rounds)
        # The number of answers of each round is random here, and independent of nothing: fixed shares keep the estimate unbiased.
        estimates.append(float(np.sum(weights * value[chosen])))
    assert np.mean(estimates) == pytest.approx(70, abs=4 * np.std(estimates) / np.sqrt(len(estimates)) + 0.7)


def test_accounts_that_no_queue_drew_stand_for_themselves() -> None:
    np.testing.assert_array_equal(weights_of(np.ones(3), np.full(3, NO_QUEUE)), np.ones(3))


@pytest.mark.parametrize("text", ["0", "1.5", "much"])
def test_a_probability_that_is_none_is_refused(stream: Path, tmp_path: Path, text: str) -> None:
    matrix = read_matrix([stream / "matrix.csv"])
    (tmp_path / "queue.csv").write_text(f"account_id,probability\nacc_00001,{text}\n", encoding="utf-8")
    with pytest.raises(BuildError, match="acc_00001"):
        read_answers([tmp_path / "queue.csv"], matrix.accounts)


def test_no_wrong_block_among_few_is_not_taken_for_none_at_all(stream: Path) -> None:
    matrix = read_matrix([stream / "matrix.csv"])
    count = len(matrix.accounts)
    sample = Sample(matrix, np.ones(count), np.arange(count).astype(str), None, np.zeros(len(matrix)))
    perfect = np.where(matrix.fake, 0.99, 0.01)
    block = threshold_table(sample, perfect, seed=1)[-1]
    assert (block.genuine_reached, block.recall, block.is_known) == (0.0, 1.0, False)
    assert block.genuine_interval[1] == pytest.approx(3 / int((~matrix.accounts.fake).sum()), rel=1e-6)
