"""Every submission has one verdict, and the verdict says what happened."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET
from msgspec.structs import replace

from shipledger.ledger.decide import Decision, Situation, decide
from shipledger.ledger.deployment import Deployment, Entry
from shipledger.ledger.marks import MARKS
from shipledger.ledger.state import State
from shipledger.ledger.submission import (
    Alias,
    Amend,
    ChangeState,
    Facts,
    Mark,
    Refuse,
    Remediation,
    Remove,
    RemoveMatching,
    Submission,
)
from shipledger.ledger.verdict import Reason, VerdictKind
from tests.support.updates import (
    DEPLOYMENT_ID,
    SOURCE,
    START,
    TARGET,
    knowledge,
    receipt,
    record,
    records,
    report,
    settle,
    submissions,
)

KNOWN = settle([record(facts=Facts(title="one", url=None), order=(5,), state=report(State.SUCCESSFUL))])[0]
REMOVAL = Remove(source=SOURCE, target=TARGET)
REFUSAL = Refuse(source=SOURCE, sentence="'url' is required.", subject="web/prod/1")
MATCHING = RemoveMatching(source=SOURCE, aliases=())
MANAGED = settle([record(is_managed_elsewhere=True)])[0]


def change(state: State, minutes: int = 0) -> ChangeState:
    return ChangeState(source=SOURCE, target=TARGET, state=report(state, START + timedelta(minutes=minutes)))


def amend(order: int, **facts: Any) -> Amend:
    return Amend(source=SOURCE, target=TARGET, facts=Facts(**facts), order=(order,))


def decide_now(current: Deployment | None, submission: Submission, workspaces: frozenset[str] | None = None) -> Decision:
    return decide(Situation(current=current, connected_workspaces=workspaces), receipt(), 0, submission, START)


@pytest.mark.parametrize(
    "current, submission, kind, reason, appends",
    [
        pytest.param(None, record(), "applied", Reason.NONE, True, id="first record"),
        pytest.param(None, change(State.FAILED), "rejected", Reason.UNKNOWN_DEPLOYMENT, False, id="state of nothing"),
        pytest.param(None, amend(9, title="x"), "rejected", Reason.UNKNOWN_DEPLOYMENT, False, id="amendment of nothing"),
        pytest.param(None, REFUSAL, "rejected", Reason.REFUSED_ON_ARRIVAL, False, id="refused on arrival"),
        pytest.param(None, record(left_out="Not known: X."), "applied", Reason.NONE, True, id="record without a part of it"),
        pytest.param(KNOWN, change(State.FAILED, 1), "applied", Reason.NONE, True, id="later final state"),
        pytest.param(KNOWN, change(State.IN_PROGRESS, 1), "superseded", Reason.OLDER_STATE, False, id="late started"),
        pytest.param(KNOWN, change(State.SUCCESSFUL), "duplicate", Reason.NOTHING_NEW, False, id="same state"),
        pytest.param(KNOWN, amend(6, title="two"), "applied", Reason.NONE, True, id="newer title"),
        pytest.param(KNOWN, amend(4, title="two"), "superseded", Reason.OLDER_FACTS, False, id="older title"),
        pytest.param(KNOWN, amend(6, title="one"), "duplicate", Reason.NOTHING_NEW, True, id="same title, said later"),
        pytest.param(KNOWN, amend(4, title="one"), "duplicate", Reason.NOTHING_NEW, False, id="same title, said earlier"),
        pytest.param(KNOWN, amend(4, description="d"), "applied", Reason.NONE, True, id="old but new to us"),
        pytest.param(KNOWN, amend(6, url=None), "duplicate", Reason.NOTHING_NEW, True, id="cleared again"),
        pytest.param(KNOWN, amend(6), "duplicate", Reason.NOTHING_NEW, False, id="says nothing"),
        pytest.param(
            KNOWN,
            record(facts=Facts(title="two"), order=(6,), state=report(State.IN_PROGRESS)),
            "applied",
            Reason.OLDER_STATE,
            True,
            id="newer title with an older state",
        ),
        pytest.param(None, REMOVAL, "rejected", Reason.UNKNOWN_DEPLOYMENT, False, id="removal of nothing"),
        pytest.param(KNOWN, REMOVAL, "applied", Reason.NONE, True, id="removal"),
        pytest.param(KNOWN, MATCHING, "rejected", Reason.NO_MATCH, False, id="removal by properties that nothing has"),
        pytest.param(MANAGED, amend(9, title="x"), "rejected", Reason.MANAGED_ELSEWHERE, False, id="managed elsewhere"),
        pytest.param(MANAGED, change(State.SUCCESSFUL), "applied", Reason.NONE, True, id="state of managed elsewhere"),
    ],
)
def test_verdicts_by_table(current: Deployment | None, submission: Submission, kind: str, reason: Reason, appends: bool) -> None:
    decision = decide_now(current, submission)
    assert (decision.verdict.kind, decision.verdict.reason) == (kind, reason)
    assert (decision.entry is not None, decision.deployment is not None) == (appends, appends)
    if decision.verdict.kind is not VerdictKind.APPLIED:
        assert decision.verdict.sentence


@pytest.mark.parametrize(
    "known, kind",
    [
        (None, VerdictKind.APPLIED),
        (frozenset({"bitbucket.org/acme"}), VerdictKind.APPLIED),
        (frozenset({"bitbucket.org/other"}), VerdictKind.REJECTED),
        (frozenset(), VerdictKind.REJECTED),
    ],
)
def test_a_strict_organization_refuses_unknown_workspaces(known: frozenset[str] | None, kind: VerdictKind) -> None:
    decision = decide_now(None, record(required_workspaces=("bitbucket.org/ACME",)), known)
    assert decision.verdict.kind is kind
    if kind is VerdictKind.REJECTED:
        assert decision.verdict.reason is Reason.UNKNOWN_WORKSPACE
        assert decision.verdict.subject == "bitbucket.org/ACME"
        assert decision.entry is None


@given(
    st.none() | records(),
    submissions() | st.sampled_from([REMOVAL, MATCHING]),
    st.none() | st.frozensets(st.sampled_from(["bitbucket.org/acme", "x"])),
)
def test_every_input_has_a_verdict(first: Submission | None, update: Submission, workspaces: frozenset[str] | None) -> None:
    current = None if first is None else settle([first])[0]
    decision = decide_now(current, update, workspaces)
    verdict = decision.verdict
    assert verdict.kind in VerdictKind
    assert verdict.kind is VerdictKind.REJECTED or verdict.deployment_id == DEPLOYMENT_ID
    assert (decision.entry is None) == (decision.deployment is None)
    if verdict.kind in {VerdictKind.APPLIED, VerdictKind.REJECTED}:
        assert (decision.entry is not None) == (verdict.kind is VerdictKind.APPLIED)
    if decision.deployment is not None:
        assert decision.deployment.version == (current.version if current else 0) + 1


@given(records(), submissions())
def test_deciding_the_same_again_appends_nothing(first: Submission, update: Submission) -> None:
    settled, _ = settle([first, update])
    again = decide_now(settled, update)
    assert again.entry is None
    assert again.verdict.kind in {VerdictKind.DUPLICATE, VerdictKind.SUPERSEDED}


@given(records(), submissions())
def test_only_an_applied_verdict_changes_what_readers_see(first: Submission, update: Submission) -> None:
    before, _ = settle([first])
    decision = decide_now(before, update)
    if decision.verdict.kind is not VerdictKind.APPLIED and decision.deployment is not None:
        assert before is not None
        assert _seen(decision.deployment.facts) == _seen(before.facts)
        assert replace(decision.deployment.report, order=()) == replace(before.report, order=())


@pytest.mark.parametrize(
    "said, kind",
    [
        (Facts(note="The sender said both."), VerdictKind.APPLIED),
        (Facts(remediation=None), VerdictKind.APPLIED),
        (Facts(is_change_failure=True), VerdictKind.APPLIED),
        (Facts(remediation=Remediation(kind="rollforward", id="another")), VerdictKind.REJECTED),
    ],
)
def test_a_mark_answers_only_for_what_it_changes(said: Facts, kind: VerdictKind) -> None:
    both = Facts(is_change_failure=False, remediation=Remediation(kind="rollback", id="other"))
    told = Amend(source=SOURCE, target=TARGET, facts=both, order=(1,))
    _, decisions = settle([record(), told, Mark(source=SOURCE, target=TARGET, facts=said, order=(2,))])
    assert decisions[-1].verdict.kind is kind


ITSELF = "A deployment cannot remedy itself: name the one that remedied it."


@pytest.mark.parametrize(
    "remedy, unknown, sentence, subject",
    [
        (Remediation(kind="rollback", id="other"), (), "", ""),
        (Remediation(kind="rollback", id=DEPLOYMENT_ID), (), ITSELF, ""),
        (Remediation(kind="rollback", id=DEPLOYMENT_ID, scope="vendor:id"), (), "", ""),
        (
            Remediation(kind="rollback", id="other"),
            ("other",),
            "There is no deployment with the id other, which remediation names.",
            "other",
        ),
    ],
)
def test_a_mark_names_what_is_there_and_not_its_own_deployment(
    remedy: Remediation, unknown: tuple[str, ...], sentence: str, subject: str
) -> None:
    mark = Mark(source=SOURCE, target=TARGET, facts=Facts(remediation=remedy), order=(2,))
    verdict = decide(Situation(current=KNOWN, unknown=unknown), receipt(), 0, mark, START).verdict
    assert (verdict.kind, verdict.sentence, verdict.subject) == (
        VerdictKind.REJECTED if sentence else VerdictKind.APPLIED,
        sentence,
        subject,
    )


def test_a_mark_adds_names_and_withdraws_only_what_was_said() -> None:
    def mark(order: int, *names: Alias, **facts: Any) -> Mark:
        return Mark(source=SOURCE, target=TARGET, facts=Facts(**facts), order=(order,), names=names)

    request, other = Alias("request", "b"), Alias("request", "a")
    marked, decisions = settle(
        [record(), mark(2, request, note=None), mark(3, other, note="n"), mark(4, other), mark(5, note=None)]
    )
    assert marked is not None
    assert marked.names == (other, request)
    assert [one.verdict.kind for one in decisions[1:]] == ["duplicate", "applied", "duplicate", "applied"]
    assert [one.entry is not None for one in decisions[1:]] == [True, True, False, True]


def test_a_verdict_says_what_stands_instead() -> None:
    newer_title = record(facts=Facts(title="two"), order=(6,), state=report(State.IN_PROGRESS))
    assert decide_now(KNOWN, newer_title).verdict.sentence == "The state is unchanged: a report with a higher rank is known."
    assert decide_now(KNOWN, amend(6, title="two")).verdict.sentence == ""
    late = decide_now(KNOWN, change(State.IN_PROGRESS, 1)).verdict
    assert late.sentence == "Ignored: the deployment is successful, according to a report with a higher rank."
    older = decide_now(KNOWN, amend(4, url="x", title="two")).verdict
    assert older.sentence == "Ignored: newer values are known for title, url."


def _seen(facts: Facts) -> Facts:
    """A mark that was withdrawn is one that nobody made."""
    return replace(facts, **{name: UNSET for name in MARKS if getattr(facts, name) is None})


@given(records(), st.lists(submissions(), max_size=3))
def test_entries_and_deployments_survive_being_stored(first: Submission, rest: list[Submission]) -> None:
    deployment, decisions = settle([first, *rest])
    stored = msgspec.json.decode(msgspec.json.encode(deployment), type=Deployment)
    assert stored == deployment
    assert knowledge(stored) == knowledge(deployment)
    for entry in (decision.entry for decision in decisions):
        assert entry is None or msgspec.json.decode(msgspec.json.encode(entry), type=Entry) == entry


def test_a_repeated_create_with_another_key_is_found_by_both_keys() -> None:
    other = Alias(scope="opsgenie:create", key="two")
    deployment, decisions = settle([record(), record(identities=(other,))])
    assert deployment is not None
    assert {alias.key for alias in deployment.aliases} == {"one", "two", DEPLOYMENT_ID}
    assert decisions[1].entry is not None


def whole(number: int, state: State, minutes: int = 0) -> Submission:
    order = (number, -minutes)
    return record(replaces=True, order=order, state=replace(report(state, START + timedelta(minutes=minutes)), order=order))


@pytest.mark.parametrize("number", [9, 10])
def test_a_record_that_is_not_newer_is_ignored_and_the_verdict_names_both_numbers(number: int):
    known, _ = settle([whole(10, State.IN_PROGRESS)])

    decision = decide_now(known, whole(number, State.SUCCESSFUL, 2))

    assert decision.verdict.kind is VerdictKind.SUPERSEDED
    assert decision.verdict.reason is Reason.NOT_NEWER
    assert f"this update has number {number}, the recorded one 10" in decision.verdict.sentence


def test_a_deployment_whose_records_replace_each_other_began_when_it_was_first_heard_of():
    reports = [whole(1, State.PENDING, 1), whole(2, State.IN_PROGRESS, 2), whole(3, State.SUCCESSFUL, 9)]

    for updates in (reports, reports[::-1]):
        known, _ = settle(updates)
        assert known is not None
        assert (known.started_at, known.ended_at) == (START + timedelta(minutes=1), START + timedelta(minutes=9))
