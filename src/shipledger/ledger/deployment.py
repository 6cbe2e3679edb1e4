"""A deployment: the fold of its entries."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cached_property
from typing import ClassVar, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from shipledger.ledger.actor import Actor
from shipledger.ledger.ahead import is_far_ahead
from shipledger.ledger.authors import Author, BroughtBy, author_key
from shipledger.ledger.corrections import Correction, Reported
from shipledger.ledger.course import Course, join_course
from shipledger.ledger.erasure import Erase, Erased
from shipledger.ledger.identity import bare_uuid
from shipledger.ledger.marks import Marking
from shipledger.ledger.naming import KEYS_LIMIT, NOTHING_NAMED, IssueSource, NamedIssues, find_keys
from shipledger.ledger.registers import known
from shipledger.ledger.remedies import remedied_aliases
from shipledger.ledger.state import State, Tier, is_final
from shipledger.ledger.submission import Alias, Environment, Facts, Order, Release, StateReport, Submission

T = TypeVar("T")

SERVICE_SCOPE = "service"
"""The scope of service names given by senders."""

PERSON_SCOPE = "person"
"""The scope of people given by senders, who are no actors of ours."""

ISSUE_SCOPES = ("issue", "project")
"""The scopes of the issues that a deployment names, and of their projects."""

SERIES_ENDINGS = (":repeat", ":run")
"""Scopes with this suffix hold names shared by all runs of a deployment."""

DATED_ENDINGS = (":external", ":id", *SERIES_ENDINGS)
"""Suffixes of scopes whose names several deployments may share; the one that started last is meant."""


class Entry(Struct, frozen=True):
    """One applied submission. Entries are only ever appended; ``version`` counts them within their deployment from 1.

    An erased entry keeps its place, with Erased as its submission. ``actor``: None in entries of versions that did not keep it.
    """

    organization_id: str
    deployment_id: str
    version: int
    receipt_id: str
    item: int
    accepted_at: datetime
    recorded_at: datetime
    submission: Submission | Erased | Erase
    actor: Actor | None = None

    kind: ClassVar[str] = "deployment"

    @property
    def subject_id(self) -> str:
        """The deployment."""
        return self.deployment_id


class GivenUp(Struct, frozen=True, omit_defaults=True):
    """The deployment was given up after the report with ``order``; see GiveUp. ``at``: when that was recorded."""

    order: Order
    heard_at: datetime
    after_seconds: float
    at: datetime
    rule: str = ""
    set_for: str = ""


class Deployment(Struct, frozen=True, omit_defaults=True, dict=True):
    """The current state of a deployment. ``orders`` holds the winning order of each reported fact.

    ``report`` is the winning state report. ``identities`` recognize repeats of earlier reports, and only grow.
    So do ``names``, more weakly, because other deployments may share them. ``first_reported_at`` is the earliest time that
    any whole record was about: each replaces the previous one, so none of them has the start.
    ``tier`` is the tier by the organization's rules, if it differs from the sender's. It is not part
    of the fold: it is resolved when a deployment is saved. ``course``: its times by all reports. ``given_up``: the latest
    report after which it was given up; without effect once a newer report arrived. ``named``: which issues its texts may
    name, by all reports. ``authors``: who wrote its commits, by all reports, by the commit's id in lower case. ``marked``: who
    said its marks last, by the fact. ``corrections``: all, in order of acceptance; while any holds, the facts, the report and the
    course are the corrected ones, and ``reported`` has what reports say.

    ``merged_into``: the id of its host, the record as part of which it is shown. ``kept_apart``: the ids of those from which
    somebody split it. ``told``: of a host, the record itself as its own sender told it, then those that were merged into it;
    all else is what they make together (``ledger/witnesses.py``). Nothing where it is alone.
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
    course: Course | None = None
    given_up: GivenUp | None = None
    named: NamedIssues = NOTHING_NAMED
    authors: dict[str, Author] = {}
    marked: dict[str, Marking] = {}
    corrections: tuple[Correction, ...] = ()
    reported: Reported | None = None
    merged_into: str = ""
    kept_apart: tuple[str, ...] = ()
    told: tuple[Deployment, ...] = ()

    kind: ClassVar[str] = "deployment"

    @property
    def subject_id(self) -> str:
        """Its id."""
        return self.deployment_id

    @property
    def as_reported(self) -> Deployment:
        """The same as its reports have it: what they are joined to, and what runs are told apart by."""
        said = self.reported
        if said is None:
            return self
        kept = {"facts": said.facts, "report": said.report, "course": said.course, "is_removed": said.is_removed}
        return replace(self, **kept, reported=None)

    @property
    def alone(self) -> Deployment:
        """As its own sender told it, without what was merged into it."""
        return self.told[0] if self.told else self

    @property
    def is_listed(self) -> bool:
        """Whether lists, lanes and numbers have it: it is not removed, and not part of another one."""
        return not (self.is_removed or self.merged_into)

    @property
    def state(self) -> State:
        """The last reported state, or the corrected one, as vendors' APIs return it."""
        return self.report.state

    @property
    def is_given_up(self) -> bool:
        """Whether its end is unknown: it was given up after the current report."""
        given_up = self.given_up
        return given_up is not None and given_up.order >= self.report.order and not is_final(self.report.state)

    @property
    def shown_state(self) -> State:
        """The state on pages and in our own API: the last reported one, or unknown if it was given up."""
        return State.UNKNOWN if self.is_given_up else self.state

    @property
    def external_id(self) -> str:
        """The sender's id, or the deployment's own id if the sender gave none."""
        return known(self.facts.external_id) or self.deployment_id

    @property
    def environment(self) -> Environment | None:
        """The environment, with the tier by the organization's rules; None if not reported."""
        said = self.said_environment
        return said if said is None or self.tier is None else replace(said, tier=self.tier)

    @property
    def said_environment(self) -> Environment | None:
        """The environment, with the sender's tier; None if not reported."""
        return known(self.facts.environment)

    @property
    def started_at(self) -> datetime | None:
        """The start, else the first report's time; None if unknown.

        If the current start is later than ``finished_at``, the key was used for another run, or a correction was a
        mistake: the first start counts. If only ends were given, the first of them is used.
        """
        said, first, finished_at = self.said_started_at, self.times.first_start_at, self.finished_at
        is_too_late = said is not None and finished_at is not None and said > finished_at
        return (first or finished_at) if is_too_late else said

    @property
    def is_ahead(self) -> bool:
        """Whether it starts or ended so far in the future that its last report cannot have known it."""
        return any(is_far_ahead(moment, self.updated_at) for moment in (self.started_at, self.report.reported_at))

    @property
    def placed_at(self) -> datetime:
        """Where it stands among others: its start, or when it was recorded where none, or none to be believed, was said."""
        started_at = self.started_at
        return self.recorded_at if started_at is None or is_far_ahead(started_at, self.updated_at) else started_at

    @property
    def happened_at(self) -> datetime:
        """When what stands of it came about: as its sender says, or by the ledger's time where that is not to be believed."""
        reported_at = self.report.reported_at
        return self.updated_at if reported_at is None or is_far_ahead(reported_at, self.updated_at) else reported_at

    @property
    def said_started_at(self) -> datetime | None:
        """The start that its sender gave last, or first, depending on the protocol."""
        return known(self.facts.started_at) or self.first_reported_at

    @property
    def ended_at(self) -> datetime | None:
        """The end according to the current report, as its protocol returns it; None while it runs or if unknown."""
        return self.report.reported_at if is_final(self.report.state) else None

    @property
    def finished_at(self) -> datetime | None:
        """When it finished by the ledger's rule: the first success, else the first end. Later reports do not move it."""
        return self.times.finished_at

    @property
    def times(self) -> Course:
        """``course``, or one derived from the facts if an earlier version stored none."""
        return self.course or join_course(Course(), self.report, started_at=self.said_started_at)

    @property
    def is_run_again(self) -> bool:
        """Whether its key was used for another run after it finished, which some senders' APIs allow."""
        finished_at, report = self.finished_at, self.report
        later = [self.times.last_start_at, None if is_final(report.state) else report.reported_at]
        return finished_at is not None and any(moment is not None and moment > finished_at for moment in later)

    @property
    def releases(self) -> tuple[Release, ...]:
        """The deployed commits."""
        return known(self.facts.releases) or ()

    @property
    def issue_keys(self) -> tuple[str, ...]:
        """The keys of the issues that it names, as they compare: in upper case, each once."""
        return tuple(self.issues)

    @cached_property
    def issues(self) -> dict[str, IssueSource]:
        """The same, and where each is named first: by the sender, in the title, in the message, or in that of a commit."""
        facts, named = self.facts, self.named
        found = {key.upper(): IssueSource.SENDER for key in known(facts.issue_keys) or ()}
        if named == NOTHING_NAMED:
            return found
        texts = (
            (IssueSource.TITLE, [key for key in find_keys(facts.title) if key in named.title]),
            (IssueSource.MESSAGE, [key for key in find_keys(facts.description) if key in named.message]),
            (IssueSource.COMMIT, [key for one in self.releases for key in named.commits.get(one.commit.lower(), ())]),
        )
        for source, keys in texts:
            for key in keys:
                if len(found) < KEYS_LIMIT:
                    found.setdefault(key, source)
        return found

    @property
    def brought_by(self) -> BroughtBy | None:
        """The author of its commit, who deployed it as long as senders name nobody; None if they do or none is known.

        Of several commits the first counts whose author is known: senders put the one that matters first.
        """
        if known(self.facts.actor):
            return None
        ids = (one.commit.lower() for one in self.releases)
        return next((BroughtBy(one, self.authors[one]) for one in ids if one in self.authors), None)

    @property
    def person_keys(self) -> tuple[str, ...]:
        """What stands for who deployed, as it compares: the sender's word, else the author's address and name."""
        if known(self.facts.actor):
            return (str(self.facts.actor).casefold(),)
        brought_by = self.brought_by
        if brought_by is None:
            return ()
        author = brought_by.author
        return tuple(author_key(said) for said in (author.address_hash, author.name) if said)

    @cached_property
    def aliases(self) -> frozenset[Alias]:
        """Every name by which it is found, besides its id. A removed deployment has none.

        One that was merged has those alone by which its sender finds it.
        """
        if self.is_removed:
            return frozenset()
        namespace = self.namespace or self.source
        facts = self.facts
        names = [*self.identities, *self.names, external_alias(namespace, self.external_id)]
        names.extend(property_alias(namespace, name, value) for name, value in (known(facts.properties) or {}).items())
        if self.merged_into:
            return frozenset(names)
        names.extend(remedied_aliases(facts))
        for key in self.issue_keys:
            names.append(issue_alias(key))
            names.extend(project_aliases(key))
        names.extend(service_alias(name) for name in known(facts.services) or ())
        names.extend(map(person_alias, self.person_keys))
        return frozenset(names)


