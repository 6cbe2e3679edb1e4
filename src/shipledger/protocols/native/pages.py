"""A page of a list as an answer: JSON or CSV, and where the next one is."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Generic, NamedTuple, TypeVar
from urllib.parse import urlencode

import msgspec
from msgspec import Struct
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response

from shipledger.found import Found
from shipledger.protocols.links import base_url_of
from shipledger.protocols.native.cursor import FORMAT, NAME, Place, write_cursor
from shipledger.protocols.native.parameters import Parameters
from shipledger.protocols.wire_json import encode_json
from shipledger.verbs.calls import CallVerbs

T = TypeVar("T")

JSON_TYPE = "application/json"
CSV_TYPE = "text/csv"
FORMATS = {"json": JSON_TYPE, "csv": CSV_TYPE}

SIZE_OF_RECORD = 200
"""What writing a record costs, in characters read."""

_FORMULA = re.compile(r"[=+\-@\t\r]")
"""How a text begins that a spreadsheet would compute."""
_QUALITY = re.compile(r"q=([01](?:\.[0-9]{0,3})?)")


class Page(Struct, Generic[T], frozen=True):
    """The records of a page, and the place after which the next one begins; None at the end."""

    records: Sequence[T]
    end: Place | None


def cut_page(found: Found[T], *, limit: int, place_of: Callable[[T], Place]) -> Page[T]:
    """The first ``limit`` of ``found``, which may have one more; one that cannot be read counts."""
    shown = found[:limit]
    return Page(records=shown, end=place_of(shown[-1]) if found.total > limit and shown else None)


def choose_type(request: Request, parameters: Parameters) -> str:
    """The media type of the answer: that of ``format``, else CSV where ``Accept`` prefers it."""
    chosen = parameters.word(FORMAT, FORMATS, {})
    return chosen or (CSV_TYPE if _prefers_csv(request.headers) else JSON_TYPE)


class Asked(NamedTuple):
    """A list that is asked for. ``media_type``: of the answer."""

    request: Request
    organization_id: str
    parameters: Parameters
    media_type: str


class PagedList:
    """A list of this API: ``name`` is the member that has it, ``columns`` are those of a CSV, in order."""

    def __init__(self, ledger: CallVerbs, name: str, columns: Sequence[str], *, public_url: str) -> None:
        self._ledger = ledger
        self._name = name
        self._columns = columns
        self._public_url = public_url

    async def answer(
        self, asked: Asked, page: Page[T], to_row: Callable[[T], Struct], *, besides: Mapping[str, Any] | None = None
    ) -> Response:
        """A page, written beside the event loop. ``besides``: further members of JSON."""

        def write() -> Response:
            return _write_page(
                asked.request,
                self._ledger.new_request_id(),
                name=self._name,
                rows=[to_row(one) for one in page.records],
                columns=self._columns,
                end=page.end,
                parameters=asked.parameters,
                media_type=asked.media_type,
                public_url=self._public_url,
                besides=besides or {},
            )

        return await self._ledger.compute(asked.organization_id, write, size=len(page.records) * SIZE_OF_RECORD)


def _write_page(
    request: Request,
    request_id: str,
    *,
    name: str,
    rows: Sequence[Struct],
    columns: Sequence[str],
    end: Place | None,
    parameters: Parameters,
    media_type: str,
    public_url: str,
    besides: Mapping[str, Any],
) -> Response:
    cursor = None if end is None else write_cursor(end, parameters.items())
    headers = {"X-Request-Id": request_id, "Vary": "Accept"}
    if cursor is not None:
        said = [(key, value) for key, value in parameters.items() if key != NAME]
        address = f"{base_url_of(request, public_url)}{request.url.path}?{urlencode([*said, (NAME, cursor)])}"
        headers["Link"] = f'<{address}>; rel="next"'
    if media_type == CSV_TYPE:
        return Response(write_csv(rows, columns), HTTPStatus.OK, headers, media_type=CSV_TYPE)
    return Response(encode_json({**besides, name: rows, "next_cursor": cursor}), HTTPStatus.OK, headers, media_type=JSON_TYPE)


def write_csv(rows: Sequence[Struct], columns: Sequence[str]) -> bytes:
    """The rows as RFC 4180 has them. A text that a spreadsheet would compute begins with an apostrophe."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    for row in rows:
        members = msgspec.to_builtins(row)
        writer.writerow([_to_cell(members[name]) for name in columns])
    return text.getvalue().encode("utf-8", "replace")


def _to_cell(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return " ".join(map(_to_word, value))
    if isinstance(value, Mapping):
        return msgspec.json.encode(value).decode()
    plain = "" if value is None else str(value)
    return f"'{plain}" if _FORMULA.match(plain) else plain


def _to_word(value: Any) -> str:
    return "@".join(map(str, value.values())) if isinstance(value, Mapping) else str(value)


def _prefers_csv(headers: Headers) -> bool:
    wanted: dict[str, float] = {}
    for part in ",".join(headers.getlist("accept")).lower().split(","):
        kind, *options = (piece.strip() for piece in part.split(";"))
        quality = next((found[1] for option in options if (found := _QUALITY.fullmatch(option))), "1")
        wanted[kind] = float(quality)
    others = max(wanted.get(JSON_TYPE, 0.0), 0.0)
    return wanted.get(CSV_TYPE, 0.0) > others
