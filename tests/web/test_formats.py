"""Values as people read them."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipledger.ledger.fold import FACT_NAMES
from shipledger.ledger.receipt import ReceiptState
from shipledger.ledger.state import State, Tier
from shipledger.ledger.verdict import Reason, Verdict, VerdictKind
from shipledger.settings import Settings
from shipledger.web.pages import commands, formats, words
from shipledger.web.pages.commands import Commands, commands_for

NOW = datetime(2026, 3, 4, 10, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    "seconds,expected",
    [
        (0, "just now"),
        (4, "just now"),
        (5, "5 seconds ago"),
        (60, "1 minute ago"),
        (3_599, "59 minutes ago"),
        (7_200, "2 hours ago"),
        (86_400, "1 day ago"),
        (86_400 * 45, "1 month ago"),
        (86_400 * 800, "2 years ago"),
        (-90, "in 1 minute"),
    ],
)
def test_times_are_told_relative_to_now(seconds: int, expected: str) -> None:
    assert formats.relative(NOW - timedelta(seconds=seconds), NOW) == expected


@given(st.datetimes(timezones=st.just(UTC)))
def test_every_time_can_be_told(moment: datetime) -> None:
    assert formats.relative(moment, NOW)
    assert formats.exact(moment).endswith(" UTC")
    assert formats.machine_time(moment).endswith("Z")


@pytest.mark.parametrize(
    "seconds,expected",
    [(0, "0 s"), (0.4, "0 s"), (59, "59 s"), (60, "1 min"), (192, "3 min 12 s"), (7_500, "2 h 5 min"), (273_600, "3 d 4 h")],
)
def test_spans_are_told_in_two_units(seconds: float, expected: str) -> None:
    assert formats.duration(seconds) == expected


@pytest.mark.parametrize(
    "commit,expected",
    [("eb6d685a958183108588a8a91846fad3568b1bd5", "eb6d685a95"), ("0c9135c", "0c9135c"), ("v" * 30, "v" * 23 + "…")],
)
def test_commits_are_cut_where_they_are_hashes(commit: str, expected: str) -> None:
    assert formats.short_commit(commit) == expected


@given(st.text())
def test_only_web_addresses_become_links(text: str) -> None:
    link = formats.web_link(text)
    assert link in ("", text)
    assert not link or link.lower().startswith(("http://", "https://"))


def test_every_code_has_words() -> None:
    assert set(words.STATES) == set(State)
    assert set(words.TIERS) == set(Tier)
    assert set(words.VERDICTS) == set(VerdictKind)
    assert set(words.RECEIPT_STATES) == set(ReceiptState)
    for kind in VerdictKind:
        for reason in Reason:
            verdict = Verdict(kind=kind, reason=reason)
            assert words.verdict_sentence(verdict).endswith(".")
            assert isinstance(words.advice(verdict), str)
    assert not [name for name in FACT_NAMES if "_" in words.fact_name(name)]


def test_codes_in_sentences_are_put_in_words() -> None:
    verdict = Verdict(
        kind=VerdictKind.SUPERSEDED, sentence="Ignored: newer values are known for external_id, my_own, started_at."
    )
    assert words.verdict_sentence(verdict) == "Ignored: newer values are known for external id, my_own, start."


@given(st.text(alphabet=st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1))
def test_commands_hold_every_value_as_one_word(value: str) -> None:
    command = Commands(organization="acme").map_repository(value, value)
    words = [word for word in split_by_shell(command) if word != "--" or value == "--"]
    assert words[:5] == ["shipledger", "service", "map-repository", "--organization", "acme"]
    assert words[-2:] == [value, value]


def split_by_shell(command: str) -> list[str]:
    """The words of a command. Python knows no ``$'…'``, by which what cannot be seen is shown; bash does."""
    if "$'" not in command:
        return shlex.split(command)
    told = subprocess.run(["bash", "-c", f"printf '%s\\0' {command}"], capture_output=True, check=True).stdout
    return told.decode().split("\0")[:-1]


@pytest.mark.parametrize(
    "changes,expected",
    [
        ({}, []),
        ({"database_url": "sqlite:////srv/my ledger.db"}, ["--database", "sqlite:////srv/my%20ledger.db"]),
        ({"database_url": "sqlite:////srv/my%20ledger.db"}, ["--database", "sqlite:////srv/my%20ledger.db"]),
        ({"database_url": "sqlite:///~/it's.db"}, ["--database", f"sqlite:///{Path.home()}/it%27s.db"]),
        ({"database_url": "sqlite:///here.db"}, ["--database", f"sqlite:///{Path.cwd()}/here.db"]),
        (
            {"database_url": "postgresql://user@db/ledger?sslmode=require"},
            ["--database", "postgresql://user@db/ledger?sslmode=require"],
        ),
        ({"database_url": "postgresql://user:secret@db/ledger"}, []),
        ({"database_url": "postgresql://user@db/ledger?password=secret"}, []),
    ],
)
def test_commands_name_the_database_unless_it_is_the_default_or_has_a_password(
    changes: dict[str, str], expected: list[str]
) -> None:
    words = shlex.split(commands_for(Settings(**changes)).doctor())
    assert shutil.which(words[0])
    assert words[1:] == ["doctor", *expected]


def test_a_page_never_shows_a_command_without_its_database() -> None:
    """Pages for strangers do not know which ledger is theirs, and tell them nothing of it."""
    templates = Path(commands.__file__).parent.parent / "templates"
    plain = {
        file.name
        for file in templates.glob("*.html")
        if re.search(r'command\("[^)]*\bshipledger ', file.read_text(encoding="utf-8"))
    }
    assert plain == {"locked.html", "login.html"}
