"""What a receipt asks for, in the ledger's words. Each protocol translates into these; nothing later knows a vendor.

Orders are tuples of integers and compare as tuples do. A protocol whose reports carry a sequence puts it in front; one
that has none orders by time of acceptance. The greater order wins, so the outcome does not depend on the order in which
submissions are processed.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeAlias

from msgspec import UNSET, Struct, UnsetType

from shipledger.ledger.naming import NOTHING_NAMED, NamedIssues
from shipledger.ledger.state import State, Tier
from shipledger.ledger.verdict import Reason

Order: TypeAlias = tuple[int, ...]


class Environment(Struct, frozen=True, omit_defaults=True):
    """Where a deployment went. ``original_tier`` is the sender's own word for the tier."""

    id: str
    name: str
    tier: Tier
    original_tier: str | None = None


class Release(Struct, frozen=True, omit_defaults=True):
    """One commit of one repository. ``repository`` is canonical (``host/owner/name``); ``original`` holds the sender's words."""

    repository: str
    commit: str
    original: dict[str, str] = {}


class Pipeline(Struct, frozen=True, omit_defaults=True):
    """What ran the deployment, as its sender names it. ``id`` is unique for the sender."""

    id: str
    name: str
    url: str | None = None


class CiRun(Struct, frozen=True, omit_defaults=True):
    """The run of a CI system that made a deployment, in that system's words, empty where it says nothing.

    ``attempt`` tells repetitions of the run apart, and ``job`` is the part of it that reported.
    """

    system: str = ""
    run: str = ""
    attempt: str = ""
    job: str = ""


class Remediation(Struct, frozen=True, omit_defaults=True):
    """How a failed change was remedied: ``kind`` is ``rollback`` or ``rollforward``, by the deployment with an id or version.

    The deployment need not be known yet: it is kept as a name and becomes a link when it appears. ``scope``: that of the alias
    which the id is; an id of ours, when it is None.
    """

    kind: str
    id: str | None = None
    version: str | None = None
    scope: str | None = None


class Facts(Struct, frozen=True, omit_defaults=True):
    """What a submission says about a deployment. UNSET: says nothing. None: says that there is none.

    ``sequence`` orders the deployments of one pipeline and environment. ``services`` are the names or ids that the sender
    gave. ``properties`` are free name-value pairs by which a sender finds its deployments again. ``original`` is what the
    sender's protocol needs to answer in its own words; nobody else may look into it. ``is_change_failure`` is a mark that
    somebody set by hand, None when it was taken away. ``is_history``: it was told long after it happened, so it counts by its
    own times and nobody is told of it.
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
    remediation: Remediation | None | UnsetType = UNSET
    original: dict[str, Any] | UnsetType = UNSET
    ci: CiRun | UnsetType = UNSET


class StateReport(Struct, frozen=True, omit_defaults=True):
    """One report of a state. ``reported_at``: when the sender says that it came about; ``original``: the sender's word.

    ``end_order``: of two ends the greater one holds, where the protocol corrects an end by sending it again; else the earliest.
    """

    state: State
    original: str
    order: Order
    reported_at: datetime | None = None
    end_order: Order = ()


class Alias(Struct, frozen=True, order=True):
    """A name for a deployment other than its id. Where one key of a scope names several, the newest is meant.

    Of names that several runs share, the newest is the one that started last; of others, the one that was recorded last.
    """

    scope: str
    key: str


class Target(Struct, frozen=True, omit_defaults=True):
    """Which deployment is meant: by id when ``scope`` is None, else by alias."""

    key: str
    scope: str | None = None


class Recognition(Struct, frozen=True, omit_defaults=True):
    """When a report without an id of its own repeats a known deployment. Weaker than an identity.

    ``names``: where to look, in order; several deployments may have one, then the newest is looked at. The last of them is
    one that every deployment has which this report may repeat. ``agreeing``: facts
    in which both may not differ, where both say them; of releases only the commits count. ``within_seconds``: a finished
    deployment is only recognized so long after its last report, and only by a report that does not contradict its state.
    """

    names: tuple[Alias, ...]
    agreeing: tuple[str, ...] = ()
    within_seconds: int | None = None


class RecordDeployment(Struct, frozen=True, tag="record", omit_defaults=True):
    """Record a deployment, or add to it when one of ``identities`` or ``recognition`` already names one.

    Records that share an identity say the same external id, if they say one.
    ``deployment_id`` is used only when it is new. ``replaces``: facts that are not said are withdrawn, as the whole record
    is said anew. ``assumed``: facts that hold until something is said, by ``assumed_order``, which ranks below every order
    of a fact that was said. ``namespace`` is where the sender's ids and properties are unique; the source, when it is empty.
    ``required_workspaces`` are the source-control workspaces that must be connected, for organizations that refuse unknown
    ones; ``workspace_originals`` are the sender's words for them. ``left_out`` says, as a sentence, what of the report was
    left out or replaced before it came here. ``asks_for_gate``: somebody shall decide whether the deployment may go on.
    ``series``: the name that all runs of one deployment share; whether a record of a known series is one of its runs sent
    again, or another run, is decided by their times (``ledger/runs.py``). ``has_no_start``: it says only when it ended, so it
    is about the run that had started last by then, even where that one had ended. ``former``: the identity that earlier
    versions gave the only run of a series. ``run_started_at``: the start that the sender gave, where it is no fact because the
    earliest of a run stands. ``names``: further names to find it by. ``named``: the issues that its texts name.
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
    required_workspaces: tuple[str, ...] = ()
    workspace_originals: dict[str, str] = {}
    is_managed_elsewhere: bool = False
    left_out: str = ""
    asks_for_gate: bool = False
    named: NamedIssues = NOTHING_NAMED


