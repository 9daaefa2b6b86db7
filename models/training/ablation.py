"""What each group of features is worth: models trained without it, or on it alone, tested on campaigns that they have not seen.

A new campaign is tried in two senses: another instance of a kind that was in the training streams, and a kind of which
no instance was. Both are tested on a stream of their own.
"""

import shlex
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from pathlib import Path

import numpy as np

from . import evaluate
from .errors import MatrixError
from .fit import FitOptions, Rows, fit, with_masked_copies
from .matrix import Matrix, campaign_kind, read_matrix, read_test_matrix
from .metrics import sigmoid
from .model import rows_of
from .options import flag_of

LEVELS = ("event", "account")
MEASURES = ("rocAuc", "prAuc", "recallAtFpr1", "recallAtFpr01")  # of each level, in this order
REFITS = 3  # models of one kind, alike but for their seed: how far they differ is chance
ROWS_AT_ONCE = 65_536


@dataclass(frozen=True)
class AblationOptions:
    matrices: tuple[Path, ...]
    test_matrix: Path
    out: Path
    seed: int = 7
    fit: FitOptions = field(default_factory=FitOptions)

    @property
    def seeds(self) -> tuple[int, ...]:
        return tuple(range(self.seed, self.seed + REFITS))

    def command(self) -> str:
        """The command that makes this report, with file names for paths."""
        words = ["python3", "-m", "training", "ablate"]
        for path in self.matrices:
            words += ["--matrix", path.name]
        words += ["--test-matrix", self.test_matrix.name, "--out", self.out.name, "--seed", str(self.seed)]
        for option in fields(FitOptions):
            value = getattr(self.fit, option.name)
            words += [flag_of(option.name), str(value)] if value != option.default else []
        return shlex.join(words)


@dataclass(frozen=True)
class Variant:
    """Models of some of the features. `measures`: [refits, levels × measures], on the whole test stream."""

    group: str | None  # left out, or alone; None: all features
    features: int
    measures: np.ndarray


@dataclass(frozen=True)
class Kind:
    """A kind of campaign in the test stream. Measures [levels × measures] are of its accounts among all genuine ones."""

    name: str
    campaigns: int
    accounts: int
    known: np.ndarray  # by models that other campaigns of the kind have trained, mean over refits
    unknown: dict[str | None, np.ndarray]  # by a model that the kind has not trained, by the group left out


@dataclass(frozen=True)
class Ablation:
    trained: Matrix
    test: Matrix
    left_out: list[Variant]  # all features first
    alone: list[Variant]
    kinds: list[Kind]


def ablate(options: AblationOptions, report: Callable[[str], None]) -> Ablation:
    """Raises BuildError."""
    trained = read_matrix(options.matrices)
    test = read_test_matrix([options.test_matrix], trained)
    report(f"read {len(trained)} events to train on, {len(test)} to test on")
    groups = list(dict.fromkeys(trained.groups))
    kinds = kinds_of(trained, test)
    everyone = np.ones(len(trained.accounts), dtype=bool)
    by_kind: dict[str, list[np.ndarray]] = {kind: [] for kind in kinds}

    def refitted(group: str | None, is_alone: bool) -> Variant:
        columns = columns_of(trained.groups, group, is_alone)
        measures = []
        for seed in options.seeds:
            score = fitted_score(trained, everyone, test, columns, options.fit, seed)
            measures.append(measured(trained, test, score))
            if group is None:
                for kind in kinds:
                    by_kind[kind].append(measured(trained, test, score, kind))
        report(f"{'alone' if is_alone else 'left out'}: {group}")
        return Variant(group, int(columns.sum()), np.array(measures))

    left_out = [refitted(group, is_alone=False) for group in (None, *groups)]
    alone = [refitted(group, is_alone=True) for group in groups]

    found = []
    for kind in kinds:
        others = np.array([campaign_kind(segment) != kind for segment in trained.accounts.segments])
        unknown = {}
        for group in (None, *groups):
            columns = columns_of(trained.groups, group, is_alone=False)
            score = fitted_score(trained, others, test, columns, options.fit, options.seed)
            unknown[group] = measured(trained, test, score, kind)
        chosen = _of_kind(test, kind)
        campaigns = len(np.unique(test.accounts.segments[chosen]))
        found.append(Kind(kind, campaigns, int(chosen.sum()), np.mean(by_kind[kind], axis=0), unknown))
        report(f"unknown kind: {kind}")
    return Ablation(trained, test, left_out, alone, found)


def kinds_of(trained: Matrix, test: Matrix) -> list[str]:
    """Kinds of which both streams have campaigns, by name. Raises MatrixError for fewer than two: without its only kind,
    a model would have no fake account to train on."""
    kinds = set.intersection(
        *({campaign_kind(each) for each in matrix.accounts.segments} for matrix in (trained, test))
    )
    if len(kinds - {None}) < 2:
        raise MatrixError("an ablation needs segments `campaign:<kind>:<n>` of at least two kinds in both streams")
    return sorted(kinds - {None})


def columns_of(groups: tuple[str, ...], group: str | None, is_alone: bool) -> np.ndarray:
    """Which features [F] a model gets: all, those of one group alone, or all but those."""
    inside = np.array([each == group for each in groups])
    return inside if is_alone else ~inside


def fitted_score(
    trained: Matrix, chosen: np.ndarray, test: Matrix, columns: np.ndarray, options: FitOptions, seed: int
) -> np.ndarray:
    """Score of each test event [N] by trees that the chosen accounts (bool [A]) have trained on some columns (bool [F]). It is
    not calibrated: that keeps the order of scores, which is all that is measured here."""
    rows = rows_of(trained, chosen)
    rows = with_masked_copies(Rows(rows.values[:, columns], rows.fake, rows.weights, rows.account), options, seed)
    booster = fit(rows, options, seed)
    starts = range(0, len(test), ROWS_AT_ONCE)
    blocks = [test.values[start : start + ROWS_AT_ONCE, columns] for start in starts]
    return sigmoid(np.concatenate([booster.predict(block, raw_score=True, num_threads=1) for block in blocks]))


def measured(trained: Matrix, test: Matrix, score: np.ndarray, kind: str | None = None) -> np.ndarray:
    """Measures [levels × measures] of the scores of all test events, or of those of one kind and of genuine accounts. Fake
    accounts weigh what they do in training, whichever they are."""
    chosen = ~test.accounts.fake | _of_kind(test, kind) if kind else np.ones(len(test.accounts), dtype=bool)
    summary = evaluate.summary(evaluate.scored(test, chosen, score, trained.fake_share))
    values = []
    for level in LEVELS:
        of_level = summary[level]
        values += [of_level["rocAuc"], of_level["prAuc"], *of_level["recallAtFpr"].values()]
    return np.array(values)


def _of_kind(matrix: Matrix, kind: str) -> np.ndarray:
    return np.array([campaign_kind(segment) == kind for segment in matrix.accounts.segments])


def chance(variants: list[Variant]) -> np.ndarray:
    """By how much two variants [levels × measures] differ when nothing but the seeds of their refits does: two standard errors
    of the difference of two means, from the spread of the refits of all variants."""
    variance = np.mean([each.measures.var(axis=0, ddof=1) for each in variants], axis=0)
    return 2 * np.sqrt(2 * variance / REFITS)
