"""Which deployment remedied which, by the senders' names, since either may be reported first. Pure."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from msgspec import UNSET

from shipledger.ledger.submission import Alias, Facts, Remediation

SCOPE = "remedied-by"

_encode = msgspec.json.encode


def remediation_of(facts: Facts) -> Remediation | None:
    """How it was remedied, or None if not reported."""
    return None if facts.remediation is UNSET else facts.remediation


def remedied_aliases(facts: Facts) -> tuple[Alias, ...]:
    """The names by which a deployment's remedy refers to it."""
    said = remediation_of(facts)
    if said is None:
        return ()
    return (_by_id(said.scope, said.id),) if said.id is not None else version_aliases(facts, said.version)


def remedying_aliases(deployment_id: str, identities: Iterable[Alias], facts: Facts) -> tuple[Alias, ...]:
    """The names of the deployments that a deployment remedied."""
    by_id = (_by_id(None, deployment_id), *(_by_id(name.scope, name.key) for name in identities))
    return (*by_id, *version_aliases(facts, None if facts.version is UNSET else facts.version))


def version_aliases(facts: Facts, version: str | None) -> tuple[Alias, ...]:
    """Aliases for a version in each service and environment of a deployment: a remedy may only give the version."""
    place = "" if facts.environment is UNSET else facts.environment.name.casefold()
    services = () if facts.services is UNSET else facts.services
    return tuple(
        Alias(scope=SCOPE, key=_encode(("version", service.casefold(), place, version.casefold())).decode())
        for service in services
        if version
    )


def _by_id(scope: str | None, key: str) -> Alias:
    return Alias(scope=SCOPE, key=_encode(("id", scope, key)).decode())
