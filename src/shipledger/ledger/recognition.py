"""Recognize the deployment that a report without an id of its own repeats."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import timedelta

from msgspec import UNSET, UnsetType

from shipledger.ledger.deployment import Deployment
from shipledger.ledger.receipt import Receipt
from shipledger.ledger.state import is_final
from shipledger.ledger.submission import Alias, Environment, Facts, RecordDeployment


def recognizes(record: RecordDeployment, receipt: Receipt, known: Deployment) -> bool:
    """Whether ``record``, from ``receipt``, is another report of ``known``, with which it shares a name.

    The time since the last one is measured by the clock and by the order of acceptance, because a clock may be changed.
    """
    recognition = record.recognition
    if recognition is None:
        return False
    if any(_differ(name, record.facts, known.facts) for name in recognition.agreeing):
        return False
    if recognition.within_seconds is None or not is_final(known.state):
        return True
    within = timedelta(seconds=recognition.within_seconds)
    is_recent = any(abs(moment - known.updated_at) < within for moment in (receipt.accepted_at, receipt.ordered_at))
    return is_recent and (record.state.state is known.state or not is_final(record.state.state))


def is_same_place(record: RecordDeployment, known: Deployment) -> bool:
    """Whether ``record`` has the service and environment of ``known``; otherwise one id is used for two deployments."""
    said = record.facts.environment
    environment = record.assumed.environment if said is UNSET else said
    return _place_of(record.facts, environment) == _place_of(known.facts, known.facts.environment)


def _place_of(facts: Facts, environment: Environment | UnsetType) -> Hashable:
    services = frozenset(service.casefold() for service in facts.services or ())
    return services, None if environment is UNSET else environment.id.casefold()


def guard_of(name: Alias, newest: Deployment | None) -> Alias:
    """The identity for the next deployment with ``name`` after ``newest``, which only one writer can take.

    Names may be shared, so without it two nodes that record at once would not notice each other.
    """
    return Alias(scope=f"{name.scope}:after", key=f"{name.key}/{newest.deployment_id if newest else ''}")


def _differ(name: str, one: Facts, other: Facts) -> bool:
    said, known = _comparable(name, one), _comparable(name, other)
    return bool(said) and bool(known) and said != known


def _comparable(name: str, facts: Facts) -> Hashable:
    value = getattr(facts, name)
    if value is None or value is UNSET:
        return None
    if name == "releases":
        return frozenset(release.commit.casefold() for release in value)
    return tuple(sorted(value.items())) if isinstance(value, dict) else value
