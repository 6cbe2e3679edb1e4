"""Rows of the tables to Structs and back. The order of a row's columns is that of the statement that reads or writes it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from shipledger.access.credential import Credential
from shipledger.catalog.organization import Organization
from shipledger.catalog.repository import repository_key
from shipledger.catalog.service import Service, ServiceDraft
from shipledger.clock import from_microseconds, to_microseconds
from shipledger.deployments.lookups import NEVER_STARTED_US
from shipledger.found import Found
from shipledger.ledger.actor import Actor
from shipledger.ledger.deployment import ISSUE_SCOPES, PERSON_SCOPE, SERVICE_SCOPE, Deployment, is_dated
from shipledger.ledger.digest import describe_entry
from shipledger.ledger.environment_names import name_key
from shipledger.ledger.identity import bare_uuid
from shipledger.ledger.lines import tier_of
from shipledger.ledger.state import Tier
from shipledger.ledger.submission import Alias
from shipledger.store.checked_rows import with_digest
from shipledger.store.row_reading import Row as Row
from shipledger.store.row_reading import read_document, read_documents, reads
from shipledger.texts import indexable as indexable
from shipledger.texts import mend
from shipledger.texts import storable as storable

_decode_deployment = msgspec.json.Decoder(Deployment).decode
_decode_deployments = msgspec.json.Decoder(list[Deployment]).decode
_decode_placed_deployment = msgspec.json.Decoder(tuple[int, Deployment]).decode
_decode_placed_deployments = msgspec.json.Decoder(list[tuple[int, Deployment]]).decode
decode_pairs = msgspec.json.Decoder(list[tuple[str, str]]).decode
decode_strings = msgspec.json.Decoder(list[str]).decode
decode_walk = msgspec.json.Decoder(list[tuple[int, str]]).decode


def decode_deployment(text: str | bytes, key: Sequence[str] = ()) -> Deployment:
    """A deployment. ``key``: organization and id, where they are known. Raises DamagedRecord."""
    return read_document(text, one=_decode_deployment, table="deployment", key=key)


def decode_deployments(text: str | bytes | None) -> Found[Deployment]:
    """Deployments, as far as they can be read."""
    return read_documents(text, all_at_once=_decode_deployments, one=_decode_deployment, table="deployment")


def decode_placed_deployments(text: str | bytes | None) -> Found[tuple[int, Deployment]]:
    """Deployments with their places among what was asked, as far as they can be read."""
    return read_documents(text, all_at_once=_decode_placed_deployments, one=_decode_placed_deployment, table="deployment")


def to_json(rows: Iterable[Row | str]) -> str:
    """Rows as one JSON array, to be written or looked up by one statement."""
    return to_document(list(rows))


def to_storable(value: Any) -> Any:
    """A value of a column, with U+FFFD for what no store can keep."""
    return storable(value) if isinstance(value, str) else value


def from_alias(alias: Alias) -> tuple[str, str]:
    """The scope and the key of a name as they are kept."""
    return storable(alias.scope), indexable(alias.key)


def to_environment_key(environment_id: str) -> str:
    """An environment's id as it compares: a UUID without braces and in lower case."""
    return indexable(bare_uuid(environment_id))


def to_repository_key(repository: str) -> str:
    """A repository's canonical name as it compares: without case."""
    return indexable(repository_key(storable(repository)))


def to_document(value: object) -> str:
    """A value as JSON, what it holds in the order in which it holds it, with U+FFFD for half characters."""
    try:
        return msgspec.json.encode(value).decode()
    except UnicodeEncodeError:
        return msgspec.json.encode(mend(json.loads(json.dumps(msgspec.to_builtins(value)))).value).decode()


def optional_document(value: object | None) -> str | None:
    """A value as JSON, or None."""
    return None if value is None else to_document(value)


def optional_us(moment: datetime | None) -> int | None:
    """Microseconds, or None."""
    return None if moment is None else to_microseconds(moment)


def optional_time(microseconds: int | None) -> datetime | None:
    """A time, or None."""
    return None if microseconds is None else from_microseconds(microseconds)


def from_actor(actor: Actor | None) -> str:
    """The text of an actor, "" where none was kept."""
    return "" if actor is None else str(actor)


def describe_entry_row(kind: str, columns: Sequence[Any]) -> dict[str, Any]:
    """What the row of an entry of any kind is digested by; see ``describe_entry``."""
    organization_id, subject_id, version, receipt_id, item, accepted_us, recorded_us, submission, actor = columns
    return describe_entry(
        kind=kind,
        organization_id=organization_id,
        subject_id=subject_id,
        version=version,
        receipt_id=receipt_id,
        item=item,
        accepted_us=accepted_us,
        recorded_us=recorded_us,
        submission=msgspec.Raw(submission.encode()),
        actor=actor,
    )


FLAGS = ("fix", "hotfix", "forced")
FLAG_MARK = "\x1f"
"""Stands before a flag in what is searched, after all text, so that both are found by one pattern."""


def from_deployment(deployment: Deployment) -> Row:
    """The row of a deployment's projection. One that is merged has no key of an environment: it counts in none."""
    environment = deployment.environment
    facts = deployment.facts
    said = (facts.title, deployment.external_id, facts.description)
    texts = [text.casefold() for text in said if isinstance(text, str)]
    flags = [FLAG_MARK + flag for flag in FLAGS if getattr(facts, f"is_{flag}") is True]
    return (
        deployment.organization_id,
        deployment.deployment_id,
        deployment.version,
        deployment.source,
        deployment.shown_state,
        tier_of(deployment),
        environment_key(deployment),
        None if environment is None else indexable(environment.name),
        started_us(deployment),
        optional_us(deployment.ended_at),
        storable("\n".join([*texts, *flags])),
        to_document(deployment),
        said_tier(deployment),
        optional_us(deployment.times.success_at),
        None if environment is None or deployment.merged_into else indexable(name_key(environment.name)),
        deployment.merged_into or None,
    )


