"""Whatever is asked by our own words, in whatever text: there is a verdict, and every store keeps it as it is kept."""

from __future__ import annotations

import pytest

from shipledger.aggregates import AGGREGATES
from shipledger.clock import Clock
from shipledger.ingestion.at_once import AskingStore
from shipledger.ledger.actor import Actor, ActorKind
from shipledger.ledger.verdict import Reason
from shipledger.texts import storable_parts
from tests.support.factories import ACME
from tests.support.filled import fill

SUBMISSIONS = [one for aggregate in AGGREGATES for one in aggregate.submissions]
NUL, HALF = "a\0b", "a\ud83d"
ASKED_BY_DUTIES = {"Separate", "TakeIn", "Hear", "LetGo"}
"""Of these no receipt asks."""


@pytest.mark.parametrize("submission", SUBMISSIONS, ids=lambda one: one.__name__)
@pytest.mark.parametrize("text", [NUL, HALF], ids=["NUL", "half"])
def test_every_text_of_a_submission_is_made_storable(submission, text):
    kept = storable_parts(fill(submission, text))
    assert kept == fill(submission, text.replace("\0", "\ufffd").replace("\ud83d", "\ufffd"))
    assert storable_parts(kept) is kept


@pytest.mark.both_stores
async def test_what_is_asked_in_any_text_is_decided(store):
    asks = AskingStore(store, Clock())
    actor = Actor(ActorKind.COMMAND, "test")
    for text in (NUL, HALF):
        for place, submission in enumerate(SUBMISSIONS):
            if submission.__name__ in ASKED_BY_DUTIES:
                continue
            (verdict,) = await asks.ask(ACME, [fill(submission, text)], operation=f"ask {place}", actor=actor)
            assert verdict.reason is not Reason.COULD_NOT_BE_STORED, verdict
