"""``/deployments/{id}``."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from shipledger.forwarding.message import Attempt, Result
from shipledger.forwarding.trying import Tried
from shipledger.ledger.state import State
from shipledger.ledger.submission import Alias, Pipeline, Target
from shipledger.pull_requests.model import PullRequestFacts, RecordPullRequest
from tests.support.factories import make_id
from tests.support.messages import ask_of_an_app
from tests.support.sample import CHECKOUT, write_week
from tests.support.services import ask
from tests.support.site import Site

WORKSPACE = "0a4fb641-0c65-44ab-bb4f-64a44bada7be"
REPOSITORY = "33838c22-5066-425e-8a23-4a6699011119"
ID = "550e8400-e29b-41d4-a716-446655440000"


async def test_it_tells_what_where_and_by_whom(site: Site) -> None:
    ids = await write_week(site.pen, site.now)
    page = await site.page(f"/deployments/{ids['story']}")
    assert "Checkout 4.18.0: split payments, all regions" in page.text
    assert "build-1841" in page.text
    assert "https://ci.example.com/acme/checkout/1841" in page.links()
    assert "bitbucket-ci" in page.text


async def test_its_history_and_every_verdict_are_told(site: Site) -> None:
    ids = await write_week(site.pen, site.now)
    text = (await site.page(f"/deployments/{ids['story']}")).text
    history = text[text.index("History") : text.index("Commits")]
    assert history.index("Corrected: title") < history.index("In progress") < history.index("Pending")
    assert "sent as “started”" in history
    writes = text[text.index("Writes and their verdicts") :]
    assert writes.count("Applied:") == 3
    assert "Superseded" in writes
    assert "the deployment is in progress, according to a report with a higher rank" in writes


async def test_a_rejected_write_is_listed_with_its_reason(site: Site) -> None:
    _, verdict = await site.pen.record(at=site.now)
    rejected = verdict.__class__(
        kind=verdict.kind.REJECTED, deployment_id=verdict.deployment_id, sentence="It can only be changed where it ran."
    )
    await site.pen.settle_raw(site.pen.receipt("update", at=site.clock.now()), rejected)
    text = (await site.page(f"/deployments/{verdict.deployment_id}")).text
    assert "It can only be changed where it ran." in text


async def test_an_end_before_the_start_is_explained(site: Site) -> None:
    _, verdict = await site.pen.record(at=site.now, lasted=timedelta(minutes=-9))
    text = (await site.page(f"/deployments/{verdict.deployment_id}")).text
    assert "Clock problem." in text
    assert "Its reported end is 9 min before its start" in text


@pytest.mark.parametrize(
    "rule,set_for,setting",
    [
        ("", "", "silence_limit_hours ."),
        ("", "service Till", "silence_limit_hours of the service Till."),
        ("checkout-*", "", "silence_limits, for pipelines like"),
    ],
)
async def test_why_a_run_is_unknown_and_what_ends_that_is_explained(site: Site, rule: str, set_for: str, setting: str) -> None:
    _, verdict = await site.pen.record(at=site.now - timedelta(days=2), state=State.IN_PROGRESS)
    await site.pen.give_up(verdict.deployment_id, at=site.now - timedelta(days=1), rule=rule, set_for=set_for)
    page = await site.page(f"/deployments/{verdict.deployment_id}")
    assert "No report for 24 h. The last reported state was in progress, received 2 days ago . Whether" in page.text
    assert "A later report clears this notice." in page.text
    assert f"The limit is the setting {setting}" in page.text.replace(" , ", ", ")
    history = page.text[page.text.index("History") : page.text.index("Writes and their verdicts")]
    assert history.index("Unknown no report for 24 h current By the ledger itself") < history.index("In progress")
    writes = page.text[page.text.index("Writes and their verdicts") :]
    assert writes.index("Opsgenie create") < writes.index("Shipledger give up") < writes.index("the ledger itself")
    assert "so far" not in page.text


@pytest.mark.parametrize(
    "repository,commit,link",
    [
        ("bitbucket.org/acme/shop", "0c9135c", "https://bitbucket.org/acme/shop/commits/0c9135c"),
        (
            f"bitbucket.org/{WORKSPACE}/{REPOSITORY}",
            "ab",
            f"https://bitbucket.org/%7B{WORKSPACE}%7D/%7B{REPOSITORY}%7D/commits/ab",
        ),
        ("github.com/acme/shop", "v1/../x", "https://github.com/acme/shop/commit/v1%2F..%2Fx"),
        ("git.example.com/acme/shop", "0c9135c", None),
    ],
)
async def test_commits_link_to_the_forges_that_are_known(site: Site, repository: str, commit: str, link: str | None) -> None:
    _, verdict = await site.pen.record(at=site.now, releases=((repository, commit),))
    page = await site.page(f"/deployments/{verdict.deployment_id}")
    assert [found for found in page.links() if found.startswith("http")] == ([link] if link else [])
    assert commit in page.text


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "ftp://x", "https://", "build 7"])
async def test_what_is_no_web_address_does_not_become_a_link(site: Site, url: str) -> None:
    _, verdict = await site.pen.record(at=site.now, url=url, releases=())
    page = await site.page(f"/deployments/{verdict.deployment_id}")
    assert url not in page.links()
    assert url in page.text


async def test_a_repository_without_a_service_comes_with_the_command_that_maps_it(site: Site) -> None:
    _, verdict = await site.pen.record(at=site.now)
    text = (await site.page(f"/deployments/{verdict.deployment_id}")).text
    assert "not connected" in text
    assert f"shipledger service map-repository SERVICE {CHECKOUT}" in text


async def test_a_workspace_is_connected_once_one_of_its_repositories_is_mapped(site: Site) -> None:
    await site.pen.create_service("Storefront", "bitbucket.org/acme/storefront", at=site.now)
    _, verdict = await site.pen.record(at=site.now)
    text = (await site.page(f"/deployments/{verdict.deployment_id}")).text
    assert "not connected" not in text
    assert "no service" in text


async def test_a_mapped_repository_shows_its_service(site: Site) -> None:
    service = await site.pen.create_service("Storefront", CHECKOUT.upper().replace("BITBUCKET.ORG", "bitbucket.org"), at=site.now)
    _, verdict = await site.pen.record(at=site.now)
    page = await site.page(f"/deployments/{verdict.deployment_id}")
    assert "Storefront" in page.text
    assert f"/services/{service.service_id}" in page.links()
    assert "map-repository" not in page.text


async def test_facts_that_only_some_senders_tell_are_shown(site: Site) -> None:
    _, verdict = await site.pen.record(
        at=site.now,
        pipeline=Pipeline(id="p1", name="Release train", url="https://ci.example.com/p1"),
        issue_keys=("SHOP-1", "SHOP-2"),
        branch="main",
        is_hotfix=True,
        is_forced=False,
        properties={"<region>": "eu-west"},
        actor=None,
    )
    page = await site.page(f"/deployments/{verdict.deployment_id}")
    assert {"https://ci.example.com/p1", "/issues/SHOP-1", "/issues/SHOP-2"} <= set(page.links())
    for words in ("Release train", "Branch main", "Hotfix yes", "<region> eu-west"):
        assert words in page.text
    assert "Forced" not in page.text
    assert "Actor" not in page.text


async def test_the_id_is_found_in_braces_and_upper_case(site: Site) -> None:
    _, verdict = await site.pen.record(at=site.now)
    assert (await site.get(f"/deployments/%7B{(verdict.deployment_id or '').upper()}%7D")).status_code == 200


async def test_its_page_follows_new_writes(site: Site) -> None:
    _, verdict = await site.pen.record(at=site.now, state=State.IN_PROGRESS, lasted=None)
    path = f"/deployments/{verdict.deployment_id}"
    again = (await site.page(path)).all("div", id="live")[0]["hx-get"]
    assert (await site.poll(again)).status_code == 204
    await site.pen.change(verdict.deployment_id or "", State.PENDING, at=site.clock.now())
    assert "Superseded" in (await site.poll(again)).text


@pytest.mark.parametrize("name", ["01900000-0000-7000-8000-00000000dead", "nonsense", "%00", "a%2Fb"])
async def test_an_unknown_id_is_a_friendly_404(site: Site, name: str) -> None:
    answer = await site.get(f"/deployments/{name}")
    assert answer.status_code == 404
    assert "Page not found" in answer.text


async def test_the_runs_of_one_deployment_link_to_each_other(site: Site) -> None:
    ids = []
    for days in (2, 1):
        _, verdict = await site.pen.record(at=site.now - timedelta(days=days), series=Alias(scope="opsgenie:repeat", key="one"))
        ids.append(verdict.deployment_id)
    first, second = [await site.page(f"/deployments/{one}") for one in ids]
    assert f"/deployments/{ids[1]}" in first.links()
    assert "Later run" in first.text
    assert "Earlier run" in second.text


async def test_a_later_final_report_does_not_move_the_end(site: Site) -> None:
    start = site.now - timedelta(hours=5)
    _, verdict = await site.pen.record(at=start, lasted=timedelta(minutes=4))
    await site.pen.change(verdict.deployment_id or "", State.ROLLED_BACK, at=start + timedelta(hours=3))
    text = (await site.page(f"/deployments/{verdict.deployment_id}")).text
    assert "4 min" in text
    assert "last reported as ended" in text


@pytest.mark.parametrize(
    "facts, title",
    [
        ({"title": "Checkout  2.4.1\n"}, "Checkout 2.4.1"),
        ({"services": ("checkout",), "version": "2.4.1", "external_id": "build-77"}, "checkout 2.4.1"),
        ({"services": ("checkout",)}, "checkout at 4f1c9a7be2"),
        ({"services": ("checkout",), "releases": (), "external_id": "build-77"}, "checkout build-77"),
        ({"services": ("checkout",), "releases": (), "external_id": ID}, "Deployment of checkout"),
        ({"title": ID, "releases": ((CHECKOUT, "f" * 40),)}, f"acme/checkout at {'f' * 10}"),
    ],
)
async def test_its_title_is_what_people_call_it(site: Site, facts: dict[str, Any], title: str) -> None:
    _, verdict = await site.pen.record(at=site.now, **facts)
    page = await site.page(f"/deployments/{verdict.deployment_id}")
    assert f"{title} " in f"{page.text} "
    assert title in (await site.page("/deployments")).text


async def test_the_services_that_were_sent_are_named_and_linked_where_they_are_known(site: Site) -> None:
    service = await site.pen.create_service("Checkout", at=site.now)
    _, verdict = await site.pen.record(at=site.now, services=("checkout", "unheard-of"), releases=())
    page = await site.page(f"/deployments/{verdict.deployment_id}")
    assert f"/services/{service.service_id}" in page.links()
    assert "unheard-of" in page.text
    assert "Service none" not in " ".join(page.text.split())


async def test_what_an_app_was_told_of_its_gate_is_shown_with_every_attempt(site: Site) -> None:
    gate = await ask_of_an_app(site.pen, at=site.now - timedelta(minutes=1))  # settled some milliseconds later
    now = site.clock.now()
    (target,) = await site.store.list_ready_targets(gate.organization_id, now=now)
    (message,) = await site.store.claim_messages(target, node_id="n", now=now, until=now, most=1, limit=1)
    attempt = Attempt(number=1, at=now, took=timedelta(seconds=2), result=Result.FAILED, status=503, answer="<b>\u202eno</b>")
    await site.store.record_attempt(message, Tried(attempt=attempt, at=now, chance=0, has_even_time=True), node_id="n")
    text = (await site.page(f"/deployments/{gate.deployment_id}")).text
    assert "Waiting to be told app: that it waits next attempt" in text
    assert "1 attempt" in text
    assert "2.0 s: 503" in text
    assert "<b>" in text


async def test_pull_requests_that_went_out_with_it_are_listed(site: Site) -> None:
    ids = await write_week(site.pen, site.now)
    story = await site.store.find_deployment(site.pen.organization_id, Target(key=ids["story"]))
    assert story is not None
    release = story.releases[0]
    path = f"/deployments/{ids['story']}"
    assert "Pull requests" not in (await site.page(path)).text
    facts = PullRequestFacts(title="Add <cart>", author="octocat", url="https://example.com/17", merge_commit=release.commit)
    asked = RecordPullRequest("native", make_id(1), release.repository, "17", facts, (1,))
    await ask(site.store, site.pen.organization_id, asked)
    page = await site.page(path)
    section = page.text[page.text.index("Pull requests") :]
    assert "Add <cart>" in section
    assert f"{release.repository}#17" in section
    assert "https://example.com/17" in page.links()
    assert (await site.poll(path)).status_code == 200
