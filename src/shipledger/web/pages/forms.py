"""The fields of a form."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import parse_qs

from starlette.requests import Request

from shipledger.errors import Invalid
from shipledger.http.body import BodyTooLarge
from shipledger.http.body_text import read_body_text

FORM_LIMIT_BYTES = 16 * 1024
LONG_FORM_LIMIT_BYTES = 512 * 1024
"""Of a form with long texts: a character takes up to twelve bytes, and what is too long is told beside its field."""
FIELDS_LIMIT = 20


async def read_form(
    request: Request, *, keeps_spaces: Collection[str] = (), limit_bytes: int = FORM_LIMIT_BYTES
) -> dict[str, str]:
    """The last value of each field, without spaces around it, but for those that keep them. Raises Invalid."""
    try:
        text = await read_body_text(request, limit_bytes)
        fields = parse_qs(text, max_num_fields=FIELDS_LIMIT, errors="strict")
    except (BodyTooLarge, ValueError):
        raise Invalid("form", "The form cannot be read.") from None
    last = {name: values[-1].replace("\0", "") for name, values in fields.items()}
    return {name: value if name in keeps_spaces else value.strip() for name, value in last.items()}
