"""What a receipt asks for, in the ledger's terms. Each protocol translates into these; nothing after it knows a vendor.

Orders are tuples of integers and compare as such. A protocol with sequence numbers puts them first; one
without orders by time of acceptance. The greater order wins, so the outcome does not depend on the order in which
submissions are processed.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeAlias

from msgspec import UNSET, Struct, UnsetType

from shipledger.ledger.authors import Author
from shipledger.ledger.naming import NOTHING_NAMED, NamedIssues
from shipledger.ledger.repository_names import RepositoryName
from shipledger.ledger.state import State, Tier
from shipledger.ledger.verdict import Reason

Order: TypeAlias = tuple[int, ...]


class Environment(Struct, frozen=True, omit_defaults=True):
    """The environment of a deployment. ``original_tier`` is the sender's word for the tier."""

    id: str
    name: str
    tier: Tier
    original_tier: str | None = None


class Release(Struct, frozen=True, omit_defaults=True):
    """One commit of one repository. ``repository`` is canonical (``host/owner/name``); ``original`` holds the sender's words."""

    repository: RepositoryName
    commit: str
    original: dict[str, str] = {}


class Pipeline(Struct, frozen=True, omit_defaults=True):
    """The pipeline that ran a deployment. ``id`` is unique for the sender."""

    id: str
    name: str
    url: str | None = None


class CiRun(Struct, frozen=True, omit_defaults=True):
    """The CI run of a deployment, in the CI system's terms; unknown fields are empty.

    ``attempt`` distinguishes repetitions of the run; ``job`` is the reporting job.
    """

    system: str = ""
    run: str = ""
    attempt: str = ""
    job: str = ""


class Remediation(Struct, frozen=True, omit_defaults=True):
    """How a failed change was remedied: by the deployment with an id or version.

    ``kind`` is ``rollback`` or ``rollforward``, "" if not said. The deployment need not be known yet: it is kept as a name and
    becomes a link when it appears. ``scope``: the alias scope of the id; None: it is one of our ids.
    """

    kind: str
    id: str | None = None
    version: str | None = None
    scope: str | None = None


class Facts(Struct, frozen=True, omit_defaults=True):
    """The facts in a submission. UNSET: not reported. None: reported as absent.

    ``sequence`` orders the deployments of one pipeline and environment. ``services`` are the names or ids that the sender
    gave. ``properties`` are free name-value pairs for finding deployments again. ``original`` is what the
    sender's protocol needs for its answers; nothing else may read it. ``is_change_failure``, ``is_unplanned``, ``remediation``
    and ``note`` are marks (``ledger/marks.py``), None when withdrawn. ``is_history``: it was imported long after it happened,
    so it counts by its own times and nobody is notified. ``product``: what sent it, as it calls itself.
    """

    external_id: str | None | UnsetType = UNSET
    environment: Environment | UnsetType = UNSET
    started_at: datetime | None | UnsetType = UNSET
    title: str | None | UnsetType = UNSET
    description: str | None | UnsetType = UNSET
    url: str | None | UnsetType = UNSET
    releases: tuple[Release, ...] | UnsetType = UNSET
    pipeline: Pipeline | None | UnsetType = UNSET
    sequence: int | None | UnsetType = UNSET
    version: str | None | UnsetType = UNSET
    team: str | None | UnsetType = UNSET
    services: tuple[str, ...] | UnsetType = UNSET
    issue_keys: tuple[str, ...] | UnsetType = UNSET
    tags: tuple[str, ...] | UnsetType = UNSET
    properties: dict[str, str] | UnsetType = UNSET
    actor: str | None | UnsetType = UNSET
    branch: str | None | UnsetType = UNSET
    pull_request: int | None | UnsetType = UNSET
    commits_count: int | None | UnsetType = UNSET
    duration_seconds: float | None | UnsetType = UNSET
    is_fix: bool | UnsetType = UNSET
    is_hotfix: bool | UnsetType = UNSET
    is_forced: bool | UnsetType = UNSET
    is_history: bool | UnsetType = UNSET
    is_change_failure: bool | None | UnsetType = UNSET
    is_unplanned: bool | None | UnsetType = UNSET
    remediation: Remediation | None | UnsetType = UNSET
    note: str | None | UnsetType = UNSET
    original: dict[str, Any] | UnsetType = UNSET
    ci: CiRun | UnsetType = UNSET
    product: str | None | UnsetType = UNSET


class StateReport(Struct, frozen=True, omit_defaults=True):
    """A state report. ``reported_at``: the sender's time of the change; ``original``: the sender's word.

    ``end_order``: the end with the greater one counts, if the protocol corrects ends by repeating them; else the earliest end.
    """

    state: State
    original: str
    order: Order
    reported_at: datetime | None = None
    end_order: Order = ()