def said_tier(deployment: Deployment) -> Tier:
    """The tier that the sender said; the column ``tier`` has what the rules of the organization made of it."""
    return Tier.UNMAPPED if deployment.said_environment is None else deployment.said_environment.tier


def from_aliases(deployment: Deployment) -> list[Row]:
    """The rows of a deployment's names. A name that is an identity besides being the external id is kept as an identity.

    Names that several deployments may have carry the time by which those are listed: the start, or for issues and projects
    that of the record where no start was said.
    """
    identities = set(map(from_alias, deployment.identities))
    names = {from_alias(alias): _listed_us(deployment, alias) for alias in deployment.aliases}
    return [
        (
            deployment.organization_id,
            scope,
            key,
            deployment.deployment_id,
            int((scope, key) in identities),
            listed_us,
        )
        for (scope, key), listed_us in sorted(names.items())
    ]


def _listed_us(deployment: Deployment, alias: Alias) -> int | None:
    if alias.scope in ISSUE_SCOPES:
        return to_microseconds(deployment.placed_at)
    if is_dated(alias):  # which run a report is about follows from what was reported
        return started_us(deployment.as_reported)
    return started_us(deployment) if alias.scope in (SERVICE_SCOPE, PERSON_SCOPE) else None


def from_releases(deployment: Deployment) -> list[Row]:
    """The rows of a deployment's releases."""
    environment_id = environment_key(deployment)
    ended_us = optional_us(deployment.ended_at or deployment.started_at)
    rows: list[Row] = []
    seen: set[str] = set()
    for ordinal, release in enumerate(deployment.releases):
        repository = storable(release.repository)
        key = to_repository_key(repository)
        rows.append(
            (
                deployment.organization_id,
                deployment.deployment_id,
                ordinal,
                repository,
                key,
                storable(release.commit),
                int(key in seen),
                environment_id,
                started_us(deployment),
                ended_us,
            )
        )
        seen.add(key)
    return rows


def started_us(deployment: Deployment) -> int:
    """The start by which deployments are ordered."""
    return NEVER_STARTED_US if deployment.started_at is None else to_microseconds(deployment.started_at)


def environment_key(deployment: Deployment) -> str | None:
    """The environment's id as it compares: a UUID without braces and in lower case."""
    return None if deployment.environment is None else to_environment_key(deployment.environment.id)


@reads("organization", "ttti", 0, 1)
def to_organization(row: Row) -> Organization:
    """An organization."""
    organization_id, slug, name, created_us = row
    return Organization(organization_id=organization_id, slug=slug, name=name, created_at=from_microseconds(created_us))


def from_organization(organization: Organization) -> dict[str, Any]:
    """The columns of an organization by name."""
    return {
        "organization_id": organization.organization_id,
        "slug": organization.slug,
        "name": organization.name,
        "created_us": to_microseconds(organization.created_at),
    }


@reads("service", "tttt???ti", 0, 1)
def to_service(row: Row) -> Service:
    """A service."""
    organization_id, service_id, slug, name, description, team_id, visibility, tags, created_us = row
    draft = ServiceDraft(
        name=name, description=description, team_id=team_id, visibility=visibility, tags=tuple(decode_strings(tags))
    )
    return Service(
        organization_id=organization_id,
        service_id=service_id,
        slug=slug,
        draft=draft,
        created_at=from_microseconds(created_us),
    )


def from_credential(credential: Credential) -> dict[str, Any]:
    """The columns of a credential by name."""
    columns = {
        "organization_id": credential.organization_id,
        "credential_id": credential.credential_id,
        "kind": credential.kind,
        "name": credential.name,
        "secret_hash": credential.secret_hash,
        "scopes": to_document(sorted(credential.scopes)),
        "created_us": to_microseconds(credential.created_at),
        "revoked_us": optional_us(credential.revoked_at),
        "requests_per_minute": credential.requests_per_minute,
        "requests_per_second": credential.requests_per_second,
        "breaks_ties_by_arrival": int(credential.breaks_ties_by_arrival),
        "time_form": credential.time_form,
        "expires_us": optional_us(credential.expires_at),
    }
    return with_digest("credential", columns)


@reads("credential", "ttttbtiIIIitI", 0, 1)
def to_credential(row: Row) -> Credential:
    """A credential."""
    organization_id, credential_id, kind, name, secret_hash, scopes, created_us, revoked_us, *options = row
    per_minute, per_second, breaks_ties_by_arrival, time_form, expires_us = options
    return Credential(
        organization_id=organization_id,
        credential_id=credential_id,
        kind=kind,
        name=name,
        secret_hash=secret_hash,
        scopes=frozenset(decode_strings(scopes)),
        created_at=from_microseconds(created_us),
        revoked_at=optional_time(revoked_us),
        requests_per_minute=per_minute,
        requests_per_second=per_second,
        breaks_ties_by_arrival=bool(breaks_ties_by_arrival),
        time_form=time_form,
        expires_at=optional_time(expires_us),
    )
