"""A deployment of which nothing was heard for too long is given up: a fact of its own, and no report of a state."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from shipledger.ledger.deployment import Deployment, Entry
from shipledger.ledger.fold import fold
from shipledger.ledger.identity import order_of
from shipledger.ledger.own_receipts import interpret
from shipledger.ledger.silence import ask_to_give_up, find_last_heard, names_of_pipeline, silent_since
from shipledger.ledger.state import State, is_final
from shipledger.ledger.submission import ChangeState, Facts, GiveUp, Pipeline, Release, Separate, StateReport, Submission
from shipledger.ledger.verdict import Reason, VerdictKind
from tests.support.updates import (
    DEPLOYMENT_ID,
    RECEIPT_ID,
    SOURCE,
    START,
    TARGET,
    give_ups,
    knowledge,
    record,
    records,
    report,
    reports,
    settle,
    starts_with_a_record,
    submissions,
)

DAY = timedelta(days=1)
RUNNING = report(State.IN_PROGRESS)
HISTORIES = st.builds(lambda first, rest: [first, *rest], records(), st.lists(submissions(), max_size=6))


def give_up(after: StateReport = RUNNING) -> GiveUp:
    return GiveUp(source="shipledger", target=TARGET, order=after.order, heard_at=START, after_seconds=86_400)


def change(state: StateReport) -> ChangeState:
    return ChangeState(source=SOURCE, target=TARGET, state=state)


def known(*updates: Submission) -> Deployment:
    deployment, _ = settle(updates)
    assert deployment is not None
    return deployment


def wire(deployment: Deployment) -> bytes:
    """All that answers of vendors' APIs are made of."""
    return msgspec.json.encode(replace(deployment, given_up=None, version=0))


@given(HISTORIES, st.lists(give_ups(), min_size=1, max_size=3), st.data())
def test_giving_up_never_changes_what_vendors_apis_answer(
    history: list[Submission], given_ups: list[Submission], data: st.DataObject
) -> None:
    mixed = list(history)
    for one in given_ups:
        mixed.insert(data.draw(st.integers(1, len(mixed))), one)
    first, second = ([one for one in updates if not isinstance(one, GiveUp)] for updates in (history, mixed))
    assert first == second
    plain, noticed = known(*first), known(*mixed)
    assert knowledge(plain)[:2] == knowledge(noticed)[:2]
    assert plain.state is noticed.state
    assert plain.report == noticed.report


@given(HISTORIES, reports(), st.data())
def test_a_newer_report_makes_it_disappear_whichever_arrives_first(
    history: list[Submission], late: StateReport, data: st.DataObject
) -> None:
    standing = known(*history).report
    if late.order <= standing.order:
        return
    updates = [*history, give_up(standing), change(late)]
    arrived = data.draw(st.permutations(updates).filter(starts_with_a_record))
    deployment = known(*arrived)
    is_later_given_up = any(isinstance(one, GiveUp) and one.order >= late.order for one in updates)
    assert deployment.is_given_up == (is_later_given_up and not is_final(late.state))


@given(HISTORIES)
def test_it_is_shown_as_unknown_while_the_report_stands_and_nothing_else_changes(history: list[Submission]) -> None:
    before = known(*history)
    deployment, _ = settle([give_up(before.report)], before)
    assert deployment is not None
    assert deployment.shown_state is (before.state if is_final(before.state) else State.UNKNOWN)
    assert wire(deployment) == wire(before)


def test_asking_twice_has_one_effect_and_asking_too_late_has_none() -> None:
    _, decisions = settle([record(state=RUNNING), give_up(), give_up(), change(report(State.SUCCESSFUL)), give_up()])
    verdicts = [decision.verdict for decision in decisions]
    assert [one.kind for one in verdicts] == ["applied", "applied", "duplicate", "applied", "superseded"]
    assert verdicts[-1].reason is Reason.OLDER_STATE
    assert [decision.entry is None for decision in decisions] == [False, False, True, False, True]


def test_what_was_removed_cannot_be_given_up() -> None:
    _, (decision,) = settle([give_up()])
    assert (decision.verdict.kind, decision.verdict.reason) == (VerdictKind.REJECTED, Reason.UNKNOWN_DEPLOYMENT)


