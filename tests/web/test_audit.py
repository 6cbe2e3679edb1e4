"""``/audit``: who did what, from the entries of all kinds of records."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shipledger.access.people.roles import Role
from shipledger.aggregates import AGGREGATES
from shipledger.verbs.auditing import KINDS
from tests.support.people import add_person
from tests.support.settings import change_settings
from tests.support.site import Site


def test_every_kind_of_record_is_told_of() -> None:
    assert set(KINDS) == set(AGGREGATES.kinds)


async def shows(site: Site, path: str) -> str:
    return (await site.page(path)).text


@pytest.mark.both_stores
async def test_what_people_and_commands_did_is_listed_by_name_and_what_senders_report_only_when_asked(site: Site) -> None:
    owner, admin = site.pen.organization_id, await site.visit_of(Role.ADMINISTRATOR)
    _, verdict = await site.pen.record(at=site.now, title="Release 7", external_id="build-7")
    service = await site.pen.create_service("Checkout", at=site.now)
    await site.send({"service": "checkout", "repository": "acme/shop", "action": "map"})
    await change_settings(site.store, owner, gate_timeout_hours=72)
    person = await add_person(site.store, owner, Role.VIEWER, email="eve@example.com", name="Eve <b>", clock=site.clock)
    sent = await site.send({"action": "role", "role": "editor", "expects": "1"}, path=f"/settings/people/{person.person_id}")
    assert sent.status_code == 303

    page = await site.page("/audit")
    for told in (
        "Is editor now.",
        "Eve <b>",
        "gate_timeout_hours set to 72.",
        "Mapped bitbucket.org/acme/shop.",
        "Created as Checkout",
    ):
        assert told in page.text
    assert admin.person.name in page.text
    assert "an operator, with shipledger test" in page.text
    assert "Release 7" not in page.text
    text = page.text
    assert text.index("Is editor now.") < text.index("gate_timeout_hours") < text.index("Mapped bitbucket"), "newest first"
    assert {f"/services/{service.service_id}", "/settings"} <= set(page.links())

    with_reports = await shows(site, "/audit?reports=include")
    assert "Release 7" in with_reports
    assert f"/deployments/{verdict.deployment_id}" in (await site.page("/audit?kind=deployment&reports=include")).links()
    assert "Nothing matches" in await shows(site, "/audit?kind=deployment")
    by_admin = await shows(site, f"/audit?actor=person:{admin.person.person_id}")
    assert ("Is editor now." in by_admin, "gate_timeout_hours" in by_admin) == (True, False)
    by_command = await shows(site, "/audit?actor=command")
    assert ("Is editor now." in by_command, "gate_timeout_hours" in by_command) == (False, True)
    only_people = await shows(site, "/audit?kind=member")
    assert ("Is editor now." in only_people, "Mapped" in only_people) == (True, False)
    tomorrow = (site.clock.now() + timedelta(days=1)).date()
    assert "Nothing matches" in await shows(site, f"/audit?from={tomorrow}")
    assert "Is editor now." in await shows(site, f"/audit?from={tomorrow - timedelta(days=2)}&to={tomorrow}")


async def test_every_entry_stands_once_on_the_pages_of_a_long_audit(one_site: Site) -> None:
    owner = one_site.pen.organization_id
    for hours in range(1, 121):
        await change_settings(one_site.store, owner, gate_timeout_hours=hours)
    seen: list[str] = []
    path, pages = "/audit?kind=setting", 0
    while path:
        page = await one_site.page(path)
        seen += [word for word in page.text.split() if word.rstrip(".").isdigit() and word.endswith(".")]
        path, pages = next((one["href"] for one in page.all("a", id="page-older")), ""), pages + 1
    assert pages == 3
    assert [int(one.rstrip(".")) for one in seen] == [*range(120, 0, -1)]


async def test_an_address_that_nobody_was_led_to_is_refused_with_a_sentence(one_site: Site) -> None:
    for query in (
        "kind=x",
        "actor=king",
        "actor=person:",
        "from=yesterday",
        "before=x",
        "before=1:x:1:a",
        f"before={'9' * 30}:setting:1:a",
    ):
        answer = await one_site.get(f"/audit?{query}")
        assert answer.status_code == 400, query
    assert (await one_site.get("/audit?from=0001-01-01&to=9999-12-31")).status_code == 200
    assert (await one_site.get("/audit", cookies={})).headers["Location"].startswith("/login")
    await change_settings(one_site.store, one_site.pen.organization_id, readers="everybody")
    fresh = {"public_url": "http://localhost:8080"}
    assert (await one_site.get("/audit", cookies={}, settings=fresh)).headers["Location"].startswith("/login")
