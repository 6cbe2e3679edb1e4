"""``/settings/limits``: what the installation takes on, as it is in force. Its operators change that with settings."""

from __future__ import annotations

from typing import Any, get_args, get_type_hints

from msgspec import Meta, Struct
from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.people import passwords, session, sign_in_limits
from shipledger.settings import PREFIX, Settings
from shipledger.web.pages.forms import FORM_LIMIT_BYTES
from shipledger.web.pages.frame import Frame

PATH = "/settings/limits"
NAMES = (
    "connection_limit",
    "request_timeout_seconds",
    "slowest_bytes_per_second",
    "bytes_in_flight_limit",
    "intake_queue_limit",
    "settlement_queue_limit",
    "git_object_limit",
    "git_time_limit_seconds",
    "git_waiting_limit_bytes",
    "refused_request_limit",
)
"""The settings of the installation that are limits, in the order in which they are shown."""
_OF_PROTOCOLS = ("_limit_bytes", "_per_minute")
"""How the names of limits end that protocols have."""


class LimitRow(Struct, frozen=True):
    """A limit. ``variable`` sets it; "" for one that nobody can change."""

    name: str
    value: str
    about: str
    variable: str = ""


async def show(frame: Frame, request: Request) -> Response:
    """The limits."""
    return await frame.render(request, "limits.html", rows=list_limits(frame.settings), signing_in=list_sign_in_limits())


def list_limits(settings: Settings) -> list[LimitRow]:
    """Those that the settings of the installation set."""
    hints = get_type_hints(type(settings), include_extras=True)
    of_protocols = [name for name in hints if name.endswith(_OF_PROTOCOLS) and name not in get_type_hints(Settings)]
    return [
        LimitRow(name, f"{getattr(settings, name):,.10g}", _describe(hints[name]), f"{PREFIX}{name.upper()}")
        for name in (*NAMES, *of_protocols)
    ]


def list_sign_in_limits() -> list[LimitRow]:
    """Those of signing in, which are the same everywhere."""
    minutes = sign_in_limits.LONGEST_PAUSE_SECONDS / 60
    return [
        LimitRow(
            "session", f"{session.IDLE.days} days", f"Unused; it ends {session.LONGEST.days} days after its start in any case."
        ),
        LimitRow(
            "wrong passwords",
            f"{sign_in_limits.FREE_FAILURES}",
            f"In a row for an account from an address; then a pause that doubles, up to {minutes:g} minutes.",
        ),
        LimitRow("wrong passwords of an address", f"{sign_in_limits.FREE_OF_ADDRESS}", "Over all accounts; then up to a minute."),
        LimitRow(
            "wrong passwords for an account", f"{sign_in_limits.FREE_OF_ACCOUNT}", "From all addresses; then up to a minute."
        ),
        LimitRow("passwords hashed at once", f"{passwords.AT_ONCE}", f"{passwords.WAITING_LIMIT} more wait; others are refused."),
        LimitRow("form", f"{FORM_LIMIT_BYTES:,}", "Bytes of a form of these pages."),
    ]


def _describe(hint: Any) -> str:
    """The description beside a setting, for people."""
    found = next((one.description for one in get_args(hint)[1:] if isinstance(one, Meta)), None)
    return (found or "").replace("`", "")
