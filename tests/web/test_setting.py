"""``/settings/values/{key}``: one setting, where its value comes from, and the form that changes it."""

from __future__ import annotations

from datetime import timedelta

import httpx2
import pytest

from shipledger.access.people.roles import Right, Role
from shipledger.access.people.session import form_token
from shipledger.catalog.organization_settings.declared import SETTINGS
from shipledger.catalog.organization_settings.model import KIND, WHOLE_ORGANIZATION
from tests.support.settings import change_settings
from tests.support.site import LOCAL, Html, Site

VALUES = "/settings/values"
LIMIT = f"{VALUES}/silence_limit_hours"
KEPT = f"{VALUES}/receipt_retention_days"


async def send(site: Site, path: str, *, seen: Html | None = None, **fields: str) -> httpx2.Response:
    """The answer to the form of the page ``seen``, else of the page as it is now."""
    page = seen or await site.page(path)
    hidden = {one["name"]: one["value"] for one in page.all("input", type="hidden")}
    headers = {"Origin": LOCAL, "Sec-Fetch-Site": "same-origin"}
    return await site.ask("POST", path, data={**hidden, "action": "set", **fields}, headers=headers)


def sources(page: Html) -> str:
    return page.text.partition("Where the value comes from")[2]


@pytest.mark.both_stores
async def test_a_setting_is_set_and_inherited_again_by_its_form_with_a_name_beside_it(site: Site) -> None:
    await site.pen.create_service("Checkout", at=site.now)
    of_service = f"{LIMIT}?service=checkout"
    assert (await send(site, LIMIT, value="72")).headers["location"] == "/settings?done=set"
    answer = await send(site, of_service, value="1.5")
    assert answer.headers["location"] == "/settings?service=checkout&done=set"
    assert "The setting is changed." in (await site.page(answer.headers["location"])).text
    page = await site.page(of_service)
    assert "service Checkout in force 1.5" in sources(page)
    assert "organization 72" in sources(page)
    person = (await site.visit_of(Role.ADMINISTRATOR)).person
    assert f"silence_limit_hours set to 1.5. By {person.name}" in page.text
    assert (await send(site, LIMIT, value="72.0")).headers["location"].endswith("done=unset")
    assert (await send(site, of_service, action="inherit")).status_code == 303
    assert "organization in force 72" in sources(await site.page(of_service))
    entries = await site.store.list_entries_of(KIND, site.pen.organization_id, WHOLE_ORGANIZATION.key)
    assert [(str(one.actor), one.submission.values) for one in entries] == [
        (f"person:{person.person_id}", {"silence_limit_hours": 72.0})
    ]


async def test_what_opens_pages_or_erases_is_changed_by_administrators_alone(site: Site) -> None:
    visit = await site.visit_of(Role.EDITOR)
    for key, setting in SETTINGS.items():
        page = Html((await site.get(f"{VALUES}/{key}", role=Role.EDITOR)).text)
        is_administered = key == "readers" or "retention" in key
        assert setting.right == (Right.ADMINISTER if is_administered else Right.CONFIGURE)
        assert ("Your role does not have the right to change it." in page.text) is is_administered, key
        data = {"form_token": form_token(visit.secret), "seen": "any", "value": "1"}
        headers = {"Origin": LOCAL, "Sec-Fetch-Site": "same-origin"}
        answer = await site.ask("POST", f"{VALUES}/{key}", role=Role.EDITOR, data=data, headers=headers)
        assert (answer.status_code, "this: administer." in answer.text) == ((403, True) if is_administered else (409, False)), key


async def test_of_two_at_once_the_second_is_told_and_keeps_what_was_typed(site: Site) -> None:
    seen = await site.page(LIMIT)
    assert (await send(site, LIMIT, seen=seen, value="1")).status_code == 303
    late = await send(site, LIMIT, seen=seen, value="2")
    page = Html(late.text)
    assert late.status_code == 409
    assert "silence_limit_hours was changed in the meantime" in page.text
    assert page.all("input", id="value")[0]["value"] == "2"
    assert (await send(site, LIMIT, seen=page, value="2")).status_code == 303, "now somebody has looked"
    assert (await send(site, LIMIT, value="2", form_token="x")).status_code == 403


