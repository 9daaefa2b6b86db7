"""The table of what answers are worth: who is tested was never asked about."""

import csv
import json
from dataclasses import asdict
from pathlib import Path

import numpy as np

from training.__main__ import main
from training.answers_table import AIMS, COLUMNS, Figures, mean_lines, measured, table_head
from training.matrix import read_matrix

from .synthetic import write_matrix


def test_half_of_the_accounts_is_set_aside_and_always_the_same(tmp_path: Path) -> None:
    rows = [f"acc_{index},{'fake' if index % 5 == 0 else 'genuine'},honest:ordinary" for index in range(1000)]
    (tmp_path / "labels.csv").write_text("\n".join(["account_id,label,segment", *rows]) + "\n", encoding="utf-8")
    outs = [tmp_path / "one.csv", tmp_path / "other.csv"]
    for out in outs:
        assert main(["answers", "tested", "--labels", str(tmp_path / "labels.csv"), "--out", str(out)]) == 0
    assert outs[0].read_bytes() == outs[1].read_bytes()
    with outs[0].open(encoding="utf-8", newline="") as file:
        tested = list(csv.DictReader(file))
    assert 430 < len(tested) < 570
    assert {",".join(row.values()) for row in tested} <= set(rows)


def test_the_head_has_a_cell_for_each_column() -> None:
    names, rule = table_head().splitlines()
    assert names.count("|") == rule.count("|") == len(COLUMNS) + 1


def test_who_is_blocked_is_measured_of_the_chosen_accounts(tmp_path: Path) -> None:
    matrix = read_matrix([write_matrix(tmp_path / "matrix.csv", seed=3)])
    accounts = matrix.accounts
    student = accounts.segments == "honest:student"
    found = measured(
        matrix, np.where((accounts.fake | student)[matrix.account], 0.9, 0.1), np.ones(len(accounts), bool), 0.9
    )
    genuine = (~accounts.fake).sum()
    assert (found.caught, found.worst_segment) == (1, 1)
    assert found.wrong == student.sum() / genuine
    assert found.precision == accounts.fake.sum() / (accounts.fake | student).sum()
    nobody = measured(matrix, np.zeros(len(matrix)), ~student, 0.9)
    assert (nobody.wrong, nobody.precision, nobody.roc_auc) == (0, None, 0.5)


def test_means_are_of_all_worlds_by_answers_and_beside_the_aims(tmp_path: Path) -> None:
    rows = [
        {"answers": count, "tested": name, **asdict(Figures(auc, 0.5, 0.001, worst, 0.4, None))}
        for count in AIMS
        for auc, worst in ((0.9, 0.01), (1.0, 0.03))
        for name in ("same course", "another course")
    ]
    (tmp_path / "figures").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    lines = list(mean_lines(tmp_path / "figures"))
    assert len(lines) == 3 * len(AIMS)
    assert all(line.count("|") == len(COLUMNS) + 1 for line in lines)
    assert "| same course | 0.9500 | 0.500 | 0.10% | 3.00% | 40.00% |  |" in lines[0]
    assert "| 0.996 | 0.87 |" in lines[-1]
