"""To which party a statement belongs, to whose share of the pool it is counted."""

from __future__ import annotations

import re
from typing import Final

from shipledger.store.acting import find_principal
from shipledger.store.session import Call

INSTALLATION: Final = ""
"""The party of what belongs to no organization: who calls, which nodes live."""
ALL: Final = "*"
"""The party of statements over the rows of all organizations, which hang when one of these does."""

OF_ALL = frozenset(
    {
        "count_free_receipts",
        "find_newest_seal",
        "forget_old_uses",
        "forget_settled_names",
        "free_claims",
        "free_messages",
        "get_backlog",
        "get_outbox_backlog",
        "get_pack_backlog",
        "has_left_gates",
        "list_issue_sites",
        "list_next_packs",
        "list_silent_claims",
        "list_tier_policies",
    }
)
"""Statements that no organization bounds."""
_OF_KIND = re.compile(r"count_\w+_entries|list_former_\w+_owners")
"""The same of every aggregate."""


def party_of(call: Call) -> str:
    """The organization that a statement names, or that the current task works for; else ALL or INSTALLATION."""
    if call.name in OF_ALL or _OF_KIND.fullmatch(call.name):
        return ALL
    return call.parameters.get("organization_id") or find_principal() or INSTALLATION