@pytest.mark.parametrize(
    "key, query, fields, status, said",
    [
        ("silence_limit_hours", "", {"value": "soon <b>"}, 400, "must be a number of hours from 0 to 87,600; 0: forever."),
        ("silence_limit_hours", "", {"value": "9" * 10_000}, 400, "must be a number of hours"),
        ("known_services", "", {"value": ""}, 400, "known_services must be any or registered."),
        ("known_services", "?pipeline=x", {"value": "any"}, 400, "cannot be set for a pipeline, only for the organization."),
        ("issue_projects", "", {"value": "a b!"}, 400, "issue_projects must be a list of 1 to 1,000 keys"),
        ("issue_mode", "", {"value": "projects"}, 409, "issue_projects must name a project while issue_mode is projects."),
        ("issue_site", "", {"value": "https://a.example.com"}, 400, "The form lacks what it was made of"),
        ("silence_limit_hours", "?team=nobody", {"value": "1"}, 404, "There is no team"),
        ("colour", "", {"value": "red"}, 404, "There is no such setting."),
    ],
)
async def test_what_cannot_be_set_is_refused_in_the_words_of_the_command(
    one_site: Site, key: str, query: str, fields: dict[str, str], status: int, said: str
) -> None:
    seen = await one_site.page(f"{VALUES}/{key if key in SETTINGS else 'issue_mode'}")
    answer = await send(one_site, f"{VALUES}/{key}{query}", seen=seen, **fields)
    page = Html(answer.text)
    assert (answer.status_code, said in page.text) == (status, True), page.text
    if status == 400 and page.all("input", id="value"):
        assert page.all("input", id="value", **{"aria-invalid": "true"})[0]["value"] == fields["value"], "what was typed stays"


async def test_several_words_are_chosen_by_check_boxes_and_none_is_a_value(site: Site) -> None:
    path = f"{VALUES}/issue_keys_in"
    assert (await send(site, path, **{"word-commit": "1", "word-title": "1"})).status_code == 303
    page = await site.page(path)
    assert [one["id"] for one in page.all("input", type="checkbox") if "checked" in one] == ["word-title", "word-commit"]
    assert (await send(site, path)).status_code == 303
    assert "organization in force none" in sources(await site.page(path))


async def test_a_shorter_retention_tells_what_is_erased_and_when_before_it_is_set(site: Site) -> None:
    await site.pen.record(at=site.now - timedelta(days=90), title="Long ago")
    until = (site.now - timedelta(days=30)).strftime("%Y-%m-%d")
    site.clock.even_since = site.now - timedelta(days=4)
    preview = await site.page(f"{KEPT}?value=30")
    assert f"1 request from before {until}" in preview.text
    assert "will lose what arrived, for good." in preview.text
    assert "This begins within ten minutes and cannot be undone." in preview.text
    site.clock.even_since = site.now
    begins = (site.now + timedelta(days=3)).strftime("%Y-%m-%d")
    assert f"This begins on {begins}" in (await site.page(f"{KEPT}?value=30")).text
    assert "Nothing is erased that is kept now." in (await site.page(f"{KEPT}?value=0")).text
    refused = await site.get(f"{KEPT}?value=0.5")
    assert (refused.status_code, "must be a whole number of days" in refused.text) == (400, True)
    assert (await send(site, KEPT, seen=preview)).status_code == 303
    assert "organization in force 30" in sources(await site.page(KEPT))


async def test_who_may_not_change_settings_sees_them_without_a_form(site: Site) -> None:
    await change_settings(site.store, site.pen.organization_id, gate_timeout_hours=72)
    for path in (f"{VALUES}/gate_timeout_hours", KEPT, f"{KEPT}?value=1"):
        page = Html((await site.get(path, role=Role.VIEWER)).text)
        assert page.all("form", action=path.partition("?")[0]) == []
    assert "organization in force 72" in sources(Html((await site.get(f"{VALUES}/gate_timeout_hours", role=Role.VIEWER)).text))
