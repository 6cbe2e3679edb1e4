"""``/settings/webhooks``: who is told what, and the log of deliveries."""

from __future__ import annotations

from datetime import timedelta

import httpx2
import pytest

from shipledger.access.people.roles import Role
from shipledger.forwarding.message import Attempt, MessageState, Result
from shipledger.forwarding.trying import Tried
from tests.support.messages import ask_of_an_app
from tests.support.site import LOCAL, Html, Site

PATH = "/settings/webhooks"
URL = "https://bot.example.com/hooks/secret-path"


async def send(site: Site, path: str = PATH, *, role: Role = Role.ADMINISTRATOR, **fields: str) -> httpx2.Response:
    """The answer to a form of the page."""
    seen = Html((await site.get(PATH, role=role)).text)
    token = seen.all("input", name="form_token")[0]["value"]
    headers = {"Origin": LOCAL, "Sec-Fetch-Site": "same-origin"}
    return await site.ask("POST", path, role=role, data={"form_token": token, **fields}, headers=headers)


@pytest.mark.both_stores
async def test_a_webhook_is_added_with_a_secret_that_is_shown_once_rotated_and_removed(site: Site) -> None:
    owner = site.pen.organization_id
    added = await send(site, action="add", url=URL, name="<b>Bot", **{"topic-gate.asked": "1"})
    assert (added.status_code, "whsec_" in added.text, "The secret of" in added.text) == (200, True, True)
    page = await site.page(PATH)
    assert "<b>Bot https://bot.example.com gate.asked answers 0 0" in page.text
    assert "whsec_" not in page.source
    assert "secret-path" not in page.source, "the path may be a secret"
    (record,) = await site.store.list_targets(owner)
    target_id = record.target.target_id
    rotated = await send(site, action="rotate", target=target_id, name="<b>Bot")
    assert "whsec_" in rotated.text
    assert rotated.text.partition("whsec_")[2][:20] != added.text.partition("whsec_")[2][:20]
    assert "Its messages are forgotten with their log" in (await site.page(f"{PATH}?remove={target_id}")).text
    assert (await send(site, action="remove", target=target_id)).status_code == 303
    assert await site.store.list_targets(owner) == []
    assert (await send(site, action="remove", target=target_id)).status_code == 404
    audit, name = await site.page("/audit?kind=webhook"), (await site.visit_of(Role.ADMINISTRATOR)).person.name
    for said in (
        "Webhook <b>Bot removed, with its messages.",
        "Secret of the webhook <b>Bot replaced.",
        "Webhook <b>Bot added, at https://bot.example.com. It hears of gate.asked.",
    ):
        assert audit.text.count(said) == 1, said
    assert audit.text.count(name) >= 3
    entries = await site.store.list_entries_of("webhook", owner, target_id)
    written = repr(entries)
    assert [one.actor.id for one in entries] == [(await site.visit_of(Role.ADMINISTRATOR)).person.person_id] * 3
    assert not any(secret in written for secret in ("whsec_", "secret-path", added.text.partition("whsec_")[2][:20]))


async def test_a_message_that_was_refused_is_shown_with_its_attempts_and_sent_again(site: Site) -> None:
    gate = await ask_of_an_app(site.pen, at=site.now)
    (target,) = await site.store.list_ready_targets(site.pen.organization_id, now=gate.asked_at)
    until = gate.asked_at + timedelta(seconds=1)
    (message,) = await site.store.claim_messages(target, node_id="n", now=gate.asked_at, until=until, most=4, limit=4)
    attempt = Attempt(
        number=1, at=gate.asked_at, took=timedelta(seconds=1), result=Result.REFUSED, status=410, answer="<i>Gone fishing"
    )
    tried = Tried(attempt=attempt, at=gate.asked_at, chance=0, has_even_time=False)
    await site.store.record_attempt(message, tried, node_id="n")
    (link,) = (one for one in (await site.page(f"{PATH}?state=given_up")).links() if "message=" in one)
    page = await site.page(link)
    assert "410 <i>Gone fishing" in page.text
    asked = {"action": "redeliver", "message": message.message_id}
    assert (await send(site, f"{PATH}/messages", role=Role.ADMINISTRATOR, **asked)).status_code == 303
    logged = await site.store.find_message(site.pen.organization_id, message.message_id)
    assert logged is not None
    assert logged.message.state is MessageState.PENDING
    given_up = await send(site, f"{PATH}/messages", **{**asked, "action": "give-up"})
    assert given_up.headers["location"].endswith("done=given_up")
    again = await send(site, f"{PATH}/messages", **{**asked, "action": "give-up"})
    assert (again.status_code, "is being sent, or is over" in again.text) == (409, True)
    assert (await send(site, f"{PATH}/messages", action="redeliver", message="none")).status_code == 404
    audit = (await site.page("/audit?kind=webhook")).text
    assert f"Message {message.message_id} to app sent again." in audit
    assert f"Message {message.message_id} to app given up: Given up on the page." in audit


@pytest.mark.parametrize(
    "fields, said",
    [
        ({"url": URL}, "Choose what it hears of; topics are gate.asked"),
        ({"url": "ftp://a", "topic-gate.asked": "1"}, "The address cannot be called"),
        ({"url": "https://u:p@a.example.com", "topic-gate.asked": "1"}, "must not contain a user or a password"),
        ({"url": "https://a.example.com/" + "x" * 3_000, "topic-gate.asked": "1"}, "at most 2000 characters"),
        ({"url": URL, "name": "n" * 10_000, "topic-gate.asked": "1"}, "must have 1 to 100 characters"),
    ],
)
async def test_what_cannot_be_added_is_told_and_what_was_typed_stays(one_site: Site, fields: dict[str, str], said: str) -> None:
    answer = await send(one_site, action="add", **fields)
    page = Html(answer.text)
    assert (answer.status_code, said in page.text) == (400, True), page.text
    assert page.all("input", id="url")[0]["value"] == fields["url"]


async def test_who_may_not_change_webhooks_sees_them_without_a_form(one_site: Site) -> None:
    for role in (Role.VIEWER, Role.EDITOR):
        page = Html((await one_site.get(PATH, role=role)).text)
        assert [one for one in page.all("form", method="post") if one.get("action", "").startswith(PATH)] == []
    assert (await one_site.get(f"{PATH}?remove=x", role=Role.EDITOR)).status_code == 403
