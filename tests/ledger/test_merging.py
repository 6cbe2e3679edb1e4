"""Records that tell of one deployment: merged they are what all say, split again they are what they were."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET
from msgspec.structs import replace

from shipledger.deployments.lookups import Loaded
from shipledger.deployments.working_set import WorkingSet
from shipledger.ledger.aggregate import Decided
from shipledger.ledger.authors import Author
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.fold import FACT_NAMES
from shipledger.ledger.history import fold_history
from shipledger.ledger.identity import new_id
from shipledger.ledger.naming import NamedIssues
from shipledger.ledger.state import State
from shipledger.ledger.submission import (
    Alias,
    Correct,
    CorrectedFacts,
    Environment,
    Facts,
    Merge,
    RecordDeployment,
    Release,
    Remove,
    Split,
    Submission,
    Target,
    UndoCorrection,
)
from shipledger.ledger.verdict import Reason, VerdictKind
from shipledger.ledger.witnesses import OF_ITS_SENDER, WITNESSES_LIMIT, combine, list_sources
from tests.support.updates import START, TARGET, changes, receipt, record, records, report, submissions

ORGANIZATION = "acme"
SENDERS = ("datadog", "jira", "opsgenie")
IDS = {sender: f"01900000-0000-7000-8000-00000000000{place}" for place, sender in enumerate(SENDERS)}


def by(sender: str, submission: Submission) -> Submission:
    """``submission`` as another sender sends it, of its own record."""
    if isinstance(submission, RecordDeployment):
        return replace(
            submission,
            source=sender,
            deployment_id=IDS[sender],
            identities=(Alias(scope=f"{sender}:create", key="one"),),
            recognition=None,
        )
    return replace(submission, source=sender, target=Target(key=IDS[sender]))


def merge(sender: str, into: str, **rest: str) -> Merge:
    return Merge(source="native", target=Target(key=IDS.get(sender, sender)), into=IDS.get(into, into), **rest)


def split(sender: str) -> Split:
    return Split(source="native", target=Target(key=IDS.get(sender, sender)))


class Ledger:
    """Deployments that are decided one after another."""

    def __init__(self, *submissions: Submission) -> None:
        self.working = WorkingSet(Loaded(deployments={}, by_alias={}), is_guarded=False)
        self.count = 0
        self.found: dict[str, Deployment] = {}
        for one in submissions:
            self.tell(one)

    def tell(self, submission: Submission) -> Decided:
        self.count += 1
        now = START + timedelta(seconds=self.count)
        asked = replace(receipt(), receipt_id=new_id(now, bytes(8)))
        decided = self.working.decide(asked, 0, submission, now)
        if decided.states:
            self.working.put(decided)
            self.found.update((one.deployment_id, one) for one in decided.states)
        return decided

    def read(self, sender: str) -> Deployment:
        """A record; what its entries fold into is the same."""
        found = self.found[IDS[sender]]
        assert fold_history(self.working.histories[ORGANIZATION, IDS[sender]]) == found
        return found


def corrections() -> st.SearchStrategy[Submission]:
    """What people put right by hand, and take back."""
    said = st.builds(
        CorrectedFacts,
        version=st.sampled_from(["v1", "v2"]),
        title=st.sampled_from([UNSET, "Checkout"]),
        state=st.sampled_from([UNSET, State.SUCCESSFUL, State.FAILED]),
    )
    identifier = st.sampled_from(["c1", "c2"])
    made = st.builds(
        Correct, source=st.just("native"), target=st.just(TARGET), correction_id=identifier, said=said, reason=st.just("Why.")
    )
    return made | st.builds(
        UndoCorrection, source=st.just("native"), target=st.just(TARGET), correction_id=identifier, reason=st.just("")
    )


def told(sender: str) -> st.SearchStrategy[list[Submission]]:
    """What a sender tells of its record: the record first."""
    rest = st.lists(st.one_of(records(), changes(), submissions(), corrections()), max_size=4)
    mixed = st.builds(lambda first, others: [first, *others], records(), rest)
    return mixed.map(lambda all_: [by(sender, one) for one in all_ if not isinstance(one, Remove)])


def without_versions(one: Deployment) -> Deployment:
    return replace(one, version=0, recorded_at=START, updated_at=START, kept_apart=())


@given(told("datadog"), told("jira"))
def test_merge_then_split_is_what_it_was(own, other):
    apart = Ledger(*own, *other)
    ledger = Ledger(*own, *other, merge("jira", "datadog"))
    assert ledger.read("jira").merged_into == IDS["datadog"]
    ledger.tell(split("jira"))
    for sender in ("datadog", "jira"):
        before, after = apart.read(sender), ledger.read(sender)
        assert replace(after, version=before.version, kept_apart=()) == before
    assert ledger.read("jira").kept_apart == (IDS["datadog"],)


@given(told("datadog"), told("jira"), st.data())
def test_what_is_told_before_and_after_a_merge_ends_in_the_same(own, other, data):
    """Whatever comes when, the host is what both records are by themselves, together."""
    place = data.draw(st.integers(1, len(own)))
    position = data.draw(st.integers(1, len(other)))
    early = Ledger(*own[:place], *other[:position], merge("jira", "datadog"), *own[place:], *other[position:])
    apart = Ledger(*own, *other)
    expected = combine(apart.read("datadog"), [apart.read("jira")])
    assert without_versions(alike(early.read("datadog"))) == without_versions(alike(expected))


def alike(one: Deployment) -> Deployment:
    """Without what depends on when a report was settled, rather than on what it said."""
    plain = [without_versions(replace(each, marked={}, given_up=None, corrections=())) for each in one.told]
    return replace(one, told=tuple(plain), marked={}, given_up=None, corrections=())


@given(st.permutations(SENDERS), st.tuples(*(told(sender) for sender in SENDERS)))
def test_which_record_is_the_host_makes_no_difference_to_what_all_say(order, said):
    apart = Ledger(*(one for each in said for one in each if not isinstance(one, Correct | UndoCorrection)))
    known = [apart.read(sender) for sender in order]
    answers = [combine(own, [one for one in known if one is not own]) for own in known]
    for name in set(FACT_NAMES) - OF_ITS_SENDER:
        assert len({str(getattr(one.facts, name)) for one in answers}) == 1, name
    if any(one.ended_at for one in answers):
        assert len({(one.state, one.finished_at, one.times.success_at) for one in answers}) == 1


def deployed(sender: str, state: State = State.SUCCESSFUL, minutes: float = 0.0, **facts: object) -> RecordDeployment:
    said = {"started_at": START, "environment": Environment(id="prod", name="prod", tier="production")} | facts
    return by(sender, record(facts=Facts(**said), state=report(state, START + timedelta(minutes=minutes))))


def merged(*records_: RecordDeployment) -> Deployment:
    ledger = Ledger(*records_, *(merge(one.source, records_[0].source) for one in records_[1:]))
    return ledger.read(records_[0].source)


def test_one_deployment_told_through_three_protocols_counts_once_and_is_finished_when_the_first_says_so():
    started = {"datadog": 0, "jira": 0, "opsgenie": -1}
    ends = {"datadog": 10, "jira": 11, "opsgenie": 12}
    told_of = [deployed(one, minutes=ends[one], started_at=START + timedelta(minutes=started[one])) for one in SENDERS]
    for order in permutations(told_of):
        host = merged(*order)
        assert (host.started_at, host.finished_at) == (START - timedelta(minutes=1), START + timedelta(minutes=10))
        assert (host.state, host.is_run_again, len(host.told)) == (State.SUCCESSFUL, False, 3)


@pytest.mark.parametrize(
    "one, other, expected",
    [
        (State.IN_PROGRESS, State.SUCCESSFUL, State.SUCCESSFUL),
        (State.FAILED, State.PENDING, State.FAILED),
        (State.FAILED, State.SUCCESSFUL, State.SUCCESSFUL),
        (State.SUCCESSFUL, State.ROLLED_BACK, State.ROLLED_BACK),
        (State.CANCELLED, State.FAILED, State.FAILED),
        (State.PENDING, State.IN_PROGRESS, State.PENDING),
    ],
)
def test_an_ended_state_beats_one_under_way_and_of_two_that_are_under_way_the_host_has_its_own(one, other, expected):
    assert merged(deployed("datadog", one), deployed("jira", other, 1)).state is expected


def test_lists_are_united_and_a_commit_is_written_as_long_as_anybody_writes_it():
    short, full = "61445f3", "61445f3" + "a" * 33
    one = deployed("datadog", services=("api",), releases=(Release(repository="github.com/Acme/shop", commit=short),))
    shop = Release(repository="github.com/acme/shop", commit=full)
    library = Release(repository="github.com/acme/lib", commit="b" * 40)
    other = deployed("jira", minutes=1, services=("API", "web"), releases=(shop, library))
    host = merged(one, other)
    assert host.facts.services == ("api", "web")
    assert [(each.repository, each.commit) for each in host.releases] == [
        ("github.com/Acme/shop", full),
        ("github.com/acme/lib", "b" * 40),
    ]


def test_each_field_names_whose_word_it_is_and_who_says_otherwise():
    one = deployed("datadog", version="v1", title=UNSET)
    host = merged(one, deployed("jira", minutes=1, version="1.0", title="Checkout"))
    sources = list_sources(host)
    assert sources["version"].given_by == (IDS["datadog"],)
    assert sources["version"].others == ((IDS["jira"], "1.0"),)
    assert (sources["title"].given_by, sources["title"].others) == ((IDS["jira"],), ())
    assert sources["finished_at"].given_by == (IDS["datadog"],)
    assert list_sources(Ledger(one).read("datadog")) == {}


def test_senders_are_understood_by_their_own_words_whatever_is_merged():
    ledger = Ledger(deployed("datadog", State.IN_PROGRESS), deployed("jira", State.SUCCESSFUL, 5), merge("jira", "datadog"))
    assert ledger.read("datadog").alone.state is State.IN_PROGRESS
    again = ledger.tell(deployed("datadog", State.IN_PROGRESS))
    assert again.verdict.kind is VerdictKind.DUPLICATE
    host = ledger.read("datadog")
    assert (host.state, host.alone.state) == (State.SUCCESSFUL, State.IN_PROGRESS)


def test_what_cannot_be_merged_is_rejected_with_the_reason():
    all_three = [deployed(one) for one in SENDERS]
    asked = {
        "itself": ([], merge("jira", "jira"), Reason.CONTRADICTION, "itself"),
        "nothing": ([], merge("jira", "nobody"), Reason.UNKNOWN_TARGET, "no deployment with the id nobody"),
        "of nothing": ([], merge("nobody", "jira"), Reason.UNKNOWN_DEPLOYMENT, "No deployment"),
        "merged": ([merge("jira", "datadog")], merge("jira", "opsgenie"), Reason.DECIDED_OTHERWISE, "Split it first"),
        "into a merged one": ([merge("jira", "datadog")], merge("opsgenie", "jira"), Reason.CONTRADICTION, "Merge into that one"),
        "a host": ([merge("jira", "datadog")], merge("datadog", "opsgenie"), Reason.CONTRADICTION, "the other way round"),
        "a cycle": ([merge("jira", "datadog")], merge("datadog", "jira"), Reason.CONTRADICTION, "itself merged"),
        "removed": (
            [Remove(source="native", target=Target(key=IDS["datadog"]))],
            merge("jira", "datadog"),
            Reason.UNKNOWN_TARGET,
            "",
        ),
        "split of what is alone": ([], split("jira"), Reason.CONTRADICTION, "not merged"),
        "split of a host": ([merge("jira", "datadog")], split("datadog"), Reason.CONTRADICTION, IDS["jira"]),
        "split of nothing": ([], split("nobody"), Reason.UNKNOWN_DEPLOYMENT, "No deployment"),
    }
    for case, (before, last, reason, words) in asked.items():
        decided = Ledger(*all_three, *before).tell(last)
        assert (decided.verdict.kind, decided.verdict.reason, decided.entries) == (VerdictKind.REJECTED, reason, ()), case
        assert words in decided.verdict.sentence, case
    again = Ledger(*all_three, merge("jira", "datadog")).tell(merge("jira", "datadog"))
    assert (again.verdict.kind, again.entries) == (VerdictKind.DUPLICATE, ())


def test_a_host_takes_in_only_so_many():
    ledger = Ledger(deployed("datadog"))
    for number in range(WITNESSES_LIMIT + 1):
        one = replace(deployed("jira"), deployment_id=f"jira-{number}", identities=(Alias(scope="jira:create", key=str(number)),))
        ledger.tell(one)
        kind = ledger.tell(merge(f"jira-{number}", "datadog")).verdict.kind
        assert (kind is VerdictKind.APPLIED) is (number < WITNESSES_LIMIT)


def test_no_rule_merges_again_what_somebody_split():
    ledger = Ledger(deployed("datadog"), deployed("jira"), merge("jira", "datadog"), split("jira"))
    for one in (merge("jira", "datadog", rule="Same commit."), merge("datadog", "jira", rule="Same commit.")):
        assert ledger.tell(one).verdict.reason is Reason.DECIDED_OTHERWISE
    assert ledger.tell(merge("jira", "datadog")).verdict.kind is VerdictKind.APPLIED
    assert ledger.read("jira").kept_apart == ()


def test_a_host_that_is_removed_lets_go_of_the_others_and_a_removed_witness_is_no_part_any_more():
    def remove(sender: str) -> Remove:
        return Remove(source=sender, target=Target(key=IDS[sender]))

    ledger = Ledger(*(deployed(one, minutes=5) for one in SENDERS), merge("jira", "datadog"), merge("opsgenie", "datadog"))
    ledger.tell(remove("opsgenie"))
    assert [one.deployment_id for one in ledger.read("datadog").told[1:]] == [IDS["jira"]]
    ledger.tell(remove("datadog"))
    assert ledger.read("datadog").is_removed
    assert (ledger.read("jira").merged_into, ledger.read("jira").is_listed) == ("", True)


def test_what_a_person_corrects_in_a_host_holds_over_all_and_a_removal_by_hand_can_be_undone():
    def correct(sender: str, number: str, **said: object) -> Correct:
        facts = CorrectedFacts(**said)
        return Correct(source="native", target=Target(key=IDS[sender]), correction_id=number, said=facts, reason="Why.")

    def undo(sender: str, number: str) -> UndoCorrection:
        return UndoCorrection(source="native", target=Target(key=IDS[sender]), correction_id=number, reason="")

    ledger = Ledger(*(deployed(one, minutes=5, version=one) for one in SENDERS[:2]), merge("jira", "datadog"))
    ledger.tell(correct("jira", "c0", version="v9", title="Said by Jira"))
    assert (ledger.read("datadog").facts.version, ledger.read("datadog").facts.title) == ("datadog", "Said by Jira")
    assert ledger.tell(correct("datadog", "c1", version="v3")).verdict.kind is VerdictKind.APPLIED
    ledger.tell(deployed("jira", minutes=1, version="v4"))
    assert (ledger.read("datadog").facts.version, ledger.read("datadog").alone.facts.version) == ("v3", "v3")
    ledger.tell(undo("datadog", "c1"))
    assert ledger.read("datadog").facts.version == "v9"
    ledger.tell(correct("jira", "c4", is_removed=True))
    assert ledger.read("datadog").facts.version == "datadog"
    ledger.tell(correct("datadog", "c2", is_removed=True))
    assert (ledger.read("datadog").is_removed, ledger.read("jira").merged_into) == (True, IDS["datadog"])


def test_what_is_read_in_a_correction_counts_whether_it_or_a_merge_comes_first():
    commit = "a" * 40
    correction = Correct(
        source="native",
        target=Target(key=IDS["datadog"]),
        correction_id="c1",
        said=CorrectedFacts(title="SHOP-1", releases=(Release(repository="github.com/acme/shop", commit=commit),)),
        reason="Why.",
        named=NamedIssues(title=("SHOP-1",), commits={commit: ("SHOP-2",)}),
        authors={commit: Author(address_hash="0" * 16, name="Ada")},
    )
    later = (correction, merge("jira", "datadog")), (merge("jira", "datadog"), correction)
    for order in later:
        host = Ledger(deployed("datadog"), deployed("jira"), *order).read("datadog")
        assert (host.authors, host.named) == (correction.authors, correction.named)
