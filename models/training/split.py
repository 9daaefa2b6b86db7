"""Who trains, who calibrates and who tests.

Accounts are never cut: all events of one are in one part. Campaigns are never cut either: what a model learns of one
wave of a campaign it would also know of the rest of that wave, so only a wave that it has not seen says how it does on
the next one. Of each kind the earlier campaigns train and the later ones calibrate and test. Everybody else is dealt by
a keyed hash within his segment, not by time, since the accounts that appear late in a stream are the new ones, and a
test on new accounts alone would say nothing of those who have a history.
"""

import hashlib
from collections import defaultdict
from enum import IntEnum

import numpy as np

from .errors import SplitError
from .matrix import Accounts, campaign_kind


class Part(IntEnum):
    TRAIN = 0
    CALIBRATE = 1
    TEST = 2


STREAMS_LEAST = 8  # below that many streams each has to train and to calibrate


def split_accounts(accounts: Accounts, seed: int, test_apart: bool) -> np.ndarray:
    """The part of each account: train, calibrate and test by 60, 20 and 20 percent; where the test stream is a file of
    its own (`test_apart`), train and calibrate by 75 and 25. Of many streams whole ones calibrate: a threshold must hold on a
    platform that taught the trees nothing. Raises SplitError."""
    streams = np.unique(accounts.streams)
    if test_apart and len(streams) >= STREAMS_LEAST:
        return _whole_streams(accounts, streams, seed)
    held_out = (0.25, 0.0) if test_apart else (0.2, 0.2)
    parts = np.zeros(len(accounts), dtype=np.int64)
    for groups in _families(accounts, seed).values():
        for group, part in zip(groups, _deal(len(groups), *held_out), strict=True):
            parts[group] = part
    _assert_both_classes(accounts, parts, [Part.TRAIN, Part.CALIBRATE] + ([] if test_apart else [Part.TEST]))
    return parts


def _whole_streams(accounts: Accounts, streams: np.ndarray, seed: int) -> np.ndarray:
    drawn = sorted(streams.tolist(), key=lambda stream: hashlib.sha256(f"{seed}:{stream}".encode()).hexdigest())
    calibrating = drawn[: max(2, round(len(drawn) * 0.15))]
    parts = np.where(np.isin(accounts.streams, calibrating), int(Part.CALIBRATE), int(Part.TRAIN))
    _assert_both_classes(accounts, parts, [Part.TRAIN, Part.CALIBRATE])
    return parts


def _families(accounts: Accounts, seed: int) -> dict[str, list[list[int]]]:
    """Per campaign kind its campaigns, earliest first; per other segment its accounts, one by one in hash order."""
    members: dict[tuple[str, int, str], list[int]] = defaultdict(list)
    for index, (stream, segment) in enumerate(zip(accounts.streams, accounts.segments, strict=True)):
        kind = campaign_kind(segment)
        alone = "" if kind else accounts.ids[index]
        members[(f"campaign:{kind}" if kind else segment, int(stream), segment if kind else alone)].append(index)

    def order(key: tuple[str, int, str]) -> tuple:
        family, stream, name = key
        if family.startswith("campaign:"):
            return (family, int(accounts.first_ms[members[key]].min()), stream, name)
        return (family, hashlib.sha256(f"{seed}:{stream}:{name}".encode()).hexdigest())

    families: dict[str, list[list[int]]] = defaultdict(list)
    for key in sorted(members, key=order):
        families[key[0]].append(members[key])
    return families


def _deal(count: int, calibrate_share: float, test_share: float) -> list[Part]:
    """Parts for `count` groups in order. The first always trains; the last is always held out, for the test before the
    calibration, since a test on nothing unseen is worth nothing."""
    test = max(1, round(count * test_share)) if test_share and count > 1 else 0
    calibrate = max(1, round(count * calibrate_share)) if count > 1 + test else 0
    return [Part.TRAIN] * (count - calibrate - test) + [Part.CALIBRATE] * calibrate + [Part.TEST] * test


def _assert_both_classes(accounts: Accounts, parts: np.ndarray, needed: list[Part]) -> None:
    for part in needed:
        for fake, word in ((True, "fake"), (False, "genuine")):
            if not np.any((parts == part) & (accounts.fake == fake)):
                raise SplitError(
                    f"no {word} account is left to {part.name.lower()} with: each part needs whole campaigns of its own; "
                    "add a stream made with another seed (a second --matrix) or a longer one"
                )


def folds_of(accounts: Accounts, seed: int, folds: int) -> np.ndarray:
    """A fold, 0 to folds-1, per account. The accounts of one campaign share theirs."""

    def fold(index: int) -> int:
        segment = str(accounts.segments[index])
        group = segment if campaign_kind(segment) else accounts.ids[index]
        return int(hashlib.sha256(f"fold:{seed}:{accounts.streams[index]}:{group}".encode()).hexdigest(), 16) % folds

    return np.array([fold(index) for index in range(len(accounts))])
