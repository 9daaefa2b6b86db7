"""The feature matrix that `winnow features` writes: CSV, one row per scored event, in stream order."""

import csv
import hashlib
import json
from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from .errors import MatrixError
from .markdown import listed

LEADING_COLUMNS = ("account_id", "event_id", "type", "time_ms", "label", "segment")
CATALOGUE_COMMENT = "# catalogue_version="
GROUPS_COMMENT = "# groups="
DEFINITIONS_COMMENT = "# definitions="
FORMS_COMMENT = "# forms="
HEADER_LINES = 5
LABELS = {"genuine": 0, "fake": 1}


@dataclass(frozen=True)
class Accounts:
    """One entry per account, in order of first appearance. Arrays of length A."""

    ids: np.ndarray  # str
    streams: np.ndarray  # int: which matrix file the account came from
    fake: np.ndarray  # bool
    segments: np.ndarray  # str: `honest:<name>`, `campaign:<kind>:<n>` or empty
    first_ms: np.ndarray  # int64: time of the first event, milliseconds since the epoch
    event_counts: np.ndarray  # int64

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True)
class Matrix:
    """Labelled events and what is known about them. Arrays of length N, in stream order."""

    catalogue_version: str
    features: tuple[str, ...]
    groups: tuple[str, ...]  # of each feature
    definitions: tuple[str, ...]  # hash of the definition of each feature
    forms: tuple[str, ...]  # `value` or `rank` of each feature
    accounts: Accounts
    account: np.ndarray  # int64: index into accounts
    event_type: np.ndarray  # str
    time_ms: np.ndarray  # int64
    values: np.ndarray  # float32 [N, F], NaN where missing
    unlabelled_rows: int  # rows that were left out because their label is empty
    sha256: str  # of the bytes of all files, one after the other
    digests: tuple[str, ...] = ()  # SHA-256 of each file
    is_thinned: bool = False  # busy accounts have more events than are here

    @property
    def fake(self) -> np.ndarray:
        """Per event: whether its account is fake."""
        return self.accounts.fake[self.account]

    @property
    def fake_share(self) -> float:
        """Share of accounts, not of events, that are fake."""
        return float(self.accounts.fake.mean())

    def __len__(self) -> int:
        return len(self.account)


def read_matrix(paths: Sequence[Path], rows_per_account: int | None = None) -> Matrix:
    """Reads one or more streams as one matrix. Accounts and campaigns of different files are different ones, also where
    their names are equal. Of accounts with more events than `rows_per_account` that many are kept, evenly spread: hundreds of
    them say little more. Raises MatrixError."""
    reader = _Reader(rows_per_account)
    for stream, path in enumerate(paths):
        reader.read(stream, path)
    return reader.matrix()


def read_test_matrix(paths: Sequence[Path], trained: Matrix) -> Matrix:
    """Reads streams of their own, whole, to test on what `trained` has taught. Raises MatrixError."""
    matrix = read_matrix(paths)
    path = listed([str(each) for each in paths])
    if set(matrix.digests) & set(trained.digests):
        raise MatrixError(f"{path}: a stream that trained cannot test")
    if (matrix.features, matrix.definitions, matrix.forms, matrix.catalogue_version) != (
        trained.features,
        trained.definitions,
        trained.forms,
        trained.catalogue_version,
    ):
        raise MatrixError(f"{path}: catalogue or columns differ from the training matrix")
    if not 0 < matrix.fake_share < 1:
        raise MatrixError(f"{path}: a test needs both fake and genuine accounts")
    return matrix


@dataclass(frozen=True)
class _Header:
    catalogue_version: str
    features: tuple[str, ...]
    groups: tuple[str, ...]
    definitions: tuple[str, ...]
    forms: tuple[str, ...]


