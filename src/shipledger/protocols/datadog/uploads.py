"""Bodies of several parts, as ``multipart/form-data``: read whole, under a limit, in any order of the parts."""

from __future__ import annotations

import zlib
from email.message import Message

from starlette.requests import Request

from shipledger.http.body import BodyTooLarge, read_body
from shipledger.protocols.datadog.bodies import BadRequestError
from shipledger.protocols.datadog.reading import Problem

PARTS_LIMIT = 10
FRAME_BYTES = 64 * 1024
"""What boundaries and headers, and the small parts beside the large one, may take."""

_MULTIPART = "multipart/form-data"
_GZIP_BITS = 31


async def read_upload(request: Request, limit_bytes: int) -> dict[str, bytes]:
    """The parts by name. Raises BadRequestError, also for what is too large: other statuses look like success to the CLI."""
    too_large = BadRequestError(Problem(f"the upload is larger than {limit_bytes} bytes"))
    try:
        body = await read_body(request, limit_bytes + FRAME_BYTES)
    except BodyTooLarge:
        raise too_large from None
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding in {"gzip", "x-gzip"}:
        body = _unzip(body, limit_bytes + FRAME_BYTES, too_large)
    elif encoding not in {"", "identity"}:
        raise BadRequestError(Problem(f'the content encoding "{encoding[:20]}" is not read; use gzip or none'))
    return read_parts(body, request.headers.get("content-type", ""))


def read_parts(body: bytes, content_type: str) -> dict[str, bytes]:
    """The parts of a body by name (RFC 7578); of two with one name the first. Raises BadRequestError."""
    header = Message()
    header["content-type"] = content_type
    boundary = header.get_boundary("")
    if header.get_content_type() != _MULTIPART or not boundary or not boundary.isascii():
        raise BadRequestError(Problem(f"the content type must be {_MULTIPART} with a boundary"))
    _, *pieces = b"\r\n".join((b"", body)).split(b"\r\n--" + boundary.encode("ascii"), PARTS_LIMIT + 1)
    if not pieces or not pieces[-1].startswith(b"--"):
        raise BadRequestError(Problem(f"the upload is cut off, or has more than {PARTS_LIMIT} parts"))
    parts: dict[str, bytes] = {}
    for piece in pieces[:-1]:
        name, content = _read_part(piece)
        parts.setdefault(name, content)
    return parts


def _read_part(piece: bytes) -> tuple[str, bytes]:
    padding, line_end, rest = piece.partition(b"\r\n")
    head, blank_line, content = b"\r\n".join((b"", rest)).partition(b"\r\n\r\n")
    if padding.strip(b" \t") or not line_end or not blank_line:
        raise BadRequestError(Problem("a part of the upload has no headers"))
    for line in head.split(b"\r\n"):
        field, _, value = line.decode("utf-8", "replace").partition(":")
        if field.strip().lower() == "content-disposition":
            header = Message()
            header["content-disposition"] = value.strip()
            name = header.get_param("name", header="content-disposition")
            if isinstance(name, str) and name:
                return name, content
    raise BadRequestError(Problem("a part of the upload has no name"))


def _unzip(body: bytes, limit_bytes: int, too_large: BadRequestError) -> bytes:
    decompressor = zlib.decompressobj(_GZIP_BITS)
    try:
        content = decompressor.decompress(body, limit_bytes + 1)
    except zlib.error:
        raise BadRequestError(Problem("the body is not valid gzip")) from None
    if len(content) > limit_bytes:
        raise too_large
    if not decompressor.eof:
        raise BadRequestError(Problem("the body is not valid gzip"))
    return content