class Alias(Struct, frozen=True, order=True):
    """A name for a deployment other than its id. If several share it, the newest is meant.

    For names shared by runs, the newest is the one that started last; for others, the one that was recorded last.
    """

    scope: str
    key: str


class Target(Struct, frozen=True, omit_defaults=True):
    """A reference to a deployment: by id if ``scope`` is None, else by alias."""

    key: str
    scope: str | None = None


class Recognition(Struct, frozen=True, omit_defaults=True):
    """How to recognize a repeat of a report without an id. Weaker than an identity.

    ``names``: names to look up, in order; if several deployments share one, the newest is used. The last name is
    shared by every deployment that this report may repeat. ``agreeing``: facts
    that must be equal if both report them; of releases only the commits count. ``within_seconds``: a finished
    deployment is only recognized this long after its last report, and only by a report that does not contradict its state.
    """

    names: tuple[Alias, ...]
    agreeing: tuple[str, ...] = ()
    within_seconds: int | None = None


class RecordDeployment(Struct, frozen=True, tag="record", omit_defaults=True):
    """Record a deployment, or extend the one found by ``identities`` or ``recognition``.

    Records that share an identity have the same external id, if any.
    ``deployment_id`` is used only if it is new. ``replaces``: unreported facts are withdrawn, because the whole record
    is repeated. ``assumed``: facts that hold until reported, with ``assumed_order``, which ranks below the order
    of any reported fact. ``namespace`` is where the sender's ids and properties are unique; empty: the source.
    ``required_workspaces`` are the source-control workspaces that must be connected, for organizations that refuse unknown
    ones; ``workspace_originals`` are the sender's words for them. ``left_out`` says, as a sentence, what of the report was
    left out or replaced before it came here. ``asks_for_gate``: the deployment waits for approval.
    ``series``: the name shared by all runs of a deployment; whether a record of a known series repeats a run
    or starts another is decided by times (``ledger/runs.py``). ``has_no_start``: it only has an end, so it
    is about the run that had started last by then, even if that one had ended. ``former``: the identity that earlier
    versions gave the only run of a series. ``run_started_at``: the sender's start, if it is not a fact because the
    earliest start of a run counts. ``names``: further names to find it by. ``named``: the issues that its texts name.
    ``authors``: who wrote its commits, by the commit's id in lower case, as far as that was known when it was settled.
    ``foreign_services``: those of its services that are ids of another tool, which name no service here.
    """

    source: str
    deployment_id: str
    identities: tuple[Alias, ...]
    facts: Facts
    order: Order
    state: StateReport
    replaces: bool = False
    assumed: Facts = Facts()
    assumed_order: Order = ()
    recognition: Recognition | None = None
    series: Alias | None = None
    has_no_start: bool = False
    former: Alias | None = None
    run_started_at: datetime | None = None
    names: tuple[Alias, ...] = ()
    namespace: str = ""
    required_workspaces: tuple[RepositoryName, ...] = ()
    workspace_originals: dict[RepositoryName, str] = {}
    is_managed_elsewhere: bool = False
    left_out: str = ""
    asks_for_gate: bool = False
    named: NamedIssues = NOTHING_NAMED
    foreign_services: tuple[str, ...] = ()
    authors: dict[str, Author] = {}


class ChangeState(Struct, frozen=True, tag="change-state", omit_defaults=True):
    """Report a state of a known deployment. ``left_out``: see RecordDeployment."""

    source: str
    target: Target
    state: StateReport
    left_out: str = ""


class Amend(Struct, frozen=True, tag="amend", omit_defaults=True):
    """Correct what is known of a deployment. ``left_out``, ``named`` and ``authors`` are those of RecordDeployment."""

    source: str
    target: Target
    facts: Facts
    order: Order
    left_out: str = ""
    named: NamedIssues = NOTHING_NAMED
    authors: dict[str, Author] = {}


class Mark(Struct, frozen=True, tag="mark", omit_defaults=True):
    """Say by hand how a deployment went. ``facts`` has marks alone. What they name must exist, and none may contradict another.

    ``names``: further names to find the deployment by. ``left_out``: see RecordDeployment.
    """

    source: str
    target: Target
    facts: Facts
    order: Order
    names: tuple[Alias, ...] = ()
    left_out: str = ""


