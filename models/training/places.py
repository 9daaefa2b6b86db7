"""Country and language of accounts, for the fairness tables: a CSV with account_id, country and language.

They are never features. Where a platform knows no better, they are read from the locale that an account's client reports
(`places_of_events`): what the client says, not where its owner is.
"""

import csv
import gzip
import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from .errors import MatrixError
from .matrix import Accounts

COLUMNS = ("country", "language")
UNKNOWN = "unknown"
# Events whose context is that of another person than the account that they are about.
ACTS_OF_OTHERS = frozenset({"account.reported", "social.request_answered"})


def read_places(path: Path, accounts: Accounts) -> dict[str, np.ndarray]:
    """Country and language per account (str [A]), `unknown` where the file does not say. Raises MatrixError."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        missing = {"account_id", *COLUMNS} - set(reader.fieldnames or ())
        if missing:
            raise MatrixError(f"{path}:1: no column {', '.join(sorted(missing))}")
        rows = {row["account_id"]: row for row in reader}
    return {
        column: np.array([rows.get(account_id, {}).get(column) or UNKNOWN for account_id in accounts.ids])
        for column in COLUMNS
    }


def write_places(events: Path, out: Path) -> int:
    """Writes the CSV for a stream of events (NDJSON, plain or gzip) and answers the number of accounts in it. Raises
    MatrixError."""
    with (
        gzip.open(events, "rt", encoding="utf-8") if events.suffix == ".gz" else events.open(encoding="utf-8") as lines
    ):
        try:
            places = places_of_events(lines)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise MatrixError(f"{events}: not a stream of events in structured mode ({error})") from error
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["account_id", *COLUMNS])
        writer.writerows([account_id, *place] for account_id, place in places.items())
    return len(places)


def places_of_events(lines: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Country and language by account, from the first locale that its own events bring; accounts without one are left
    out."""
    places: dict[str, tuple[str, str]] = {}
    for line in lines:
        event = json.loads(line)
        locale = event["data"].get("context", {}).get("locale")
        if locale and event["type"] not in ACTS_OF_OTHERS and event["subject"] not in places:
            places[event["subject"]] = place_of_locale(locale)
    return places


def place_of_locale(locale: str) -> tuple[str, str]:
    """Country and language of a BCP 47 tag: `zh-Hant-TW` is TW and zh."""
    language, *subtags = locale.replace("_", "-").split("-")
    regions = [tag.upper() for tag in subtags if (len(tag) == 2 and tag.isalpha()) or (len(tag) == 3 and tag.isdigit())]
    return regions[0] if regions else UNKNOWN, language.lower()
