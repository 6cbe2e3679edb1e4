"""How messages come about, in the transaction of what they tell of, and how an erasure takes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

from shipledger.clock import to_microseconds
from shipledger.forwarding.message import Occasion, make_message_id
from shipledger.store import rows
from shipledger.store.projecting import Cause, Change, key_of
from shipledger.store.session import Call, Steps, call


class AppTarget(NamedTuple):
    """An app that is to hear of something: the credential that it is."""

    credential_id: str
    kind: str
    name: str


Topics: TypeAlias = Mapping[str, frozenset[str]]
"""What each target that is an address wants to hear of, by its id."""


def list_topics(organization_id: str) -> Steps[Topics]:
    """The topics of the targets of an organization."""
    found = yield call("list_topics", organization_id=organization_id)
    return {target_id: frozenset(rows.decode_strings(topics)) for target_id, topics in found}


def write_messages(occasion: Occasion, topics: Topics, *, app: AppTarget | None = None) -> Steps[None]:
    """Write what the targets that want to hear of ``occasion`` are told, and its ``app``, if it has one.

    To be run in the transaction of the occasion: nobody hears of what did not happen. Done twice, the second time writes nothing.
    """
    target_ids = [target_id for target_id, wanted in topics.items() if occasion.topic in wanted]
    if app is not None:
        yield ensure_app_target(occasion, app)
        target_ids.append(app.credential_id)
    for target_id in target_ids:
        yield append_message(occasion, target_id)


def ensure_app_target(occasion: Occasion, app: AppTarget) -> Call:
    """What makes an app a target."""
    return call(
        "ensure_app_target",
        organization_id=occasion.organization_id,
        credential_id=app.credential_id,
        kind=app.kind,
        name=app.name,
        created_us=to_microseconds(occasion.at),
    )


def append_message(occasion: Occasion, target_id: str) -> Call:
    """What writes a message to a target."""
    return call(
        "append_message",
        organization_id=occasion.organization_id,
        message_id=make_message_id(occasion, target_id),
        target_id=target_id,
        topic=occasion.topic,
        subject_id=occasion.subject_id,
        place=occasion.place,
        body=rows.storable(occasion.body),
        written_us=to_microseconds(occasion.at),
    )


class ErasedMessages:
    """A subscriber: what is erased of a record takes all messages about it, sent or not, with their logs."""

    def hear(self, change: Change) -> Steps[None]:
        """See Subscriber."""
        if change.cause is not Cause.ERASURE:
            return _forget([])
        keys = [key_of(one) for one in (*change.deployments, *change.records)]
        keys += [*change.erased_deployments, *(key for _, key in change.erased_records)]
        return _forget(keys)


def _forget(keys: list[tuple[str, str]]) -> Steps[None]:
    for organization_id, subject_id in keys:
        yield call("forget_messages_about", organization_id=organization_id, subject_id=subject_id)
