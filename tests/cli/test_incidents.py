"""``shipledger incidents``."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from shipledger.clock import Clock
from shipledger.incidents.model import Incident, IncidentFacts
from shipledger.ledger.state import Tier
from shipledger.ledger.submission import Environment
from tests.support.commands import Commands
from tests.support.pen import Pen

NOW = Clock().now().replace(microsecond=0)
EU = Environment(id="eu-1", name="Europe", tier=Tier.PRODUCTION, original_tier="Production")


def make_incident(pen: Pen, number: int, **facts: Any) -> Incident:
    """An incident that began ``number`` hours ago."""
    started_at = NOW - timedelta(hours=number)
    return Incident(
        organization_id=pen.organization_id,
        incident_id=f"01900000-0000-7000-8000-{number:012}",
        source="datadog",
        version=1,
        recorded_at=started_at,
        updated_at=started_at,
        facts=IncidentFacts(**{"started_at": started_at, "title": f"{number} h", "services": ("Checkout",), **facts}),
        orders={},
    )


async def report_three(pen: Pen) -> list[str]:
    await pen.create_service("Checkout", at=NOW)
    made = [
        make_incident(pen, 1, severity="SEV-1", environment=EU),
        make_incident(pen, 2, ended_at=NOW - timedelta(minutes=90)),
        make_incident(pen, 30, services=("Search",)),
    ]
    await pen.store.save_records(made)
    return [one.incident_id for one in made]


LISTS: list[tuple[list[str], list[str]]] = [
    ([], ["1 h", "2 h", "30 h"]),
    (["--status", "open"], ["1 h", "30 h"]),
    (["--status", "closed"], ["2 h"]),
    (["--service", "checkout"], ["1 h", "2 h"]),
    (["--environment", "europe"], ["1 h"]),
    (["--environment", "eu-1", "--status", "closed"], []),
    (["--since", "1d", "--until", "90min"], ["2 h"]),
    (["--limit", "2"], ["1 h", "2 h"]),
]


@pytest.mark.both_stores
def test_incidents_are_listed_newest_first_by_what_is_asked(cli: Commands, write) -> None:
    write(report_three)
    found = [[one["title"] for one in cli("incidents", "list", *options, "--json").json["incidents"]] for options, _ in LISTS]
    assert found == [titles for _, titles in LISTS]


def test_a_list_that_goes_on_prints_the_command_that_continues_it(cli: Commands, write) -> None:
    ids = write(report_three)
    first = cli("incidents", "list", "--limit", "2")
    assert first.err.endswith(f"shipledger incidents list --limit 2 --before {ids[1]}\n")
    rest = cli("incidents", "list", "--limit", "2", "--before", ids[1])
    assert (ids[2] in rest.out, "More" in rest.err) == (True, False)


def test_one_incident_is_shown(cli: Commands, write) -> None:
    first, ended, _ = write(report_three)
    shown = cli("incidents", "show", first).out
    assert all(words in shown for words in (first, "open", "Checkout", "Europe (production)", "SEV-1"))
    told = cli("incidents", "show", ended, "--json").json
    assert (told["id"], told["status"], told["requests"]) == (ended, "closed", [])


def test_what_is_not_there_is_an_error_and_an_empty_list_says_what_to_do(cli: Commands, write) -> None:
    assert "There is no incident 'nope'; see `shipledger incidents list`." in cli("incidents", "show", "nope", code=1).err
    assert "There is no service 'nope'" in cli("incidents", "list", "--service", "nope", code=1).err
    assert "shipledger credential create" in cli("incidents", "list").err
    write(report_three)
    assert "No matching incidents" in cli("incidents", "list", "--environment", "moon").err
