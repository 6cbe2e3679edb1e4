"""``shipledger incidents``: list incidents and show one."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from msgspec import UNSET

from shipledger.catalog.tiers import TierPolicy, resolve_environment
from shipledger.cli.completion import complete_environments, complete_incidents, complete_services
from shipledger.cli.ledger import OpenLedger, with_ledger
from shipledger.cli.mark_facts import to_mark_facts
from shipledger.cli.moments import Period, SinceOption, UntilOption, to_period
from shipledger.cli.options import DEFAULT_ORGANIZATION, DatabaseOption, JsonOption, OrganizationOption, new_app
from shipledger.cli.output import print_facts, print_json, print_line, refuse_damaged, to_text
from shipledger.cli.paging import print_next
from shipledger.cli.request_table import print_requests
from shipledger.cli.tables import print_table
from shipledger.errors import NotFound
from shipledger.found import Found
from shipledger.incidents.model import Incident
from shipledger.incidents.standing import IncidentStatus
from shipledger.ledger.environment_names import is_in
from shipledger.ledger.receipt_listing import RecordedVerdict
from shipledger.protocols.native.mark_answers import to_incident_marks, to_marked
from shipledger.protocols.registry import SUGGESTED_KIND
from shipledger.verbs.person_names import find_person_names
from shipledger.web.pages.formats import duration
from shipledger.web.pages.incident_rows import to_row

_READ_AT_ONCE = 200
_NONE_AT_ALL = f"No incidents yet. Create a key for a monitor: shipledger credential create {SUGGESTED_KIND} --name monitoring"
_NONE_FITS = "No matching incidents. Omit an option, or look further back with --since."
_HELP = """List incidents, and show one with every request about it.

Examples:

\b
    shipledger incidents list --status open
    shipledger incidents list --service checkout --since 1w
    shipledger incidents show 019cb3b1-0d3c-7d3e-9f6a-5d2c1b7a9e10
"""


def build() -> typer.Typer:
    """The commands."""
    app = new_app(_HELP)
    app.command("list")(list_page)
    app.command("show")(show)
    return app


def list_page(
    ctx: typer.Context,
    status: Annotated[IncidentStatus | None, typer.Option(help="Only this status.")] = None,
    service: Annotated[
        str, typer.Option(metavar="SERVICE", help="Only this service: its id, slug or name.", autocompletion=complete_services)
    ] = "",
    environment: Annotated[
        str,
        typer.Option(metavar="ENVIRONMENT", help="Only this environment: its id or name.", autocompletion=complete_environments),
    ] = "",
    since: SinceOption = None,
    until: UntilOption = None,
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="How many to list.")] = 50,
    before: Annotated[
        str, typer.Option(metavar="ID", help="Continue after the incident with this id.", autocompletion=complete_incidents)
    ] = "",
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """List incidents, latest start first."""

    async def work(ledger: OpenLedger) -> tuple[Found[Incident], TierPolicy, Period, bool]:
        owner = (await ledger.get_organization(organization)).organization_id
        period = to_period(since, until, now=ledger.clock.now())
        names = await ledger.list_names_of_service(owner, service) if service else None
        after = await _get(ledger, owner, before) if before else None
        policy = await ledger.store.find_tier_policy(owner)
        found: Found[Incident] = Found()
        is_empty = after is None
        while len(found) <= limit:
            page = await ledger.store.scan_incidents(
                owner, started_from=period.since, started_until=period.until, after=after, limit=_READ_AT_ONCE
            )
            fitting = [one for one in page if _fits(one, status, names) and (not environment or _is_in(one, environment, policy))]
            found = Found([*found, *fitting], [*found.damaged, *page.damaged])
            is_empty = is_empty and not page.total
            if page.total < _READ_AT_ONCE or not page:
                break
            after = page[-1]
        is_empty = is_empty and since is None and until is None
        return found, policy, period, is_empty

    found, policy, period, is_empty = with_ledger(database, work)
    shown = found[:limit]
    last = shown[-1].incident_id if len(found) > limit else None
    if as_json:
        print_json({"incidents": [_to_json(one, policy) for one in shown], "next_before": last})
        refuse_damaged(found.damaged)
        return
    print_table(
        ("ID", "BEGAN", "STATUS", "LASTED", "SERVICE", "ENVIRONMENT", "SEVERITY", "TITLE"),
        [_to_row(one, policy) for one in shown],
        empty=_NONE_AT_ALL if is_empty else _NONE_FITS,
    )
    if last:
        print_next(ctx, period=period, before=last)
    refuse_damaged(found.damaged)


def show(
    incident: Annotated[str, typer.Argument(metavar="ID", help="The incident's id.", autocompletion=complete_incidents)],
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show one incident, and every request about it."""

    async def work(ledger: OpenLedger) -> tuple[Incident, TierPolicy, list[RecordedVerdict], dict[str, str]]:
        owner = (await ledger.get_organization(organization)).organization_id
        found = await _get(ledger, owner, incident)
        requests = await ledger.store.list_incident_verdicts(owner, found.incident_id)
        people = await find_person_names(ledger.store, [one.asker for one in requests])
        return found, await ledger.store.find_tier_policy(owner), requests, people

    found, policy, requests, people = with_ledger(database, work)
    if as_json:
        told = [{"id": one.receipt_id, "accepted_at": one.accepted_at, "verdict": one.verdict} for one in requests]
        print_json({**_to_json(found, policy), "requests": told})
        return
    print_facts(_to_facts(found, policy))
    print_line("")
    print_requests(requests, people)


