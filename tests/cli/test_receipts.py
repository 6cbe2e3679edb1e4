"""``shipledger receipts``."""

from __future__ import annotations

import asyncio
import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shipledger.access.refused import RefusedRequest, UnknownSender
from shipledger.ledger.identity import new_id
from shipledger.ledger.state import State
from shipledger.ledger.verdict import Verdict, VerdictKind
from shipledger.store.open import open_store
from tests.support.commands import Commands
from tests.support.pen import Pen, new_pen
from tests.support.program import RunningServer

NOW = datetime(2026, 3, 4, 10, 2, tzinfo=UTC)
DEPLOYMENT = {
    "state": "successful",
    "environment": {"type": "Production", "id": "production"},
    "startedAt": "2026-03-04T10:02:00Z",
    "releases": [
        {"type": "bbc", "repository": {"workspace": {"identifier": "acme"}, "repoSlug": "shop"}, "commit": {"sha": "abc"}}
    ],
}


async def send_three(pen: Pen) -> list[str]:
    """One that is settled, one that waits, one that was set aside."""
    settled, _ = await pen.record(at=NOW, state=State.SUCCESSFUL, title="Release 77")
    waiting = await pen.leave_pending(at=NOW + timedelta(hours=1))
    set_aside = await pen.quarantine(at=NOW + timedelta(hours=2), failure="KeyError: 'state'\nTraceback")
    return [settled, waiting, set_aside]


@pytest.mark.both_stores
def test_receipts_are_listed_newest_first_with_their_outcome(cli: Commands, write) -> None:
    settled, waiting, set_aside = write(send_three)

    listed = cli("receipts", "list", "--json").json["receipts"]

    assert [one["id"] for one in listed] == [set_aside, waiting, settled]
    assert [one["state"] for one in listed] == ["quarantined", "pending", "settled"]
    assert listed[2]["verdicts"][0]["kind"] == "applied"
    shown = cli("receipts", "list").out
    assert "KeyError: 'state'" in shown
    assert "Traceback" not in shown


def test_the_list_can_be_narrowed_and_continued(cli: Commands, write) -> None:
    settled, waiting, set_aside = write(send_three)

    assert [one["id"] for one in cli("receipts", "list", "--state", "pending", "--json").json["receipts"]] == [waiting]
    assert [one["id"] for one in cli("receipts", "list", "--limit", "1", "--json").json["receipts"]] == [set_aside]
    assert [one["id"] for one in cli("receipts", "list", "--before", waiting, "--json").json["receipts"]] == [settled]


def test_what_was_sent_cannot_steer_the_terminal_nor_look_like_another_line(cli: Commands, write) -> None:
    text = "a\x9b2J\x1b[2J\x85\u202e\u2028\u2067b"

    async def send(pen: Pen) -> str:
        sent = pen.receipt("create", at=NOW, body=f'["{text}"]', **{f"name{text}": f"{text}\nstate       settled"})
        await pen.settle_raw(sent, Verdict(kind=VerdictKind.REJECTED, sentence=f"{text}\nverdict     applied", subject=text))
        return sent.receipt_id

    receipt_id = write(send)
    shown, as_json = cli("receipts", "show", receipt_id), cli("receipts", "show", receipt_id, "--json")
    for out in (shown.out, as_json.out, cli("receipts", "list").out):
        assert set(text) & set(out) <= set("ab2J[")
    assert as_json.json["verdicts"][0]["subject"] == text
    assert [line for line in shown.out.splitlines() if line.startswith(("state ", "verdict "))] == [
        "state       settled",
        next(line for line in shown.out.splitlines() if line.startswith("verdict     rejected")),
    ]


@pytest.mark.both_stores
def test_show_tells_what_was_sent_and_what_became_of_it(cli: Commands, write) -> None:
    settled, _, set_aside = write(send_three)

    shown = cli("receipts", "show", settled)
    assert '"message":"Release 77"' in shown.out
    assert "applied" in shown.out
    assert "bitbucket-ci" in shown.out
    assert '"message":"Release 77"' in cli("receipts", "show", settled, "--json").json["body"]
    assert "KeyError: 'state'" in cli("receipts", "show", set_aside).out


