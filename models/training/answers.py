"""What people answered, and how much each answer counts.

A queue (`winnow queue`) says of each account with which probability it was drawn. Weighed by one over it, the answers stand for the
whole platform (Horvitz and Thompson, 1952), however much the queue preferred some accounts: so the class share is the platform's.
"""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .errors import BuildError
from .matrix import Accounts, campaign_kind

ROUND = re.compile(r"round(\d+):")
FIRST_ROUND = 1
NO_QUEUE = 0  # the round of accounts that no queue drew


@dataclass(frozen=True)
class Answers:
    """Per account of a matrix, arrays of length A."""

    weights: np.ndarray  # float64, mean 1: how many accounts of the platform this one stands for, but for a factor
    groups: np.ndarray  # str: accounts made alike, or of one campaign; never cut by a split
    are_drawn: bool  # whether any queue said how the accounts were chosen


def read_answers(paths: Sequence[Path], accounts: Accounts) -> Answers:
    """Reads `probability`, `group` and `stratum` from labels and queues (CSV with `account_id`; columns that a file lacks are not
    known). Raises BuildError."""
    rows: dict[str, dict[str, str]] = {}
    for path in paths:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            if "account_id" not in (reader.fieldnames or ()):
                raise BuildError(f"{path}:1: no column account_id")
            for row in reader:
                rows.setdefault(row["account_id"], {}).update({name: value for name, value in row.items() if value})
    known = [rows.get(account_id, {}) for account_id in accounts.ids]
    probability = np.array([_probability(row) for row in known])
    rounds = np.array([_round(row) for row in known])
    groups = np.array(
        [
            segment if campaign_kind(segment) else row.get("group", account_id)
            for row, segment, account_id in zip(known, accounts.segments, accounts.ids, strict=True)
        ]
    )
    weights = weights_of(probability, rounds)
    return Answers(weights / weights.mean(), groups, bool((rounds != NO_QUEUE).any()))


def weights_of(probability: np.ndarray, rounds: np.ndarray) -> np.ndarray:
    """Weight per account [A] from several rounds of questions, of which each draws from those who were not asked before.

    The answers of round r alone estimate the platform without bias: those asked before stand for themselves, and those drawn in
    round r for all others, each for 1/probability. The weights are the mean of these estimates, by the number of answers of
    each round. Accounts that no queue drew stand for themselves in each."""
    drawn = np.unique(rounds[rounds != NO_QUEUE])
    if len(drawn) == 0:
        return np.ones(len(rounds))
    weights = np.zeros(len(rounds))
    for each in drawn:
        share = float((rounds == each).sum() / (rounds != NO_QUEUE).sum())
        weights[rounds < each] += share
        weights[rounds == each] += share / probability[rounds == each]
    last = rounds == NO_QUEUE
    weights[last] = np.where(weights[last] > 0, weights[last], 1.0)
    return weights


def _probability(row: dict[str, str]) -> float:
    text = row.get("probability")
    if text is None:
        return 1.0
    try:
        value = float(text)
    except ValueError:
        value = np.nan
    if not 0 < value <= 1:
        raise BuildError(f"account `{row['account_id']}`: probability `{text}` is none above 0 and at most 1")
    return value


def _round(row: dict[str, str]) -> int:
    if "probability" not in row:
        return NO_QUEUE
    found = ROUND.match(row.get("stratum", ""))
    return int(found.group(1)) if found else FIRST_ROUND