async def _get(ledger: OpenLedger, owner: str, incident_id: str) -> Incident:
    found = await ledger.store.find_incident(owner, incident_id.strip("{}").lower())
    if found is None:
        raise NotFound("incident", f"There is no incident {incident_id!r}; see `shipledger incidents list`.")
    return found


def _fits(incident: Incident, status: IncidentStatus | None, services: frozenset[str] | None) -> bool:
    facts = incident.facts
    if status is not None and incident.status is not status:
        return False
    named = {name.casefold() for name in (*_said(facts.services, ()), *_said(facts.service_ids, ()))}
    return services is None or not named.isdisjoint(services)


def _is_in(incident: Incident, environment: str, policy: TierPolicy) -> bool:
    return is_in(_said(incident.facts.environment, None), environment, policy.names)


def _said(value: Any, otherwise: Any) -> Any:
    return otherwise if value is UNSET or value is None else value


def _to_row(incident: Incident, policy: TierPolicy) -> tuple[str, ...]:
    row = to_row(incident, policy)
    return (
        incident.incident_id,
        to_text(incident.started_at),
        incident.status.value,
        "-" if row.seconds is None else duration(row.seconds),
        ", ".join(row.services) or "-",
        (row.environment.name or row.environment.id) if row.environment else "-",
        row.severity or "-",
        row.title,
    )


def _to_facts(incident: Incident, policy: TierPolicy) -> list[tuple[str, str]]:
    row = to_row(incident, policy)
    environment = row.environment
    told = [
        ("id", incident.incident_id),
        ("title", row.title),
        ("status", incident.status.value),
        ("began", to_text(incident.started_at)),
        ("ended", to_text(incident.ended_at)),
        ("lasted", "" if row.seconds is None else duration(row.seconds)),
        ("services", ", ".join(row.services)),
        ("environment", f"{environment.name or environment.id} ({environment.tier.value})" if environment else ""),
        ("severity", row.severity),
        ("team", row.team),
        ("version", row.version),
        ("commits", "\n".join(f"{one.repository} {one.commit}" for one in row.releases)),
        ("tags", ", ".join(row.tags)),
        ("details", "\n".join(f"{name}: {value}" for name, value in incident.details.items())),
        ("responders", ", ".join(incident.responders.values())),
        *to_mark_facts(to_incident_marks(incident.marks)),
        ("description", row.description),
        ("notes", "\n".join(f"{to_text(note.written_at)} {note.text}" for note in incident.told_notes)),
        ("sender's id", incident.external_id),
        ("protocol", incident.source),
        ("recorded", to_text(incident.recorded_at)),
    ]
    return [(name, text) for name, text in told if text]


def _to_json(incident: Incident, policy: TierPolicy) -> dict[str, object]:
    facts, place = incident.facts, _said(incident.facts.environment, None)
    return {
        "id": incident.incident_id,
        "number": incident.number or None,
        "external_id": incident.external_id,
        "title": _said(facts.title, None),
        "description": _said(facts.description, None),
        "status": incident.status,
        "started_at": incident.started_at,
        "ended_at": incident.ended_at,
        "services": _said(facts.services, ()),
        "environment": place.id if place else None,
        "environment_name": place.name if place else None,
        "tier": resolve_environment(place, policy).tier if place else None,
        "severity": _said(facts.severity, None),
        "team": _said(facts.team, None),
        "version": _said(facts.version, None),
        "releases": _said(facts.releases, ()),
        "tags": incident.tags,
        "details": incident.details,
        "marks": to_incident_marks(incident.marks),
        "marked": to_marked(incident.marked),
        "source": incident.source,
        "recorded_at": incident.recorded_at,
        "updated_at": incident.updated_at,
    }
