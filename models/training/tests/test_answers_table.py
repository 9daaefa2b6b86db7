"""The table of what answers are worth: who is tested was never asked about."""

import csv
from pathlib import Path

from training.__main__ import main
from training.answers_table import COLUMNS, table_head


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
