"""Bodies as they are on the wire. What is read (``…In``) and what is written (``…Out``) are apart."""

from __future__ import annotations

from datetime import datetime

from msgspec import UNSET, Struct, UnsetType

from shipledger.incidents.standing import IncidentStatus
from shipledger.ledger.state import State, Tier
from shipledger.protocols.native.mark_wire import DeploymentMarksOut, IncidentMarksOut, MarkingOut
from shipledger.protocols.native.merging_wire import FieldSourceOut, WitnessOut
from shipledger.protocols.native.past import KnowledgeOut


class ReleaseIn(Struct, frozen=True):
    """A commit that was deployed. ``repository`` is its canonical name."""

    repository: str
    commit: str


class DeploymentIn(Struct, frozen=True, kw_only=True):
    """The body of a record, checked. None was not sent."""

    environment: str
    environment_name: str | None
    tier: Tier
    sent_tier: str | None
    state: State
    sent_state: str
    external_id: str | None
    service: str | None
    started_at: datetime | None
    finished_at: datetime | None
    job_started_at: datetime | None
    version: str | None
    releases: tuple[ReleaseIn, ...]
    actor: str | None
    title: str | None
    description: str | None
    url: str | None
    ci: str | None
    run: str | None
    attempt: str | None
    job: str | None
    is_hotfix: bool | None
    is_fix: bool | None
    is_forced: bool | None


class ReleaseOut(Struct, frozen=True):
    """A commit that was deployed. ``repository`` is its canonical name: ``host/owner/name``."""

    repository: str
    commit: str


class VerdictOut(Struct, frozen=True):
    """What was decided about a request. ``reason`` is a stable code, null when there is nothing to explain."""

    kind: str
    reason: str | None
    sentence: str | None


class DeployerOut(Struct, frozen=True):
    """Who deployed, by name. ``id``: of the person who is known by the sender's word or as the author; null where nobody is."""

    id: str | None
    name: str


class DeploymentOut(Struct, frozen=True, kw_only=True):
    """A deployment. Every member is always there, and null where nobody said; ``verdict`` and ``request_id`` answer a write.

    ``state`` is ``unknown`` where no report came for too long; ``state_reason`` says so then, and ``reported_state`` is the last
    word of its sender. ``time_remark`` says why nobody believes the times. ``marked`` has every mark that was ever said.
    ``environment_name`` is the word of its sender, ``canonical_environment`` what the organization calls that environment.
    ``actor`` is the word of its sender, ``person`` whom that means, or the author of ``actor_commit`` where no sender names
    anybody; ``actor_from`` says which: ``sender`` or ``commit``. ``title`` was sent; ``display_title`` is what pages call it.
    ``corrected`` names the fields that somebody has corrected by hand.
    ``merged_into``: the deployment as part of which it is shown, and in no list itself. ``witnesses``: of one into which others
    are merged, each of the records, itself first; ``sources`` says then whose word each field is.
    """

    id: str
    external_id: str
    service: str | None
    environment: str | None
    environment_name: str | None
    tier: str | None
    state: str
    reported_state: str
    state_reason: str | None
    started_at: str | None
    finished_at: str | None
    time_remark: str | None
    version: str | None
    releases: tuple[ReleaseOut, ...]
    actor: str | None
    title: str | None
    description: str | None
    url: str | None
    ci: str | None
    run: str | None
    attempt: str | None
    job: str | None
    is_hotfix: bool | None
    is_fix: bool | None
    is_forced: bool | None
    issues: tuple[str, ...]
    marks: DeploymentMarksOut
    marked: dict[str, MarkingOut]
    source: str
    recorded_at: str
    updated_at: str
    canonical_environment: str | None
    person: DeployerOut | None
    actor_from: str | None
    actor_commit: str | None
    display_title: str
    corrected: tuple[str, ...]
    merged_into: str | None
    witnesses: tuple[WitnessOut, ...]
    sources: dict[str, FieldSourceOut]
    request_id: str | UnsetType = UNSET
    verdict: VerdictOut | UnsetType = UNSET
    knowledge: KnowledgeOut | UnsetType = UNSET


class DeploymentsOut(Struct, frozen=True):
    """The answer to a list: each item in its place, as it stands after all of them, with its own verdict."""

    request_id: str
    deployments: tuple[DeploymentOut, ...]


class IncidentIn(Struct, frozen=True, kw_only=True):
    """The body of an incident, checked. None was not sent. ``resolved_at``: when service was back."""

    external_id: str | None
    title: str | None
    description: str | None
    services: tuple[str, ...]
    team: str | None
    severity: str | None
    environment: str | None
    environment_name: str | None
    tier: Tier
    sent_tier: str | None
    status: IncidentStatus | None
    started_at: datetime | None
    resolved_at: datetime | None
    version: str | None
    releases: tuple[ReleaseIn, ...]
    tags: tuple[str, ...]


class IncidentOut(Struct, frozen=True, kw_only=True):
    """An incident. Every member is always there, and null where nobody said; ``verdict`` and ``request_id`` answer a write.

    ``environment_name`` is the word of its sender, ``canonical_environment`` what the organization calls that environment.
    """

    id: str
    external_id: str
    number: int | None
    title: str | None
    description: str | None
    services: tuple[str, ...]
    team: str | None
    severity: str | None
    environment: str | None
    environment_name: str | None
    tier: str | None
    status: str
    started_at: str
    resolved_at: str | None
    version: str | None
    releases: tuple[ReleaseOut, ...]
    tags: tuple[str, ...]
    marks: IncidentMarksOut
    marked: dict[str, MarkingOut]
    source: str
    recorded_at: str
    updated_at: str
    canonical_environment: str | None
    request_id: str | UnsetType = UNSET
    verdict: VerdictOut | UnsetType = UNSET
    knowledge: KnowledgeOut | UnsetType = UNSET


