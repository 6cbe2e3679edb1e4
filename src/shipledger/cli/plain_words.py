"""What libraries say of a value that cannot be used, in plain words."""

from __future__ import annotations

import re
from typing import Any

import typer

_BY_TYPE = {
    "int_type": "it must be a whole number.",
    "int_parsing": "it must be a whole number.",
    "int_parsing_size": "the number is too large.",
    "int_from_float": "it must be a whole number.",
    "float_type": "it must be a number.",
    "float_parsing": "it must be a number.",
    "finite_number": "it must be a number.",
    "bool_type": "it must be true or false.",
    "bool_parsing": "it must be true or false.",
    "string_type": "it must be text.",
    "string_unicode": "it contains text that is not UTF-8.",
    "greater_than_equal": "it must be at least {ge}.",
    "less_than_equal": "it must be at most {le}.",
    "greater_than": "it must be greater than {gt}.",
    "less_than": "it must be less than {lt}.",
}
"""By pydantic's name of the fault. What is not here is told as ``_OTHERWISE``, never in pydantic's words."""

_OTHERWISE = "it cannot be used."
_VALUE_ERROR = "value_error"
"""Raised by Typer or by us, with a text for people."""

_PREFIX = "Value error, "
_TIME = re.compile(r" does not match the formats .*")
_TIME_WORDS = " is not a valid time; write it like 2026-03-04 or 2026-03-04T10:02:00Z."


def in_plain_words(error: typer.BadParameter) -> str:
    """The message for people. Typer lets pydantic check options and arguments, and raises its error as a cause of its own."""
    faults = _list_faults(error.__cause__)
    if not faults or faults[0]["type"] == _VALUE_ERROR:
        return _TIME.sub(_TIME_WORDS, str(error.message).removeprefix(_PREFIX))
    words = _BY_TYPE.get(faults[0]["type"], _OTHERWISE)
    return words.format(**faults[0].get("ctx", {}))


def _list_faults(cause: BaseException | None) -> list[dict[str, Any]]:
    """Pydantic is not imported for this: it is there when it has refused something."""
    list_errors = getattr(cause, "errors", None)
    return list_errors() if callable(list_errors) else []
