"""The log of the outbox, and its targets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from shipledger.clock import from_microseconds, to_microseconds
from shipledger.errors import Conflict, NotFound
from shipledger.forwarding.message import LoggedMessage, Message, MessageFilter, OutboxBacklog
from shipledger.forwarding.target import Target, TargetRecord
from shipledger.forwarding.trying import TOO_LONG
from shipledger.found import Found
from shipledger.store import rows
from shipledger.store.outbox.rows import key_of, to_attempt, to_message, to_target
from shipledger.store.outbox.sending import SqlOutboxSending, latest_claim_us
from shipledger.store.row_reading import read_each
from shipledger.store.session import Steps, call

_TARGET_COLUMNS = 14
_NEVER_US = 2**63 - 1


class SqlOutbox(SqlOutboxSending):
    """See OutboxStore."""

    async def list_messages(self, organization_id: str, wanted: MessageFilter) -> Found[Message]:
        def read() -> Steps[Found[Message]]:
            before_us, before_id = _NEVER_US, ""
            if wanted.before_id:
                last = to_message((yield from _get_row(organization_id, wanted.before_id)))
                before_us, before_id = to_microseconds(last.written_at), last.message_id
            found = yield call(
                "list_messages",
                organization_id=organization_id,
                target_id=rows.storable(wanted.target_id),
                state="" if wanted.state is None else wanted.state.value,
                before_us=before_us,
                before_id=before_id,
                limit=wanted.limit,
            )
            return read_each(to_message, found)

        return await self._read_steps_long(read())

    async def find_message(self, organization_id: str, message_id: str) -> LoggedMessage | None:
        def read() -> Steps[LoggedMessage | None]:
            row = yield call("find_message", organization_id=organization_id, message_id=rows.storable(message_id))
            return None if row is None else (yield from _read_logs([to_message(row)]))[0]

        return await self._read_steps(read())

    async def list_messages_about(self, organization_id: str, subject_id: str) -> list[LoggedMessage]:
        def read() -> Steps[list[LoggedMessage]]:
            found = yield call("list_messages_about", organization_id=organization_id, subject_id=rows.storable(subject_id))
            return (yield from _read_logs(read_each(to_message, found)))

        return await self._read_steps(read())

    async def redeliver_message(self, organization_id: str, message_id: str, *, now: datetime) -> None:
        def redeliver() -> Steps[None]:
            message = to_message((yield from _get_row(organization_id, message_id)))
            owner = {"organization_id": organization_id, "target_id": message.target_id}
            yield call("hold_target", **owner)
            times = {"now_us": to_microseconds(now), "latest_claim_us": latest_claim_us(now)}
            if not (yield call("redeliver_message", **key_of(message), **times)):
                raise _being_sent(message_id)
            yield call("let_target_be_called", **owner)

        await self._write_steps(redeliver())

    async def give_up_message(self, organization_id: str, message_id: str, *, reason: str, now: datetime) -> None:
        def give_up() -> Steps[None]:
            message = to_message((yield from _get_row(organization_id, message_id)))
            yield call("hold_target", organization_id=organization_id, target_id=message.target_id)
            changed = yield call(
                "give_up_message",
                **key_of(message),
                reason=rows.storable(reason),
                now_us=to_microseconds(now),
                latest_claim_us=latest_claim_us(now),
            )
            if not changed:
                raise _being_sent(message_id)

        await self._write_steps(give_up())

    async def give_up_old_messages(self, organization_id: str, *, until: datetime, now: datetime) -> int:
        times = {"until_us": to_microseconds(until), "now_us": to_microseconds(now), "latest_claim_us": latest_claim_us(now)}
        count: int = await self._execute("give_up_old_messages", organization_id=organization_id, **times, reason=TOO_LONG)
        return count

    async def count_old_messages(self, organization_id: str, *, until: datetime, limit: int) -> int:
        until_us = to_microseconds(until)
        count: int = await self._fetch_long("count_old_messages", organization_id=organization_id, until_us=until_us, limit=limit)
        return count

    async def forget_old_messages(self, organization_id: str, *, until: datetime, limit: int) -> int:
        until_us = to_microseconds(until)
        count: int = await self._execute("forget_old_messages", organization_id=organization_id, until_us=until_us, limit=limit)
        return count

    async def list_targets(self, organization_id: str) -> list[TargetRecord]:
        found = await self._fetch_long("list_targets", organization_id=organization_id)
        return read_each(_to_record, found)

    async def find_target(self, organization_id: str, target_id: str) -> Target | None:
        row = await self._fetch("find_target", organization_id=organization_id, target_id=rows.storable(target_id))
        return None if row is None else to_target(row)

    async def create_target(self, target: Target) -> None:
        await self._execute(
            "save_target",
            organization_id=target.organization_id,
            target_id=target.target_id,
            kind=target.kind,
            name=target.name,
            created_us=to_microseconds(target.created_at),
            address=target.address,
            topics=rows.to_document(target.topics),
            sealed_secret=target.sealed_secret,
        )

    async def rotate_target_secret(self, target: Target, *, expected_secret: bytes) -> None:
        changed = await self._execute(
            "rotate_target_secret",
            organization_id=target.organization_id,
            target_id=target.target_id,
            expected_secret=expected_secret,
            sealed_secret=target.sealed_secret,
            previous_sealed_secret=target.previous_sealed_secret,
            previous_until_us=rows.optional_us(target.previous_until),
        )
        if not changed:
            raise Conflict("target_rotated", "The secret of this target was replaced in the meantime; look again.")

    async def remove_target(self, organization_id: str, target_id: str) -> bool:
        return bool(await self._execute("remove_target", organization_id=organization_id, target_id=rows.storable(target_id)))

    async def get_outbox_backlog(self) -> OutboxBacklog:
        pending, oldest_us, given_up, open_targets = await self._fetch("get_outbox_backlog")
        oldest_at = None if oldest_us is None else from_microseconds(oldest_us)
        return OutboxBacklog(pending=pending, oldest_at=oldest_at, given_up=given_up, open_targets=open_targets)


def _get_row(organization_id: str, message_id: str) -> Steps[rows.Row]:
    row: rows.Row | None = yield call("find_message", organization_id=organization_id, message_id=rows.storable(message_id))
    if row is None:
        raise NotFound("message", f"There is no message {message_id!r}; see `shipledger outbox list`.")
    return row


def _being_sent(message_id: str) -> Conflict:
    return Conflict("message_claimed", f"The message {message_id} is being sent, or is over; look again in a minute.")


def _read_logs(messages: Sequence[Message]) -> Steps[list[LoggedMessage]]:
    """Messages of one organization with their logs. Each target is asked for its name once."""
    names: dict[str, str] = {}
    for owner, target_id in dict.fromkeys((one.organization_id, one.target_id) for one in messages):
        target = yield call("find_target", organization_id=owner, target_id=target_id)
        names[target_id] = "" if target is None else to_target(target).name
    logged = []
    for message in messages:
        attempts = tuple(read_each(to_attempt, (yield call("list_attempts", **key_of(message)))))
        logged.append(LoggedMessage(message=message, target_name=names[message.target_id], attempts=attempts))
    return logged


def _to_record(row: rows.Row) -> TargetRecord:
    pending, given_up, oldest_us = row[_TARGET_COLUMNS:]
    return TargetRecord(target=to_target(row), pending=pending, given_up=given_up, oldest_at=rows.optional_time(oldest_us))