class ChangeState(Struct, frozen=True, tag="change-state", omit_defaults=True):
    """Report a state of a known deployment. ``left_out`` is that of RecordDeployment."""

    source: str
    target: Target
    state: StateReport
    left_out: str = ""


class Amend(Struct, frozen=True, tag="amend", omit_defaults=True):
    """Correct what is known of a deployment. ``left_out`` and ``named`` are those of RecordDeployment."""

    source: str
    target: Target
    facts: Facts
    order: Order
    left_out: str = ""
    named: NamedIssues = NOTHING_NAMED


class Remove(Struct, frozen=True, tag="remove", omit_defaults=True):
    """Remove a deployment. What is recorded later under its identities is a new one."""

    source: str
    target: Target


class RemoveMatching(Struct, frozen=True, tag="remove-matching", omit_defaults=True):
    """Remove every deployment that has all of ``aliases``. Becomes one Remove per deployment before it is decided."""

    source: str
    aliases: tuple[Alias, ...]


class Separate(Struct, frozen=True, tag="separate", omit_defaults=True):
    """Nobody sends it: the entries with ``versions`` are about another run, and stand again in the one they are about.

    ``other_ids``: the deployments of those runs.
    """

    source: str
    versions: tuple[int, ...]
    other_ids: tuple[str, ...]


class GiveUp(Struct, frozen=True, tag="give-up", omit_defaults=True):
    """The ledger asks for it: for ``after_seconds`` no report followed the one with ``order``, accepted at ``heard_at``.

    It is no report of a state: what the sender said last stands. ``rule``: the pipelines whose limit that is, "" for all.
    """

    source: str
    target: Target
    order: Order
    heard_at: datetime
    after_seconds: float
    rule: str = ""


class Refuse(Struct, frozen=True, tag="refuse", omit_defaults=True):
    """Record nothing: the protocol refused this item of its request while the sender listened, and told it ``sentence``.

    ``subject`` names the item, as far as its name could be read. ``reason`` may be that it could not be stored, instead.
    """

    source: str
    sentence: str
    subject: str = ""
    reason: Reason = Reason.REFUSED_ON_ARRIVAL


Submission: TypeAlias = RecordDeployment | ChangeState | Amend | Remove | RemoveMatching | Refuse | Separate | GiveUp
