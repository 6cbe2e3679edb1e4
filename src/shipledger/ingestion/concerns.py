"""Which names a receipt concerns, and whether it may record something under them. Pure.

Two receipts that may be about the same record share a name. So a node can tell which of them must be settled first without
knowing what another node holds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Any

from shipledger.aggregates import AGGREGATES, Recording
from shipledger.deployments.aggregate import DEPLOYMENTS
from shipledger.ledger.aggregate import Aggregate, Aggregates, Asked, Working
from shipledger.ledger.submission import Alias
from shipledger.store.receipts.pending_contract import Concern
from shipledger.texts import storable

_NAME_BYTES = 8


def concerns_of(
    organization_id: str, recordings: Iterable[Recording], aggregates: Aggregates = AGGREGATES
) -> tuple[Concern, ...]:
    """The distinct names that a receipt of an organization concerns."""
    concerns: dict[int, Concern] = {}
    for recording in recordings:
        aggregate = aggregates.of(recording)
        may_record = aggregates.may_record(recording)
        for alias in aggregate.names_in(recording):
            name = number_name(organization_id, alias, subject=aggregate.kind)
            if may_record or name not in concerns:
                concerns[name] = Concern(name, may_record, alias, aggregate.kind)
    return tuple(concerns.values())


def number_name(organization_id: str, alias: Alias, *, subject: str = DEPLOYMENTS.kind) -> int:
    """A 64-bit number for a name. A collision only makes receipts wait for each other."""
    # As the store compares them: it replaces what it cannot store by U+FFFD.
    said = storable(f"{organization_id}\n{subject}\n{alias.scope}\n{alias.key}")
    digest = hashlib.blake2b(said.encode(), digest_size=_NAME_BYTES).digest()
    return int.from_bytes(digest, "big", signed=True)


def list_further_names(
    one: Asked, workings: Mapping[str, Working], aggregates: Aggregates = AGGREGATES, *, opening: Container[str] = ()
) -> Iterator[int]:
    """The numbers of names besides its own by which other receipts may concern what a submission is about.

    They are all names of the records that it may extend, of those that these follow, and of those that follow what it changes:
    of the latter those that are known, or all of the kinds ``opening``, of which the batch may record new ones. Raises Stale.
    """
    owner, submission = one.receipt.organization_id, one.submission
    aggregate = aggregates.of(submission)
    working = workings[aggregate.kind]
    known = working.list_known(one.receipt, submission)
    for record in (*known, *_find_followed(aggregate, workings, owner, submission)):
        for alias in aggregates[record.kind].names_of(record):
            yield number_name(owner, alias, subject=record.kind)
    for follower in aggregates.followers_of(aggregate.kind):
        for record in known or working.list_concerned(one.receipt, submission):
            if follower.follows is not None:
                name = follower.follows.name_of(record.subject_id)
                if follower.kind in opening or workings[follower.kind].find_named(owner, name) is not None:
                    yield number_name(owner, name, subject=follower.kind)


def _find_followed(aggregate: Aggregate, workings: Mapping[str, Working], organization_id: str, submission: Any) -> list[Any]:
    """What the record that a submission is about follows, as far as it was found."""
    if aggregate.follows is None or aggregate.follows.kind not in workings:
        return []
    followed = workings[aggregate.follows.kind].find_named(
        organization_id, Alias(scope="", key=aggregate.follows.about(submission))
    )
    return [] if followed is None else [followed]
