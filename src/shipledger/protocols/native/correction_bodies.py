"""The bodies of corrections. Pure.

A member that is left out stays as it is; null says that there is none, where there may be none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import UNSET, Struct

from shipledger.protocols.native.bodies import LINK_LIMIT, NAME_LIMIT, RELEASES_LIMIT, TITLE_LIMIT
from shipledger.protocols.native.reading import (
    SHOULD_BE_PROVIDED,
    Reader,
    open_object,
    refuse_faults,
)
from shipledger.protocols.native.vocabulary import STATE_SPELLINGS, STATES
from shipledger.verbs.corrections import REASON_LIMIT, Wish

SERVICES_LIMIT = 100
VALUES = ("started_at", "finished_at", "state", "environment", "services", "version", "title", "releases", "removed")
MEMBERS = (*VALUES, "reason")


class CorrectionIn(Struct, frozen=True):
    """A correction, checked."""

    wish: Wish
    reason: str


def read_correction(text: str) -> CorrectionIn:
    """The correction in a body. Raises Invalid with a text for every wrong member, and what ``decode_body`` raises."""
    body, faults = open_object(text)
    body.refuse_others(MEMBERS)
    if not any(body.was_sent(one) for one in VALUES):
        body.fault("body", f"should have at least one of {', '.join(VALUES)}")
    wish = Wish(
        started_at=_required(body, "started_at", lambda: body.time("started_at")),
        finished_at=_required(body, "finished_at", lambda: body.time("finished_at")),
        state=_required(body, "state", lambda: (body.word("state", STATES, STATE_SPELLINGS) or (None, ""))[0]),
        environment=_required(body, "environment", lambda: body.text("environment", limit=NAME_LIMIT)),
        services=_required(body, "services", lambda: body.texts("services", limit=SERVICES_LIMIT, item_limit=NAME_LIMIT)),
        version=_if_sent(body, "version", lambda: body.text("version", limit=NAME_LIMIT)),
        title=_if_sent(body, "title", lambda: body.text("title", limit=TITLE_LIMIT)),
        releases=_if_sent(body, "releases", lambda: _read_releases(body)),
        is_removed=_required(body, "removed", lambda: body.boolean("removed") or None),
    )
    reason = body.required_text("reason", limit=REASON_LIMIT)
    refuse_faults(faults)
    return CorrectionIn(wish, reason)


def read_undo(text: str) -> str:
    """The reason in the body of an undo, which may be empty. Raises as ``read_correction`` does."""
    if not text.strip():
        return ""
    body, faults = open_object(text)
    body.refuse_others(("reason",))
    reason = body.text("reason", limit=REASON_LIMIT)
    refuse_faults(faults)
    return reason or ""


def _read_releases(body: Reader) -> tuple[tuple[str, str], ...]:
    read = [
        (one.required_text("repository", limit=LINK_LIMIT), one.required_text("commit", limit=NAME_LIMIT))
        for one in body.objects("releases", limit=RELEASES_LIMIT)
    ]
    return tuple(dict.fromkeys(read))


def _if_sent(body: Reader, name: str, read: Callable[[], Any]) -> Any:
    return read() if body.was_sent(name) else UNSET


def _required(body: Reader, name: str, read: Callable[[], Any]) -> Any:
    """What there must be, if it is said at all: no deployment is without it."""
    value = _if_sent(body, name, read)
    if value is None or value == ():
        body.fault(name, "should be true; undo the removal instead" if name == "removed" else SHOULD_BE_PROVIDED)
        return UNSET
    return value
