"""Every command of ours that the documentation says to paste exists, with the options that it is given."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.support.commands import list_commands
from tests.support.project import DOCS, ROOT, read

PAGES = [ROOT / "README.md", *sorted((DOCS / "how-to").glob("*.md")), DOCS / "reference" / "cli.md", DOCS / "promises.md"]
PASTED = re.compile(r"^(?: {4}|\$ )?(?:\S*/)?(shipledger [a-z][^\n]*)", re.MULTILINE)
ENDS = {"|", "&&", ";", ">", "||"}
COMMANDS = list_commands()


def list_pasted(page: Path) -> list[list[str]]:
    """The words of each command, up to a comment or what another program does with its output."""
    found = []
    for line in PASTED.findall(read(page).replace("\\\n", " ")):
        lexer = shlex.shlex(line, posix=True, punctuation_chars="|&;>")
        lexer.whitespace_split = True
        words = list(lexer)
        found.append(words[: next((place for place, word in enumerate(words) if word in ENDS), len(words))])
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_pasted_command_exists_with_its_options(page: Path) -> None:
    for words in list_pasted(page):
        names = [name for name in COMMANDS if words[: name.count(" ") + 1] == name.split() and name != "shipledger"]
        assert names, f"{page.name} says {shlex.join(words)}"
        known = {option for one in COMMANDS[max(names, key=len)].params for option in (*one.opts, *one.secondary_opts)}
        assert {word.partition("=")[0] for word in words if word.startswith("--")} <= known | {"--help"}, shlex.join(words)


def test_commands_are_seen_by_this_test() -> None:
    assert sum(len(list_pasted(page)) for page in PAGES) > 60


def test_where_the_program_is_after_make_is_said_where_people_begin() -> None:
    assert all('PATH="$PWD/.venv/bin:$PATH"' in read(page) for page in (ROOT / "README.md", DOCS / "index.md"))
