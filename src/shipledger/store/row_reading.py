"""From rows to what they say, where a row may be damaged: each is read by itself, so that one costs nobody but itself.

SQLite keeps whatever bytes a damaged page holds, and somebody may have changed a row behind the program's back. So a row may hold
text that is no UTF-8, NULL, or a document that says nothing that we know.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import wraps
from typing import Any, TypeAlias, TypeVar

from shipledger.errors import DamagedRecord
from shipledger.found import Found
from shipledger.reasons import reason_of
from shipledger.store.undecodable import Undecodable

T = TypeVar("T")
Row: TypeAlias = Sequence[Any]
"""Of SQLite a tuple, of PostgreSQL a record, which can be read in the same way."""

SEPARATOR = ",\n"
"""Between documents that a statement gives as one array: no document holds a line feed."""

_FIRST_IDS = re.compile(r'[^{]*\{"\w*":"([^"]*)","\w*":"([^"]*)"')

_KINDS: dict[str, tuple[type, ...]] = {
    "t": (str,),
    "i": (int,),
    "b": (bytes,),
    "T": (str, type(None)),
    "I": (int, type(None)),
}


def reads(table: str, kinds: str, *key: int) -> Callable[[Callable[[Row], T]], Callable[[Row], T]]:
    """For a function that makes something of a row of ``table``: it raises DamagedRecord for one that cannot be read.

    ``kinds`` has a letter for each column that is looked at: ``t`` for a text, ``i`` for a number, ``b`` for bytes, in upper case
    where NULL is right, ``?`` for anything. The first column of ``key`` is the organization, the others name the row.
    """

    def decorate(convert: Callable[[Row], T]) -> Callable[[Row], T]:
        @wraps(convert)
        def read(row: Row) -> T:
            try:
                _check_kinds(row, kinds)
                return convert(row)
            except Exception as error:  # whatever a damaged row makes of it
                raise damaged(table, [row[place] for place in key if place < len(row)], error) from error

        return read

    return decorate


def owned_by(organization_id: str, rows: Iterable[Row]) -> Iterator[Row]:
    """Rows with their organization in front, which their statement does not give."""
    return ((organization_id, *row) for row in rows)


def _check_kinds(row: Row, kinds: str) -> None:
    for cell, kind in zip(row, kinds, strict=False):
        if kind != "?" and not isinstance(cell, _KINDS[kind]):
            raise TypeError(_describe_cell(cell))


def damaged(table: str, key: Sequence[Any], error: Exception) -> DamagedRecord:
    """The error for a row whose ``key`` begins with its organization."""
    if isinstance(error, DamagedRecord):
        return error
    organization_id, *rest = [str(cell) for cell in key] or [""]
    return DamagedRecord(organization_id=organization_id, table=table, key=" ".join(rest), reason=reason_of(error))


def read_each(convert: Callable[[Row], T], rows: Iterable[Row]) -> Found[T]:
    """What can be read of ``rows``."""
    readable, errors = [], []
    for row in rows:
        try:
            readable.append(convert(row))
        except DamagedRecord as error:
            errors.append(error)
    return Found(readable, errors)


def read_documents(
    text: str | bytes | None, *, all_at_once: Callable[[str | bytes], list[T]], one: Callable[[str | bytes], T], table: str
) -> Found[T]:
    """What can be read of an array of documents whose elements stand apart by ``SEPARATOR``."""
    if not text:
        return Found()
    try:
        return Found(all_at_once(text))
    except Exception:  # noqa: BLE001  whatever a damaged document makes of it
        raw = _to_bytes(text)
    readable, errors = [], []
    for document in raw.strip().removeprefix(b"[").removesuffix(b"]").split(SEPARATOR.encode()):
        try:
            readable.append(one(document))
        except Exception as error:  # noqa: BLE001  see above
            errors.append(damaged(table, _key_in(document), error))
    return Found(readable, errors)


def read_document(text: str | bytes, *, one: Callable[[str | bytes], T], table: str, key: Sequence[str] = ()) -> T:
    """What a document says. ``key`` names it, organization first, where it is known. Raises DamagedRecord."""
    try:
        return one(text)
    except Exception as error:  # whatever a damaged document makes of it
        raise damaged(table, key or _key_in(_to_bytes(text)), error) from error


def _to_bytes(document: object) -> bytes:
    return bytes(document) if isinstance(document, bytes) else str(document).encode(errors="surrogatepass")


def _key_in(document: bytes) -> list[str]:
    """The organization and the id at the start of a document, as far as they can be read."""
    found = _FIRST_IDS.match(document[:300].decode(errors="backslashreplace"))
    return [found[1], found[2]] if found else ["", "whose id is damaged too"]


def _describe_cell(cell: object) -> str:
    if isinstance(cell, Undecodable):
        return "it contains text that is not UTF-8"
    return "a value is missing" if cell is None else "a value has the wrong type"
