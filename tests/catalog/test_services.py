"""Services as an aggregate: what is decided about one, and what its entries make of it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from shipledger.catalog.services.aggregate import SERVICES
from shipledger.catalog.services.decide import decide
from shipledger.catalog.services.fold import fold_history
from shipledger.catalog.services.model import ChangeService, DeclareService, MergeService, RemoveService, ServiceFacts
from shipledger.catalog.services.names import id_of, known_by, names_in
from shipledger.catalog.services.relation import Relation, RelationKind
from shipledger.catalog.services.words import describe
from shipledger.ledger.by_name import NamedKnowledge, Rules
from shipledger.ledger.erasure import Erased
from shipledger.ledger.verdict import Reason, VerdictKind
from tests.support.factories import make_receipt, moment

NEEDS_SHOP = Relation(RelationKind.DEPENDS_ON, "1")
RULES = Rules(SERVICES.kind, names_in, known_by, decide, about=id_of)
IDS, NAMES, REPOSITORIES = ("1", "2", "3"), ("Shop", "shop", "till", "Till 2", "ß"), ("h/a/A", "h/a/a", "h/b/b")
FACTS = st.builds(ServiceFacts, name=st.sampled_from(NAMES), team_id=st.sampled_from(("", "t")), tags=st.just(("x",)))
several = st.lists(st.sampled_from(NAMES), max_size=2).map(tuple)
relations = st.lists(st.builds(Relation, st.sampled_from(RelationKind), st.sampled_from(IDS)), max_size=2).map(tuple)
repositories = st.lists(st.sampled_from(REPOSITORIES), max_size=2).map(tuple)
ASKED = st.one_of(
    st.builds(DeclareService, st.sampled_from(IDS), st.sampled_from(NAMES), is_named=st.booleans()),
    st.builds(
        ChangeService,
        st.sampled_from(IDS),
        facts=st.one_of(st.just(ServiceFacts()), FACTS),
        add_names=several,
        remove_names=several,
        map=repositories,
        unmap=repositories,
        relate=relations,
        unrelate=relations,
    ),
    st.builds(RemoveService, st.sampled_from(IDS)),
    st.builds(MergeService, st.sampled_from(IDS), st.sampled_from(IDS)),
)


class Directory:
    """What a ledger with nothing else would decide, one after the other."""

    def __init__(self):
        self.working = NamedKnowledge(RULES, {}, {}).begin({}, is_guarded=True)
        self.entries = {}
        self.states = {}

    def ask(self, number, asked):
        if isinstance(asked, DeclareService) and asked.service_id in self.entries:
            asked = replace(asked, service_id=f"{asked.service_id}-{number}")  # new ids are never those of others
        decided = self.working.decide(make_receipt(number), 0, asked, moment(number))
        self.working.put(decided)
        for entry, state in zip(decided.entries, decided.states, strict=True):
            self.entries.setdefault(entry.subject_id, []).append(entry)
            self.states[entry.subject_id] = state
        return decided


@given(st.lists(ASKED, max_size=12))
def test_every_submission_has_a_verdict_and_no_name_is_ever_that_of_two(asks):
    directory = Directory()
    for number, asked in enumerate(asks, start=1):
        decided = directory.ask(number, asked)
        is_applied = decided.verdict.kind is VerdictKind.APPLIED
        assert is_applied == bool(decided.entries)
        assert all(describe(entry.submission) for entry in decided.entries), "whatever was changed can be said"
        held = [alias for one in directory.states.values() if not one.is_removed for alias in known_by(one)]
        assert len(held) == len(set(held))
        if is_applied and isinstance(asked, ChangeService):
            there = {one.service_id for one in directory.states.values() if not one.is_removed} - {asked.service_id}
            assert {one.service_id for one in asked.relate} <= there, "a service relates to another one that exists"


@given(st.lists(ASKED, max_size=12))
def test_entries_alone_make_the_same_services(asks):
    directory = Directory()
    for number, asked in enumerate(asks, start=1):
        directory.ask(number, asked)
    for service_id, entries in directory.entries.items():
        assert [entry.version for entry in entries] == list(range(1, len(entries) + 1))
        assert fold_history(entries) == directory.states[service_id]
        assert fold_history([replace(entries[0], submission=Erased()), *entries[1:]]) is None


def test_what_changes_nothing_is_a_repeat_and_what_is_not_there_is_said():
    directory = Directory()
    kinds = [
        directory.ask(number, asked).verdict
        for number, asked in enumerate(
            (
                DeclareService("1", "Shop"),
                DeclareService("1", "Shop", is_named=True),
                DeclareService("2", "SHOP"),
                DeclareService("2", "SHOP", is_named=True),
                DeclareService("2", "Till"),
                ChangeService("2", add_names=("1",)),
                ChangeService("2", map=("h/a/A",)),
                ChangeService("2", map=("H/a/a",)),
                ChangeService("2", facts=ServiceFacts(name="shop")),
                ChangeService("2", relate=(NEEDS_SHOP,)),
                ChangeService("2", relate=(NEEDS_SHOP,)),
                ChangeService("1", relate=(NEEDS_SHOP,)),
                ChangeService("2", unrelate=(NEEDS_SHOP,)),
                ChangeService("2", unrelate=(NEEDS_SHOP,)),
                RemoveService("1"),
                RemoveService("1"),
                ChangeService("2", facts=ServiceFacts(name="shop")),
                ChangeService("2", relate=(NEEDS_SHOP,)),
            ),
            start=1,
        )
    ]
    assert [(one.kind.value, one.reason) for one in kinds] == [
        ("applied", Reason.NONE),
        ("duplicate", Reason.NOTHING_NEW),
        ("rejected", Reason.NAME_TAKEN),
        ("duplicate", Reason.NOTHING_NEW),
        ("applied", Reason.NONE),
        ("rejected", Reason.NAME_TAKEN),
        ("applied", Reason.NONE),
        ("duplicate", Reason.NOTHING_NEW),
        ("rejected", Reason.NAME_TAKEN),
        ("applied", Reason.NONE),
        ("duplicate", Reason.NOTHING_NEW),
        ("rejected", Reason.CONTRADICTION),
        ("applied", Reason.NONE),
        ("duplicate", Reason.NOTHING_NEW),
        ("applied", Reason.NONE),
        ("rejected", Reason.UNKNOWN_SERVICE),
        ("applied", Reason.NONE),
        ("rejected", Reason.UNKNOWN_TARGET),
    ]
    assert directory.states["2"].draft.name == "shop", "the name that the other one had"


def test_a_slug_that_is_taken_gets_an_end_of_its_own():
    directory = Directory()
    directory.ask(1, DeclareService("a00001", "pay out"))
    decided = directory.ask(2, DeclareService("b00002", "Pay-Out"))
    assert decided.states[0].slug == "pay-out-b00002"
