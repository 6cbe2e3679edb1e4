"""The bodies that this API takes. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, Protocol, TypeVar

from msgspec import Struct

from shipledger.catalog.clone_url import describe_unreadable, read_clone_url, to_clone_url
from shipledger.ledger.state import State, Tier, is_final
from shipledger.protocols.native.reading import SHOULD_BE_PROVIDED, Faults, Reader, read_items, refuse_faults
from shipledger.protocols.native.vocabulary import STATE_SPELLINGS, STATES, TIERS
from shipledger.protocols.native.wire import DeploymentIn, ReleaseIn
from shipledger.protocols.wire_json import decode_body, decode_json, decode_kept, encode_json, note_replaced, with_remark

NAME_LIMIT = 255
ID_LIMIT = 512
TITLE_LIMIT = 1_000
TEXT_LIMIT = 15_000
LINK_LIMIT = 4_096
RELEASES_LIMIT = 500
ITEMS_LIMIT = 500

SHOULD_NAME_A_REPOSITORY = "should name a host and a repository, such as github.com/acme/shop or a clone URL"
SOMETHING_DEPLOYED = "should be provided, or releases"
NOT_FINISHED = "should be left out while the state is not final"
BEFORE_ITS_START = "should not be before started_at"


class HasReleases(Protocol):
    """An item of a body."""

    @property
    def releases(self) -> tuple[ReleaseIn, ...]:
        """The commits that it names."""


One = TypeVar("One")
Item = TypeVar("Item", bound=HasReleases)


class Checked(Struct, Generic[One], frozen=True):
    """The items of a body, and the body as it may be kept: without the credentials that clone URLs of CI jobs carry.

    ``is_list``: the body is a list. ``parameters`` is what its receipt keeps besides.
    """

    items: tuple[One, ...]
    is_list: bool
    body: str
    parameters: dict[str, str]


def check_deployments(text: str) -> Checked[DeploymentIn]:
    """The deployment, or the list of them, in a body that arrives: all of them, or none. Raises what ``check_items`` does."""
    return check_items(text, read_deployment)


def check_items(text: str, read: Callable[[Reader], Item]) -> Checked[Item]:
    """What ``read`` makes of each item of a body that names releases. Raises what ``check_each`` does."""
    return check_each(text, read, _clean, lacks_some=lambda one, members: len(one.releases) < len(members.get("releases") or ()))


def check_each(
    text: str,
    read: Callable[[Reader], One],
    clean: Callable[[One, dict[str, Any]], dict[str, Any]],
    *,
    lacks_some: Callable[[One, dict[str, Any]], bool] = lambda *_: False,
) -> Checked[One]:
    """What ``read`` makes of each item of a body, which is kept as ``clean`` writes it.

    ``lacks_some``: whether a repository in the releases of an item could not be read, which its sender is told. Raises Invalid
    with a text for every wrong member, and what ``decode_body`` raises.
    """
    faults: Faults = {}
    items = tuple(read(item) for item in read_items(decode_body(text), faults, limit=ITEMS_LIMIT))
    refuse_faults(faults)
    sent, parameters = decode_json(text), note_replaced(text)
    is_list = type(sent) is list
    pairs = list(zip(items, sent if is_list else [sent], strict=True))
    if any(lacks_some(one, members) for one, members in pairs):
        parameters = with_remark(parameters, describe_unreadable("A repository in releases"))
    cleaned = [clean(one, members) for one, members in pairs]
    body = encode_json(cleaned if is_list else cleaned[0]).decode()
    return Checked(items=items, is_list=is_list, body=body, parameters=parameters)


def read_kept(text: str) -> tuple[DeploymentIn, ...]:
    """The deployments in a body that was checked when it arrived."""
    return tuple(read_deployment(item) for item in read_items(decode_kept(text), {}))


def read_deployment(body: Reader, *, assumed_state: State | None = None) -> DeploymentIn:
    """The deployment in ``body``; what is wrong is noted. ``assumed_state``: that of one that says none."""
    environment = body.required_text("environment", limit=NAME_LIMIT)
    state, sent_state = _read_state(body, assumed_state)
    tier, sent_tier = body.word("tier", TIERS, {}) or (Tier.UNMAPPED, None)
    if not body.has("service") and not body.has("releases"):
        body.fault("service", SOMETHING_DEPLOYED)
    read = DeploymentIn(
        environment=environment,
        environment_name=body.text("environment_name", limit=NAME_LIMIT),
        tier=tier,
        sent_tier=sent_tier,
        state=state,
        sent_state=sent_state,
        external_id=body.text("external_id", limit=ID_LIMIT),
        service=body.text("service", limit=NAME_LIMIT),
        started_at=body.time("started_at"),
        finished_at=body.time("finished_at"),
        job_started_at=body.time("job_started_at"),
        version=body.text("version", limit=NAME_LIMIT),
        releases=read_releases(body, has_else=body.has("service")),
        actor=body.text("actor", limit=NAME_LIMIT),
        title=body.text("title", limit=TITLE_LIMIT),
        description=body.text("description", limit=TEXT_LIMIT),
        url=body.text("url", limit=LINK_LIMIT),
        ci=body.text("ci", limit=NAME_LIMIT),
        run=body.text("run", limit=ID_LIMIT),
        attempt=body.text("attempt", limit=NAME_LIMIT),
        job=body.text("job", limit=ID_LIMIT),
        is_hotfix=body.boolean("is_hotfix"),
        is_fix=body.boolean("is_fix"),
        is_forced=body.boolean("is_forced"),
    )
    _check_times(body, read)
    return read


def _read_state(body: Reader, assumed: State | None) -> tuple[State, str]:
    if not body.has("state") and assumed is not None:
        return assumed, assumed
    if not body.has("state"):
        body.fault("state", SHOULD_BE_PROVIDED)
    return body.word("state", STATES, STATE_SPELLINGS) or (State.UNKNOWN, "")


def _check_times(body: Reader, read: DeploymentIn) -> None:
    if read.finished_at is None or not body.is_sound("state"):
        return
    if not is_final(read.state):
        body.fault("finished_at", NOT_FINISHED)
    elif read.started_at is not None and read.finished_at < read.started_at:
        body.fault("finished_at", BEFORE_ITS_START)


def read_releases(body: Reader, *, has_else: bool) -> tuple[ReleaseIn, ...]:
    """Without those whose repository names none, unless nothing else (``has_else``) says what was deployed."""
    sent = list(body.objects("releases", limit=RELEASES_LIMIT))
    read = [_read_release(release) for release in sent]
    if sent and not any(read) and not has_else:
        for release in sent:
            release.fault("repository", SHOULD_NAME_A_REPOSITORY)
    return tuple(release for release in read if release is not None)


def _read_release(release: Reader) -> ReleaseIn | None:
    sent = release.required_text("repository", limit=LINK_LIMIT)
    repository = read_clone_url(sent) if sent and len(sent) <= LINK_LIMIT else ""
    commit = release.required_text("commit", limit=NAME_LIMIT)
    return None if repository is None else ReleaseIn(repository=repository, commit=commit)


def _clean(one: HasReleases, members: dict[str, Any]) -> dict[str, Any]:
    """``members`` with releases that say nothing but canonical names, as others may carry credentials."""
    if not members.get("releases"):
        return members
    written = [{"repository": to_clone_url(release.repository), "commit": release.commit} for release in one.releases]
    return {**members, "releases": written}


def read_all(text: str, read: Callable[[Reader], One]) -> tuple[tuple[One, ...], bool]:
    """What ``read`` makes of each item. Raises Invalid with a text for every wrong member, and what ``decode_body`` raises."""
    body, faults = decode_body(text), Faults()
    items = tuple(read(item) for item in read_items(body, faults, limit=ITEMS_LIMIT))
    refuse_faults(faults)
    return items, type(body) is list
