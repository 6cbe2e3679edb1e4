"""``/gates/{key}``: where Home and messages lead who decides at a gate."""

from __future__ import annotations

import pytest

from shipledger.access.people.roles import Role
from shipledger.gating.gate import GateStatus
from shipledger.ledger.state import State
from tests.support.site import Site

PATH = "/gates/GATE-1"
HOSTILE = "<script>alert(1)</script>\N{RIGHT-TO-LEFT OVERRIDE}"


async def ask(site: Site) -> None:
    await site.pen.record(at=site.now, title="Wants to go", state=State.PENDING, lasted=None, asks_for_gate=True)


async def find_status(site: Site) -> GateStatus:
    gate = await site.store.find_gate_by_number(site.pen.organization_id, 1)
    assert gate is not None
    return gate.status


@pytest.mark.both_stores
async def test_who_has_the_right_decides_and_the_second_one_sees_who_did(site: Site) -> None:
    await ask(site)
    assert PATH in (await site.page("/")).links()
    page = await site.page(PATH)
    assert [one["value"] for one in page.all("button", name="action")] == ["allow", "prevent"]
    name = (await site.visit_of(Role.ADMINISTRATOR)).person.name
    done = await site.send({"action": "allow", "reason": HOSTILE}, PATH)
    assert (done.status_code, done.headers["location"]) == (303, f"{PATH}?done=allowed")
    shown = await site.page(PATH)
    assert shown.all("button", name="action") == []
    assert (f"Allowed by {name}" in shown.text, "<script>alert" in shown.source, "That is final" in shown.text) == (
        True,
        False,
        True,
    )
    gate = await site.store.find_gate_by_number(site.pen.organization_id, 1)
    assert gate is not None
    assert str(gate.changes[-1].actor).endswith((await site.visit_of(Role.ADMINISTRATOR)).person.person_id)
    for action in ("prevent", "allow"):
        again = await site.send({"action": action}, PATH)
        assert (again.status_code, "is decided already" in again.text, f"Allowed by {name}" in again.text) == (409, True, True)
    assert await find_status(site) is GateStatus.ALLOWED


async def test_what_is_wrong_stands_beside_the_field_and_decides_nothing(site: Site) -> None:
    await ask(site)
    for form, words in (
        ({"action": "allow", "reason": "x" * 1_001}, "It should have at most 1,000 characters"),
        ({"action": "perhaps", "reason": "kept"}, "Choose whether"),
        ({"reason": "kept"}, "Choose whether"),
    ):
        answer = await site.send(form, PATH)
        assert (answer.status_code, words in answer.text, form["reason"] in answer.text) == (400, True, True), form
    for path in ("/gates/GATE-2", "/gates/x"):
        assert (await site.send({"action": "allow"}, path)).status_code == 404
    assert await find_status(site) is GateStatus.AWAITING


async def test_who_has_no_right_is_told_whom_to_ask(site: Site) -> None:
    await ask(site)
    for role in (Role.VIEWER, Role.EDITOR):
        text = (await site.get(PATH, role=role)).text
        assert ("Ask an approver or an administrator" in text, 'name="action"' in text) == (True, False)
    assert 'value="allow"' in (await site.get(PATH, role=Role.APPROVER)).text
