"""Who caused an entry."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipledger.ledger.actor import Actor, ActorKind, parse_actor
from shipledger.ledger.own_receipts import PROTOCOL
from tests.support.factories import decide_receipt, make_receipt, make_record


@given(st.builds(Actor, kind=st.sampled_from(ActorKind), id=st.text()))
def test_an_actor_is_read_back_as_it_was_written(actor: Actor) -> None:
    assert parse_actor(str(actor)) == actor


def test_an_entry_without_an_actor_has_none() -> None:
    assert parse_actor("") is None


@pytest.mark.parametrize("text", ["nobody:1", ":1", "Person:1"])
def test_of_another_kind_there_is_no_actor(text: str) -> None:
    with pytest.raises(ValueError, match="is not a valid ActorKind"):
        parse_actor(text)


def test_whoever_sent_the_receipt_caused_the_entry() -> None:
    (settled, _), credential_id = decide_receipt(make_receipt(), make_record()), make_receipt().credential_id
    assert [entry.actor for entry in settled.entries] == [Actor(ActorKind.CREDENTIAL, credential_id)]


def test_the_duty_that_wrote_a_receipt_of_the_ledger_itself_caused_the_entry() -> None:
    own = make_receipt(credential_id="", protocol=PROTOCOL, operation="give_up")
    settled, _ = decide_receipt(own, make_record())
    assert [entry.actor for entry in settled.entries] == [Actor(ActorKind.DUTY, "give_up")]
