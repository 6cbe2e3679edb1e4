"""The health of data and the open incidents, on ``/services/{service}``."""

from __future__ import annotations

from datetime import datetime, timedelta

from shipledger.catalog.commit import Telling
from shipledger.catalog.services.model import ChangeService, ServiceFacts
from shipledger.catalog.told import ToldCommit
from shipledger.incidents.model import Incident, IncidentFacts
from shipledger.ledger.state import State, Tier
from shipledger.ledger.submission import Environment
from tests.support.pen import STAGING
from tests.support.sample import CHECKOUT
from tests.support.services import ask
from tests.support.site import Site
from tests.support.telling import tell_commits

CELL = Environment(id="cell-7", name="<cell>", tier=Tier.UNMAPPED, original_tier="")
DAYS = timedelta(days=3)


def make_incident(site: Site, number: int, services: tuple[str, ...], ended_at: datetime | None) -> Incident:
    said = {"ended_at": ended_at} if ended_at else {}
    return Incident(
        organization_id=site.pen.organization_id,
        incident_id=f"01900000-0000-7000-8000-{number:012}",
        source="datadog",
        version=1,
        recorded_at=site.now,
        updated_at=site.now,
        facts=IncidentFacts(started_at=site.now - DAYS, title=f"Incident {number}", services=services, **said),
        orders={},
    )


def health_of(text: str) -> str:
    return " ".join(text.partition("Health of its data")[2].partition("Latest deployments")[0].split())


async def test_what_is_missing_is_said_with_what_to_do(site: Site) -> None:
    await site.pen.create_service("Checkout", at=site.now)
    say = {"services": ("Checkout",), "actor": None}
    await site.pen.record(at=site.now - DAYS, releases=(), **say)
    await site.pen.record(at=site.now - DAYS, environment=STAGING, state=State.IN_PROGRESS, lasted=None, **say)
    await site.pen.record(at=site.now - DAYS, environment=CELL, **say)
    text = health_of((await site.page("/services/checkout")).text)
    for words in (
        "under way for more than a day in staging-eu.",
        "Nobody has said which tier an environment has: <cell>. Say so in the inbox",
        "shipledger environment set",
        "without commits in Production,",
        "not known in <cell>,",
        "shipledger commits push",
        "Nobody has said who deployed what runs in",
        "No repository is mapped to it",
        "No team owns it.",
    ):
        assert words in text, words
    _, given_up = await site.pen.record(at=site.now - DAYS / 2, state=State.IN_PROGRESS, lasted=None, **say)
    await site.pen.give_up(given_up.deployment_id or "", at=site.now)
    text = health_of((await site.page("/services/checkout")).text)
    assert "Nobody has said how the latest deployment ended in Production." in text


async def test_a_service_of_which_all_is_known_says_so(site: Site) -> None:
    service = await site.pen.create_service("Checkout", CHECKOUT, at=site.now)
    facts = ServiceFacts(team_id="web")
    await ask(site.store, site.pen.organization_id, ChangeService(service.service_id, facts=facts))
    await site.pen.record(at=site.now, actor="ada", releases=((CHECKOUT, "a" * 40),))
    await tell_commits(site, CHECKOUT, [ToldCommit("a" * 40, 1, Telling("Start", site.now, parents=()))])
    page = await site.page("/services/checkout")
    assert health_of(page.text) == "Nothing is missing."
    assert "silence_limit_hours 24 default" in " ".join(page.text.split())
    assert page.text.index("What runs where") < page.text.index("Health of its data") < page.text.index("Map another repository")


async def test_open_incidents_of_it_are_there_by_any_of_its_names_and_no_others(site: Site) -> None:
    await site.pen.create_service("Checkout", at=site.now)
    told = (("checkout",), None), (("Search",), None), (("Checkout",), site.now)
    await site.store.save_records(
        [make_incident(site, number, services, ended_at) for number, (services, ended_at) in enumerate(told)]
    )
    text = (await site.page("/services/checkout")).text
    assert "Incident 0" in text.partition("Open incidents")[2]
    assert "Incident 1" not in text
    assert "Incident 2" not in text
