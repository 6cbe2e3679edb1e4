from __future__ import annotations

from threading import Thread

import pytest

from shipledger.errors import Unavailable
from shipledger.http.budget import HEADS, KNOWN_SHARE, UNKNOWN_SHARE, BodyTooLarge, Budget

LIMIT = 1_000 * UNKNOWN_SHARE * KNOWN_SHARE
OWN, UNKNOWN = LIMIT // KNOWN_SHARE, LIMIT // UNKNOWN_SHARE


@pytest.fixture
def budget() -> Budget:
    return Budget(LIMIT, seconds=1, slowest_bytes_per_second=1)


def account_of(budget: Budget, organization: str):
    account = budget.open_account()
    account.belong_to(organization)
    return account


def test_whoever_is_not_known_shares_a_part_with_all_who_are_not(budget):
    budget.open_account().take(UNKNOWN - 1)
    with pytest.raises(Unavailable):
        budget.open_account().take(2)
    account_of(budget, "acme").take(2)


def test_an_organization_leaves_room_for_others(budget):
    account_of(budget, "acme").take(OWN)
    with pytest.raises(Unavailable):
        account_of(budget, "acme").take(1)
    account_of(budget, "other").take(OWN)


def test_all_together_never_hold_more_than_there_is(budget):
    for organization in ("acme", "other"):
        account_of(budget, organization).take(OWN)
    with pytest.raises(Unavailable):
        budget.open_account().take(1)


def test_what_never_fits_is_too_large_even_while_there_is_no_room(budget):
    account_of(budget, "acme").take(OWN)
    with pytest.raises(BodyTooLarge):
        account_of(budget, "acme").take(OWN + 1)


def test_what_is_there_anyway_counts_and_keeps_others_out_until_it_is_gone(budget):
    owing = account_of(budget, "acme")
    owing.owe(LIMIT + 1)
    with pytest.raises(Unavailable):
        account_of(budget, "other")
    owing.close()
    account_of(budget, "other").take(OWN)


def test_what_never_fits_may_be_owed_by_who_has_nothing_else(budget):
    account = account_of(budget, "acme")
    assert account.may_owe(LIMIT + 1)
    account.owe(1)
    assert not account.may_owe(LIMIT + 1)
    assert account_of(budget, "other").may_owe(LIMIT + 1)


def test_heads_bodies_and_answers_of_whoever_is_not_known_leave_room_for_each_other(budget):
    budget.open_account(HEADS).take(UNKNOWN)
    budget.open_account().open_for_answer().owe(2 * UNKNOWN)
    budget.open_account().take(UNKNOWN)
    assert not budget.open_account().open_for_answer().may_owe(1)


def test_an_account_that_is_closed_holds_nothing_more(budget):
    account = account_of(budget, "acme")
    account.take(5)
    account.close()
    account.take(5)
    account.close()
    assert budget.held_bytes == 0


def test_what_was_held_moves_with_its_holder(budget):
    account = budget.open_account()
    account.take(UNKNOWN)
    account.belong_to("acme")
    budget.open_account().take(UNKNOWN)
    account.hold(3)
    assert budget.held_bytes == UNKNOWN + 3


def test_threads_may_count_at_once(budget):
    account = account_of(budget, "acme")

    def come_and_go():
        for _ in range(20_000):
            budget.add("acme", 1)
            budget.add("acme", -1)

    threads = [Thread(target=come_and_go) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    account.close()
    assert budget.held_bytes == 0
