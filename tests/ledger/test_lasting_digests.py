"""Seals of an earlier release still verify: what is hashed, and how, does not change."""

from __future__ import annotations

import msgspec

from shipledger.ledger.chain import FIRST_PREVIOUS, SealedEntry, check_entries, check_link, make_seal
from shipledger.ledger.digest import describe_entry, digest_entry
from tests.support.factories import ACME, moment

ENTRY_DIGEST = "625b2971ff3ac5911315fef2cc683bf41819ec76ae2b9f43df72f3f0ced288ee"
ACTOR_DIGEST = "2b16cdb7bea326694a0175d42a19d67d7d60fb5d580fa6b8679fb781b8175207"
FIRST_HASH = "91b7ad989cd52f5801ea821b3b626cd45ddde7d3bacd6b822c567fa7002a01ab"
SECOND_HASH = "c9e16b83043f57f5bee35e9bee3d86a2454ec1279bb900c71eea7d4a17d994db"


def digest(submission: str = '{"b": "Grüße", "a": [1, null]}', *, actor: str = "") -> str:
    content = describe_entry(
        kind="deployment",
        organization_id=ACME,
        subject_id="s",
        version=2,
        receipt_id="r",
        item=1,
        accepted_us=3,
        recorded_us=4,
        submission=msgspec.Raw(submission.encode()),
        actor=actor,
    )
    return digest_entry(content)


def test_the_digest_of_an_entry_is_that_of_an_earlier_release() -> None:
    assert digest() == ENTRY_DIGEST


def test_who_caused_an_entry_is_part_of_its_digest() -> None:
    assert digest(actor="credential:c") == ACTOR_DIGEST
    assert digest(actor="credential:d") not in (ACTOR_DIGEST, ENTRY_DIGEST)


def test_the_order_of_members_and_white_space_are_not_part_of_it() -> None:
    assert digest('{"a":[1,null],"b":"Gr\\u00fc\\u00dfe"}') == ENTRY_DIGEST
    assert digest('{"a":[null,1],"b":"Grüße"}') != ENTRY_DIGEST


def test_the_hashes_of_seals_are_those_of_an_earlier_release() -> None:
    entry = SealedEntry(kind="deployment", position=7, subject_id="s", version=2, digest=ENTRY_DIGEST)
    first = make_seal(ACME, None, [entry], {"deployment": 7, "incident": 0}, moment(0))
    second = make_seal(ACME, first, [], {"deployment": 7, "incident": 3}, moment(60))
    assert (first.number, first.previous, first.hash) == (1, FIRST_PREVIOUS, FIRST_HASH)
    assert (second.number, second.previous, second.hash) == (2, FIRST_HASH, SECOND_HASH)
    assert check_link(first, None) == check_link(second, first) == check_entries(first, [entry]) == []
