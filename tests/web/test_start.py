"""The start page."""

from __future__ import annotations

import json
import shlex
from datetime import timedelta

import pytest

from shipledger.ledger.state import State
from tests.support.site import Html, Site


async def test_an_empty_ledger_shows_commands_to_paste(site: Site) -> None:
    page = await site.page("/")
    assert "shipledger credential create opsgenie --name my-ci" in page.text
    assert "curl -X POST http://localhost:8080/v2/deployments" in page.text


async def test_the_curl_is_one_command_whose_body_is_json(site: Site) -> None:
    page = await site.page("/")
    words = shlex.split(page.text[page.text.index("curl -X POST") : page.text.index("}'") + 2].replace("\\ ", " "))
    assert words[:4] == ["curl", "-X", "POST", "http://localhost:8080/v2/deployments"]
    body = json.loads(words[words.index("-d") + 1])
    assert body["state"] == "successful"
    assert body["releases"][0]["commit"]["sha"]
    assert body["environment"]["type"] == "Production"


async def test_the_public_url_wins_over_the_address_of_the_request(site: Site) -> None:
    answer = await site.get("/", settings={"public_url": "https://ledger.example/"})
    assert "https://ledger.example/v2/deployments" in Html(answer.text).text


@pytest.mark.parametrize("host", ["a;rm -rf ~", "$(id)", "a b", "`id`"])
async def test_a_host_that_is_none_never_reaches_a_command(site: Site, host: str) -> None:
    answer = await site.get("/", headers={"Host": host})
    assert answer.status_code == 403
    assert host not in answer.text


async def test_the_empty_page_asks_again_and_hears_204_until_something_arrives(site: Site) -> None:
    page = await site.page("/")
    again = page.all("div", id="live")[0]["hx-get"]
    assert (await site.poll(again)).status_code == 204
    await site.pen.record(at=site.now, title="The first one")
    answer = await site.poll(again)
    assert answer.status_code == 200
    assert "The first one" in answer.text
    assert "<html" not in answer.text


async def test_a_first_request_that_was_rejected_is_shown_while_there_is_no_deployment(site: Site) -> None:
    await site.pen.change("01900000-0000-7000-8000-00000000dead", State.FAILED, at=site.now)
    page = await site.page("/")
    assert "Requests so far" in page.text
    assert "Rejected" in page.text


async def test_home_shows_requests_that_need_attention(site: Site) -> None:
    await site.pen.record(at=site.now)
    await site.pen.change("01900000-0000-7000-8000-00000000dead", State.FAILED, at=site.now)
    await site.pen.quarantine(at=site.now, failure="KeyError: 'state'")
    await site.pen.leave_pending(at=site.now - timedelta(minutes=5))
    text = (await site.page("/")).text
    attention = text[text.index("Needs you") : text.index("What is failing")]
    assert "No deployment of this organization has this identifier." in attention
    assert "KeyError: 'state'" in attention
    assert "Waiting" in attention


async def test_an_open_page_shows_a_request_that_has_come_to_wait_too_long(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    await site.pen.record(at=site.now)
    await site.pen.leave_pending(at=site.now - timedelta(minutes=5))
    with monkeypatch.context() as patient:
        patient.setattr("shipledger.web.pages.start.WAITING_TOO_LONG", timedelta(minutes=9))
        again = (await site.page("/")).all("div", id="live")[0]["hx-get"]
        assert (await site.poll(again)).status_code == 204
    assert "Waiting" in (await site.poll(again)).text


async def test_a_quiet_ledger_needs_no_attention(site: Site) -> None:
    await site.pen.create_service("Checkout", "bitbucket.org/acme/checkout", at=site.now)
    await site.pen.record(at=site.now)
    assert "Nothing waits for you." in (await site.page("/")).text


async def test_home_counts_what_the_inbox_has(site: Site) -> None:
    await site.pen.record(at=site.now)
    page = await site.page("/")
    assert "1 name is not mapped" in page.text
    assert "/inbox" in page.links()
    name = next(one["value"] for one in (await site.page("/inbox")).all("input", name="name"))
    await site.send({"action": "ignore", "kind": "repository", "name": name}, "/inbox")
    assert "not mapped" not in (await site.page("/")).text, "what is ignored needs nobody"
