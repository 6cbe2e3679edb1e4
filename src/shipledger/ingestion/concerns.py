"""Which names a receipt concerns, and what it may do to what they name. Pure.

Two receipts that may be about the same deployment or incident share a name. So a node need not know what another one holds
to tell which of the two must be settled first.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from typing import Any

from shipledger.incidents.model import ChangeIncident, RecordIncident, Recording, RemoveIncident
from shipledger.ledger.deployment import Deployment, external_alias
from shipledger.ledger.submission import (
    Alias,
    Amend,
    ChangeState,
    GiveUp,
    RecordDeployment,
    Refuse,
    Remove,
    RemoveMatching,
    Separate,
)
from shipledger.store.pending_contract import Concern
from shipledger.store.rows import storable

EVERYTHING = Alias(scope="*", key="*")
"""Concerned by what may remove any deployment of the organization: a removal by properties."""

_NAME_BYTES = 8
_INCIDENT = "incident"
_DEPLOYMENT = "deployment"


def concerns_of(organization_id: str, recordings: Iterable[Recording]) -> tuple[Concern, ...]:
    """The names that a receipt of an organization concerns, each once."""
    concerns: dict[int, Concern] = {}
    for recording in recordings:
        kind = type(recording)
        subject = _INCIDENT if kind in _ABOUT_INCIDENTS else _DEPLOYMENT
        may_record = kind in _RECORDS
        for alias in _NAMES_IN[kind](recording):
            name = number_name(organization_id, alias, subject=subject)
            if may_record or name not in concerns:
                concerns[name] = Concern(name, may_record, alias)
    return tuple(concerns.values())


def names_of_deployment(deployment: Deployment) -> list[int]:
    """The names by which receipts may concern a deployment."""
    aliases = [Alias(scope="", key=deployment.deployment_id), *deployment.identities, *deployment.names]
    aliases.append(external_alias(deployment.namespace or deployment.source, deployment.external_id))
    return [number_name(deployment.organization_id, alias, subject=_DEPLOYMENT) for alias in aliases]


def number_name(organization_id: str, alias: Alias, *, subject: str = _DEPLOYMENT) -> int:
    """A number for a name, in 64 bits. Two names that share one make their receipts wait for each other, and no more."""
    # As the store compares them: it keeps U+FFFD for what it cannot hold.
    said = storable(f"{organization_id}\n{subject}\n{alias.scope}\n{alias.key}")
    digest = hashlib.blake2b(said.encode(), digest_size=_NAME_BYTES).digest()
    return int.from_bytes(digest, "big", signed=True)


def _in_record(record: RecordDeployment) -> Iterable[Alias]:
    """The names that all share which may be about the same.

    Those that say one series or identity say one external id, if any; the identities of a series differ only by the run; and
    those that are recognized as alike share the last name.
    """
    external_id = record.facts.external_id
    if isinstance(external_id, str):
        called = (external_alias(record.namespace or record.source, external_id), *record.names)
    else:
        called = (*(record.identities if record.series is None else (record.series,)), *record.names)
    return called if record.recognition is None else (*called, *record.recognition.names[-1:])


def _in_incident(record: RecordIncident) -> Iterable[Alias]:
    return (*record.identities, *record.claims)


def _in_target(asked: ChangeState | Amend | Remove | ChangeIncident | RemoveIncident) -> Iterable[Alias]:
    return (Alias(scope=asked.target.scope or "", key=asked.target.key),)


def _in_everything(_: RemoveMatching) -> Iterable[Alias]:
    return (EVERYTHING,)


def _in_nothing(_: Refuse | Separate | GiveUp) -> Iterable[Alias]:
    """A giving up may be decided before or after anything else: the outcome is the same."""
    return ()


_RECORDS = frozenset({RecordDeployment, RecordIncident})
_ABOUT_INCIDENTS = frozenset({RecordIncident, ChangeIncident, RemoveIncident})
_NAMES_IN: dict[type, Callable[[Any], Iterable[Alias]]] = {
    RecordDeployment: _in_record,
    ChangeState: _in_target,
    Amend: _in_target,
    Remove: _in_target,
    RemoveMatching: _in_everything,
    Refuse: _in_nothing,
    Separate: _in_nothing,
    GiveUp: _in_nothing,
    RecordIncident: _in_incident,
    ChangeIncident: _in_target,
    RemoveIncident: _in_target,
}
