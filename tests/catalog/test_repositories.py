"""Repositories as an aggregate: what is decided about their names, and what their entries make of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipledger.catalog.repositories.aggregate import REPOSITORIES, tells
from shipledger.catalog.repositories.decide import decide
from shipledger.catalog.repositories.fold import fold_history
from shipledger.catalog.repositories.model import (
    NAMES_LIMIT,
    JoinRepository,
    LeaveFormerName,
    NameRepository,
    RenameRepository,
    SeparateRepository,
)
from shipledger.catalog.repositories.names import known_by, names_in
from shipledger.catalog.repositories.rows import PARTS
from shipledger.catalog.repositories.words import describe
from shipledger.ledger.by_name import NamedKnowledge, Rules
from shipledger.ledger.erasure import Erased
from shipledger.ledger.verdict import Reason, VerdictKind
from tests.support.factories import ACME, make_receipt, moment

RULES = Rules(REPOSITORIES.kind, names_in, known_by, decide)
NAMES = st.sampled_from(("h/a/a", "h/A/a", "h/a/b", "h/a/c", "h/a/d"))
ASKED = st.one_of(
    st.builds(NameRepository, NAMES, st.sampled_from(("old/a", "h/a/b"))),
    st.builds(LeaveFormerName, NAMES),
    st.builds(RenameRepository, NAMES, NAMES),
    st.builds(RenameRepository, NAMES, NAMES),
    st.builds(SeparateRepository, NAMES, NAMES),
    st.builds(JoinRepository, NAMES),
)


class Ledger:
    """What a ledger with nothing else would decide, one after the other."""

    def __init__(self):
        self.working = NamedKnowledge(RULES, {}, {}).begin({}, is_guarded=True)
        self.entries = {}
        self.states = {}
        self.count = 0

    def ask(self, asked):
        self.count += 1
        decided = self.working.decide(make_receipt(self.count), 0, asked, moment(self.count))
        self.working.put(decided)
        for entry, state in zip(decided.entries, decided.states, strict=True):
            assert describe(entry.submission)
            assert asked.repository in tells(entry).repositories
            self.entries.setdefault(entry.subject_id, []).append(entry)
            self.states[entry.subject_id] = state
        return decided.verdict

    def kept(self):
        return [one for one in self.states.values() if not one.is_removed]

    def find(self, name):
        return next((one for one in self.kept() if one.has(name)), None)


def said(verdict):
    return verdict.kind, verdict.reason


APPLIED, NOTHING_NEW = (VerdictKind.APPLIED, Reason.NONE), (VerdictKind.DUPLICATE, Reason.NOTHING_NEW)


@given(st.lists(ASKED, max_size=12))
def test_every_submission_has_a_verdict_no_name_is_that_of_two_and_entries_make_what_stands(asks):
    ledger = Ledger()
    for asked in asks:
        verdict = ledger.ask(asked)
        if isinstance(asked, RenameRepository) and verdict.kind is not VerdictKind.REJECTED:
            assert ledger.find(asked.former_name) == ledger.find(asked.repository)
        names = [alias for one in ledger.kept() for alias in known_by(one)]
        assert len(names) == len(set(names))
        links = [row[0] + row[3] for one in ledger.kept() for row in PARTS[0].to_rows(one)]
        assert len(links) == len(set(links)), "the key of a row"
    for subject, entries in ledger.entries.items():
        assert [one.version for one in entries] == [*range(1, len(entries) + 1)]
        assert fold_history(entries) == ledger.states[subject]


@pytest.mark.parametrize("order", [("ab", "bc"), ("bc", "ab")])
def test_a_chain_of_names_is_one_repository_in_whatever_order_it_is_told(order):
    ledger = Ledger()
    for pair in order:
        assert said(ledger.ask(RenameRepository(f"h/a/{pair[0]}", f"h/a/{pair[1]}"))) == APPLIED
    (found,) = ledger.kept()
    assert (found.name, {*found.former_names}) == ("h/a/c", {"h/a/a", "h/a/b"})
    assert said(ledger.ask(RenameRepository("h/a/A", "h/a/B"))) == NOTHING_NEW
    assert said(ledger.ask(RenameRepository("h/a/a", "h/a/d")))[1] is Reason.NAME_TAKEN


def test_a_renaming_can_go_back_and_be_undone_and_names_can_be_told_again():
    ledger = Ledger()
    ledger.ask(NameRepository("h/a/a", "old/a"))
    ledger.ask(RenameRepository("h/a/a", "h/a/b"))
    assert (ledger.find("h/a/a").name, ledger.find("h/a/a").followed) == ("h/a/b", ("old/a",)), "it keeps what it followed"
    ledger.ask(RenameRepository("h/a/b", "h/a/a"))
    assert (ledger.find("h/a/b").name, ledger.find("h/a/b").former_names) == ("h/a/a", ("h/a/b",))
    assert said(ledger.ask(SeparateRepository("h/a/a", "h/a/b")))[1] is Reason.NO_MATCH
    assert said(ledger.ask(SeparateRepository("h/a/a", "h/a/a")))[1] is Reason.CONTRADICTION
    assert said(ledger.ask(SeparateRepository("h/a/b", "h/a/a"))) == APPLIED
    assert ledger.find("h/a/b") is None
    assert said(ledger.ask(NameRepository("h/a/b", "old/b"))) == APPLIED
    assert said(ledger.ask(LeaveFormerName("h/a/b"))) == APPLIED
    assert said(ledger.ask(LeaveFormerName("h/a/b"))) == NOTHING_NEW
    assert said(ledger.ask(NameRepository("h/a/b", "old/b"))) == NOTHING_NEW, "once told, it is not followed again"


def test_a_name_is_not_renamed_to_itself_and_there_is_a_bound():
    ledger = Ledger()
    assert said(ledger.ask(RenameRepository("h/a/A", "h/a/a")))[1] is Reason.CONTRADICTION
    for number in range(NAMES_LIMIT):
        verdict = ledger.ask(RenameRepository(f"h/a/{number}", "h/a/a"))
    assert said(verdict)[1] is Reason.TOO_LARGE
    assert said(ledger.ask(JoinRepository("h/a/a")))[1] is Reason.NO_MATCH


def test_of_an_erased_entry_its_place_stays():
    ledger = Ledger()
    ledger.ask(NameRepository("h/a/a", "old/a"))
    (entry,) = ledger.entries[ledger.find("h/a/a").repository_id]
    erased = type(entry)(entry.kind, ACME, entry.subject_id, 2, "r", 0, moment(1), moment(1), Erased())
    assert fold_history([entry, erased]).version == 2
    assert fold_history([erased]) is None
