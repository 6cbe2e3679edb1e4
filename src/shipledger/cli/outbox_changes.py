"""``shipledger outbox redeliver`` and ``give-up``."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer
from msgspec.structs import replace

from shipledger.cli.completion import complete_messages, complete_targets
from shipledger.cli.ledger import OpenLedger, with_ledger
from shipledger.cli.options import DEFAULT_ORGANIZATION, DatabaseOption, JsonOption, OrganizationOption
from shipledger.cli.outbox_targets import open_desk
from shipledger.cli.output import print_json, print_line
from shipledger.errors import Conflict, Invalid, NotFound
from shipledger.forwarding.message import MessageFilter, MessageState
from shipledger.ledger.actor import Actor, ActorKind

if TYPE_CHECKING:
    from shipledger.performing.webhook_desk import WebhookDesk

GIVEN_UP = "Given up by command."
_PAGE = 200

Change: TypeAlias = Callable[[OpenLedger, str, str], Awaitable[None]]
Report: TypeAlias = Callable[["WebhookDesk", str, Sequence[str]], Awaitable[None]]

IdsArgument: TypeAlias = Annotated[
    list[str] | None,
    typer.Argument(metavar="[ID]...", help="The ids of messages.", show_default=False, autocompletion=complete_messages),
]
TargetOption: TypeAlias = Annotated[
    str,
    typer.Option("--target", metavar="TARGET", help="Only messages to the target with this id.", autocompletion=complete_targets),
]


def redeliver(
    ids: IdsArgument = None,
    given_up: Annotated[bool, typer.Option("--given-up", help="All messages that were given up.")] = False,
    target: TargetOption = "",
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Send messages again, under the same ids. A running server, or the next one, sends them."""

    async def change(ledger: OpenLedger, owner: str, message_id: str) -> None:
        await ledger.store.redeliver_message(owner, message_id, now=ledger.clock.now())

    async def report(desk: WebhookDesk, owner: str, changed: Sequence[str]) -> None:
        await desk.report_redelivered(owner, changed, by=Actor(ActorKind.COMMAND, "outbox redeliver"))

    _change(
        database,
        organization,
        ids or [],
        state=MessageState.GIVEN_UP if given_up else None,
        target=target,
        option="--given-up",
        change=change,
        report=report,
        verb="will be sent again",
        as_json=as_json,
    )


def give_up(
    ids: IdsArgument = None,
    pending: Annotated[bool, typer.Option("--pending", help="All pending messages.")] = False,
    target: TargetOption = "",
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Reason, kept with the messages.")] = GIVEN_UP,
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Give up pending messages: they are not sent, unless they are redelivered."""

    async def change(ledger: OpenLedger, owner: str, message_id: str) -> None:
        await ledger.store.give_up_message(owner, message_id, reason=reason, now=ledger.clock.now())

    async def report(desk: WebhookDesk, owner: str, changed: Sequence[str]) -> None:
        await desk.report_given_up(owner, changed, reason=reason, by=Actor(ActorKind.COMMAND, "outbox give-up"))

    _change(
        database,
        organization,
        ids or [],
        state=MessageState.PENDING if pending else None,
        target=target,
        option="--pending",
        change=change,
        report=report,
        verb="were given up",
        as_json=as_json,
    )


def _change(
    database: str | None,
    organization: str,
    ids: Sequence[str],
    *,
    state: MessageState | None,
    target: str,
    option: str,
    change: Change,
    report: Report,
    verb: str,
    as_json: bool,
) -> None:
    if bool(ids) == (state is not None) or (ids and target):
        raise Invalid("messages", f"Name messages by their ids, or pass {option}, for all or those to a --target.")

    async def work(ledger: OpenLedger) -> list[str]:
        owner = (await ledger.get_organization(organization)).organization_id
        wanted = ids or await _list_ids(ledger, owner, MessageFilter(state=state, target_id=target, limit=_PAGE))
        changed = []
        for message_id in wanted:
            try:
                await change(ledger, owner, message_id)
            except (Conflict, NotFound):  # of many, one was sent or forgotten at this moment
                if ids:
                    raise
            else:
                changed.append(message_id)
        await report(open_desk(ledger), owner, changed)
        return changed

    changed = with_ledger(database, work)
    if as_json:
        print_json({"messages": changed})
        return
    print_line(f"{len(changed)} messages {verb}.")


async def _list_ids(ledger: OpenLedger, organization_id: str, wanted: MessageFilter) -> list[str]:
    ids: list[str] = []
    before = ""
    while page := await ledger.store.list_messages(organization_id, replace(wanted, before_id=before)):
        ids += [message.message_id for message in page]
        before = ids[-1]
    return ids
