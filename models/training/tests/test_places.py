import gzip
import json
from pathlib import Path

import pytest

from training.__main__ import main
from training.places import place_of_locale


@pytest.mark.parametrize(
    ("locale", "place"),
    [
        ("kk-KZ", ("KZ", "kk")),
        ("en", ("unknown", "en")),
        ("zh-Hant-TW", ("TW", "zh")),
        ("es-419", ("419", "es")),
        ("pt_br", ("BR", "pt")),
        ("ca-ES-valencia", ("ES", "ca")),
    ],
)
def test_place_of_locale(locale: str, place: tuple[str, str]) -> None:
    assert place_of_locale(locale) == place


def event(subject: str, locale: str | None, event_type: str = "account.login") -> str:
    context = {"locale": locale} if locale else {}
    return json.dumps({"type": event_type, "subject": subject, "data": {"context": context}}) + "\n"


STREAM = (
    event("a", None)
    + event("a", "en-GB", "account.reported")
    + event("a", "kk-KZ")
    + event("a", "fr-FR")
    + event("b", None)
    + '{"type": "account.login", "subject": "c", "data": {}}\n'
)


@pytest.mark.parametrize("name", ["events.ndjson", "events.ndjson.gz"])
def test_an_account_has_the_first_locale_of_its_own_events(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(gzip.compress(STREAM.encode()) if name.endswith(".gz") else STREAM.encode())
    assert main(["places", "--events", str(tmp_path / name), "--out", str(tmp_path / "accounts.csv")]) == 0
    assert (tmp_path / "accounts.csv").read_text(encoding="utf-8") == "account_id,country,language\na,KZ,kk\n"


@pytest.mark.parametrize("text", ["no json\n", "[]\n", '{"type": "x", "subject": "a"}\n'])
def test_what_is_no_event_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture, text: str) -> None:
    (tmp_path / "events.ndjson").write_text(text, encoding="utf-8")
    assert main(["places", "--events", str(tmp_path / "events.ndjson"), "--out", str(tmp_path / "out.csv")]) == 1
    assert "not a stream of events" in capsys.readouterr().err
