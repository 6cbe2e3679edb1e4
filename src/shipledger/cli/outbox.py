"""``shipledger outbox``: messages to other systems, and the attempts to deliver them."""

from __future__ import annotations

from typing import Annotated

import typer

from shipledger.cli import outbox_changes, outbox_targets
from shipledger.cli.completion import complete_messages
from shipledger.cli.ledger import OpenLedger, with_ledger
from shipledger.cli.options import DEFAULT_ORGANIZATION, DatabaseOption, JsonOption, OrganizationOption, new_app
from shipledger.cli.outbox_changes import TargetOption
from shipledger.cli.output import print_json, print_line, print_lines, to_text
from shipledger.cli.paging import print_next
from shipledger.cli.tables import print_table
from shipledger.errors import NotFound
from shipledger.forwarding.message import Attempt, LoggedMessage, Message, MessageFilter, MessageState


def build() -> typer.Typer:
    """The commands."""
    app = new_app("Show messages to other systems, and send them again.")
    app.command("list")(list_page)
    app.command("show")(show)
    app.command("redeliver")(outbox_changes.redeliver)
    app.command("give-up")(outbox_changes.give_up)
    app.add_typer(outbox_targets.build(), name="target")
    return app


def list_page(
    ctx: typer.Context,
    state: Annotated[MessageState | None, typer.Option(help="Only messages in this state.")] = None,
    target: TargetOption = "",
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="How many to list.")] = 50,
    before: Annotated[
        str, typer.Option(metavar="ID", help="Continue after the message with this id.", autocompletion=complete_messages)
    ] = "",
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """List messages, newest first."""

    async def work(ledger: OpenLedger) -> list[Message]:
        owner = await ledger.get_organization(organization)
        wanted = MessageFilter(state=state, target_id=target, before_id=before, limit=limit + 1)
        return await ledger.store.list_messages(owner.organization_id, wanted)

    found = with_ledger(database, work)
    messages = found[:limit]
    last = messages[-1].message_id if len(found) > limit else None
    if as_json:
        print_json({"messages": [_to_json(message) for message in messages], "next_before": last})
        return
    print_table(
        ("ID", "WRITTEN", "STATE", "TOPIC", "TARGET", "ATTEMPTS", "DUE", "REASON"),
        [_to_row(message) for message in messages],
        empty="No matching messages." if state or target or before else "No messages yet.",
    )
    if last:
        print_next(ctx, before=last)


def show(
    message_id: Annotated[str, typer.Argument(metavar="ID", help="The id of the message.", autocompletion=complete_messages)],
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show a message with its attempts."""

    async def work(ledger: OpenLedger) -> LoggedMessage | None:
        owner = await ledger.get_organization(organization)
        return await ledger.store.find_message(owner.organization_id, message_id)

    logged = with_ledger(database, work)
    if logged is None:
        raise NotFound("message", f"There is no message {message_id!r} in the organization {organization!r}.")
    if as_json:
        attempts = [_to_attempt(attempt) for attempt in logged.attempts]
        print_json({**_to_json(logged.message), "target_name": logged.target_name, "body": logged.message.body, "log": attempts})
        return
    for name, text in _to_facts(logged):
        print_line(f"{name:<11} {text}")
    print_line("")
    print_lines(logged.message.body)
    print_line("")
    print_table(
        ("ATTEMPT", "AT", "SECONDS", "RESULT", "STATUS", "ANSWER"),
        [_to_attempt_row(attempt) for attempt in logged.attempts],
        empty="No attempts yet.",
    )


def _to_json(message: Message) -> dict[str, object]:
    return {
        "id": message.message_id,
        "topic": message.topic,
        "subject_id": message.subject_id,
        "place": message.place,
        "target_id": message.target_id,
        "state": message.state.value,
        "reason": message.reason,
        "attempts": message.attempts,
        "written_at": message.written_at,
        "due_at": message.due_at if message.state is MessageState.PENDING else None,
        "ended_at": message.ended_at,
    }


def _to_attempt(attempt: Attempt) -> dict[str, object]:
    return {
        "number": attempt.number,
        "at": attempt.at,
        "seconds": attempt.took.total_seconds(),
        "result": attempt.result.value,
        "status": attempt.status,
        "answer": attempt.answer,
    }


def _to_attempt_row(attempt: Attempt) -> tuple[str, ...]:
    return (
        str(attempt.number),
        to_text(attempt.at),
        f"{attempt.took.total_seconds():.1f}",
        attempt.result.value,
        str(attempt.status or "-"),
        attempt.answer,
    )


def _to_row(message: Message) -> tuple[str, ...]:
    return (
        message.message_id,
        to_text(message.written_at),
        message.state.value,
        message.topic,
        message.target_id,
        str(message.attempts),
        to_text(message.due_at) if message.state is MessageState.PENDING else "-",
        message.reason,
    )


def _to_facts(logged: LoggedMessage) -> list[tuple[str, str]]:
    message = logged.message
    return [
        ("id", message.message_id),
        ("state", message.state.value),
        ("reason", message.reason or "-"),
        ("topic", message.topic),
        ("about", message.subject_id),
        ("target", f"{logged.target_name} ({message.target_id})"),
        ("written", to_text(message.written_at)),
        ("due", to_text(message.due_at) if message.state is MessageState.PENDING else "-"),
        ("ended", to_text(message.ended_at)),
    ]
