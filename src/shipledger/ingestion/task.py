"""A claimed receipt on its way to its verdicts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from shipledger.aggregates import Recording
from shipledger.ingestion.concerns import concerns_of
from shipledger.ingestion.naming_rule import NamingRule
from shipledger.ledger.receipt import Receipt
from shipledger.store.receipts.pending_contract import Concern

SUBMISSION_SIZE = 300
"""Cost of deciding a submission and writing the result, in characters read."""


class Task(Struct):
    """A claimed receipt on its way to its verdicts.

    ``waits`` counts its waits, the last ones for ``first`` to be settled; ``conflicts`` counts how often others were faster.
    ``is_suspect``: a batch with it failed, so it is settled alone. ``submissions`` are in order, of any kind, and None until it
    is interpreted. ``may_be_awaited_elsewhere``: it came from the store, so its caller may be waiting on another node. ``noted``
    caches what it concerns; ``are_names_noted``: that is stored, so others see it. ``is_reduced``: items that could not be
    stored are already replaced by refusals. ``are_issues_named``: its submissions say which issues their texts name.
    ``translation`` is what was kept of what it asks for, ``naming`` what settings said about issue keys then.
    """

    receipt: Receipt
    submissions: Sequence[Recording] | None = None
    attempts: int = 0
    waits: int = 0
    first: str = ""
    conflicts: int = 0
    is_suspect: bool = False
    may_be_awaited_elsewhere: bool = False
    noted: tuple[Concern, ...] | None = None
    are_names_noted: bool = True
    is_reduced: bool = False
    are_issues_named: bool = False
    translation: str = ""
    naming: NamingRule | None = None

    @property
    def size(self) -> int:
        """The amount to read, in characters."""
        return len(self.receipt.body) + SUBMISSION_SIZE * len(self.submissions or ())

    @property
    def concerns(self) -> tuple[Concern, ...]:
        """The names that it concerns."""
        if self.noted is None:
            self.noted = concerns_of(self.receipt.organization_id, self.submissions or ())
        return self.noted

    def wait_for(self, first: str) -> None:
        """Note that another receipt must be settled first. Pauses start short again if it is not the same as before."""
        if self.first != first:
            self.first, self.waits = first, 0


def group_by_organization(tasks: Iterable[Task]) -> dict[str, list[Task]]:
    """The tasks of each organization, in order."""
    groups: dict[str, list[Task]] = {}
    for task in tasks:
        groups.setdefault(task.receipt.organization_id, []).append(task)
    return groups
