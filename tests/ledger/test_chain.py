"""Any single change, removal or insertion after sealing is found, and named."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from shipledger.ledger.chain import SealedEntry, check_entries, check_link, hash_of, make_seal
from tests.support.factories import ACME, moment

KINDS = ("deployment", "incident")


def make_entry(number, *, kind="deployment", position=None, content="as sent"):
    """The only entry of the deployment or incident ``number``."""
    digest = f"{abs(hash((number, content))):064x}"[-64:]
    return SealedEntry(kind=kind, position=position or 2 * number, subject_id=f"d{number}", version=1, digest=digest)


@st.composite
def ledgers(draw):
    """Entries of both kinds at even positions, and the seals over them."""
    entries = [make_entry(number, kind=draw(st.sampled_from(KINDS))) for number in range(1, draw(st.integers(2, 12)) + 1)]
    seals, left = [], entries
    covered = dict.fromkeys(KINDS, 0)
    while left:
        size = draw(st.integers(1, len(left)))
        batch, left = left[:size], left[size:]
        covered = covered | {kind: max([one.position for one in batch if one.kind == kind] or [covered[kind]]) for kind in KINDS}
        seals.append(make_seal(ACME, seals[-1] if seals else None, batch, covered, moment(len(seals))))
    return entries, seals


def check(entries, seals):
    """All findings, as a verification finds them: (name, number of the seal)."""
    findings, previous = [], None
    for seal in seals:
        findings += check_link(seal, previous)
        is_next = seal.number == (previous.number + 1 if previous else 1)
        start = previous.covered if previous and is_next else dict.fromkeys(KINDS, 0)
        if is_next:
            found = [one for one in entries if start[one.kind] < one.position <= seal.covered[one.kind]]
            findings += check_entries(seal, found)
        previous = seal
    return [(one.name, one.number) for one in findings]


def seal_of(entry, seals):
    return next(seal.number for seal in seals if entry in seal.entries)


@given(ledgers())
def test_what_nobody_touched_is_whole(ledger):
    assert check(*ledger) == []


@given(ledgers(), st.data())
def test_a_changed_entry_is_named_with_its_seal(ledger, data):
    entries, seals = ledger
    entry = data.draw(st.sampled_from(entries))
    changed = [replace(one, digest="f" * 64) if one is entry else one for one in entries]
    assert check(changed, seals) == [(entry.name, seal_of(entry, seals))]


@given(ledgers(), st.data())
def test_a_missing_entry_is_named_with_its_seal(ledger, data):
    entries, seals = ledger
    entry = data.draw(st.sampled_from(entries))
    assert check([one for one in entries if one is not entry], seals) == [(entry.name, seal_of(entry, seals))]


@given(ledgers(), st.data())
def test_an_inserted_entry_is_named_with_its_seal(ledger, data):
    entries, seals = ledger
    kind = data.draw(st.sampled_from([entry.kind for entry in entries]))
    last = max(one.position for one in entries if one.kind == kind)
    position = data.draw(st.integers(1, last - 1).filter(lambda number: number % 2))
    inserted = make_entry(99, kind=kind, position=position)
    (found,) = check([*entries, inserted], seals)
    assert found[0] == inserted.name


@given(ledgers(), st.data())
def test_an_entry_that_was_put_elsewhere_is_named(ledger, data):
    entries, seals = ledger
    entry = data.draw(st.sampled_from(entries))
    moved = [replace(one, position=one.position - 1) if one is entry else one for one in entries]
    assert entry.name in {name for name, _ in check(moved, seals)}


@given(ledgers(), st.data())
def test_a_changed_seal_is_named(ledger, data):
    entries, seals = ledger
    place = data.draw(st.integers(0, len(seals) - 1))
    change = data.draw(
        st.sampled_from(
            [
                {"sealed_at": moment(99)},
                {"entries": seals[place].entries[:-1]},
                {"covered": {**seals[place].covered, "other": 1}},
                {"hash": "f" * 64},
                {"previous": "e" * 64},
            ]
        )
    )
    forged = [*seals[:place], replace(seals[place], **change), *seals[place + 1 :]]
    assert f"seal {place + 1}" in {name for name, _ in check(entries, forged)}


@given(ledgers(), st.data())
def test_a_forged_seal_with_a_fitting_hash_breaks_the_next_one(ledger, data):
    entries, seals = ledger
    place = data.draw(st.integers(0, len(seals) - 1))
    forged = replace(seals[place], sealed_at=moment(99))
    forged = replace(forged, hash=hash_of(forged))
    found = check(entries, [*seals[:place], forged, *seals[place + 1 :]])
    assert found == ([(f"seal {place + 2}", place + 2)] if place + 1 < len(seals) else [])


@given(ledgers(), st.data())
def test_a_missing_seal_is_named(ledger, data):
    entries, seals = ledger
    place = data.draw(st.integers(0, len(seals) - 1))
    found = check(entries, [*seals[:place], *seals[place + 1 :]])
    assert found[:1] == ([(f"seal {place + 1}", place + 2)] if place + 1 < len(seals) else [])
