from __future__ import annotations

import pytest

from shipledger.catalog.issue_keys import KeyRule, read_words
from shipledger.settings import Settings

RULE = KeyRule(read_words(Settings().jira_denied_projects))


@pytest.mark.parametrize("text", ["SHIP-1", "ship-1", "A1-10", "MY_APP-200", "X-509", "SHIP-100000000000"])
def test_what_a_tracker_can_have_is_a_key(text: str) -> None:
    assert RULE.is_key(text)


@pytest.mark.parametrize("word", ["SHA-256", "UTF-8", "COVID-19", "ISO-8601", "RFC-7807", "CVE-2024", "utf-16"])
def test_a_word_is_a_key_only_where_its_project_is_known(word: str) -> None:
    project = word.upper().partition("-")[0]
    assert not RULE.is_key(word)
    assert RULE.list_doubtful(["SHIP-1", word]) == [project]
    assert RULE.is_key(word, frozenset({project}))


def test_a_project_that_begins_with_a_digit_is_one_only_where_it_is_known() -> None:
    assert not RULE.is_key("3PL-7")
    assert RULE.is_key("3pl-7", frozenset({"3PL"}))


@pytest.mark.parametrize(
    "text", ["SHIP-0", "SHIP-007", "SHIP-00", "SHIP-", "SHIP", "-1", "SHIP-1A", "SHIP-1\n", "SHIP -1", "SHIP-\u0661"]
)
def test_a_number_that_no_tracker_gives_makes_no_key_whatever_is_known(text: str) -> None:
    assert not RULE.is_key(text, frozenset({"SHIP"}))
    assert RULE.list_doubtful([text]) == []
