"""A deployment as it stands: the fold of its entries."""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from shipledger.ledger.erasure import Erase, Erased
from shipledger.ledger.identity import bare_uuid
from shipledger.ledger.remedies import remedied_aliases
from shipledger.ledger.state import State, Tier, is_final
from shipledger.ledger.submission import Alias, Environment, Facts, Order, Release, StateReport, Submission

T = TypeVar("T")

SERVICE_SCOPE = "service"
"""Where services are found by the names that senders give them."""


class Entry(Struct, frozen=True):
    """One applied submission. Entries are only ever appended; ``version`` counts them within their deployment from 1.

    Of an erased one its place is left, with Erased for what it said.
    """

    organization_id: str
    deployment_id: str
    version: int
    receipt_id: str
    item: int
    accepted_at: datetime
    recorded_at: datetime
    submission: Submission | Erased | Erase


class Deployment(Struct, frozen=True, omit_defaults=True):
    """The current state of one deployment. ``orders`` holds, for each fact that was ever said, the order that won.

    ``report`` is the winning state report. ``identities`` only grows: they recognize repeats of the reports so far.
    So do ``names``, more weakly: other deployments may have the same ones. ``first_reported_at`` is the earliest time that
    any report of a sender who replaces whole records was about: each replaces the one before, so none of them is the start.
    ``tier`` is what the rules of its organization make of its environment, where that is not what was said. It is no part
    of the fold: whoever saves a deployment asks the rules.
    """

    organization_id: str
    deployment_id: str
    source: str
    version: int
    recorded_at: datetime
    updated_at: datetime
    facts: Facts
    orders: dict[str, Order]
    report: StateReport
    identities: tuple[Alias, ...] = ()
    is_managed_elsewhere: bool = False
    namespace: str = ""
    is_removed: bool = False
    names: tuple[Alias, ...] = ()
    first_reported_at: datetime | None = None
    tier: Tier | None = None

    @property
    def state(self) -> State:
        """The state of the winning report."""
        return self.report.state

    @property
    def external_id(self) -> str:
        """The sender's id, or the deployment's own id when the sender gave none."""
        return _known(self.facts.external_id) or self.deployment_id

    @property
    def environment(self) -> Environment | None:
        """Where it went, with the tier by the rules of its organization, or None when nobody said."""
        said = self.said_environment
        return said if said is None or self.tier is None else replace(said, tier=self.tier)

    @property
    def said_environment(self) -> Environment | None:
        """Where it went, with the tier that its sender said, or None when nobody said."""
        return _known(self.facts.environment)

    @property
    def started_at(self) -> datetime | None:
        """When it began, else when it was first heard of, or None when nobody said."""
        return _known(self.facts.started_at) or self.first_reported_at

    @property
    def ended_at(self) -> datetime | None:
        """When it ended, or None while it runs or when nobody said."""
        return self.report.reported_at if is_final(self.report.state) else None

    @property
    def releases(self) -> tuple[Release, ...]:
        """The commits that it brought."""
        return _known(self.facts.releases) or ()

    @property
    def aliases(self) -> frozenset[Alias]:
        """Every name under which it is found, besides its id. A removed deployment has none."""
        if self.is_removed:
            return frozenset()
        namespace = self.namespace or self.source
        facts = self.facts
        names = [*self.identities, *self.names, *remedied_aliases(self.facts), external_alias(namespace, self.external_id)]
        names.extend(property_alias(namespace, name, value) for name, value in (_known(facts.properties) or {}).items())
        for key in _known(facts.issue_keys) or ():
            names.append(issue_alias(key))
            names.extend(project_aliases(key))
        names.extend(service_alias(name) for name in _known(facts.services) or ())
        return frozenset(names)


def external_alias(namespace: str, external_id: str) -> Alias:
    """The alias of the id that a sender gave. A UUID is one id with braces and without, in either case."""
    return Alias(scope=f"{namespace}:external", key=bare_uuid(external_id))


def property_alias(namespace: str, name: str, value: str) -> Alias:
    """The alias of a property. A colon cannot be part of a property's name."""
    return Alias(scope=f"{namespace}:property", key=f"{name}:{value}")


def issue_alias(key: str) -> Alias:
    """The alias of an issue key, compared without case."""
    return Alias(scope="issue", key=key.upper())


def project_aliases(key: str) -> tuple[Alias, ...]:
    """The alias of the project of an issue key, which is what stands before the last hyphen; none where there is none."""
    project, _, _ = key.upper().rpartition("-")
    return (project_alias(project),) if project else ()


def project_alias(project: str) -> Alias:
    """The alias of a project of issues, compared without case."""
    return Alias(scope="project", key=project.upper())


def service_alias(name: str) -> Alias:
    """The alias of a service as senders name it, compared without case."""
    return Alias(scope=SERVICE_SCOPE, key=name.casefold())


def _known(value: T | None | UnsetType) -> T | None:
    return None if value is UNSET else value