class CorrectedFacts(Struct, frozen=True, omit_defaults=True):
    """What a correction says instead of what was reported. UNSET: it leaves that as it is. None: there is none.

    ``finished_at`` is when it first succeeded, else when it ended, and counts once it has ended. ``services`` are names as
    senders give them. ``is_removed``: it never happened.
    """

    started_at: datetime | UnsetType = UNSET
    finished_at: datetime | UnsetType = UNSET
    state: State | UnsetType = UNSET
    environment: Environment | UnsetType = UNSET
    services: tuple[str, ...] | UnsetType = UNSET
    version: str | None | UnsetType = UNSET
    title: str | None | UnsetType = UNSET
    releases: tuple[Release, ...] | UnsetType = UNSET
    is_removed: bool | UnsetType = UNSET


class Correct(Struct, frozen=True, tag="correct", omit_defaults=True):
    """Put by hand what was reported wrongly; it holds whatever reports say later, until it is undone.

    ``seen``: how many corrections and undos of the deployment were known to whoever asks; None: any number. ``named`` and
    ``authors`` are those of RecordDeployment.
    """

    source: str
    target: Target
    correction_id: str
    said: CorrectedFacts
    reason: str
    seen: int | None = None
    named: NamedIssues = NOTHING_NAMED
    authors: dict[str, Author] = {}


class UndoCorrection(Struct, frozen=True, tag="undo-correction", omit_defaults=True):
    """Take a correction back. ``seen``: see Correct."""

    source: str
    target: Target
    correction_id: str
    reason: str
    seen: int | None = None


class Remove(Struct, frozen=True, tag="remove", omit_defaults=True):
    """Remove a deployment. A later record with its identities is a new deployment."""

    source: str
    target: Target


class RemoveMatching(Struct, frozen=True, tag="remove-matching", omit_defaults=True):
    """Remove every deployment with all of ``aliases``. Expanded into one Remove per deployment before it is decided."""

    source: str
    aliases: tuple[Alias, ...]


class Separate(Struct, frozen=True, tag="separate", omit_defaults=True):
    """Internal: the entries with ``versions`` belong to another run and are repeated there.

    ``other_ids``: the deployments of those runs.
    """

    source: str
    versions: tuple[int, ...]
    other_ids: tuple[str, ...]
    reason: str = ""


class GiveUp(Struct, frozen=True, tag="give-up", omit_defaults=True):
    """Internal: for ``after_seconds`` no report followed the one with ``order``, accepted at ``heard_at``.

    Not a state report: the last reported state stays. ``rule``: the matching rule for pipelines, "" for the default.
    ``set_for``: whose setting the limit is, such as "service Checkout"; "" for the installation's.
    """

    source: str
    target: Target
    order: Order
    heard_at: datetime
    after_seconds: float
    rule: str = ""
    set_for: str = ""


class Refuse(Struct, frozen=True, tag="refuse", omit_defaults=True):
    """Record nothing: the protocol refused this item and told the sender ``sentence``.

    ``subject`` names the item, if readable. ``reason`` may instead be that it could not be stored.
    """

    source: str
    sentence: str
    subject: str = ""
    reason: Reason = Reason.REFUSED_ON_ARRIVAL


class Merge(Struct, frozen=True, tag="merge", omit_defaults=True):
    """Two records are of one deployment: this one is shown as part of the one with the id ``into``, its host.

    ``rule``: what found that, as a sentence; "" for a person. What a person split, no rule merges again.
    """

    source: str
    target: Target
    into: str
    reason: str = ""
    rule: str = ""


class Split(Struct, frozen=True, tag="split", omit_defaults=True):
    """Undo the merge of a record: it is a deployment of its own again. ``of_runs``: part the runs of which it tells instead."""

    source: str
    target: Target
    reason: str = ""
    of_runs: bool = False


class TakeIn(Struct, frozen=True, tag="take-in", omit_defaults=True):
    """Internal: the record ``witness_id`` was merged into this one. What it was told follows, one ``Hear`` for each entry.

    If it was there before, what was heard of it is forgotten.
    """

    source: str
    witness_id: str
    reason: str = ""
    rule: str = ""


Heard: TypeAlias = RecordDeployment | ChangeState | Amend | Mark | Correct | UndoCorrection | GiveUp
"""What a host hears of a record that was merged into it."""


class Hear(Struct, frozen=True, tag="hear", omit_defaults=True):
    """Internal: ``submission`` was applied at ``recorded_at`` to the record ``witness_id``, which was merged into this one."""

    source: str
    witness_id: str
    recorded_at: datetime
    submission: Heard


class LetGo(Struct, frozen=True, tag="let-go", omit_defaults=True):
    """Internal: the record ``witness_id`` is no part of this one any more."""

    source: str
    witness_id: str
    reason: str = ""


OfWitness: TypeAlias = TakeIn | Hear | LetGo
"""What a host is told of the records that were merged into it."""

Submission: TypeAlias = Heard | Remove | RemoveMatching | Refuse | Separate | Merge | Split | OfWitness
