"""Which tables of a statement are bound to an organization, as its text says."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Set as AbstractSet

from msgspec import Struct

_NOT_SQL = re.compile(r"--.*|'[^']*'")
_NOT_A_TABLE = re.compile(r":\w+|\b\w+\.\w+")
"""Parameters and columns may be called like a table."""
_REFERENCE = re.compile(r"\b(?:FROM|JOIN|UPDATE|USING|VACUUM)\s+(\w+)(?:\s+AS\s+(\w+))?")
_INSERT = re.compile(r"\bINTO\s+(\w+)\s*\(\s*(\w+)")
_COLUMN = r"(?:(\w+)\.)?organization_id"
_EQUAL = re.compile(rf"(?<![\w.]){_COLUMN}\s*=\s*(?:(\w+)\.organization_id\b)?")
_AMONG = re.compile(rf"(?<![\w.]){_COLUMN}\s+IN\b|\(\s*{_COLUMN}\s*,[^()]*\)\s*(?:IN\b|=)")


class Bounds(Struct, frozen=True):
    """Tables that a statement reads or changes without an equal organization, and those that it is not joined to the rest by."""

    unbound: frozenset[str]
    unjoined: frozenset[str]


def find_bounds(statement: str, *, kept_by_organization: AbstractSet[str], others: AbstractSet[str]) -> Bounds:
    """How a statement finds the rows of tables that are ``kept_by_organization``. ``others`` are all other tables.

    Every mention of such a table needs a comparison of its organization of its own: with a value, or with the organization
    of a table that has one. What a sub-query gives counts as a value, for the tables within it are looked at as well.
    """
    text = _NOT_SQL.sub("''", statement)
    tables = {alias or "": table for table, alias in _REFERENCE.findall(text) if table in kept_by_organization | others}
    mentions = Counter(alias or "" for table, alias in _REFERENCE.findall(text) if table in kept_by_organization)
    names = {name: name if name in tables else "" for name in tables} | dict.fromkeys(kept_by_organization, "")
    compared: Counter[str] = Counter()
    reached: set[str] = set()
    pairs: list[frozenset[str]] = []
    for left, right in _EQUAL.findall(text):
        sides = {names.get(side, side) for side in (left, right or "a value")}
        compared.update(sides)
        pairs.append(frozenset(sides))
    for sides in _AMONG.findall(text):
        name = names.get("".join(sides), "".join(sides))
        compared[name] += 1
        pairs.append(frozenset((name, "a value")))
    reached = _spread({side for pair in pairs for side in pair if side not in tables and side != ""}, pairs)
    together = _spread(set(list(mentions)[:1]), pairs)
    unbound = {name for name, count in mentions.items() if name not in reached or compared[name] < count}
    inserted = {table for table, first in _INSERT.findall(text) if table in kept_by_organization and first != "organization_id"}
    return Bounds(
        unbound=frozenset(tables[name] for name in unbound) | frozenset(inserted),
        unjoined=frozenset(tables[name] for name in mentions.keys() - together - reached),
    )


def list_mentions(statement: str, tables: AbstractSet[str]) -> tuple[int, int]:
    """How often the tables stand in a statement, and how many of these places ``find_bounds`` understands."""
    text = _NOT_A_TABLE.sub("", _NOT_SQL.sub("''", statement))
    standing = sum(word in tables for word in re.findall(r"\w+", text))
    understood = [table for table, _ in _REFERENCE.findall(text)] + [table for table, _ in _INSERT.findall(text)]
    return standing, sum(table in tables for table in understood)


def _spread(start: set[str], pairs: list[frozenset[str]]) -> set[str]:
    reached = set(start)
    while more := {side for pair in pairs if pair & reached for side in pair - reached}:
        reached |= more
    return reached
