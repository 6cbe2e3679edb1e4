"""The values that fields with a fixed list may have."""

from __future__ import annotations

from shipledger.issue_query.faults import QueryFault
from shipledger.issue_query.tree import Field

LISTS: dict[Field, tuple[str, ...]] = {
    Field.TYPE: ("production", "staging", "testing", "development", "unmapped"),
    Field.STATE: ("unknown", "pending", "in_progress", "cancelled", "failed", "rolled_back", "successful"),
}


def check_value(field: Field, value: str, position: int, *, is_prefix: bool) -> str:
    """The value as it is compared. Raises QueryFault for one that nothing can have: an empty result would not tell."""
    plain = value.casefold()
    known = LISTS.get(field)
    if known is None:
        return plain
    plain = plain.replace(" ", "_").replace("-", "_") if field is Field.STATE else plain
    if plain in known or (is_prefix and any(begins_a_word(one, plain) for one in known)):
        return plain
    raise QueryFault(f"{field} must be one of {', '.join(known)}, not “{value[:50]}”.", position)


def begins_a_word(text: str, start: str) -> bool:
    """Whether a word of ``text`` begins with ``start``; both without case."""
    place = text.find(start)
    while place >= 0:
        if place == 0 or not text[place - 1].isalnum():
            return True
        place = text.find(start, place + 1)
    return False
