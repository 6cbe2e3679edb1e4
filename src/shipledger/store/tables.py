"""Tables as the catalog of a database describes them, and the statements about them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

STAYS = frozenset({"alembic_version", "node", "lease", "timekeeping", "unfinished", "installation", "projection_rules"})
"""What belongs to a database and its nodes, and not to the ledger."""


class Table(Struct, frozen=True):
    """A table: its columns in order, those of its primary key in the key's order, and the tables that it refers to."""

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    parents: frozenset[str]

    def fill(self, template: str, placeholders: Sequence[str] = ()) -> str:
        """A statement about this table. ``placeholders`` stand for the values of a key."""
        return template.format(
            table=quote(self.name),
            columns=", ".join(map(quote, self.columns)),
            key=", ".join(map(quote, self.key)),
            key_backwards=", ".join(f"{quote(column)} DESC" for column in self.key),
            after=", ".join(placeholders),
        )


def sort_by_parents(tables: Iterable[Table]) -> list[Table]:
    """The tables in an order in which each comes after those that it refers to."""
    left = {table.name: table for table in sorted(tables, key=lambda table: table.name)}
    ordered: list[Table] = []
    while left:
        ready = [table for table in left.values() if not (table.parents - {table.name}) & left.keys()]
        if not ready:
            raise ValueError(f"these tables refer to each other in a circle: {', '.join(left)}")
        ordered.extend(ready)
        for table in ready:
            del left[table.name]
    return ordered


def quote(name: str) -> str:
    """A name as a statement has it."""
    return '"' + name.replace('"', '""') + '"'
