"""The SQL statements of the stores, loaded from ``queries/``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import aiosql

QUERIES = Path(__file__).with_name("queries")


def load_statements(dialect: Literal["sqlite"]) -> Mapping[str, str]:
    """Every statement for a dialect by name: the shared ones and the dialect's own, which never share a name."""
    statements: dict[str, str] = {}
    for path in sorted((*QUERIES.glob("*.sql"), *(QUERIES / dialect).glob("*.sql"))):
        queries = aiosql.from_path(path, "sqlite3")
        for name in queries.available_queries:
            if name.endswith("_cursor"):
                continue
            if name in statements:
                raise ValueError(f"the statement {name} exists twice; the second is in {path.name}")
            statements[name] = getattr(queries, name).sql
    return statements
