"""``shipledger gate``: deployments that wait for approval, and the decisions."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import typer

from shipledger.cli.completion import complete_gates
from shipledger.cli.ledger import OpenLedger, with_ledger
from shipledger.cli.options import DEFAULT_ORGANIZATION, DatabaseOption, JsonOption, OrganizationOption, new_app
from shipledger.cli.output import print_json, print_line, to_text
from shipledger.cli.paging import print_next
from shipledger.cli.tables import print_table
from shipledger.errors import Conflict, Invalid, NotFound
from shipledger.gating.gate import Gate, GateChange, GateStatus, read_gate_key
from shipledger.gating.submissions import DecideGate
from shipledger.ledger.actor import Actor, ActorKind
from shipledger.ledger.verdict import VerdictKind

REASON_LIMIT = 1_000
ACTOR = Actor(ActorKind.COMMAND, "gate")

GateArgument: TypeAlias = Annotated[
    str,
    typer.Argument(
        metavar="DEPLOYMENT",
        help="The deployment's id, or its gate's key, such as GATE-7.",
        autocompletion=complete_gates,
    ),
]
ReasonOption: TypeAlias = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Reason, kept with the decision.")]


def build() -> typer.Typer:
    """The commands."""
    app = new_app("Approve or reject deployments that wait at a gate.")
    app.command("list")(list_page)
    app.command("show")(show)
    app.command("allow")(allow)
    app.command("prevent")(prevent)
    return app


def list_page(
    ctx: typer.Context,
    status: Annotated[GateStatus | None, typer.Option(help="Only gates with this status.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="How many to list.")] = 50,
    before: Annotated[
        str, typer.Option(metavar="KEY", help="Continue after the gate with this key.", autocompletion=complete_gates)
    ] = "",
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """List gates, newest first."""
    before_number = read_gate_key(before)
    if before and before_number is None:
        raise Invalid("gate_key", f"{before!r} is not a gate key; gate keys look like GATE-7.")

    async def work(ledger: OpenLedger) -> list[Gate]:
        owner = await ledger.get_organization(organization)
        return await ledger.store.list_gates(owner.organization_id, status=status, before_number=before_number, limit=limit + 1)

    found = with_ledger(database, work)
    gates = found[:limit]
    last = gates[-1].key if len(found) > limit else None
    if as_json:
        print_json({"gates": [_to_json(gate) for gate in gates], "next_before": last})
        return
    print_table(
        ("KEY", "STATUS", "ASKED", "CHANGED", "PIPELINE", "ENVIRONMENT", "NUMBER", "DEPLOYMENT", "REASON"),
        [_to_row(gate) for gate in gates],
        empty="No matching gates." if status or before else "No gates yet; see docs/how-to/jira.md.",
    )
    if last:
        print_next(ctx, before=last)


def show(
    deployment: GateArgument,
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the gate of one deployment."""

    async def work(ledger: OpenLedger) -> Gate:
        return await _find(ledger, organization, deployment)

    _print(with_ledger(database, work), as_json=as_json)


def allow(
    deployment: GateArgument,
    reason: ReasonOption = "",
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Allow a deployment that waits at its gate. The decision is final."""
    _decide(database, organization, deployment, GateStatus.ALLOWED, reason=reason, as_json=as_json)


def prevent(
    deployment: GateArgument,
    reason: ReasonOption = "",
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Prevent a deployment that waits at its gate. The decision is final."""
    _decide(database, organization, deployment, GateStatus.PREVENTED, reason=reason, as_json=as_json)


def _decide(database: str | None, organization: str, deployment: str, status: GateStatus, *, reason: str, as_json: bool) -> None:
    if len(reason) > REASON_LIMIT:
        raise Invalid("gate_reason", f"A reason may have at most {REASON_LIMIT} characters.")

    async def work(ledger: OpenLedger) -> Gate:
        gate = await _find(ledger, organization, deployment)
        if gate.status is not GateStatus.AWAITING:
            raise _is_final(gate)
        asked = DecideGate(deployment_id=gate.deployment_id, status=status, reason=reason)
        (verdict,) = await ledger.ask(gate.organization_id, [asked], operation="gate", actor=ACTOR)
        gate = await _find(ledger, organization, gate.key)
        if verdict.kind is not VerdictKind.APPLIED:  # somebody decided at this moment
            raise _is_final(gate)
        return gate

    _print(with_ledger(database, work), as_json=as_json)


def _is_final(gate: Gate) -> Conflict:
    return Conflict("gate_decided", f"{gate.key} was {gate.status.value} at {to_text(gate.changed_at)}; that is final.")


async def _find(ledger: OpenLedger, organization: str, deployment: str) -> Gate:
    owner = (await ledger.get_organization(organization)).organization_id
    number = read_gate_key(deployment)
    if number is None:
        gate = await ledger.store.find_gate(owner, deployment.strip("{}").lower())
    else:
        gate = await ledger.store.find_gate_by_number(owner, number)
    if gate is None:
        raise NotFound(
            "gate", f"There is no gate {deployment!r} in the organization {organization!r}; see `shipledger gate list`."
        )
    return gate


def _print(gate: Gate, *, as_json: bool) -> None:
    if as_json:
        print_json(_to_json(gate))
        return
    for name, text in _to_facts(gate):
        print_line(f"{name:<12} {text}")


def _to_json(gate: Gate) -> dict[str, object]:
    return {
        "key": gate.key,
        "deployment_id": gate.deployment_id,
        "status": gate.status.value,
        "reason": gate.reason,
        "asked_at": gate.asked_at,
        "changed_at": gate.changed_at,
        "credential_id": gate.credential_id,
        "pipeline_id": gate.subject.pipeline_id,
        "environment_id": gate.subject.environment_id,
        "sequence": gate.subject.sequence,
        "history": [
            {"status": one.status.value, "at": one.at, "actor": _to_actor(one), "reason": one.reason} for one in gate.changes
        ],
    }


def _to_row(gate: Gate) -> tuple[str, ...]:
    return (
        gate.key,
        gate.status.value,
        to_text(gate.asked_at),
        to_text(gate.changed_at),
        gate.subject.pipeline_id,
        gate.subject.environment_id,
        _to_number(gate),
        gate.deployment_id,
        gate.reason,
    )


_STEPS = {
    GateStatus.AWAITING: "asked by",
    GateStatus.ALLOWED: "allowed by",
    GateStatus.PREVENTED: "prevented by",
    GateStatus.CLOSED: "closed by",
}


def _to_facts(gate: Gate) -> list[tuple[str, str]]:
    return [
        ("key", gate.key),
        ("deployment", gate.deployment_id),
        ("status", gate.status.value),
        ("reason", gate.reason or "-"),
        ("asked", to_text(gate.asked_at)),
        ("changed", to_text(gate.changed_at)),
        ("pipeline", gate.subject.pipeline_id),
        ("environment", gate.subject.environment_id),
        ("number", _to_number(gate)),
        *((_STEPS[one.status], f"{_to_actor(one)}, {to_text(one.at)}") for one in gate.changes),
    ]


def _to_actor(change: GateChange) -> str:
    return "" if change.actor is None else str(change.actor)


def _to_number(gate: Gate) -> str:
    return "-" if gate.subject.sequence is None else str(gate.subject.sequence)
