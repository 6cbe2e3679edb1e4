"""Responders as answers show them: always with an id, also those that were sent with a name alone. Pure."""

from __future__ import annotations

import uuid

import msgspec
from msgspec import UNSET

from shipledger.incidents.model import Incident
from shipledger.protocols.opsgenie.incident_wire import ResponderOut

_NAMESPACE = uuid.UUID("7d1b6c0e-6a0f-4d0b-9b7e-2f5a1c8e4d93")

_decode_responder = msgspec.json.Decoder(dict[str, str]).decode


def responders_of(incident: Incident) -> list[ResponderOut]:
    """The responders of an incident, in the order in which they were first said."""
    return [_to_responder(incident.organization_id, _decode_responder(key)) for key in incident.responders]


def _to_responder(organization_id: str, said: dict[str, str]) -> ResponderOut:
    name, username = said.get("name", UNSET), said.get("username", UNSET)
    return ResponderOut(type=said["type"], id=said.get("id") or _derive_id(organization_id, said), name=name, username=username)


def _derive_id(organization_id: str, said: dict[str, str]) -> str:
    """The same for everybody who has this name in this organization, whenever it is asked.

    The vendor looks the id up. There is no list of users and teams here, so a name is all that identifies one. A client that
    reads a responder without an id stops: the vendor's Python client raises, Apache DevLake panics.
    """
    names = ("username", "name") if said["type"] == "user" else ("name", "username")
    known_as = next((said[name] for name in names if said.get(name)), "")
    return str(uuid.uuid5(_NAMESPACE, msgspec.json.encode([organization_id, said["type"], known_as.casefold()]).decode()))