def is_dated(alias: Alias) -> bool:
    """Whether several runs of a deployment may share this name."""
    return alias.scope.endswith(DATED_ENDINGS)


def series_of(deployment: Deployment) -> Alias | None:
    """The name shared by all runs of a deployment, or None if each has its own key."""
    names = (*deployment.names, *deployment.identities)
    return next((name for name in names if name.scope.endswith(SERIES_ENDINGS)), None)


def has_overwritten_run(deployment: Deployment) -> bool:
    """Whether it absorbed a later run of its series, as in versions that did not distinguish runs."""
    first, last, ends = deployment.times.first_start_at, deployment.times.last_start_at, deployment.times.ends
    is_of_series = any(name.scope.endswith((*SERIES_ENDINGS, ":id")) for name in (*deployment.names, *deployment.identities))
    return is_of_series and first is not None and last is not None and any(first <= end < last for end in ends)


def external_alias(namespace: str, external_id: str) -> Alias:
    """The alias of a sender's id. UUIDs are the same with and without braces, in either case."""
    return Alias(scope=f"{namespace}:external", key=bare_uuid(external_id))


def start_alias(series: Alias, started_at: datetime) -> Alias:
    """The identity of a run of ``series`` by a record's start."""
    return Alias(scope=f"{series.scope}:start", key=f"{series.key}/{started_at.astimezone(UTC).isoformat()}")