class _Reader:
    def __init__(self, rows_per_account: int | None) -> None:
        self.rows_per_account = rows_per_account
        self.digests: list[str] = []
        self.digest = hashlib.sha256()
        self.header: _Header | None = None
        self.index_by_key: dict[tuple[int, str], int] = {}
        self.account_facts: list[tuple[str, str]] = []  # label and segment, by account
        self.account = array("q")
        self.time_ms = array("q")
        self.event_type: list[str] = []
        self.values = array("f")
        self.unlabelled_rows = 0
        self.is_thinned = False

    def read(self, stream: int, path: Path) -> None:
        if path.suffix == ".parquet":
            raise MatrixError(f"{path}: training reads CSV; write the matrix with `winnow features --out matrix.csv`")
        with path.open("rb") as file:
            own = hashlib.sha256()
            while chunk := file.read(1 << 20):
                self.digest.update(chunk)
                own.update(chunk)
            self.digests.append(own.hexdigest())
        self.total = _rows_by_account(path) if self.rows_per_account else Counter()
        self.seen: Counter[str] = Counter()
        with path.open(encoding="utf-8", newline="") as file:
            header = _read_header(path, [file.readline() for _ in range(HEADER_LINES)])
            if self.header is not None and header != self.header:
                raise MatrixError(
                    f"{path}: catalogue or columns differ from the first matrix; write all with one Winnow"
                )
            self.header = header
            for line, row in enumerate(csv.reader(file), start=HEADER_LINES + 1):
                try:
                    self._read_row(stream, row)
                except ValueError as error:
                    raise MatrixError(f"{path}:{line}: {error}") from error

    def _read_row(self, stream: int, row: list[str]) -> None:
        leading = len(LEADING_COLUMNS)
        if len(row) != leading + len(self.header.features):
            raise ValueError(f"{len(row)} cells where the header has {leading + len(self.header.features)}")
        account_id, _, event_type, time_ms, label, segment = row[:leading]
        if label == "":
            self.unlabelled_rows += 1
            return
        if label not in LABELS:
            raise ValueError(f"label `{label}` is none of fake, genuine or empty")
        index = self.index_by_key.setdefault((stream, account_id), len(self.account_facts))
        if index == len(self.account_facts):
            self.account_facts.append((label, segment))
        elif self.account_facts[index] != (label, segment):
            raise ValueError(f"account `{account_id}` has another label or segment than in its earlier rows")
        if self._is_left_out(account_id):
            self.is_thinned = True
            return
        self.values.extend([float(cell) if cell else np.nan for cell in row[leading:]])
        self.time_ms.append(int(time_ms))
        self.account.append(index)
        self.event_type.append(event_type)

    def _is_left_out(self, account_id: str) -> bool:
        total = self.total[account_id]
        if total <= (self.rows_per_account or total):
            return False
        place = self.seen[account_id]
        self.seen[account_id] = place + 1
        return (place + 1) * self.rows_per_account // total == place * self.rows_per_account // total

    def matrix(self) -> Matrix:
        if not self.account:
            raise MatrixError("the matrix has no labelled row; give `winnow features` the labels of the stream")
        values = np.frombuffer(self.values, dtype=np.float32).reshape(-1, len(self.header.features))
        if np.isinf(values).any():
            row, column = np.argwhere(np.isinf(values))[0]
            raise MatrixError(
                f"labelled row {row + 1}: `{self.header.features[column]}` is infinite; a feature is finite or missing"
            )
        account = np.frombuffer(self.account, dtype=np.int64)
        time_ms = np.frombuffer(self.time_ms, dtype=np.int64)
        return Matrix(
            catalogue_version=self.header.catalogue_version,
            features=self.header.features,
            groups=self.header.groups,
            definitions=self.header.definitions,
            forms=self.header.forms,
            accounts=self._accounts(account, time_ms),
            account=account,
            event_type=np.array(self.event_type),
            time_ms=time_ms,
            values=values,
            unlabelled_rows=self.unlabelled_rows,
            sha256=self.digest.hexdigest(),
            digests=tuple(self.digests),
            is_thinned=self.is_thinned,
        )

    def _accounts(self, account: np.ndarray, time_ms: np.ndarray) -> Accounts:
        count = len(self.account_facts)
        first_ms = np.full(count, np.iinfo(np.int64).max)
        np.minimum.at(first_ms, account, time_ms)
        return Accounts(
            ids=np.array([key[1] for key in self.index_by_key]),
            streams=np.array([key[0] for key in self.index_by_key]),
            fake=np.array([LABELS[label] == 1 for label, _ in self.account_facts]),
            segments=np.array([segment for _, segment in self.account_facts]),
            first_ms=first_ms,
            event_counts=np.bincount(account, minlength=count),
        )


def evenly_spread(account: np.ndarray, most: int) -> np.ndarray:
    """Of each account's events (`account`: int [N], in stream order) that many at most, evenly spread and its last among them: bool [N]."""
    order = np.argsort(account, kind="stable")
    counts = np.bincount(account)
    place = np.empty(len(account), dtype=np.int64)
    place[order] = np.arange(len(account)) - (np.cumsum(counts) - counts)[account[order]]
    total = counts[account]
    kept = np.minimum(total, most)
    return (place + 1) * kept // total != place * kept // total


def _rows_by_account(path: Path) -> Counter[str]:
    with path.open(encoding="utf-8", newline="") as file:
        return Counter(line.split(",", 1)[0] for line in islice(file, HEADER_LINES, None))


def _read_header(path: Path, lines: list[str]) -> _Header:
    catalogue, groups, definitions, forms, columns = lines
    comments = (
        (catalogue, CATALOGUE_COMMENT),
        (groups, GROUPS_COMMENT),
        (definitions, DEFINITIONS_COMMENT),
        (forms, FORMS_COMMENT),
    )
    for number, (line, comment) in enumerate(comments, start=1):
        if not line.startswith(comment):
            raise MatrixError(f"{path}:{number}: expected `{comment}…`; write the matrix with `winnow features`")
    names = tuple(next(csv.reader([columns]), []))
    features = names[len(LEADING_COLUMNS) :]
    if names[: len(LEADING_COLUMNS)] != LEADING_COLUMNS or not features:
        raise MatrixError(f"{path}:5: expected the columns {','.join(LEADING_COLUMNS)} and then features")
    if len(set(features)) != len(features) or "" in features:
        raise MatrixError(f"{path}:5: feature columns need distinct names")
    return _Header(
        catalogue.removeprefix(CATALOGUE_COMMENT).strip(),
        features,
        _of_each(features, groups.removeprefix(GROUPS_COMMENT), f"{path}:2", "group"),
        _of_each(features, definitions.removeprefix(DEFINITIONS_COMMENT), f"{path}:3", "definition"),
        _of_each(features, forms.removeprefix(FORMS_COMMENT), f"{path}:4", "form"),
    )


def _of_each(features: tuple[str, ...], text: str, place: str, what: str) -> tuple[str, ...]:
    try:
        of = json.loads(text)
        return tuple(of[feature] for feature in features)
    except (ValueError, TypeError, LookupError) as error:
        raise MatrixError(f"{place}: expected a JSON object with the {what} of each feature: {error}") from error


def campaign_kind(segment: str) -> str | None:
    """The kind in `campaign:<kind>:<n>`; None for every other segment."""
    parts = segment.split(":")
    return parts[1] if parts[0] == "campaign" and len(parts) >= 2 else None
