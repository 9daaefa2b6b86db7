"""A small made-up stream as a matrix file: fake and genuine accounts overlap in every feature, and a third of the
features are missing now and then, or always for some event types."""

import json
from pathlib import Path

import numpy as np

from training.matrix import CATALOGUE_COMMENT, DEFINITIONS_COMMENT, FORMS_COMMENT, GROUPS_COMMENT, LEADING_COLUMNS

FEATURES = [f"feature_{index:02d}" for index in range(30)]
# Fake accounts differ in the early features and a few of the middle; the late ones tell nothing.
GROUPS = {name: ["early", "middle", "late"][index // 10] for index, name in enumerate(FEATURES)}
DEFINITIONS = {name: f"{index:016x}" for index, name in enumerate(FEATURES)}
HONEST = ["resident", "student", "traveller", "relay-mail"]
KINDS = ["bulk", "drip", "sleeper"]
CAMPAIGNS_PER_KIND = 5
EVENT_TYPES = ["account.signup", "account.login", "account.verified", "social.request_sent", "content.created"]
START_MS = 1_793_500_000_000
HOUR_MS = 3_600_000


def write_matrix(path: Path, seed: int, accounts: int = 600, fake_share: float = 0.25) -> Path:
    random = np.random.default_rng(seed)
    rows = []
    for index in range(accounts):
        rows += _account(f"acc_{index:05d}", random, random.random() < fake_share)
    rows.sort(key=lambda row: row[3])
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(f"{CATALOGUE_COMMENT}synthetic-1\n")
        file.write(f"{GROUPS_COMMENT}{json.dumps(GROUPS)}\n")
        file.write(f"{DEFINITIONS_COMMENT}{json.dumps(DEFINITIONS)}\n")
        file.write(f"{FORMS_COMMENT}{json.dumps({name: 'value' for name in FEATURES})}\n")
        file.write(",".join([*LEADING_COLUMNS, *FEATURES]) + "\n")
        file.writelines(",".join(map(str, row)) + "\n" for row in rows)
    return path


def write_accounts(path: Path, accounts: int = 600) -> Path:
    places = [("KZ", "kk"), ("BR", "pt"), ("IN", "hi")]
    lines = [f"acc_{index:05d},{','.join(places[index % 3])}" for index in range(accounts)]
    path.write_text("\n".join(["account_id,country,language", *lines]) + "\n", encoding="utf-8")
    return path


def _account(account_id: str, random: np.random.Generator, fake: bool) -> list[list]:
    kind = int(random.integers(len(KINDS)))
    campaign = int(random.integers(CAMPAIGNS_PER_KIND))
    segment = f"campaign:{KINDS[kind]}:{campaign}" if fake else f"honest:{HONEST[int(random.integers(len(HONEST)))]}"
    day = campaign * 5 if fake else int(random.integers(25))
    start_ms = START_MS + day * 24 * HOUR_MS + int(random.integers(24 * HOUR_MS))
    shift = np.zeros(len(FEATURES))
    if fake:
        shift[kind * 4 : kind * 4 + 6] = random.normal(1.3, 0.5, 6)
    rows = []
    for event in range(1 + int(random.poisson(3))):
        values = random.normal(0, 1, len(FEATURES)) + shift
        values[10:20] = np.floor(np.exp(values[10:20]))  # counts
        values[random.random(len(FEATURES)) < np.where(np.arange(len(FEATURES)) < 10, 0.1, 0)] = np.nan
        if event > 0:
            values[:3] = np.nan  # known at sign-up only
        event_type = EVENT_TYPES[0] if event == 0 else EVENT_TYPES[1 + int(random.integers(len(EVENT_TYPES) - 1))]
        cells = ["" if np.isnan(value) else repr(float(np.float32(value))) for value in values]
        label = "fake" if fake else "genuine"
        rows.append(
            [account_id, f"{account_id}-{event}", event_type, start_ms + event * HOUR_MS, label, segment, *cells]
        )
    return rows