def end_alias(series: Alias, ended_at: datetime) -> Alias:
    """The identity of a run of ``series`` by a record that only has an end."""
    return Alias(scope=f"{series.scope}:end", key=f"{series.key}/{ended_at.astimezone(UTC).isoformat()}")


def property_alias(namespace: str, name: str, value: str) -> Alias:
    """The alias of a property. A colon cannot be part of a property's name."""
    return Alias(scope=f"{namespace}:property", key=f"{name}:{value}")


def issue_alias(key: str) -> Alias:
    """The alias of an issue key, compared without case."""
    return Alias(scope="issue", key=key.upper())


def project_aliases(key: str) -> tuple[Alias, ...]:
    """The alias of an issue key's project, the part before the last hyphen; none if there is none."""
    project, _, _ = key.upper().rpartition("-")
    return (project_alias(project),) if project else ()


def project_alias(project: str) -> Alias:
    """The alias of a project of issues, compared without case."""
    return Alias(scope="project", key=project.upper())


def service_alias(name: str) -> Alias:
    """The alias of a service as senders name it, compared without case."""
    return Alias(scope=SERVICE_SCOPE, key=name.casefold())


def person_alias(name: str) -> Alias:
    """The alias of a person as senders name them, compared without case."""
    return Alias(scope=PERSON_SCOPE, key=name.casefold())
