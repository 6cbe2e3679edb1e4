"""``/incidents`` and ``/incidents/{id}``."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from shipledger.access.people.roles import Role
from shipledger.incidents.marks import IncidentMarks
from shipledger.incidents.model import Incident, IncidentFacts
from shipledger.ledger.marks import Marking
from shipledger.ledger.state import Tier
from shipledger.ledger.submission import Environment, Release
from shipledger.ledger.submission import Remediation as Remedy
from tests.support.pen import Pen
from tests.support.site import Site

PRODUCTION = Environment(id="eu", name="eu", tier=Tier.PRODUCTION, original_tier="Production")


def make_incident(site: Site, number: int, **facts: Any) -> Incident:
    started_at = site.now - timedelta(hours=number + 1)
    return Incident(
        organization_id=site.pen.organization_id,
        incident_id=f"01900000-0000-7000-8000-{number:012}",
        source="datadog",
        version=1,
        recorded_at=started_at,
        updated_at=started_at,
        facts=IncidentFacts(**{"started_at": started_at, "services": ("Checkout",), **facts}),
        orders={},
    )


async def test_incidents_are_listed_newest_first_with_their_services_and_whether_they_are_open(site: Site) -> None:
    over = {"ended_at": site.now, "severity": "SEV-1", "environment": PRODUCTION}
    await site.store.save_records([make_incident(site, 1, title="Older", **over), make_incident(site, 0, title="Newer")])
    text = (await site.page("/incidents")).text
    assert text.index("Newer") < text.index("Older")
    assert all(words in text for words in ("Open", "Closed", "Checkout", "SEV-1", "eu", "Production"))


async def test_an_empty_list_says_what_to_do(site: Site) -> None:
    assert "shipledger credential create datadog" in (await site.page("/incidents")).text


async def test_a_long_list_has_pages(site: Site) -> None:
    await site.store.save_records([make_incident(site, number, title=f"Number {number:03}") for number in range(60)])
    first = await site.page("/incidents")
    assert "Number 049" in first.text
    assert "Number 050" not in first.text
    (older,) = [found["href"] for found in first.all("a") if "before=" in found["href"]]
    second = await site.page(older)
    assert "Number 050" in second.text
    assert "Number 049" not in second.text


async def test_one_incident_shows_what_is_known_of_it(site: Site, pen: Pen) -> None:
    await pen.create_service("Checkout", at=site.now)
    release = Release(repository="github.com/acme/shop", commit="66adc9350f2cc9b250b69abddab733dd55e1a588")
    incident = make_incident(
        site, 1, title="<b>Down</b>", team="Core", version="v1", tags=("a:b",), releases=(release,), services=("checkout", "pay")
    )
    await site.store.save_records([incident])
    page = await site.page(f"/incidents/{incident.incident_id}")
    for words in ("<b>Down</b>", "still open", "Core", "v1", "a:b", release.commit, "Datadog", "pay"):
        assert words in page.text
    assert page.all("a", href="/services/checkout")


async def test_one_without_a_cause_says_who_may_mark_it_and_with_which_command(site: Site, pen: Pen) -> None:
    await pen.create_service("Checkout", "bitbucket.org/acme/checkout", at=site.now - timedelta(days=9))
    ran = [await pen.record(at=site.now - timedelta(hours=hours), title=f"At {hours}") for hours in (8, 5, 1)]
    incident = make_incident(site, 3)
    path = f"/incidents/{incident.incident_id}"
    await site.store.save_records([incident, make_incident(site, 1, services=("Nobody knows it",))])
    page = await site.page(path)
    suspect = ran[1][1].deployment_id
    for cause in (f"--caused-by {suspect}", "--not-caused-by-deployment"):
        assert f"mark incident --url http://127.0.0.1:8080 {cause} {incident.incident_id}" in page.text
    assert page.all("a", href=f"/deployments/{suspect}")
    other = (await site.page(f"/incidents/{make_incident(site, 1).incident_id}")).text
    assert ("--caused-by " in other, "--not-caused-by-deployment" in other) == (False, True)
    reader = (await site.get(path, role=Role.VIEWER)).text
    assert ("Your role does not have the right: write" in reader, "mark incident" in reader) == (True, False)
    marked = replace(incident, version=2, marks=IncidentMarks(not_caused_by_deployment=True))
    await site.store.save_records([marked])
    assert "It has no cause yet" not in (await site.page(path)).text


@pytest.mark.parametrize("ids", [(), ("a",), ("a", "b"), ("a", "b", "c")])
async def test_names_and_ids_of_services_that_different_senders_gave_need_not_belong_together(
    site: Site, pen: Pen, ids: tuple[str, ...]
) -> None:
    service = await pen.create_service("Checkout", at=site.now)
    incident = make_incident(site, 1, services=("checkout", "pay"), service_ids=tuple(ids) and (service.service_id, *ids[1:]))
    await site.store.save_records([incident])
    page = await site.page(f"/incidents/{incident.incident_id}")
    assert page.all("a", href="/services/checkout")
    assert "pay" in page.text


@pytest.mark.parametrize("path", ["/incidents/nobody", "/incidents/01900000-0000-7000-8000-000000000999"])
async def test_an_unknown_incident_is_404(site: Site, path: str) -> None:
    assert (await site.get(path)).status_code == 404


async def test_a_mark_and_its_remediation_are_shown_on_the_deployment(site: Site, pen: Pen) -> None:
    _, verdict = await pen.record(
        at=site.now - timedelta(hours=1), is_change_failure=True, remediation=Remedy(kind="rollback", version="v0.9")
    )
    text = (await site.page(f"/deployments/{verdict.deployment_id}")).text
    assert "Change failure" in text
    assert "marked" in text
    assert "rollback to v0.9" in text


async def test_marks_are_shown_with_who_said_them_and_links_to_what_they_name(site: Site, pen: Pen) -> None:
    _, verdict = await pen.record(at=site.now - timedelta(hours=1))
    cause = verdict.deployment_id or ""
    incident = make_incident(site, 1, title="Down")
    marks = IncidentMarks(caused_by=(cause,), note="<i>Cache</i>", duplicate_of=None)
    marked = {name: Marking(order=(1,), at=site.now) for name in ("caused_by", "note", "duplicate_of")}
    await site.store.save_records([replace(incident, marks=marks, marked=marked)])
    page = await site.page(f"/incidents/{incident.incident_id}")
    assert page.all("a", href=f"/deployments/{cause}")
    assert "<i>Cache</i>" in page.text
    assert "Duplicate of" not in page.text
