"""Bodies of several parts, as ``multipart/form-data``: whole, and in any order of the parts. Pure."""

from __future__ import annotations

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from shipledger.protocols.datadog.bodies import BadRequestError
from shipledger.protocols.datadog.reading import Problem

PARTS_LIMIT = 10
FRAME_BYTES = 64 * 1024
"""What boundaries and headers, and the small parts beside the large one, may take."""

HEADERS_LIMIT = 16
HEADER_BYTES = 4 * 1024
"""How many headers a part may have, and how long each may be."""

CONTENT_TYPE_LIMIT = 1_000

NOT_VALID = (
    "the upload is not valid multipart/form-data, "
    f"or a part of it has more than {HEADERS_LIMIT} headers or one of more than {HEADER_BYTES} bytes"
)
_MULTIPART = b"multipart/form-data"
_DISPOSITION = b"content-disposition"


def read_parts(body: bytes, content_type: str) -> dict[str, bytes]:
    """The parts of a body by name (RFC 7578); of two with one name the first. Raises BadRequestError."""
    boundary = _read_boundary(content_type)
    begin = _find_begin(body, boundary)
    if body.count(b"\r\n--" + boundary, begin) > PARTS_LIMIT:
        raise BadRequestError(Problem(f"the upload has more than {PARTS_LIMIT} parts"))
    parts = _Parts(body[begin:])
    try:
        parts.read(boundary)
    except FormParserError:
        raise BadRequestError(Problem(NOT_VALID)) from None
    if not parts.are_whole:
        raise BadRequestError(Problem("the upload is cut off"))
    return parts.contents


class _Parts:
    """What the parser of the library tells, put together. ``contents`` are the parts so far, by name."""

    def __init__(self, body: bytes) -> None:
        self.contents: dict[str, bytes] = {}
        self.are_whole = False
        self._body = body
        self._field = self._value = b""
        self._name = ""
        self._content: list[bytes] = []

    def read(self, boundary: bytes) -> None:
        """Read all parts. Raises BadRequestError and FormParserError."""
        parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_begin": self._begin_header,
                "on_header_field": self._take_field,
                "on_header_value": self._take_value,
                "on_header_end": self._end_header,
                "on_part_data": self._take_content,
                "on_part_end": self._end,
                "on_end": self._finish,
            },
            max_header_count=HEADERS_LIMIT,
            max_header_size=HEADER_BYTES,
        )
        parser.write(self._body)

    def _begin(self) -> None:
        self._name, self._content = "", []

    def _begin_header(self) -> None:
        self._field = self._value = b""

    def _take_field(self, data: bytes, start: int, end: int) -> None:
        self._field += data[start:end]

    def _take_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _end_header(self) -> None:
        if self._field.strip().lower() == _DISPOSITION and not self._name:
            _, parameters = parse_options_header(self._value)
            self._name = parameters.get(b"name", b"").decode("utf-8", "replace")

    def _take_content(self, data: bytes, start: int, end: int) -> None:
        self._content.append(data[start:end])

    def _end(self) -> None:
        if not self._name:
            raise BadRequestError(Problem("a part of the upload has no name"))
        self.contents.setdefault(self._name, b"".join(self._content))

    def _finish(self) -> None:
        self.are_whole = True


def _read_boundary(content_type: str) -> bytes:
    is_readable = content_type.isascii() and len(content_type) <= CONTENT_TYPE_LIMIT
    kind, parameters = parse_options_header(content_type) if is_readable else (b"", {})
    boundary = parameters.get(b"boundary", b"")
    if kind != _MULTIPART or not boundary or not boundary.isascii():
        raise BadRequestError(Problem(f"the content type must be {_MULTIPART.decode()} with a boundary"))
    return boundary


def _find_begin(body: bytes, boundary: bytes) -> int:
    """Where the first part begins: what stands before it is not looked at."""
    return 0 if body.startswith(b"--" + boundary) else body.find(b"\r\n--" + boundary) + 2
