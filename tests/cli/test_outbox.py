"""``shipledger outbox``, and what the doctor and a restored backup say of messages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shipledger.forwarding.breaker import OPENS_AFTER
from shipledger.forwarding.message import Attempt, Result
from shipledger.forwarding.trying import Tried
from shipledger.gating.gate import GateStatus
from tests.support.commands import Commands
from tests.support.gating import decide_gate
from tests.support.harm import harm
from tests.support.messages import ask_of_an_app
from tests.support.pen import Pen

NOW = datetime(2026, 3, 4, 10, 2, tzinfo=UTC)
SECOND = timedelta(seconds=1)


async def ask_and_fail(pen: Pen) -> None:
    """An app that does not answer is told of a gate, which is decided meanwhile."""
    gate = await ask_of_an_app(pen, at=NOW)
    store, now = pen.store, gate.asked_at
    await decide_gate(store, gate, GateStatus.ALLOWED)
    for number in range(1, OPENS_AFTER + 1):
        now += timedelta(hours=1)
        (target,) = await store.list_ready_targets(pen.organization_id, now=now)
        (message,) = await store.claim_messages(target, node_id="n", now=now, until=now + SECOND, most=4, limit=4)
        attempt = Attempt(number=number, at=now, took=SECOND, result=Result.FAILED, status=503, answer="Gone fishing.")
        await store.record_attempt(message, Tried(attempt=attempt, at=now, chance=0, has_even_time=False), node_id="n")


@pytest.mark.both_stores
def test_messages_are_listed_shown_given_up_and_sent_again(cli: Commands, write) -> None:
    write(ask_and_fail)
    page = cli("outbox", "list", "--limit", "1", "--json").json
    (newest,) = page["messages"]
    (first,) = cli("outbox", "list", "--before", page["next_before"], "--json").json["messages"]
    assert {newest["topic"], first["topic"]} == {"gate.asked", "gate.decided"}
    asked, decided = (one["id"] for one in sorted((newest, first), key=lambda one: one["place"]))
    shown = cli("outbox", "show", asked, "--json").json
    assert [(one["number"], one["result"], one["status"], one["answer"]) for one in shown["log"]] == [
        (number, "failed", 503, "Gone fishing.") for number in range(1, OPENS_AFTER + 1)
    ]
    assert "Gone fishing." in cli("outbox", "show", asked).out
    (target,) = cli("outbox", "target", "list", "--json").json["targets"]
    assert (target["name"], target["failures"], target["pending"], target["breaker"]) == ("app", OPENS_AFTER, 2, "half_open")
    found = cli("doctor", "--quick", code=None).out
    assert f"has not taken {OPENS_AFTER} calls in a row" in found
    assert f"shipledger outbox list --target {target['id']} --state pending" in found

    assert cli("outbox", "give-up", decided, "--reason", "Too late.", "--json").json == {"messages": [decided]}
    assert "being sent, or is over" in cli("outbox", "give-up", decided, code=1).err
    assert cli("outbox", "give-up", "--pending", "--json").json == {"messages": [asked]}
    assert "2 messages to app" in cli("doctor", "--quick", code=None).out
    assert "Too late." in cli("outbox", "list", "--state", "given_up").out
    assert "2 messages will be sent again." in cli("outbox", "redeliver", "--given-up", "--target", target["id"]).out
    assert cli("outbox", "list", "--state", "given_up", "--json").json == {"messages": [], "next_before": None}
    assert cli("outbox", "redeliver", asked, decided, "--json").json == {"messages": [asked, decided]}
    acts = cli("audit", "--kind", "webhook", "--json").json
    said = [line for one in acts["audit"] for line in one["changes"]]
    assert said == [
        "2 messages to app sent again.",
        "2 messages to app sent again.",
        f"Message {asked} to app given up: Given up by command.",
        f"Message {decided} to app given up: Too late.",
    ]
    assert {one["actor"] for one in acts["audit"]} == {"command:outbox redeliver", "command:outbox give-up"}


def test_the_doctor_tells_of_what_cannot_be_read_sent_or_signed_and_verify_of_the_first(cli: Commands, write) -> None:
    write(ask_and_fail)
    cli("outbox", "target", "add", "https://a.example", "--topic", "gate.asked")
    app, webhook = sorted(cli("outbox", "target", "list", "--json").json["targets"], key=lambda one: one["kind"] == "webhook")
    harm(cli, f"UPDATE outbox_target SET sealed_secret = NULL WHERE target_id = '{webhook['id']}'")  # noqa: S608
    found = cli("doctor", "--quick", code=1).out
    assert f"Calls to {webhook['name']} ({webhook['id']}, default) cannot be signed: It has no secret." in found
    assert f"2 messages to app ({app['id']}, default) wait, the first since" in found
    harm(cli, f"UPDATE outbox_message SET topic = 'x', written_us = {2**62} WHERE target_id = '{app['id']}'")  # noqa: S608
    for command in ("doctor", "verify"):
        assert "outbox_message msg_" in cli(command, code=1).out


def test_what_names_no_message_is_refused_in_a_sentence(cli: Commands) -> None:
    assert "There is no message 'x'" in cli("outbox", "show", "x", code=1).err
    assert "There is no message 'x'" in cli("outbox", "redeliver", "x", code=1).err
    assert "There is no message 'x'" in cli("outbox", "list", "--before", "x", code=1).err
    for wrong in ((), ("x", "--given-up"), ("x", "--target", "y")):
        assert "Name messages by their ids" in cli("outbox", "redeliver", *wrong, code=2).err


def test_a_restored_backup_tells_nobody_what_was_pending_in_it(cli: Commands, write, database: Path, tmp_path: Path) -> None:
    write(ask_and_fail)
    cli("backup", str(tmp_path / "backup.db"))
    cli("restore", str(tmp_path / "backup.db"), "--force")
    messages = cli("outbox", "list", "--json").json["messages"]
    assert [(one["state"], one["reason"]) for one in messages] == [
        ("given_up", "It was pending when the backup was made, and may have been delivered since.")
    ] * 2
    assert "2 messages will be sent again." in cli("outbox", "redeliver", "--given-up").out


def test_a_webhook_that_cannot_be_is_refused_in_a_sentence(cli: Commands) -> None:
    add = ("outbox", "target", "add")
    assert (
        "'gate.opened' is not a topic; topics are gate.asked"
        in cli(*add, "https://a.example", "--topic", "gate.opened", code=2).err
    )
    for url in ("ftp://a.example", "a.example", "https://me:pw@a.example", "https://", f"https://a.example/{'x' * 2_000}"):
        assert "address" in cli(*add, url, "--topic", "gate.decided", code=2).err
    assert "must have 1 to 100" in cli(*add, "https://a.example", "--topic", "gate.decided", "--name", "x" * 101, code=2).err
    for change in ("rotate", "remove"):
        assert "There is no target 'x'" in cli("outbox", "target", change, "x", code=1).err


def test_an_app_is_no_webhook(cli: Commands, write) -> None:
    write(ask_and_fail)
    (target,) = cli("outbox", "target", "list", "--json").json["targets"]
    for change in ("rotate", "remove"):
        assert "is an app" in cli("outbox", "target", change, target["id"], code=1).err


def test_a_secret_is_shown_once_and_is_nowhere_in_the_clear(cli: Commands, database: Path) -> None:
    done = cli("outbox", "target", "add", "http://a.example/hook/hidden-part", "--topic", "gate.asked")
    secret = done.out.split()[-1]
    assert secret.startswith("whsec_")
    assert "Save it now" in done.err
    assert "unencrypted" in done.err
    kept = b"".join(file.read_bytes() for file in database.parent.glob(f"{database.name}*"))
    assert secret.encode() not in kept
    assert secret.removeprefix("whsec_").encode() not in kept
    assert b"hidden-part" not in kept
    listed = cli("outbox", "target", "list", "--json")
    assert "hidden-part" not in listed.out
    assert secret not in listed.out
