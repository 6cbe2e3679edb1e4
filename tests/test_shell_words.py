"""Values in the commands that the program prints."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

import shipledger
from shipledger.shell_words import command, quoted, quoted_lines
from shipledger.texts import STEERING

VALUES = (
    "plain",
    "",
    "two words",
    "it's",
    'say "hi"',
    "$(touch /tmp/owned)",
    "`id`",
    "a;b|c&d>e",
    "$HOME",
    "back\\slash",
    "two\nlines",
    "tab\there",
    "\x1b[2J",
    "it's\n\\ both",
    "~",
    "*",
    "!!",
    "#1",
    "-x",
    "--help",
    "--",
    "Grüße, 東京 🚀",
    "\u202edlrow",
)

SOURCE = Path(shipledger.__file__).parent
BARE = re.compile(r"(?:shipledger [a-z][a-z -]*|chmod \d+|cd|cp|mv) \{(?!quoted\(|command\(|SUGGESTED_KIND\})")
"""A command in a text with a value that nothing quotes; ``SUGGESTED_KIND`` is a word of ours."""


def read_by_bash(line: str) -> list[str]:
    """The words that bash makes of a command, without running it."""
    told = subprocess.run(["bash", "-c", f"printf '%s\\0' {line}"], capture_output=True, check=True).stdout
    return told.decode().split("\0")[:-1]


def test_the_shell_reads_every_value_as_it_was():
    assert read_by_bash(" ".join(map(quoted, VALUES))) == list(VALUES)


@pytest.mark.parametrize("value", VALUES)
def test_a_quoted_value_is_one_line_in_which_nothing_is_hidden(value: str):
    assert STEERING.search(quoted(value)) is None


@pytest.mark.parametrize("value", ["-x", "--help", "--"])
def test_a_value_that_looks_like_an_option_stands_behind_two_hyphens(value: str):
    words = read_by_bash(command("service create", value, organization="acme"))
    assert words == ["shipledger", "service", "create", "--organization", "acme", "--", value]


def test_no_text_of_the_program_puts_a_bare_value_into_a_command():
    bare = {path.name: found for path in SOURCE.rglob("*.py") if (found := BARE.findall(path.read_text()))}
    assert not bare


def test_lines_of_a_body_stay_lines_unless_something_else_is_hidden_in_it():
    assert quoted_lines('{\n  "a": "it\'s"\n}') == '\'{\n  "a": "it\'"\'"\'s"\n}\''
    assert read_by_bash(quoted_lines("a\n\x1b[2J")) == ["a\n\x1b[2J"]
