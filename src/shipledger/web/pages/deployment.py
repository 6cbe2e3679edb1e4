"""``/deployments/{id}``: a deployment with its history and the writes about it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from datetime import datetime

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from shipledger.catalog.commit import Commit
from shipledger.catalog.contract import RepositoryMapping
from shipledger.catalog.repository import repository_key
from shipledger.errors import NotFound
from shipledger.http.viewer import viewer_of
from shipledger.ledger.corrections import find_in_force
from shipledger.ledger.deployment import Deployment, Entry
from shipledger.ledger.erasure import Erase, Erased
from shipledger.ledger.history import separated_versions
from shipledger.ledger.registers import said_in
from shipledger.ledger.submission import (
    Amend,
    ChangeState,
    Correct,
    GiveUp,
    Hear,
    LetGo,
    Mark,
    Merge,
    RecordDeployment,
    Release,
    Remove,
    Separate,
    Split,
    StateReport,
    Submission,
    TakeIn,
    Target,
    UndoCorrection,
)
from shipledger.ledger.titles import title_of
from shipledger.verbs.act_words import describe_act
from shipledger.verbs.correction_words import name_corrected
from shipledger.verbs.person_names import find_person_names
from shipledger.web.pages.changes import read_changes
from shipledger.web.pages.correction_lines import find_lines, is_removed_by_hand
from shipledger.web.pages.details import list_details
from shipledger.web.pages.durations import ahead_seconds, lasted_seconds
from shipledger.web.pages.environments import find_names
from shipledger.web.pages.frame import Frame, is_poll, is_unchanged, see_other, unchanged
from shipledger.web.pages.gate_steps import list_gate_steps
from shipledger.web.pages.issue_links import find_real_keys
from shipledger.web.pages.known_commits import find_known_commits
from shipledger.web.pages.marks import list_deployment_marks
from shipledger.web.pages.remediation import list_remediation
from shipledger.web.pages.rows import to_row
from shipledger.web.pages.runs import list_other_runs
from shipledger.web.pages.witness_lines import list_differences, to_line
from shipledger.web.pages.words import ISSUE_SOURCES, fact_name, verdict_sender

_OF_MERGING = (Merge, Split, TakeIn, LetGo)


class Step(Struct, frozen=True):
    """One entry in the history. ``counts``: what it says of the state is what is shown.

    ``given_up_after``: so many seconds after its last report it was given up.

    ``sender``: the credential or person that reported it. ``other_ids``: the runs that some of its reports were moved to.
    ``has_moved``: it is one of those reports. ``act``: in words, with which other record it was merged, or from which split.
    ``other_id``: that record, as the words have it, or "".
    """

    report: StateReport | None
    counts: bool
    is_removal: bool
    facts: tuple[str, ...]
    source: str
    sender: str
    accepted_at: datetime
    receipt_id: str
    other_ids: tuple[str, ...]
    has_moved: bool
    given_up_after: float | None
    act: str
    other_id: str


class ReleaseRow(Struct, frozen=True):
    """One commit. ``services``: those that its repository is mapped to. ``commit``: what is known of it."""

    release: Release
    services: tuple[tuple[str, str], ...]
    is_workspace_connected: bool
    commit: Commit | None


async def show(frame: Frame, request: Request) -> Response:
    """The page of one deployment. Raises NotFound."""
    organization_id = viewer_of(request).organization_id
    deployment_id = request.path_params["deployment_id"].strip("{}").lower()
    deployment = await frame.ledger.find_deployment(organization_id, Target(key=deployment_id))
    if deployment is None and not is_poll(request) and await is_removed_by_hand(frame, organization_id, deployment_id):
        return see_other(f"/deployments/{deployment_id}/corrections")
    if deployment is None:
        raise NotFound("deployment", f"No deployment has the id {deployment_id}. It may belong to another organization.")
    entries, verdicts, mappings, teams, commits, remediation = await asyncio.gather(
        frame.ledger.list_entries(organization_id, deployment.deployment_id),
        frame.ledger.list_verdicts(organization_id, deployment.deployment_id),
        frame.ledger.list_mappings(organization_id),
        frame.ledger.list_teams(organization_id),
        find_known_commits(frame, organization_id, deployment.releases),
        list_remediation(frame.ledger, deployment),
    )
    environments = await find_names(frame.ledger, organization_id)
    known_people = await frame.ledger.read_known_people(organization_id)
    runs = await list_other_runs(frame.ledger, deployment, environments, known_people)
    gate = await frame.ledger.find_gate(organization_id, deployment.deployment_id)
    told = [] if gate is None else await frame.ledger.list_messages_about(organization_id, gate.deployment_id)
    gate_steps = await list_gate_steps(frame.ledger, gate)
    names = await _service_names(frame, organization_id, deployment, mappings)
    services = await _list_services(frame, organization_id, deployment, names)
    seconds = lasted_seconds(deployment)
    people = await find_person_names(frame.ledger, [one.asker for one in verdicts])
    row, issues = to_row(deployment, environments, known_people), deployment.issues
    witnesses = list(map(to_line, deployment.told))
    shown = [
        witnesses,
        deployment.merged_into,
        row,
        len(verdicts),
        mappings,
        services,
        len(commits),
        remediation,
        gate,
        told,
        runs,
    ]
    if is_unchanged(request, shown):
        return unchanged()
    steps = _steps(deployment, entries, {one.receipt_id: verdict_sender(one, people) for one in verdicts})
    return await frame.render_live(
        request,
        "deployment.html",
        shown=shown,
        changes=await read_changes(frame, deployment),
        witnesses=witnesses,
        differences=list_differences(deployment),
        correction_lines=await find_lines(frame, deployment),
        deployment=deployment,
        row=row,
        title=title_of(deployment),
        description=_text(deployment.facts.description),
        url=_text(deployment.facts.url),
        details=list_details(deployment.facts, _owner_of(deployment, names, teams)),
        people=people,
        marks=list_deployment_marks(deployment, entries, verdicts, people),
        remediation=remediation,
        runs=runs,
        gate=gate,
        told=told,
        gate_steps=gate_steps,
        issues={key: ISSUE_SOURCES[source] for key, source in issues.items()},
        real_issues=await find_real_keys(frame, organization_id, issues),
        ahead_seconds=ahead_seconds(entries),
        seconds_early=-seconds if seconds is not None and seconds < 0 else None,
        steps=steps,
        called=await _find_titles(frame, organization_id, steps),
        verdicts=verdicts,
        releases=_release_rows(deployment.releases, mappings, names, commits),
        services=services,
    )


def _steps(deployment: Deployment, entries: Iterable[Entry], senders: Mapping[str, str]) -> list[Step]:
    """What is known of each entry, newest first; nothing of erased ones."""
    said = [(entry, entry.submission) for entry in entries]
    separated = separated_versions([entry for entry, _ in said])
    return [
        _to_step(deployment, entry, submission, sender=senders.get(entry.receipt_id, ""), has_moved=entry.version in separated)
        for entry, submission in reversed(said)
        if not isinstance(submission, Erased | Erase)
    ]


def _to_step(deployment: Deployment, entry: Entry, submission: Submission, *, sender: str, has_moved: bool) -> Step:
    if isinstance(submission, Hear):
        submission = submission.submission
    report = _report_of(submission)
    return Step(
        report=report,
        counts=_counts(deployment, submission) and not has_moved,
        is_removal=isinstance(submission, Remove),
        facts=_corrected(submission),
        source=submission.source,
        sender=sender,
        accepted_at=entry.accepted_at,
        receipt_id=entry.receipt_id,
        other_ids=submission.other_ids if isinstance(submission, Separate) else (),
        has_moved=has_moved,
        given_up_after=submission.after_seconds if isinstance(submission, GiveUp) else None,
        act=describe_act(Deployment.kind, submission)[0] if isinstance(submission, _OF_MERGING) else "",
        other_id=_other_of(submission),
    )


def _other_of(submission: Submission) -> str:
    if isinstance(submission, Merge):
        return submission.into
    return submission.witness_id if isinstance(submission, TakeIn | LetGo) else ""


async def _find_titles(frame: Frame, organization_id: str, steps: Iterable[Step]) -> dict[str, str]:
    """What the other records of a history are called, by id; without those that are gone."""
    ids = sorted({one for step in steps for one in (step.other_id, *step.other_ids) if one})
    return {one.deployment_id: title_of(one) for one in await frame.ledger.read_deployments(organization_id, ids)}


def _counts(deployment: Deployment, submission: Submission) -> bool:
    corrected = find_in_force(deployment.corrections).get("state")
    if corrected is not None:
        return isinstance(submission, Correct) and submission.correction_id == corrected.correction_id
    if deployment.is_given_up:
        return (
            isinstance(submission, GiveUp) and deployment.given_up is not None and submission.order == deployment.given_up.order
        )
    return _report_of(submission) == deployment.as_reported.report


def _report_of(submission: Submission) -> StateReport | None:
    return submission.state if isinstance(submission, RecordDeployment | ChangeState) else None


def _corrected(submission: Submission) -> tuple[str, ...]:
    if isinstance(submission, Correct | UndoCorrection):
        return name_corrected(submission)
    if not isinstance(submission, Amend | Mark):
        return ()
    said = tuple(map(fact_name, said_in(submission.facts)))
    if said or not isinstance(submission, Amend):
        return said
    read = (("issues", submission.named.commits), ("authors", submission.authors))
    return tuple(f"{what} of its commits" for what, by_commit in read if by_commit)


async def _service_names(
    frame: Frame, organization_id: str, deployment: Deployment, mappings: Iterable[RepositoryMapping]
) -> dict[str, str]:
    keys = {repository_key(release.repository) for release in deployment.releases}
    wanted = sorted({mapping.service_id for mapping in mappings if repository_key(mapping.repository) in keys})
    services = await asyncio.gather(*(frame.ledger.find_service(organization_id, service_id) for service_id in wanted))
    return {service.service_id: service.name for service in services if service is not None}


async def _list_services(
    frame: Frame, organization_id: str, deployment: Deployment, mapped: Mapping[str, str]
) -> list[dict[str, str]]:
    """The sent services and those mapped to its repositories, each once; an unknown one has no id."""
    sent = tuple(deployment.facts.services or ())
    ids = await frame.ledger.find_named_services(organization_id, sent) if sent else {}
    named = {ids.get(name, name): {"id": ids.get(name, ""), "name": name} for name in sent}
    return sorted(
        (named | {service_id: {"id": service_id, "name": name} for service_id, name in mapped.items()}).values(),
        key=lambda service: service["name"],
    )


def _release_rows(
    releases: Iterable[Release],
    mappings: Iterable[RepositoryMapping],
    names: dict[str, str],
    commits: Mapping[tuple[str, str], Commit],
) -> list[ReleaseRow]:
    by_repository: dict[str, list[str]] = {}
    for mapping in mappings:
        by_repository.setdefault(repository_key(mapping.repository), []).append(mapping.service_id)
    workspaces = {_workspace(key) for key in by_repository}
    return [
        ReleaseRow(
            release=release,
            services=tuple(
                (service_id, names[service_id])
                for service_id in by_repository.get(repository_key(release.repository), [])
                if service_id in names
            ),
            is_workspace_connected=_workspace(repository_key(release.repository)) in workspaces,
            commit=commits.get((repository_key(release.repository), release.commit.lower())),
        )
        for release in releases
    ]


def _workspace(repository: str) -> str:
    return "/".join(repository.split("/")[:2])


def _owner_of(deployment: Deployment, names: Mapping[str, str], teams: Mapping[str, str]) -> str:
    """The team of its services, sent ones before mapped ones."""
    sent = deployment.facts.services or ()
    owners = (teams.get(name.casefold(), "") for name in (*sent, *sorted(names.values())))
    return next(filter(None, owners), "")


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
