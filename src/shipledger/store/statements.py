"""The SQL statements of the stores, loaded from ``queries/``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum
from functools import cache, partial
from pathlib import Path
from types import MappingProxyType
from typing import Literal, NamedTuple

import aiosql
from aiosql.adapters.asyncpg import AsyncPGAdapter
from aiosql.adapters.sqlite3 import SQLite3Adapter
from aiosql.types import SQLOperationType

Dialect = Literal["sqlite", "postgres", "citus"]
"""The last is that of PostgreSQL, for tables that are spread by organization."""

QUERIES = Path(__file__).with_name("queries")
AMONG_ON_CITUS = QUERIES / "citus" / "among.sql"
_ON_CITUS = re.compile(r"/\* on Citus: ([\w.]+) of :(\w+) \*/")


class Gives(Enum):
    """What a statement gives, as marked in its file."""

    COUNT = SQLOperationType.INSERT_UPDATE_DELETE
    ROW = SQLOperationType.SELECT_ONE
    VALUE = SQLOperationType.SELECT_VALUE
    ROWS = SQLOperationType.SELECT


class Statement(NamedTuple):
    """A statement as its driver takes it. ``order`` names the parameters of a driver that counts them."""

    text: str
    gives: Gives
    order: tuple[str, ...]


@cache
def load_statements(dialect: Dialect) -> Mapping[str, Statement]:
    """Every statement for a dialect by name: the shared ones and the dialect's own, which never share a name.

    Reading them takes a tenth of a second, more than most commands, and a command opens its store more than once.
    """
    statements: dict[str, Statement] = {}
    among = _read_without_comments(AMONG_ON_CITUS) if dialect == "citus" else ""
    folder = QUERIES / ("sqlite" if dialect == "sqlite" else "postgres")
    for path in sorted((*QUERIES.glob("*.sql"), *folder.glob("*.sql"))):
        numbering = AsyncPGAdapter()  # type: ignore[no-untyped-call]
        text = _ON_CITUS.sub(partial(_write_among, among), path.read_text(encoding="utf-8"))
        queries = aiosql.from_str(text, SQLite3Adapter if dialect == "sqlite" else lambda numbering=numbering: numbering)
        for name in queries.available_queries:
            if name.endswith("_cursor"):
                continue
            if name in statements:
                raise ValueError(f"the statement {name} exists twice; the second is in {path.name}")
            query = getattr(queries, name)
            statements[name] = Statement(query.sql, Gives(query.operation), tuple(numbering.var_sorted[name]))
    return MappingProxyType(statements)


def _read_without_comments(path: Path) -> str:
    return "".join(line for line in path.read_text(encoding="utf-8").splitlines(keepends=True) if not line.startswith("--"))


def _write_among(condition: str, marked: re.Match[str]) -> str:
    return condition.replace("organization_column", marked[1]).replace(":rows", f":{marked[2]}")
