"""Texts of strangers on a terminal: whatever could steer it, or show a line as another one, is written out as an escape."""

from __future__ import annotations

from shipledger.texts import STEERING

_LINES = frozenset("\n\t")
_BYTE, _TWO_BYTES = 0xFF, 0xFFFF
_FIRST_HALF, _LAST_HALF = 0xD800, 0xDFFF


def on_one_line(text: str) -> str:
    """``text`` as a terminal may show it; the end of a line is escaped too, so that nothing looks like a line of ours."""
    return STEERING.sub(lambda found: _escape(found.group()), text)


def on_lines(text: str) -> str:
    """The same for a text of several lines, which stay."""
    return STEERING.sub(lambda found: found.group() if found.group() in _LINES else _escape(found.group()), text)


def in_json(document: str) -> str:
    """A JSON document as a terminal may show it; it says the same as before. It has no controls: JSON escapes them already."""
    return STEERING.sub(lambda found: found.group() if found.group() in _LINES else _escape_in_json(found.group()), document)


def _escape(character: str) -> str:
    code = ord(character)
    if _FIRST_HALF <= code <= _LAST_HALF:
        return "\N{REPLACEMENT CHARACTER}"
    if code <= _BYTE:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= _TWO_BYTES else f"\\U{code:08x}"


def _escape_in_json(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[place : place + 2].hex()}" for place in range(0, len(units), 2))
