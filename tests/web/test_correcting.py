"""``/deployments/{id}/corrections``: correct, preview, undo and mark by forms."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from shipledger.access.people.roles import Role
from shipledger.ledger.corrections import fields_of
from shipledger.ledger.state import State, Tier
from shipledger.ledger.submission import Environment, Target
from shipledger.web.pages.correction_form import to_was, write_fields, write_marks
from tests.support.site import Html, Site

HOSTILE = "<script>alert(1)</script>\N{RIGHT-TO-LEFT OVERRIDE}"
REASON = "Read in the log."


async def record(site: Site, **facts: Any) -> str:
    said = {"title": "Release 7", **facts}
    _, verdict = await site.pen.record(at=site.now - timedelta(hours=2), state=State.SUCCESSFUL, **said)
    return str(verdict.deployment_id)


def path_of(deployment_id: str) -> str:
    return f"/deployments/{deployment_id}/corrections"


async def find(site: Site, deployment_id: str) -> Any:
    return await site.store.find_deployment(site.pen.organization_id, Target(key=deployment_id))


async def send(site: Site, deployment_id: str, action: str, **typed: str) -> Any:
    """The answer to a form as the page makes it, with what somebody typed."""
    deployment = await find(site, deployment_id)
    made = write_marks(deployment) if action == "mark" else write_fields(deployment)
    form = {"reason": REASON, "seen": "0", "was": to_was(made), **made, **typed, "action": action}
    return await site.send(form, path_of(deployment_id))


@pytest.mark.both_stores
async def test_a_field_is_corrected_after_a_preview_and_the_page_shows_what_was_said_and_by_whom(site: Site) -> None:
    one = await record(site)
    page = await site.page(path_of(one))
    assert "Correct" in page.text
    preview = await send(site, one, "preview", title=HOSTILE)
    assert preview.status_code == 200
    shown = Html(preview.text)
    assert ("What would move" in shown.text, HOSTILE in preview.text) == (True, False)
    assert (await find(site, one)).facts.title == "Release 7"
    saved = await send(site, one, "save", title=HOSTILE)
    assert (saved.status_code, saved.headers["location"]) == (303, f"{path_of(one)}?done=corrected")
    for path in (f"/deployments/{one}", path_of(one)):
        text = (await site.page(path)).text
        assert "said Release 7" in text
        assert f"“{REASON}”" in text
    correction = (await find(site, one)).corrections[0].correction_id
    undo = {"action": "preview-undo", "correction": correction, "seen": "1", "reason": "Right before."}
    assert "What would move" in (await site.send(undo, path_of(one))).text
    assert (await site.send({**undo, "action": "undo"}, path_of(one))).headers["location"].endswith("done=uncorrected")
    assert (await find(site, one)).facts.title == "Release 7"
    assert "“Right before.”" in (await site.page(path_of(one))).text
    again = await site.send({**undo, "action": "undo", "seen": "2"}, path_of(one))
    assert (again.status_code, "undone already" in again.text) == (409, True)


async def test_the_history_says_current_of_the_word_that_holds(site: Site) -> None:
    one = await record(site)

    async def find_current() -> str:
        page = (await site.get(f"/deployments/{one}")).text
        steps = page.partition('<ol class="timeline">')[2].partition("</ol>")[0].split("<li")
        (current,) = (step for step in steps if 'class="stands"' in step)
        return "a correction" if "Corrected: " in current else "a report"

    assert await find_current() == "a report"
    assert (await send(site, one, "save", title="Another")).status_code == 303
    assert await find_current() == "a report"
    assert (await send(site, one, "save", seen="1", state="failed")).status_code == 303
    assert await find_current() == "a correction"


async def test_only_what_somebody_changed_is_corrected_and_times_are_utc(site: Site) -> None:
    await record(site, external_id="other", environment=Environment(id="stg", name="staging", tier=Tier.STAGING))
    one = await record(site)
    start = (site.now - timedelta(hours=3)).replace(microsecond=0)
    answer = await send(
        site,
        one,
        "save",
        started_at=start.replace(tzinfo=None).isoformat(),
        environment="Staging",
        releases=" a.example/b/c@61445f3 \r\n",
    )
    assert answer.status_code == 303, answer.text
    found = await find(site, one)
    assert (found.started_at, found.environment.id, found.releases[0].commit) == (start, "stg", "61445f3")
    assert fields_of(found.corrections[0].said) == ("started_at", "environment", "releases")


WRONG = {
    "nothing changed": ({}, "Nothing is changed yet"),
    "no reason": ({"title": "x", "reason": ""}, "should say why"),
    "a long reason": ({"title": "x", "reason": "x" * 1_001}, "at most 1000 characters"),
    "no time": ({"started_at": "soon"}, "date and time"),
    "before all time": ({"started_at": "0001-01-01T00:00:00+23:59"}, "date and time"),
    "after all time": ({"finished_at": "9999-12-31T23:59:00-23:59"}, "date and time"),
    "an empty start": ({"started_at": ""}, "date and time"),
    "an unknown state": ({"state": "nearly"}, "one of the states"),
    "an unknown environment": ({"environment": "moon"}, "one that deployments went to, such as"),
    "an unknown service": ({"services": "moon"}, "known services"),
    "no commit": ({"releases": "github.com/acme/shop"}, "a repository and a commit"),
    "a long title": ({"title": "x" * 1_001}, "at most 1,000 characters"),
    "what it was made of": ({"was": "x"}, "load the page again"),
    "what was seen": ({"seen": "x"}, "load the page again"),
}


async def test_what_is_wrong_stands_beside_its_field_and_nothing_is_recorded(site: Site) -> None:
    one = await record(site)
    for case, (typed, sentence) in WRONG.items():
        for action in ("preview", "save"):
            answer = await send(site, one, action, **typed)
            assert (answer.status_code, sentence in Html(answer.text).text) == (400, True), (case, Html(answer.text).text)
    assert (await find(site, one)).corrections == ()
    assert (await site.send({"action": "explode", "seen": "0"}, path_of(one))).status_code == 400


async def test_the_second_of_two_sees_what_the_first_did_and_keeps_what_they_typed(site: Site) -> None:
    one = await record(site, version="1")
    form = {"seen": "0", "was": to_was(write_fields(await find(site, one))), **write_fields(await find(site, one))}
    await site.send({**form, "action": "save", "reason": REASON, "title": "By the first"}, path_of(one))
    late = await site.send({**form, "action": "save", "reason": "Mine.", "version": "By the second"}, path_of(one))
    assert late.status_code == 409
    text = Html(late.text).text
    assert f"Somebody else has corrected this deployment since (title, because “{REASON}”)" in text
    assert "By the first" in text
    assert 'value="By the second"' in late.text
    assert 'name="seen" value="1"' in late.text


async def test_a_removed_deployment_has_its_page_of_corrections_alone_until_that_is_undone(site: Site) -> None:
    one = await record(site)
    assert "It leaves every list." in Html((await send(site, one, "preview", removed="1")).text).text
    await send(site, one, "save", removed="1")
    assert (await site.get(f"/deployments/{one}")).headers["location"] == path_of(one)
    assert one not in (await site.page("/deployments")).text
    page = await site.page(path_of(one))
    assert "Removed by hand." in page.text
    entries = await site.store.list_entries(site.pen.organization_id, one)
    correction = entries[-1].submission.correction_id
    await site.send({"action": "undo", "correction": correction, "seen": "1"}, path_of(one))
    assert "Release 7" in (await site.page(f"/deployments/{one}")).text


async def test_marks_are_said_and_withdrawn(site: Site) -> None:
    one, remedy = await record(site), await record(site, external_id="remedy")
    answer = await send(site, one, "mark", change_failure="yes", remediation=remedy.upper(), remedy="rollback", note=HOSTILE)
    assert answer.headers["location"].endswith("done=marked"), answer.text
    facts = (await find(site, one)).facts
    assert (facts.is_change_failure, facts.remediation.id, facts.remediation.kind, facts.note) == (
        True,
        remedy,
        "rollback",
        HOSTILE,
    )
    assert (await send(site, one, "mark")).headers["location"].endswith("done=nothing")
    wrong = await send(site, one, "mark", change_failure="no")
    assert (wrong.status_code, "needs no remediation" in Html(wrong.text).text) == (409, True)
    await send(site, one, "mark", remediation="", note="")
    assert (await find(site, one)).facts.remediation is None
    assert (await send(site, one, "mark", change_failure="perhaps")).status_code == 400


async def test_a_mark_that_is_wrong_stands_beside_its_field_and_the_form_is_kept(site: Site) -> None:
    one = await record(site)
    unknown = ("nothing", "01900000-0000-7000-8000-000000000000", "\x07", "x" * 20_000)
    wrong = [({"remediation": id_}, "remediation", "It should be the id of a deployment") for id_ in unknown]
    wrong += [
        ({"note": sign * 20_000}, "note", "It should have at most 6,000 characters") for sign in ("x", "\u20ac", "\U0001f600")
    ]
    for typed, field, words in wrong:
        answer = await send(site, one, "mark", change_failure="yes", **typed)
        page = Html(answer.text)
        assert (answer.status_code, words in page.text) == (400, True), (field, answer.text[:2_000])
        assert 'aria-describedby="fault-' + field in answer.text
        assert 'value="yes" selected' in answer.text
    assert (await find(site, one)).facts.is_change_failure is not True
    assert (await send(site, one, "mark", note="\u20ac" * 6_000)).status_code == 303, "as long as it may be, in any language"
    undo = {"action": "undo", "correction": "none", "seen": "0", "reason": "kept"}
    answer = await site.send(undo, path_of(one))
    assert (answer.status_code, "Corrections of" in answer.text) == (404, True)


async def test_what_is_too_long_for_a_form_is_left_as_it_is(site: Site) -> None:
    commits = tuple(("github.com/acme/shop", f"{number:040x}") for number in range(300))
    one = await record(site, releases=commits, note="x" * 9_000, is_unplanned=True)
    page = await site.get(path_of(one))
    assert ("more commits than fit here" in page.text, "Its note is longer" in page.text) == (True, True)
    assert ('name="releases"' in page.text, 'name="note"' in page.text) == (False, False)
    found = await find(site, one)
    form = {"seen": "0", "reason": REASON, "was": to_was(write_fields(found)), "action": "save"}
    form |= {name: text for name, text in write_fields(found).items() if name != "releases"}
    assert (await site.send({**form, "title": "Other"}, path_of(one))).status_code == 303
    marks = {"was": to_was(write_marks(found)), "action": "mark", "unplanned": "no", "change_failure": ""}
    assert (await site.send(marks, path_of(one))).status_code == 303
    after = (await find(site, one)).facts
    assert (after.title, len(after.releases), len(after.note), after.is_unplanned) == ("Other", 300, 9_000, False)


async def test_a_viewer_reads_and_may_not_write_and_there_is_none_for_nothing(site: Site) -> None:
    one = await record(site)
    shown = await site.get(path_of(one), role=Role.VIEWER)
    assert ("does not have the right to correct" in shown.text, 'name="reason"' in shown.text) == (True, False)
    assert 'id="correct"' not in (await site.get(f"/deployments/{one}", role=Role.VIEWER)).text
    for nothing in ("nothing", "01900000-0000-7000-8000-000000000000"):
        assert (await site.get(path_of(nothing))).status_code == 404
