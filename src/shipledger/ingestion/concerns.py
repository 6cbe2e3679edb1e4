"""Which names a receipt concerns, and whether it may record something under them. Pure.

Two receipts that may be about the same deployment or incident share a name. So a node can tell which of them must be
settled first without knowing what another node holds.
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
"""The concern of removals by properties, which may affect any deployment of the organization."""

_NAME_BYTES = 8
_INCIDENT = "incident"
_DEPLOYMENT = "deployment"


def concerns_of(organization_id: str, recordings: Iterable[Recording]) -> tuple[Concern, ...]:
    """The distinct names that a receipt of an organization concerns."""
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
    """A 64-bit number for a name. A collision only makes receipts wait for each other."""
    # As the store compares them: it replaces what it cannot store by U+FFFD.
    said = storable(f"{organization_id}\n{subject}\n{alias.scope}\n{alias.key}")
    digest = hashlib.blake2b(said.encode(), digest_size=_NAME_BYTES).digest()
    return int.from_bytes(digest, "big", signed=True)


def _in_record(record: RecordDeployment) -> Iterable[Alias]:
    """The names shared by all receipts that may be about the same thing.

    Receipts with the same series or identity have the same external id, if any; identities of a series differ only by
    run; and receipts recognized as alike share the last name.
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
    """Giving up commutes with everything else."""
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
