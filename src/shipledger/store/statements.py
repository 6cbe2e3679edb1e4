"""The SQL statements of the stores. Each topic has its own beside its verbs: ``<topic>/<name>.sql``.

A statement that only one dialect knows is in ``<name>.sqlite.sql`` or ``<name>.postgres.sql``, or in the folder of that driver.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import Enum
from functools import cache, partial
from pathlib import Path
from types import MappingProxyType
from typing import Literal, NamedTuple, get_args

import aiosql
from aiosql.adapters.asyncpg import AsyncPGAdapter
from aiosql.adapters.sqlite3 import SQLite3Adapter
from aiosql.types import SQLOperationType

from shipledger.aggregates import AGGREGATES
from shipledger.ledger.aggregate import Aggregates
from shipledger.store.templates import fill_templates, list_templates

Dialect = Literal["sqlite", "postgres", "citus"]
"""The last is that of PostgreSQL, for tables that are spread by organization."""

Family = Literal["sqlite", "postgres"]
"""Which files a dialect reads."""

_STORE = Path(__file__).parent
_PARTS = _STORE / "parts"
FILTERS = "/* filters */"
"""Where the conditions stand by which a statement is narrowed."""
_WORD = re.compile(r"/\* (\w+)(?:\(([^()]*)\))? \*/")
"""Where a word of ``parts/words`` stands: what several statements share, or what each database says in its own way."""
_BLOCK = re.compile(r"^-- name: (\w+)([^\n]*)\n", re.MULTILINE)
_PARAMETER = re.compile(r"(?<![:\w]):(\w+)")
_SUFFIXES = {
    SQLOperationType.INSERT_UPDATE_DELETE: "!",
    SQLOperationType.SELECT_ONE: "^",
    SQLOperationType.SELECT_VALUE: "$",
    SQLOperationType.SELECT: "",
}
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


class Statements(dict[str, Statement]):
    """Every statement of a dialect by name, and every statement with a place for filters as it is narrowed.

    ``list_deployments+state+tier`` is ``list_deployments`` with two conditions of ``parts/filters.sql``. Nothing else can be
    put in.
    """

    def __init__(self, dialect: Dialect, words: Sequence[Mapping[str, tuple[list[str], str]]]) -> None:
        super().__init__()
        self._dialect = dialect
        self._words = words
        self._open: dict[str, str] = {}
        self._narrowed: dict[str, Statement] = {}

    def read(self, path: Path, text: str) -> None:
        """Add the statements of a file. Raises ValueError for a name that is known."""
        for name, statement in _parse(text, self._dialect).items():
            if name in self:
                raise ValueError(f"the statement {name} exists twice; the second is in {path.name}")
            self[name] = statement
        self._open |= {name: body for name, body in split_blocks(text).items() if FILTERS in body}

    @property
    def narrowable(self) -> list[str]:
        """The names of the statements that take filters."""
        return sorted(self._open)

    def __missing__(self, name: str) -> Statement:
        """A narrowed statement. Raises KeyError for an unknown statement or part."""
        if name not in self._narrowed:
            base, *parts = name.split("+")
            filters = _write_words(self._words, "\n        ".join(f"AND {load_filters()[part]}" for part in parts))
            body = self._open[base].replace(FILTERS, filters)
            self._narrowed[name] = _parse(_write_block(base, self[base].gives, body), self._dialect)[base]
        return self._narrowed[name]


def load_statements(dialect: Dialect, aggregates: Aggregates = AGGREGATES) -> Statements:
    """Every statement for a dialect by name: the shared ones and the dialect's own, which never share a name.

    Reading them takes a fifth of a second, more than most commands, and a command opens its store more than once.
    """
    return _load(dialect, aggregates)  # the cache knows no default: it would read them again for who names the aggregates


@cache
def _load(dialect: Dialect, aggregates: Aggregates) -> Statements:
    among = _read_without_comments(_PARTS / "among_on_citus.sql") if dialect == "citus" else ""
    family: Family = "sqlite" if dialect == "sqlite" else "postgres"
    shared = _load_words("words.sql")
    words = [shared, shared, _load_words(f"words.{family}.sql")]  # a word may be made of others
    statements = Statements(dialect, words)
    files = [(path, path.read_text(encoding="utf-8")) for path in find_files(family)]
    templates = [path for path in list_templates() if _is_for(path, family)]
    files += fill_templates(templates, aggregates)
    for path, content in files:
        statements.read(path, _write_words(words, _ON_CITUS.sub(partial(_write_among, among), content)))
    return statements


def find_files(family: Family) -> list[Path]:
    """The files of statements that are not templates."""
    return sorted(path for path in _STORE.glob("*/*.sql") if path.parent != _PARTS and _is_for(path, family))


@cache
def load_filters() -> Mapping[str, str]:
    """The conditions by which statements may be narrowed, by name: all that a filter can be."""
    return MappingProxyType(split_blocks((_PARTS / "filters.sql").read_text(encoding="utf-8")))


def split_blocks(text: str) -> dict[str, str]:
    """What stands below each ``-- name:`` of a file, without comments and the semicolon at its end."""
    _, *rest = _BLOCK.split(text)
    named = zip(rest[::3], rest[2::3], strict=True)
    return {name: "\n".join(one for one in body.splitlines() if not one.startswith("--")).strip("\n; ") for name, body in named}


def _is_for(path: Path, family: Family) -> bool:
    """Whether neither the file's name nor its folder's is that of the other family."""
    return not {*path.suffixes, f".{path.parent.name}"} & {f".{other}" for other in get_args(Family) if other != family}


def _write_block(name: str, gives: Gives, body: str) -> str:
    parameters = ", ".join(dict.fromkeys(_PARAMETER.findall(body)))
    return f"-- name: {name}({parameters}){_SUFFIXES[gives.value]}\n{body};\n"


def _parse(text: str, dialect: Dialect) -> dict[str, Statement]:
    numbering = AsyncPGAdapter()  # type: ignore[no-untyped-call]
    queries = aiosql.from_str(text, SQLite3Adapter if dialect == "sqlite" else lambda: numbering)
    found = {}
    for name in queries.available_queries:
        if not name.endswith("_cursor"):
            query = getattr(queries, name)
            found[name] = Statement(query.sql, Gives(query.operation), tuple(numbering.var_sorted[name]))
    return found


def _read_without_comments(path: Path) -> str:
    return "".join(line for line in path.read_text(encoding="utf-8").splitlines(keepends=True) if not line.startswith("--"))


def _load_words(name: str) -> dict[str, tuple[list[str], str]]:
    """What each word stands for, by its name, with the names of its parameters, which are in braces in the text."""
    text = (_PARTS / name).read_text(encoding="utf-8")
    takes = {word: re.findall(r"\w+", parameters) for word, parameters in _BLOCK.findall(text)}
    return {word: (takes[word], body) for word, body in split_blocks(text).items()}


def _write_words(words: Sequence[Mapping[str, tuple[list[str], str]]], text: str) -> str:
    for known in words:
        text = _WORD.sub(partial(_write_word, known), text)
    return text


def _write_word(words: Mapping[str, tuple[list[str], str]], marked: re.Match[str]) -> str:
    """Raises ValueError for another number of arguments than the word takes."""
    if marked[1] not in words:
        return marked[0]
    parameters, text = words[marked[1]]
    arguments = marked[2].split(", ") if marked[2] else []
    for parameter, argument in zip(parameters, arguments, strict=True):
        text = text.replace(f"{{{parameter}}}", argument)
    return text


def _write_among(condition: str, marked: re.Match[str]) -> str:
    return condition.replace("organization_column", marked[1]).replace(":rows", f":{marked[2]}")
