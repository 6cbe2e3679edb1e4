"""``/services``, ``/repositories`` and the form that joins them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shipledger.access.people.roles import Role
from shipledger.catalog.contract import RepositoryMapping
from shipledger.catalog.retiering import apply_policy, pin
from shipledger.catalog.services.model import ChangeService, ServiceFacts
from shipledger.catalog.tiers import DEFAULT_POLICY
from shipledger.ledger.actor import Actor, ActorKind
from shipledger.ledger.history import RULES
from shipledger.ledger.state import State, Tier
from tests.support.pen import STAGING
from tests.support.sample import CHECKOUT, write_week
from tests.support.services import ask
from tests.support.site import Site
from tests.support.tiers import save_tier_policy


async def test_without_services_the_page_says_how_to_make_one(site: Site) -> None:
    assert "shipledger service create Checkout" in (await site.page("/services")).text


async def test_services_are_listed_with_their_repositories(site: Site) -> None:
    await write_week(site.pen, site.now)
    page = await site.page("/services")
    assert "/services/checkout" in page.links()
    assert CHECKOUT in page.text
    assert "none yet" in page.text  # Warehouse


async def test_services_are_listed_in_pages(site: Site) -> None:
    for number in range(105):
        await site.pen.create_service(f"Service {number:03}", at=site.now)
    first = await site.page("/services")
    second = await site.page(first.all("a", id="page-older")[0]["href"])
    assert "Service 104" in second.text
    assert "Service 099" not in second.text


@pytest.mark.parametrize("offset", ["-1", "x", "99999999999999999999", "٣"])
async def test_a_hostile_offset_never_breaks_the_list(site: Site, offset: str) -> None:
    assert (await site.get("/services", params={"offset": offset})).status_code == 200


async def test_a_service_is_found_by_id_and_by_slug_and_shows_its_deployments(site: Site) -> None:
    await site.pen.record(at=site.now - timedelta(days=1), title="Yesterday's")
    await site.pen.record(at=site.now, title="Another's", releases=(("bitbucket.org/acme/other", "beef"),))
    service = await site.pen.create_service("Checkout", CHECKOUT, at=site.now)
    for address in (service.service_id, service.slug):
        text = (await site.page(f"/services/{address}")).text
        assert "Yesterday's" in text
        assert "Another's" not in text
        assert "shipledger service map-repository checkout" in text


async def test_a_service_shows_what_runs_where_and_what_ran_before_by_when_it_happened(site: Site) -> None:
    pen, hour = site.pen, timedelta(hours=1)
    await pen.create_service("Checkout", CHECKOUT, at=site.now)
    for hours, state, title in (
        (3, State.SUCCESSFUL, "Third"),
        (9, State.SUCCESSFUL, "First, told late"),
        (6, State.SUCCESSFUL, "Second"),
        (1, State.FAILED, "Broken"),
    ):
        await pen.record(at=site.now - hours * hour, state=state, title=title, releases=((CHECKOUT, "a" * 40),))
    await pen.record(at=site.now - 2 * hour, title="Tried", environment=STAGING, releases=((CHECKOUT, "b" * 40),))
    table = (await site.page("/services/checkout")).text.partition("Since then")[2].partition("Health of its data")[0]
    production, staging = table.split("staging-eu")
    assert production.index("Third aaaaaaaaaaaa") < production.index("Second") < production.index("Failed Broken")
    assert "First" not in production
    assert "Tried bbbbbbbbbbbb" in staging


async def test_an_unknown_service_is_a_friendly_404(site: Site) -> None:
    assert (await site.get("/services/nobody")).status_code == 404


async def test_repositories_without_a_service_come_first_with_the_command(site: Site) -> None:
    await write_week(site.pen, site.now)
    page = await site.page("/repositories")
    assert "2 without a service" in page.text
    assert page.text.index("acme-tools/mailer") < page.text.index(CHECKOUT)
    assert "shipledger service map-repository checkout bitbucket.org/acme-tools/mailer" in page.text
    unmapped = await site.page("/repositories?show=unmapped&text=MAIL")
    assert len(unmapped.all("tr")) - 1 == 1


async def test_the_form_maps_a_repository_whatever_way_it_is_named(site: Site) -> None:
    service = await site.pen.create_service("Checkout", at=site.now)
    for text in ("acme/one", "https://user:secret@bitbucket.org/acme/two.git", "git@github.com:acme/three.git"):
        answer = await site.send({"service": service.service_id, "repository": text, "action": "map"})
        assert answer.status_code == 303
        assert answer.headers["Location"] == "/services/checkout?done=mapped"
    mapped = {mapping.repository for mapping in await site.store.list_mappings(site.pen.organization_id)}
    assert mapped == {"bitbucket.org/acme/one", "bitbucket.org/acme/two", "github.com/acme/three"}


async def test_the_form_takes_a_repository_away_again(site: Site) -> None:
    service = await site.pen.create_service("Checkout", CHECKOUT, at=site.now)
    fields = {"service": service.service_id, "repository": CHECKOUT, "action": "unmap", "from": "repositories"}
    assert (await site.send(fields)).headers["Location"] == "/repositories?done=unmapped"
    assert await site.store.list_mappings(site.pen.organization_id) == []


async def test_a_page_says_who_changed_a_service_and_when(site: Site) -> None:
    service = await site.pen.create_service("Checkout", at=site.now)
    await site.send({"service": "checkout", "repository": "acme/one", "action": "map"})
    await ask(
        site.store,
        site.pen.organization_id,
        ChangeService(service.service_id, facts=ServiceFacts(team_id="web")),
        by=Actor(ActorKind.CREDENTIAL, site.pen.credential_id),
    )
    text = (await site.page("/services/checkout")).text
    person = (await site.visit_of(Role.ADMINISTRATOR)).person
    for words in (
        "Created as Checkout.",
        "By an operator, with shipledger test",
        "Mapped bitbucket.org/acme/one.",
        "Team set to “web”.",
    ):
        assert words in text
    assert text.index("Team set to “web”.") < text.index(f"By {person.name}") < text.index("Created as Checkout.")


async def test_a_page_says_that_new_rules_for_tiers_are_being_applied_until_they_are(site: Site) -> None:
    await site.pen.create_service("Checkout", at=site.now)
    await site.pen.record(at=site.now, services=("Checkout",), environment=STAGING)
    organization_id = site.pen.organization_id
    await site.store.note_projection_rules(RULES)
    words = "The rules for tiers were changed and are being applied."
    assert words not in (await site.page("/services/checkout")).text
    await save_tier_policy(site.store, organization_id, pin(DEFAULT_POLICY, STAGING.id, Tier.TESTING))
    assert words in (await site.page("/services/checkout")).text
    await apply_policy(site.store, organization_id)
    assert words not in (await site.page("/services/checkout")).text


async def test_mapping_twice_is_no_error(site: Site) -> None:
    service = await site.pen.create_service("Checkout", CHECKOUT, at=site.now)
    answer = await site.send({"service": "checkout", "repository": CHECKOUT})
    assert answer.status_code == 303
    mappings = await site.store.list_mappings(site.pen.organization_id)
    assert mappings == [RepositoryMapping(service_id=service.service_id, repository=CHECKOUT)]


@pytest.mark.parametrize(
    "fields,status",
    [
        ({}, 404),
        ({"service": "nobody", "repository": "acme/shop"}, 404),
        ({"service": "checkout"}, 400),
        ({"service": "checkout", "repository": "nonsense"}, 400),
        ({"service": "checkout", "repository": "a/" + "b" * 20_000}, 400),
        ({f"field{number}": "x" for number in range(20)}, 400),
    ],
)
async def test_a_form_that_cannot_be_used_is_answered_with_a_reason(site: Site, fields: dict[str, str], status: int) -> None:
    await site.pen.create_service("Checkout", at=site.now)
    answer = await site.send(fields)
    assert answer.status_code == status
    assert "<h1>" in answer.text


async def test_a_relation_is_added_shown_from_both_sides_and_taken_away(site: Site) -> None:
    await site.pen.create_service("Shop", at=site.now)
    assert "There is no other service yet" in (await site.page("/services/shop")).text
    bank = await site.pen.create_service("Bank", at=site.now)
    path, form = "/services/shop/relations", {"kind": "depends_on", "other": "bank"}
    assert (await site.send({**form, "action": "add"}, path)).status_code == 303
    page = await site.page("/services/shop")
    assert "Depends on Bank" in page.text.partition("History")[0]
    assert "Needed by Shop" in (await site.page("/services/bank")).text
    assert "Depends on Bank." in page.text, "the history has it"
    assert (await site.send({**form, "other": bank.service_id, "action": "remove"}, path)).status_code == 303
    assert "Needed by" not in (await site.page("/services/bank")).text
    for wrong, status in (({"other": "shop"}, 400), ({"other": "x"}, 404), ({"other": ""}, 400), ({"kind": "likes"}, 400)):
        assert (await site.send({**form, **wrong}, path)).status_code == status, wrong
    assert (await site.send(form, "/services/nothing/relations")).status_code == 404
