"""Pauses between tries grow, are never longer than two seconds, and begin anew after a success."""

from __future__ import annotations

import random

import pytest

from shipledger.ingestion.retry import Backoff

FULL = [0.1, 0.2, 0.4, 0.8, 1.6, 2.0, 2.0]
"""The pauses in seconds, before chance shortens them."""


@pytest.fixture(params=[0.0, 0.5, 1.0])
def share(request, monkeypatch):
    """How much of the longest pause is waited where chance is at this place between its least and its most."""
    monkeypatch.setattr(random, "uniform", lambda least, most: least + request.param * (most - least))
    return 0.5 + request.param / 2


def test_each_pause_is_twice_the_one_before_up_to_two_seconds(share):
    backoff = Backoff()
    assert [backoff.next_seconds() for _ in FULL] == pytest.approx([seconds * share for seconds in FULL])


def test_pauses_begin_anew_after_a_success(share):
    backoff = Backoff()
    for _ in range(4):
        backoff.next_seconds()
    backoff.reset()
    assert [backoff.next_seconds() for _ in FULL] == pytest.approx([seconds * share for seconds in FULL])


def test_a_pause_stays_as_it_is_however_often_a_try_fails(share):
    backoff = Backoff()
    assert [backoff.next_seconds() for _ in range(5_000)][-1] == pytest.approx(2.0 * share)


def test_nodes_that_fail_together_do_not_try_again_together():
    pauses = {backoff.next_seconds() for backoff in [Backoff() for _ in range(50)]}
    assert len(pauses) > 1
    assert min(pauses) >= 0.05
    assert max(pauses) <= 0.1
