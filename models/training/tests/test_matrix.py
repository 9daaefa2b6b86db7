from pathlib import Path

import numpy as np
import pytest

from training.errors import MatrixError
from training.matrix import campaign_kind, read_matrix

HEADER = (
    '# catalogue_version=abc\n# groups={"first":"flow","second":"device"}\n'
    '# definitions={"first":"0a","second":"1b"}\n'
    '# forms={"first":"value","second":"rank"}\n'
    "account_id,event_id,type,time_ms,label,segment,first,second\n"
)
SOUND = "a,1,account.signup,1000,fake,campaign:bulk:1,1.5,\n"


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_reads_values_labels_and_missing_cells(tmp_path: Path) -> None:
    path = written(
        tmp_path / "m.csv",
        HEADER
        + SOUND
        + "b,2,account.login,3000,genuine,honest:resident,,0.1\na,3,account.login,2000,fake,campaign:bulk:1,-0,3\n",
    )
    matrix = read_matrix([path])
    assert (matrix.catalogue_version, matrix.features) == ("abc", ("first", "second"))
    assert matrix.groups == ("flow", "device")
    assert matrix.definitions == ("0a", "1b")
    assert matrix.forms == ("value", "rank")
    expected = np.array([[1.5, np.nan], [np.nan, 0.1], [0, 3]], dtype=np.float32)
    np.testing.assert_array_equal(matrix.values, expected)
    assert matrix.fake.tolist() == [True, False, True]
    assert matrix.accounts.ids.tolist() == ["a", "b"]
    assert matrix.accounts.first_ms.tolist() == [1000, 3000]
    assert matrix.accounts.event_counts.tolist() == [2, 1]
    assert matrix.fake_share == 0.5


def test_rows_without_a_label_are_counted_and_left_out(tmp_path: Path) -> None:
    matrix = read_matrix([written(tmp_path / "m.csv", HEADER + SOUND + "c,2,account.login,3000,,,1,1\n")])
    assert (len(matrix), matrix.unlabelled_rows) == (1, 1)


def test_equal_account_names_of_two_streams_are_two_accounts(tmp_path: Path) -> None:
    path = written(tmp_path / "m.csv", HEADER + SOUND)
    matrix = read_matrix([path, path])
    assert len(matrix.accounts) == 2
    assert matrix.accounts.streams.tolist() == [0, 1]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (SOUND, "m.csv:1: expected `# catalogue_version="),
        (HEADER.replace("event_id,", ""), "m.csv:5: expected the columns"),
        (HEADER.replace(",second\n", ",first\n"), "m.csv:5: feature columns need distinct names"),
        (HEADER.replace("# groups", "# gruppen"), "m.csv:2: expected `# groups="),
        (HEADER.replace("# definitions", "# meanings"), "m.csv:3: expected `# definitions="),
        (HEADER.replace("# forms", "# shapes"), "m.csv:4: expected `# forms="),
        (HEADER.replace(',"second":"1b"', ""), "m.csv:3: expected a JSON object with the definition of each feature"),
        (
            HEADER.replace('"second":"device"', '"other":"device"'),
            "m.csv:2: expected a JSON object with the group of each feature: 'second'",
        ),
        (HEADER.replace('"device"}', ""), "m.csv:2: expected a JSON object"),
        (HEADER, "no labelled row"),
        (HEADER + SOUND + "b,2,account.login,3000,genuine,x,1\n", "m.csv:7: 7 cells where the header has 8"),
        (HEADER + SOUND.replace("fake", "bad"), "m.csv:6: label `bad`"),
        (HEADER + SOUND.replace("1.5", "one"), "m.csv:6: could not convert"),
        (HEADER + SOUND.replace("1.5", "1e39"), "`first` is infinite"),
        (HEADER + SOUND + SOUND.replace("fake", "genuine"), "m.csv:7: account `a` has another label"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(MatrixError) as caught:
        read_matrix([written(tmp_path / "m.csv", text)])
    assert message in str(caught.value)


def test_parquet_is_refused_with_advice(tmp_path: Path) -> None:
    with pytest.raises(MatrixError, match=r"m\.parquet: training reads CSV"):
        read_matrix([written(tmp_path / "m.parquet", "PAR1")])


def test_matrices_of_different_catalogues_do_not_mix(tmp_path: Path) -> None:
    paths = [
        written(tmp_path / "1.csv", HEADER + SOUND),
        written(tmp_path / "2.csv", HEADER.replace("abc", "abd") + SOUND),
    ]
    with pytest.raises(MatrixError, match="differ from the first matrix"):
        read_matrix(paths)


@pytest.mark.parametrize(
    ("segment", "kind"),
    [("campaign:bulk:3", "bulk"), ("honest:resident", None), ("", None), ("campaign:slow:drip:1", "slow")],
)
def test_campaign_kind(segment: str, kind: str | None) -> None:
    assert campaign_kind(segment) == kind