class IncidentsOut(Struct, frozen=True):
    """The answer to a list of incidents: each item in its place, with its own verdict."""

    request_id: str
    incidents: tuple[IncidentOut, ...]


class IncidentPageOut(Struct, frozen=True):
    """A page of incidents. ``next_cursor`` is null on the last one."""

    incidents: tuple[IncidentOut, ...]
    next_cursor: str | None
    knowledge: KnowledgeOut | UnsetType = UNSET


class ServiceOut(Struct, frozen=True, kw_only=True):
    """A service of the catalog. ``names`` are its further names; the last four members are ids of other services."""

    id: str
    slug: str
    name: str
    description: str | None
    team: str | None
    tags: tuple[str, ...]
    names: tuple[str, ...]
    repositories: tuple[str, ...]
    created_at: str
    depends_on: tuple[str, ...]
    contains: tuple[str, ...]
    needed_by: tuple[str, ...]
    part_of: tuple[str, ...]
    knowledge: KnowledgeOut | UnsetType = UNSET


class ServicesOut(Struct, frozen=True):
    """The answer to a list of services: each in its place."""

    services: tuple[ServiceOut, ...]


class ServicePageOut(Struct, frozen=True):
    """A page of services. ``next_cursor`` is null on the last one."""

    services: tuple[ServiceOut, ...]
    next_cursor: str | None
    knowledge: KnowledgeOut | UnsetType = UNSET


class ActorOut(Struct, frozen=True):
    """Who caused something: ``kind`` is `credential`, `person`, `duty`, `command` or `migration`. ``name``: of a credential."""

    kind: str
    id: str
    name: str | None = None


class GateChangeOut(Struct, frozen=True, kw_only=True):
    """That a gate got a status: when, by whom (null where an earlier version did not keep it), and in whose words."""

    status: str
    at: str
    actor: ActorOut | None
    reason: str | None


class GateOut(Struct, frozen=True, kw_only=True):
    """A gate, and the deployment that waits at it; null when that was removed.

    ``retry_after_seconds``: when to look again, while nobody has decided. ``reason``: the words of who decided. ``history``:
    who asked and who decided, oldest first.
    """

    key: str
    status: str
    reason: str | None
    asked_at: str
    changed_at: str
    retry_after_seconds: int | None
    deployment: DeploymentOut | None
    history: tuple[GateChangeOut, ...]
    link: str
    request_id: str | UnsetType = UNSET
    verdict: VerdictOut | UnsetType = UNSET


class GateRowOut(Struct, frozen=True, kw_only=True):
    """A gate in a list. ``asked_by`` and ``decided_by``: kind and id, as in ``credential:…``."""

    key: str
    status: str
    deployment_id: str
    environment: str | None
    reason: str | None
    asked_at: str
    changed_at: str
    asked_by: str | None
    decided_by: str | None


class GatePageOut(Struct, frozen=True):
    """A page of gates. ``next_cursor`` is null on the last one."""

    gates: tuple[GateRowOut, ...]
    next_cursor: str | None


class DeploymentPageOut(Struct, frozen=True):
    """A page of deployments. ``next_cursor`` is null on the last one."""

    deployments: tuple[DeploymentOut, ...]
    next_cursor: str | None
    knowledge: KnowledgeOut | UnsetType = UNSET


class RequestVerdictOut(VerdictOut, frozen=True):
    """What was decided about one item of a request, and the record that it concerned.

    ``record_kind``: such as `deployment`, `incident`, `gate` or `service`. Rejected items may have none.
    """

    record_kind: str | None
    record_id: str | None
    deployment_id: str | None
    incident_id: str | None
    pull_request_id: str | None


class RequestOut(Struct, frozen=True):
    """What became of a request. ``verdicts`` is empty until ``state`` is ``settled``."""

    request_id: str
    state: str
    accepted_at: str
    settled_at: str | None
    verdicts: tuple[RequestVerdictOut, ...]


class ProblemOut(Struct, frozen=True):
    """Any error (RFC 9457). ``errors`` maps each wrong member to one text, on 422 only."""

    title: str
    status: int
    detail: str
    request_id: str
    errors: dict[str, str] | UnsetType = UNSET


class CommitsOut(Struct, frozen=True):
    """How many commits were kept."""

    request_id: str
    kept: int


class MissingOut(Struct, frozen=True):
    """Those commits whose parents the ledger does not know, in the order asked for."""

    repository: str
    missing: tuple[str, ...]


class CommitOut(Struct, frozen=True, kw_only=True):
    """A commit; null where nobody said. ``paths`` are the files that it changed, or the first of them."""

    id: str
    parents: tuple[str, ...] | None = None
    subject: str | None = None
    author_name: str | None = None
    authored_at: str | None = None
    committed_at: str | None = None
    is_merge: bool = False
    paths: tuple[str, ...] | None = None


class RangeOut(Struct, frozen=True, kw_only=True):
    """What a commit brought in and took out against the one before, newest first.

    ``gaps``: parents that nobody has sent, behind which there may be more.
    """

    repository: str
    reason: str
    brought_in_count: int
    taken_out_count: int
    brought_in: tuple[CommitOut, ...]
    taken_out: tuple[CommitOut, ...]
    gaps: tuple[str, ...]
