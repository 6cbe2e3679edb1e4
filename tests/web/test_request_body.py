"""The body of a request, as its page shows it."""

from __future__ import annotations

from shipledger.web.pages.request import BRACKETS_LIMIT, pretty


def test_json_is_shown_with_line_breaks_and_other_text_as_it_came():
    assert pretty('{"a":[1]}') == '{\n  "a": [\n    1\n  ]\n}'
    assert pretty("no JSON") == "no JSON"


def test_json_of_very_many_brackets_does_not_become_many_times_as_long():
    deep = "[" * 400 + "]" * 400
    body = f"[{','.join([deep] * (BRACKETS_LIMIT // 400 + 1))}]"
    assert pretty(body) == body
