from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipledger.ingestion.concerns import number_name
from shipledger.ingestion.precedence import Precedence
from shipledger.ingestion.task import Task
from shipledger.ledger.aggregate import EVERYTHING
from shipledger.ledger.submission import Alias
from shipledger.store.receipts.pending_contract import Concern, PendingConcern
from tests.support.factories import ACME, make_receipt


def alias(name: str) -> Alias:
    return Alias(scope="s", key=name)


def number(name: str) -> int:
    return number_name(ACME, EVERYTHING if name == "*" else alias(name))


def task(place: int, *, records: str = "", changes: str = "") -> Task:
    """A receipt that was accepted in this place, with names of one letter."""
    concerns = [Concern(number(name), may_record=True, alias=alias(name)) for name in records]
    concerns += [Concern(number(name), may_record=False, alias=EVERYTHING if name == "*" else alias(name)) for name in changes]
    return Task(receipt=make_receipt(place), submissions=(), noted=tuple(concerns))


def pending(*tasks: Task) -> list[PendingConcern]:
    return [PendingConcern(one.name, one.may_record, task.receipt.receipt_id) for task in tasks for one in task.concerns]


def find_first(asked: Task, *others: Task, named: str = "") -> str | None:
    """What comes before ``asked`` while ``others`` are pending and those letters name something."""
    return Precedence(pending(*others)).find_first(asked, lambda one: one.alias.key in named)


OLDER_RECORD, OLDER_CHANGE = task(1, records="a"), task(1, changes="a")


@pytest.mark.parametrize("asked", [task(5, records="a"), task(5, changes="a"), task(5, records="ba")])
@pytest.mark.parametrize("named", ["", "a"])
def test_what_was_accepted_after_a_record_waits_for_it(asked, named):
    assert find_first(asked, OLDER_RECORD, named=named) == OLDER_RECORD.receipt.receipt_id


@pytest.mark.parametrize("asked", [task(5, records="a"), task(5, changes="a")])
def test_what_was_accepted_after_a_change_waits_for_it_where_it_changes_something(asked):
    assert find_first(asked, OLDER_CHANGE, named="a") == OLDER_CHANGE.receipt.receipt_id
    assert find_first(asked, OLDER_CHANGE) is None


@pytest.mark.parametrize("named", ["", "ab"])
def test_nobody_waits_for_what_came_later_or_has_another_name(named):
    asked = task(5, records="a")
    assert find_first(asked, task(6, records="a"), task(6, changes="a"), task(1, records="b"), named=named) is None


def test_of_several_the_oldest_is_told():
    first = find_first(task(5, records="ab"), task(3, records="a"), task(2, records="b"))
    assert first == task(2).receipt.receipt_id


@pytest.mark.parametrize("others", [(1, 9), (9, 1), (3, 1, 9), (9, 3, 1)])
def test_a_change_between_records_that_are_pending_waits_for_the_oldest(others):
    records = [task(place, records="a") for place in others]
    assert find_first(task(5, changes="a"), *records) == task(1).receipt.receipt_id
    assert Precedence(pending(*records)).may_yet_be_recorded(task(5, changes="a"))


def test_a_record_waits_for_what_concerns_its_deployment_by_another_name():
    by_id = task(1, changes="i")
    precedence = Precedence(pending(by_id))
    assert precedence.find_first(task(5, records="a"), lambda _: True, lambda: [number("i")]) == by_id.receipt.receipt_id


def test_what_comes_after_a_removal_by_properties_waits_for_it_whatever_its_names():
    assert find_first(task(5, records="a"), task(1, changes="*")) == task(1).receipt.receipt_id
    assert find_first(task(1, records="a"), task(5, changes="*")) is None


def test_what_is_left_undecided_in_a_batch_comes_first():
    left, asked = task(1, records="a"), task(2, changes="a")
    precedence = Precedence(batch=[left, asked])
    precedence.begin(left)
    precedence.leave(left)
    precedence.begin(asked)
    assert precedence.find_first(asked, lambda _: False) == left.receipt.receipt_id


@pytest.mark.parametrize(
    "others, is_asked_for",
    [([task(9, records="a")], True), ([task(1, records="b")], False), ([task(9, changes="a")], False)],
)
def test_a_change_of_nothing_may_yet_be_recorded_by_whatever_is_pending(others, is_asked_for):
    assert Precedence(pending(*others)).may_yet_be_recorded(task(5, changes="a")) is is_asked_for


def test_and_by_what_comes_later_in_its_batch():
    asked, later = task(1, changes="a"), task(2, records="a")
    precedence = Precedence(batch=[asked, later])
    precedence.begin(asked)
    assert precedence.may_yet_be_recorded(asked)
    precedence.begin(later)
    assert not precedence.may_yet_be_recorded(asked)


def test_a_receipt_with_several_names_does_not_wait_for_what_came_later():
    assert not Precedence(pending(task(9, records="a"))).may_yet_be_recorded(task(5, changes="ab"))


RECEIPTS = st.lists(
    st.one_of(
        st.text("abc", min_size=1, max_size=2).map(lambda names: ("records", names)),
        st.sampled_from([("changes", "a"), ("changes", "b")]),
    ),
    min_size=1,
    max_size=8,
)


@given(receipts=RECEIPTS, seed=st.integers())
def test_whichever_node_settles_what_they_end_in_the_order_of_acceptance_and_never_wait_in_a_circle(receipts, seed):
    """Three nodes settle what they hold in any order, in batches of any size."""
    chance = random.Random(seed)
    tasks = [task(place, **{kind: names}) for place, (kind, names) in enumerate(receipts)]
    nodes = {one.receipt.receipt_id: chance.randrange(3) for one in tasks}
    left, named, settled = list(tasks), set(), []
    is_moving = True
    while is_moving:
        is_moving = False
        for node in chance.sample(range(3), 3):
            own = [one for one in left if nodes[one.receipt.receipt_id] == node]
            batch = sorted(chance.sample(own, chance.randint(min(1, len(own)), len(own))), key=place_of)
            done = settle(batch, [one for one in left if one not in batch], named)
            settled += done
            left = [one for one in left if one not in done]
            is_moving |= bool(done) or len(batch) < len(own)
    recorded = {names for kind, said in receipts if kind == "records" for names in said}
    assert [one for one in left if one.concerns[0].may_record or one.concerns[0].alias.key in recorded] == []
    for position, later in enumerate(settled):
        late = [one for one in settled[position + 1 :] if place_of(one) < place_of(later) and share_a_name(one, later)]
        made = {one.alias.key for before in settled[:position] for one in before.concerns if one.may_record}
        assert [one for one in late if one.concerns[0].may_record or one.concerns[0].alias.key in made] == []


def settle(batch: Sequence[Task], others: Sequence[Task], named: set[str]) -> list[Task]:
    """The tasks of a batch that can be decided while ``others`` are pending; ``named`` grows by what they record."""
    precedence = Precedence(pending(*others), batch=batch)
    done = []
    for one in batch:
        precedence.begin(one)
        finds_nothing = not one.concerns[0].may_record and one.concerns[0].alias.key not in named
        if finds_nothing or precedence.find_first(one, lambda asked: asked.alias.key in named):
            precedence.leave(one)
            continue
        named.update(concern.alias.key for concern in one.concerns if concern.may_record)
        done.append(one)
    return done


def place_of(one: Task) -> str:
    return one.receipt.receipt_id


def share_a_name(one: Task, other: Task) -> bool:
    return bool({concern.name for concern in one.concerns} & {concern.name for concern in other.concerns})