def test_the_same_version_and_report_give_the_same_receipt() -> None:
    deployment, now = known(record(state=RUNNING)), START + DAY
    last = replace(entry(1, record(state=RUNNING), hours=0), receipt_id=RECEIPT_ID)
    first, second = (ask_to_give_up(deployment, give_up(), last, now=now + timedelta(hours=hours)) for hours in (0, 1))
    assert first.receipt_id == second.receipt_id
    assert order_of(first.receipt_id) == order_of(RECEIPT_ID) + 1
    assert list(interpret(first)) == [give_up()]
    later = known(record(state=RUNNING), change(report(State.IN_PROGRESS, START + timedelta(hours=1))))
    others = [(later, give_up(later.report)), (replace(deployment, deployment_id="other"), give_up())]
    assert len({ask_to_give_up(*one, last, now=now).receipt_id for one in others} | {first.receipt_id}) == 3


def entry(version: int, submission: Submission, *, hours: float) -> Entry:
    at = START + timedelta(hours=hours)
    return Entry(
        organization_id="acme",
        deployment_id=DEPLOYMENT_ID,
        version=version,
        receipt_id=f"receipt {version}",
        item=0,
        accepted_at=at,
        recorded_at=at,
        submission=submission,
    )


def test_it_was_heard_of_when_the_report_that_stands_was_first_accepted() -> None:
    later = change(report(State.IN_PROGRESS, START + timedelta(hours=1)))
    entries = [entry(1, record(state=RUNNING), hours=0), entry(2, later, hours=1), entry(3, later, hours=2)]
    assert find_last_heard(later.state, entries) is entries[1]
    assert find_last_heard(RUNNING, entries) is entries[0]
    assert find_last_heard(report(State.FAILED), entries) is None
    moved = Separate(source=SOURCE, versions=(2,), other_ids=("other",))
    assert find_last_heard(later.state, [*entries, entry(4, moved, hours=3)]) is entries[2]


@pytest.mark.parametrize(
    "heard, even, expected",
    [
        pytest.param(0, -9, 0, id="the clock has gone on evenly since long before"),
        pytest.param(0, 5, 5, id="the clock jumped, or nobody was there to hear, since"),
        pytest.param(900, 5, 5, id="it was accepted while the clock was ahead"),
        pytest.param(10 + 1 / 120, 5, 10 + 1 / 120, id="another node, whose clock is a little ahead, has just accepted it"),
    ],
)
def test_silence_counts_from_when_somebody_could_hear(heard: float, even: float, expected: float) -> None:
    heard_at, even_since, since = (START + timedelta(hours=hours) for hours in (heard, even, expected))
    found = silent_since(known(record(state=RUNNING)), heard_at, even_since=even_since, now=START + timedelta(hours=10))
    assert found == since


def test_what_waits_for_a_planned_start_is_not_silent_before_it() -> None:
    now, planned_at = START + timedelta(hours=10), START + timedelta(hours=12)
    waiting = known(record(state=report(State.PENDING), facts=Facts(started_at=planned_at)))
    assert silent_since(waiting, START, even_since=START, now=now) is None
    assert silent_since(waiting, START, even_since=START, now=planned_at + DAY) == planned_at
    running = known(record(state=RUNNING, facts=Facts(started_at=planned_at)))
    assert silent_since(running, START, even_since=START, now=now) == START


def test_a_pipeline_goes_by_its_own_names_its_repositories_and_its_services() -> None:
    facts = Facts(
        pipeline=Pipeline(id="7", name="Storefront"),
        releases=(Release(repository="github.com/acme/shop", commit="0c9135c"),),
        services=("checkout",),
    )
    named = known(record(state=RUNNING, facts=facts))
    assert names_of_pipeline(named) == ("7", "Storefront", "github.com/acme/shop", "checkout")
    assert names_of_pipeline(known(record(state=RUNNING))) == ()


def test_it_is_no_news_of_the_deployment() -> None:
    deployment = known(record(state=RUNNING))
    given_up = fold(deployment, entry(2, give_up(), hours=48))
    assert (given_up.version, given_up.updated_at) == (2, deployment.updated_at)
    assert given_up.given_up is not None
    assert given_up.given_up.at == START + timedelta(hours=48)