def test_only_a_quarantined_receipt_can_be_replayed(cli: Commands, write) -> None:
    settled, waiting, set_aside = write(send_three)

    assert cli("receipts", "replay", set_aside, "--json").json == {"id": set_aside, "state": "pending"}
    assert cli("receipts", "show", set_aside, "--json").json["state"] == "pending"
    for receipt_id in (settled, waiting):
        assert cli("receipts", "replay", receipt_id, code=1).err.startswith("shipledger: ")


async def set_one_aside(database: Path) -> str:
    """A receipt of the organization acme that would settle well."""
    store = await open_store(f"sqlite:///{database}")
    try:
        pen = await new_pen(store, now=NOW, slug="acme")
        receipt = pen.receipt("create", at=NOW, body=json.dumps(DEPLOYMENT))
        await store.append_receipts([receipt], claimed_by="test")
        await store.quarantine_receipt(receipt, failure="KeyError: 'state'", now=NOW)
    finally:
        await store.close()
    return receipt.receipt_id


def test_a_running_server_settles_what_is_replayed(program: RunningServer) -> None:
    receipt_id = asyncio.run(set_one_aside(program.database))
    organization = ("--organization", "acme")
    replayed = program.run_here("receipts", "replay", receipt_id, *organization)
    assert f"shipledger receipts show --organization acme {receipt_id}" in replayed.out

    deadline = time.monotonic() + 20
    while (shown := program.run_here("receipts", "show", receipt_id, *organization, "--json").json)["state"] == "pending":
        assert time.monotonic() < deadline
    assert [verdict["kind"] for verdict in shown["verdicts"]] == ["applied"]
    assert program.run_here("verify", "--json").json["damage"] == []


def test_receipts_of_another_organization_are_not_there(cli: Commands, write) -> None:
    settled, _, set_aside = write(send_three)
    cli("organization", "create", "acme")

    assert cli("receipts", "list", "--organization", "acme", "--json").json["receipts"] == []
    cli("receipts", "show", settled, "--organization", "acme", code=1)
    cli("receipts", "replay", set_aside, "--organization", "acme", code=1)


def test_a_receipt_that_does_not_exist_ends_with_1(cli: Commands) -> None:
    assert "There is no receipt" in cli("receipts", "show", "nonsense", code=1).err


@pytest.mark.both_stores
def test_refused_requests_are_listed_shown_and_continued_and_unknown_senders_counted(cli: Commands, write) -> None:
    async def refuse(pen: Pen) -> list[str]:
        made = [
            RefusedRequest(
                organization_id=pen.organization_id,
                refused_id=new_id(NOW + timedelta(seconds=number), bytes(8)),
                refused_at=NOW,
                protocol="native",
                method="POST",
                path="/ledger/v1/deployments",
                status=413 + number,
                sentence="The body is \x1b[2J larger.",
                credential_id=pen.credential_id,
                address="192.0.2.1",
            )
            for number in range(3)
        ]
        await pen.store.save_refused(pen.organization_id, made, keep=9)
        sender = UnknownSender("192.0.2.7", 1_234, NOW, NOW, "jira", "POST", "/rest/builds/0.1/bulk", 401, "Missing")
        await pen.store.save_unknown_senders([sender])
        return [one.refused_id for one in made]

    first, second, third = write(refuse)
    page = cli("receipts", "refused", "--limit", "2", "--json").json
    assert ([one["id"] for one in page["refused"]], page["next_before"]) == ([third, second], second)
    assert [one["id"] for one in cli("receipts", "refused", "--before", second, "--json").json["refused"]] == [first]
    assert [one["id"] for one in cli("receipts", "refused", "--status", "414", "--json").json["refused"]] == [second]
    shown = cli("receipts", "show", second).out
    for words in ("to do", "192.0.2.1", "POST /ledger/v1/deployments", "bitbucket-ci"):
        assert words in shown
    assert "\x1b" not in shown
    assert cli("receipts", "show", second, "--json").json["state"] == "refused"
    assert "1,234" in cli("receipts", "senders").out
    assert cli("receipts", "senders", "--json").json["senders"][0]["address"] == "192.0.2.7"
