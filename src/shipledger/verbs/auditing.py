"""Who did what, when, in words: from the entries of all kinds of records, as pages, commands and the API show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from msgspec import Struct
from msgspec.structs import replace

from shipledger.access.issuance.model import KIND as ISSUANCE
from shipledger.access.people.membership.model import KIND as MEMBER
from shipledger.access.people.membership.model import AddMember
from shipledger.catalog.ignoring.model import KIND as IGNORING
from shipledger.catalog.organization_settings.model import KIND as SETTING
from shipledger.catalog.organization_settings.model import ChangeSettings, ScopeKind, SettingScope
from shipledger.catalog.services.model import KIND as SERVICE
from shipledger.catalog.services.model import DeclareService
from shipledger.catalog.services.related_names import find_related_names
from shipledger.catalog.services.words import describe as describe_service
from shipledger.catalog.tiering.model import KIND as TIERING
from shipledger.catalog.tiering.model import SUBJECT
from shipledger.catalog.tiering.words import describe_all as describe_tiers
from shipledger.clock import from_microseconds, to_microseconds
from shipledger.errors import Invalid
from shipledger.forwarding.webhooks.model import KIND as WEBHOOK
from shipledger.found import Found
from shipledger.gating.gate import Gate
from shipledger.incidents.model import Incident
from shipledger.ledger.actor import Actor, ActorKind
from shipledger.ledger.auditing import AuditFilter, AuditPlace
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.registers import known
from shipledger.ledger.titles import title_of
from shipledger.verbs.act_words import describe_act
from shipledger.verbs.actor_names import Reader as NameReader
from shipledger.verbs.actor_names import actor_name, find_actor_names
from shipledger.verbs.browsing import AuditBrowsing, CatalogBrowsing

KINDS: Mapping[str, str] = {
    MEMBER: "people",
    SETTING: "settings",
    TIERING: "tiers and environments",
    SERVICE: "services",
    "repository": "repositories",
    "deployment": "deployments",
    "incident": "incidents",
    "gate": "gates",
    "pull_request": "pull requests",
    IGNORING: "the inbox",
    ISSUANCE: "credentials",
    WEBHOOK: "webhooks",
}
"""The kinds of records, in words."""

_GREATEST_TIME_US = 253_402_300_799_999_999
_DIGITS_OF_A_TIME = len(str(_GREATEST_TIME_US))
"""The end of the year 9999."""


class Reader(AuditBrowsing, NameReader, CatalogBrowsing, Protocol):
    """What of the ledger is asked."""

    async def find_gate(self, organization_id: str, deployment_id: str) -> Gate | None:
        """The gate of a deployment; None when it never asked for one."""

    async def find_incident(self, organization_id: str, incident_id: str) -> Incident | None:
        """The incident with this id, or None."""

    async def read_deployments(self, organization_id: str, ids: Sequence[str]) -> Found[Deployment]:
        """The deployments with some ids. Missing ones are left out."""


class ActLine(Struct, frozen=True):
    """One entry: who did what to what. ``subject`` is what people call the record, ``who`` the actor."""

    at: datetime
    actor: Actor | None
    who: str
    kind: str
    subject_id: str
    subject: str
    changes: tuple[str, ...]
    receipt_id: str
    version: int

    @property
    def place(self) -> AuditPlace:
        """Where it stands."""
        return AuditPlace(self.at, self.kind, self.subject_id, self.version)


class ActPage(Struct, frozen=True):
    """A page of an audit, and the place after which the next one begins; None at the end."""

    lines: tuple[ActLine, ...]
    end: AuditPlace | None


async def read_acts(ledger: Reader, organization_id: str, wanted: AuditFilter) -> ActPage:
    """A page in words. An entry that cannot be read counts, and is left out."""
    found = await ledger.list_acts(organization_id, replace(wanted, limit=wanted.limit + 1))
    shown = found[: wanted.limit]
    names = await find_actor_names(ledger, organization_id, [one.actor for one in shown])
    subjects = await _name_subjects(ledger, organization_id, shown)
    changes = await _describe(ledger, organization_id, shown)
    lines = tuple(
        ActLine(
            at=one.recorded_at,
            actor=one.actor,
            who=_name(one.actor, names),
            kind=one.kind,
            subject_id=one.subject_id,
            subject=subjects.get((one.kind, one.subject_id)) or one.subject_id,
            changes=said,
            receipt_id=one.receipt_id,
            version=one.version,
        )
        for one, said in zip(shown, changes, strict=True)
    )
    return ActPage(lines, lines[-1].place if len(found) > wanted.limit and lines else None)


def read_actor(text: str) -> str:
    """How the texts of the actors begin that somebody means: a kind, or one with its id. Raises Invalid."""
    plain = text.strip()
    if not plain:
        return ""
    kind, separator, actor_id = plain.partition(":")
    if kind not in set(ActorKind) or (separator and not actor_id):
        raise Invalid("actor", f"Write one of {', '.join(ActorKind)}, or an actor as it is listed, such as person:ID.")
    return f"{kind}:{actor_id}"


def write_place(place: AuditPlace) -> tuple[int, str]:
    """A place as a time in microseconds and a text."""
    return to_microseconds(place.recorded_at), f"{place.kind}:{place.version}:{place.subject_id}"


def read_place(at_us: int, text: str) -> AuditPlace | None:
    """The place that ``write_place`` wrote; None for anything else."""
    kind, _, rest = text.partition(":")
    version, _, subject_id = rest.partition(":")
    is_number = version.isascii() and version.isdecimal() and len(version) <= 9  # noqa: PLR2004  digits of an integer
    if kind not in KINDS or not is_number or not 0 <= at_us <= _GREATEST_TIME_US or "\0" in subject_id:
        return None
    return AuditPlace(from_microseconds(at_us), kind, subject_id, int(version))


def place_to_text(place: AuditPlace) -> str:
    """A place as one text, for addresses and options."""
    at_us, text = write_place(place)
    return f"{at_us}:{text}"


def place_from_text(text: str) -> AuditPlace | None:
    """The place that ``place_to_text`` wrote; None for anything else."""
    at, _, rest = text.partition(":")
    return read_place(int(at), rest) if at.isascii() and at.isdecimal() and len(at) <= _DIGITS_OF_A_TIME else None


def _name(actor: Actor | None, names: Mapping[str, str]) -> str:
    called = actor_name(actor, names)
    return f"{called} ({actor.id})" if actor is not None and actor.kind is ActorKind.DUTY else called


async def _describe(ledger: Reader, organization_id: str, entries: Sequence[Any]) -> list[tuple[str, ...]]:
    called = await find_related_names(ledger, organization_id, [one.submission for one in entries if one.kind == SERVICE])
    tiers: dict[int, tuple[str, ...]] = {}
    if any(one.kind == TIERING for one in entries):
        history = await ledger.list_entries_of(TIERING, organization_id, SUBJECT)
        tiers = {one.version: said for one, said in zip(history, describe_tiers(history), strict=True)}
    return [
        describe_service(one.submission, called)
        if one.kind == SERVICE
        else tiers.get(one.version, ("Changed.",))
        if one.kind == TIERING
        else describe_act(one.kind, one.submission)
        for one in entries
    ]


async def _name_subjects(ledger: Reader, organization_id: str, entries: Sequence[Any]) -> dict[tuple[str, str], str]:
    """What people call the records, by kind and id; what is gone and says no name itself is left out."""
    named: dict[tuple[str, str], str] = {}
    titles = [one.subject_id for one in entries if one.kind == Deployment.kind]
    for deployment in await ledger.read_deployments(organization_id, sorted(set(titles))) if titles else ():
        named[Deployment.kind, deployment.deployment_id] = title_of(deployment)
    for one in entries:
        key = (one.kind, one.subject_id)
        if key not in named:
            named[key] = await _name_subject(ledger, organization_id, one)
    return named


async def _name_subject(ledger: Reader, organization_id: str, entry: Any) -> str:
    said = entry.submission
    if entry.kind == SERVICE:
        return await _name_service(ledger, organization_id, entry.subject_id, said)
    if entry.kind == MEMBER:
        return await _name_member(ledger, organization_id, entry)
    if entry.kind == SETTING and isinstance(said, ChangeSettings):
        return await _name_scope(ledger, organization_id, said.scope)
    if entry.kind == Incident.kind:
        incident = await ledger.find_incident(organization_id, entry.subject_id)
        return "" if incident is None else str(known(incident.facts.title) or f"#{incident.number}")
    if entry.kind in (TIERING, IGNORING):
        return "organization"
    gate = await ledger.find_gate(organization_id, said.deployment_id) if hasattr(said, "deployment_id") else None
    return str(getattr(said, "repository", "") or getattr(said, "name", "")) if gate is None else gate.key


async def _name_scope(ledger: Reader, organization_id: str, scope: SettingScope) -> str:
    if scope.kind is ScopeKind.SERVICE:
        return f"service {await _name_service(ledger, organization_id, scope.name, None)}"
    return f"{scope.kind} {scope.name}".strip()


async def _name_service(ledger: Reader, organization_id: str, service_id: str, said: Any) -> str:
    if isinstance(said, DeclareService):
        return said.name
    found = await ledger.find_service(organization_id, service_id)
    return found.name if found is not None and found.service_id == service_id else service_id


async def _name_member(ledger: Reader, organization_id: str, entry: Any) -> str:
    """The name of the person, also of who is no longer a member."""
    said = entry.submission
    if not isinstance(said, AddMember):
        said = (await ledger.list_entries_of(MEMBER, organization_id, entry.subject_id))[0].submission
    person = await ledger.find_person(said.person_id) if isinstance(said, AddMember) else None
    return "" if person is None else person.name
