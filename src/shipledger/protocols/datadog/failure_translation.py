"""From this API's writes on failures to submissions on incidents. Pure."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET

from shipledger.clock import to_microseconds
from shipledger.incidents.model import IncidentFacts, RecordIncident, RemoveIncident
from shipledger.ledger.digest_alias import digest_alias
from shipledger.ledger.identity import derive_id
from shipledger.ledger.receipt import Receipt
from shipledger.ledger.state import Tier
from shipledger.ledger.submission import Alias, Environment, Release, Target
from shipledger.protocols.datadog.vocabulary import FAILURE_GIVEN_SCOPE, FAILURE_ID_SCOPE, FAILURE_MOMENT_SCOPE, SOURCE
from shipledger.protocols.datadog.wire import CreateFailureIn, GitIn
from shipledger.protocols.wire_json import REPLACED


def own_failure_id(receipt: Receipt, create: CreateFailureIn) -> str:
    """The id under which a failure can be looked up, decided before it is settled: the given one, or one of ours."""
    return create.id or derive_id(receipt.receipt_id, 0, "incident")


def record_failure(receipt: Receipt, create: CreateFailureIn) -> RecordIncident:
    """What a create asks for. A failure is sent again when it is over: without an id it is told by what it hit, and when.

    One with an id of its own is that of its id, and is found by what it hit too, by a report that has none.
    """
    named = to_failure_alias(own_failure_id(receipt, create))
    moment = (_moment(create),)
    given = (Alias(scope=FAILURE_GIVEN_SCOPE, key=create.id),) if create.id else ()
    return RecordIncident(
        source=SOURCE,
        incident_id=derive_id(receipt.receipt_id, 0, "incident"),
        identities=(named, *given) if create.id else (named, *moment),
        claims=moment if create.id else (),
        own_scope=FAILURE_GIVEN_SCOPE,
        facts=IncidentFacts(
            title=_said(create.name),
            services=create.services or UNSET,
            team=_said(create.team),
            severity=_said(create.severity),
            environment=UNSET if create.env is None else to_environment(create.env),
            started_at=create.started_at,
            ended_at=_said(create.finished_at),
            version=_said(create.version),
            releases=UNSET if create.git is None else (to_release(create.git),),
            tags=_said(create.custom_tags),
        ),
        order=(receipt.order_us,),
        assumed=IncidentFacts(external_id=named.key),
        assumed_order=(-receipt.order_us,),
        left_out=receipt.parameters.get(REPLACED, ""),
    )


def remove_failure(given_id: str) -> RemoveIncident:
    """What a delete asks for. Incidents of other protocols have no id of this API, so they are left alone."""
    alias = to_failure_alias(given_id)
    return RemoveIncident(source=SOURCE, target=Target(scope=alias.scope, key=alias.key))


def to_failure_alias(given_id: str) -> Alias:
    """The name of a failure of this API."""
    return Alias(scope=FAILURE_ID_SCOPE, key=given_id)


def to_environment(name: str) -> Environment:
    """The environment of a name. Its sender says no tier: the rules of the organization tell it."""
    return Environment(id=name, name=name, tier=Tier.UNMAPPED)


def to_release(git: GitIn) -> Release:
    """The release of a repository and commit."""
    return Release(repository=git.repository, commit=git.commit_sha)


def _moment(create: CreateFailureIn) -> Alias:
    env = None if create.env is None else create.env.casefold()
    services = sorted(service.casefold() for service in create.services)
    hit: object = services or ["team", (create.team or "").casefold()]
    return digest_alias(FAILURE_MOMENT_SCOPE, env, bool(services), hit, to_microseconds(create.started_at) // 1_000)


def _said(value: Any) -> Any:
    return UNSET if value is None else value
