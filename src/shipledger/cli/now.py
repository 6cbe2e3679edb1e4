"""``shipledger now``: what changed, what is wrong, and what needs somebody."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import typer

from shipledger.access.people.known_people import KnownPeople
from shipledger.catalog.tiers import TierPolicy
from shipledger.cli.ledger import OpenLedger, with_ledger
from shipledger.cli.options import DEFAULT_ORGANIZATION, DatabaseOption, JsonOption, OrganizationOption, new_app
from shipledger.cli.output import print_facts, print_json, print_line, to_text
from shipledger.cli.tables import print_table
from shipledger.incidents.model import Incident
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.registers import known
from shipledger.ledger.titles import title_of
from shipledger.protocols.native.home import to_home
from shipledger.verbs.home import Count, Home

Row = tuple[str, str, str, str]


def build() -> typer.Typer:
    """The command."""
    app = new_app("Show what changed, what is wrong, and what needs somebody.")
    app.command("now")(now)
    return app


def now(
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what changed in the last hour, what is failing, and what needs somebody.

    Deployments count by their start. The newest few of each are listed; --json has the members of GET /ledger/v1/home.
    """

    async def work(ledger: OpenLedger) -> tuple[Home, TierPolicy, KnownPeople]:
        from shipledger.performing.home import HomeReader

        owner = (await ledger.get_organization(organization)).organization_id
        home = await HomeReader.over(ledger.store, ledger.clock, ledger, ledger.settings).read_home(owner, "")
        return home, await ledger.store.find_tier_policy(owner), await ledger.store.read_known_people(owner)

    home, policy, people = with_ledger(database, work)
    if as_json:
        print_json(to_home(home, policy, people))
        return
    print_facts(
        [
            ("last hour", _say(home.last_hour, "deployment")),
            ("last 24 hours", f"{_say(home.changed, 'deployment')}, {home.failed} failed, {home.failing} still failing"),
            ("running", str(home.running)),
            ("open incidents", str(home.open_incidents)),
            ("awaiting approval", str(home.approvals)),
            ("stuck", str(home.stuck)),
            ("without a cause", f"{_say(home.uncaused, 'incident')} of the last 30 days"),
            ("not mapped", _say(Count(home.unmapped), "name")),
            ("silent sources", f"{len(home.silent_sources):,}"),
        ]
    )
    rows = list(_list_rows(home, policy))
    if rows:
        print_line("")
        print_table(("WHAT", "SINCE", "ID", "TITLE"), rows, empty="")


def _say(count: Count, what: str) -> str:
    return f"{count} {what}{'' if count == Count(1) else 's'}"


def _list_rows(home: Home, policy: TierPolicy) -> Iterator[Row]:
    yield from _list_incidents("open incident", home.incidents)
    yield from _list_deployments("failing", home.failing_now, policy)
    yield from _list_deployments("stuck", home.stuck_now, policy)
    for gate, about in home.gates:
        yield "awaits approval", to_text(gate.asked_at), gate.key, "" if about is None else _describe(about, policy)
    yield from _list_incidents("without a cause", home.uncaused_incidents)
    for source in home.silent_sources:
        yield "silent source", to_text(source.seen_at), source.credential.credential_id, source.credential.name
    yield from _list_deployments("running", home.running_now, policy)
    yield from _list_deployments("last hour", home.latest, policy)


def _list_deployments(what: str, found: Sequence[Deployment], policy: TierPolicy) -> Iterator[Row]:
    for one in found:
        yield what, to_text(one.started_at), one.deployment_id, _describe(one, policy)


def _list_incidents(what: str, found: Sequence[Incident]) -> Iterator[Row]:
    for one in found:
        yield what, to_text(one.started_at), one.incident_id, known(one.facts.title) or "Incident without a title"


def _describe(one: Deployment, policy: TierPolicy) -> str:
    environment = one.environment
    place = policy.names.call(environment.name) if environment else ""
    return f"{title_of(one)} to {place}" if place else title_of(one)
