"""A vendor's word stands in its package alone: ``protocols/<vendor>``, or a package of that name elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from shipledger.protocols.registry import PROTOCOLS
from tests.support.project import ROOT

SOURCE = ROOT / "src" / "shipledger"
OURS = "native"
VENDORS = {protocol.name for protocol in PROTOCOLS} - {OURS}
WORDS = re.compile("|".join(sorted({*VENDORS, "genie", "atlassian", "jenkins"})), re.IGNORECASE)

WHEREVER = {
    "jira_denied_projects": "a setting about the keys of issues, whoever sends them; its name is older than that",
    "jira_allowed_projects": "as jira_denied_projects",
    "docs/how-to/jira.md": "a page",
    "datadog-ci": "the program that uploads packs, named as people call it",
    "support.atlassian.com": "the source of a fact",
}
"""What may be said everywhere, and why."""

EXCEPTIONS = {
    "protocols/registry.py": "the list of protocols",
    "demo": "the sample's jobs speak these protocols",
    "cli/ci_systems.py": "Jenkins is a CI system here, whose variables are read",
    "cli/record.py": "Jenkins, as in cli/ci_systems.py",
    "protocols/snippets.py": "Jenkins, as in cli/ci_systems.py",
    "cli/issue_site.py": "a Jira site is a tracker here, whose issues are read",
    "tracker/sync.py": "opens the one kind of tracker that there is",
    "observability/logs.py": "knows every form of a secret, so that none is logged",
    "web/templates/start.html": "somebody without any report is told of an API that his CI may speak already",
    "web/templates/issue_parts.html": "as start.html",
    "web/templates/incidents.html": "as start.html",
    "web/pages/commands.py": "as start.html",
    "web/pages/words.py": "advice that names a setting",
}
"""Files and folders, and why."""


def find_words(path: Path) -> Iterator[str]:
    """The lines of a file in which a vendor's word stands."""
    for number, line in enumerate(path.read_text().splitlines(), start=1):
        if WORDS.search(re.sub("|".join(map(re.escape, WHEREVER)), "", line)):
            yield f"{path.relative_to(SOURCE)}:{number}: {line.strip()}"


def list_files() -> list[Path]:
    """All that is no vendor's own."""
    files = [path for path in SOURCE.rglob("*") if path.suffix in {".py", ".sql", ".html", ".js", ".css"}]
    return [path for path in files if not VENDORS & {path.stem, *path.relative_to(SOURCE).parts}]


def place_of(path: Path) -> str | None:
    """The entry of EXCEPTIONS that a file falls under."""
    relative = path.relative_to(SOURCE).as_posix()
    return next((place for place in EXCEPTIONS if relative == place or relative.startswith(f"{place}/")), None)


def test_a_vendors_word_stands_in_its_package_alone() -> None:
    assert [line for path in list_files() if place_of(path) is None for line in find_words(path)] == []


@pytest.mark.parametrize("place", EXCEPTIONS)
def test_an_exception_is_needed(place: str) -> None:
    assert any(next(find_words(path), None) for path in list_files() if place_of(path) == place)


def test_words_are_seen_by_this_test(tmp_path: Path) -> None:
    assert WORDS.search("from shipledger.protocols.datadog import routes")
    assert WORDS.search('Authorization: GenieKey "x"')
    assert len(list_files()) > 300
