"""From this API's requests to submissions. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from shipledger.clock import to_microseconds
from shipledger.errors import Invalid
from shipledger.ledger.deployment import external_alias, start_alias
from shipledger.ledger.digest_alias import digest_alias
from shipledger.ledger.identity import bare_uuid, derive_id
from shipledger.ledger.receipt import Receipt
from shipledger.ledger.state import PHASES, SEVERITIES
from shipledger.ledger.submission import (
    Alias,
    Amend,
    ChangeState,
    Environment,
    Facts,
    RecordDeployment,
    Release,
    StateReport,
    Submission,
    Target,
)
from shipledger.protocols.opsgenie.bodies import read_create, read_update, read_update_state
from shipledger.protocols.opsgenie.reading import SHOULD_BE_AN_OBJECT, Faults, Reader
from shipledger.protocols.opsgenie.vocabulary import (
    API_SOURCE,
    CREATE,
    PIPELINES_SOURCE,
    STATES,
    TIERS,
    UPDATE,
    UPDATE_STATE,
    WORKSPACE_TYPES,
)
from shipledger.protocols.opsgenie.wire import CreateDeploymentIn, ReleaseIn, UpdateDeploymentIn, UpdateStateIn
from shipledger.protocols.wire_json import REPLACED, decode_body, decode_kept

REPEAT_SCOPE = "opsgenie:repeat"
REPOSITORY_HOST = "bitbucket.org"

_SOURCES: dict[str, str] = {"api": API_SOURCE, "pipelines": PIPELINES_SOURCE}


class Operation(Struct, frozen=True):
    """How the body of a write is read, and what it asks for."""

    read: Callable[[Reader], Any]
    translate: Callable[[Receipt, Any], Submission]


def read_body(operation: str, text: str) -> Any:
    """The checked body of a write. Raises Invalid with a text for every wrong member, and what ``decode_body`` raises."""
    return read_object(text, OPERATIONS[operation].read)


def read_object(text: str, read: Callable[[Reader], Any], decode: Callable[[str], Any] = decode_body) -> Any:
    """As ``read_body``, with the reader of the object given."""
    members = decode(text)
    if type(members) is not dict:
        raise Invalid("body", "The body is not an object.", fields={"body": SHOULD_BE_AN_OBJECT})
    faults: Faults = {}
    body = read(Reader(members, faults))
    if faults:
        raise Invalid("body", "The body has wrong members.", fields=faults)
    return body


def to_submission(receipt: Receipt, body: Any, *, refuses_unknown_workspaces: bool = True) -> Submission:
    """What a receipt whose body was read asks for. A record that takes any workspace requires none."""
    submission = OPERATIONS[receipt.operation].translate(receipt, body)
    if isinstance(submission, RecordDeployment) and not refuses_unknown_workspaces:
        return replace(submission, required_workspaces=(), workspace_originals={})
    return submission


def interpret(receipt: Receipt, *, refuses_unknown_workspaces: bool = True) -> Sequence[Submission]:
    """What a stored receipt asks for. Gives the same whenever it is asked under the same setting."""
    body = read_object(receipt.body, OPERATIONS[receipt.operation].read, decode_kept)
    return (to_submission(receipt, body, refuses_unknown_workspaces=refuses_unknown_workspaces),)


def to_target(identifier: str, identifier_type: str) -> Target:
    """The deployment that a path names."""
    if identifier_type == "id":
        return Target(key=bare_uuid(identifier).lower())
    alias = external_alias(_SOURCES[identifier_type], identifier)
    return Target(scope=alias.scope, key=alias.key)


def _record(receipt: Receipt, body: CreateDeploymentIn) -> RecordDeployment:
    releases = tuple([_to_release(release) for release in body.releases])
    workspaces = {_workspace_name(release): release for release in body.releases}
    repeat, is_alone = _repeat_alias(body, releases), body.external_id is None
    return RecordDeployment(
        source=API_SOURCE,
        deployment_id=derive_id(receipt.receipt_id, 0, "deployment"),
        identities=(repeat,) if is_alone else (start_alias(repeat, body.started_at),),
        series=None if is_alone else repeat,
        run_started_at=body.started_at,
        facts=Facts(
            external_id=_said(body.external_id),
            environment=Environment(
                id=body.environment.id,
                name=body.environment.display_name or body.environment.id,
                tier=TIERS[body.environment.type],
                original_tier=body.environment.type,
            ),
            title=_said(body.message),
            description=_said(body.description),
            url=_said(body.external_link),
            releases=releases,
        ),
        order=(receipt.order_us,),
        assumed=Facts(started_at=body.started_at),
        assumed_order=(-to_microseconds(body.started_at),),
        state=_report(body.state, reported_at=body.completed_at, event_us=to_microseconds(body.completed_at or body.started_at)),
        required_workspaces=tuple(workspaces),
        workspace_originals={name: _workspace_words(release) for name, release in workspaces.items()},
        left_out=receipt.parameters.get(REPLACED, ""),
    )


def _change_state(receipt: Receipt, body: UpdateStateIn) -> ChangeState:
    """Without a time of its own it happened when it came, and ranks by the order in which it came."""
    event_us = receipt.order_us if body.completed_at is None else to_microseconds(body.completed_at)
    return ChangeState(
        source=API_SOURCE,
        target=_target_of(receipt),
        state=_report(body.state, reported_at=body.completed_at or receipt.accepted_at, event_us=event_us),
        left_out=receipt.parameters.get(REPLACED, ""),
    )


def _amend(receipt: Receipt, body: UpdateDeploymentIn) -> Amend:
    return Amend(
        source=API_SOURCE,
        target=_target_of(receipt),
        facts=Facts(
            external_id=body.external_id,
            started_at=body.started_at,
            title=_cleared(body.message),
            description=_cleared(body.description),
            url=_cleared(body.external_link),
        ),
        order=(receipt.order_us,),
        left_out=receipt.parameters.get(REPLACED, ""),
    )


def _target_of(receipt: Receipt) -> Target:
    return to_target(receipt.parameters["identifier"], receipt.parameters["identifierType"])


def _report(word: str, *, reported_at: datetime | None, event_us: int) -> StateReport:
    """Reports carry no sequence, so they rank by phase, then by the time of the event, then by severity."""
    state = STATES[word]
    order = (PHASES[state], event_us, SEVERITIES[state])
    return StateReport(state=state, original=word, order=order, reported_at=reported_at)


def _to_release(release: ReleaseIn) -> Release:
    repository = release.repository
    slug = bare_uuid(repository.repo_slug).removesuffix(".git")
    return Release(
        repository=f"{_workspace_name(release)}/{slug}",
        commit=release.commit.sha,
        original={
            "type": release.type,
            "workspace": repository.workspace.identifier,
            "workspace_type": repository.workspace.type,
            "slug": repository.repo_slug,
        },
    )


def _workspace_name(release: ReleaseIn) -> str:
    return f"{REPOSITORY_HOST}/{bare_uuid(release.repository.workspace.identifier)}"


def _workspace_words(release: ReleaseIn) -> str:
    workspace = release.repository.workspace
    return f"{WORKSPACE_TYPES[workspace.type]}: {workspace.identifier}"


def _repeat_alias(body: CreateDeploymentIn, releases: tuple[Release, ...]) -> Alias:
    """By what a repeated create is recognized: its external id or else its start, its environment and its releases."""
    name = ["started", to_microseconds(body.started_at)] if body.external_id is None else ["external", body.external_id]
    commits = sorted({(release.repository.casefold(), release.commit.casefold()) for release in releases})
    return digest_alias(REPEAT_SCOPE, name, bare_uuid(body.environment.id), commits)


def _said(text: str | None) -> str | UnsetType:
    """Absent says nothing: a repeat without a text leaves the text that is known."""
    return UNSET if text is None else text


def _cleared(text: str | UnsetType) -> str | None | UnsetType:
    return None if text == "" else text


OPERATIONS: dict[str, Operation] = {
    CREATE: Operation(read=read_create, translate=_record),
    UPDATE_STATE: Operation(read=read_update_state, translate=_change_state),
    UPDATE: Operation(read=read_update, translate=_amend),
}
