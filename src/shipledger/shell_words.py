"""Values in commands that people paste into a shell. Every command that the program prints quotes its values here.

Values come from senders: a name may hold blanks, quotes, ``$``, a newline or an escape sequence, or look like an option.
"""

from __future__ import annotations

from collections.abc import Sequence
from shlex import quote

from shipledger.texts import STEERING


def quoted(value: str) -> str:
    """``value`` as one shell word. Characters that a terminal would obey or hide are written as ``$'…'`` escapes.

    bash, zsh, ksh and POSIX shells since 2024 read those escapes; an older shell passes them on as text.
    """
    if STEERING.search(value) is None:
        return quote(value)
    plain = value.replace("\\", "\\\\").replace("'", "\\'")
    shown = STEERING.sub(lambda found: "".join(f"\\{byte:03o}" for byte in found.group().encode(errors="replace")), plain)
    return f"$'{shown}'"


def quoted_lines(text: str) -> str:
    """A text of several lines as one shell word, such as a JSON body. The lines stay readable."""
    return quote(text) if STEERING.search(text.replace("\n", "")) is None else quoted(text)


def command(
    words: str, *values: str, organization: str = "", options: Sequence[tuple[str, str]] = (), program: str = "shipledger"
) -> str:
    """A shipledger command with its values quoted, such as ``command("service create", name, organization="acme")``.

    ``words`` is ours and stands as it is. Options precede the values, so that ``--`` can protect a value that begins with a
    hyphen.
    """
    named = [*options, *([("--organization", organization)] if organization else [])]
    parts = [quoted(program), words, *(part for name, value in named for part in (name, quoted(value)))]
    if any(value.startswith("-") for value in values):
        parts.append("--")
    return " ".join([*parts, *map(quoted, values)])
