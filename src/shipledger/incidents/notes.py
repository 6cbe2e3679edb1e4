"""Notes on an incident. All are kept; what was sent twice, because the first answer did not arrive, is told once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec import Struct

REPEATS_WITHIN = timedelta(seconds=60)
"""As long as clients send again what got no answer (docs/adr/0021)."""


class IncidentNote(Struct, frozen=True, omit_defaults=True):
    """What somebody wrote about an incident. One ``note_id`` of an incident is one note.

    ``sent_as`` says by which credential and operation; "" is a note that is never another one sent again.
    """

    note_id: str
    text: str
    written_at: datetime
    sent_as: str = ""


def join_notes(held: tuple[IncidentNote, ...], said: tuple[IncidentNote, ...]) -> tuple[IncidentNote, ...]:
    """Each note once, oldest first; of one that was said twice the earlier."""
    by_id: dict[str, IncidentNote] = {}
    for note in sorted({*held, *said}, key=lambda one: (one.written_at, one.note_id, one.text)):
        by_id.setdefault(note.note_id, note)
    return tuple(by_id.values())


def leave_out_repeats(notes: Iterable[IncidentNote]) -> tuple[IncidentNote, ...]:
    """Of ``notes``, oldest first, those with other words, sent in another way, or later than a minute after the one that is told.

    It is computed from all notes, so it does not depend on the order of their arrival.
    """
    told: list[IncidentNote] = []
    last: dict[tuple[str, str], datetime] = {}
    for note in notes:
        key = (note.sent_as, note.text)
        if note.sent_as and key in last and note.written_at - last[key] <= REPEATS_WITHIN:
            continue
        last[key] = note.written_at
        told.append(note)
    return tuple(told)
