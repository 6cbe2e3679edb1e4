"""The tables of states are total and agree."""

from __future__ import annotations

import pytest

from shipledger.ledger.receipt import RECEIPT_TRANSITIONS, ReceiptState
from shipledger.ledger.state import PHASES, SEVERITIES, State, is_final


def test_every_state_has_a_phase_and_a_severity() -> None:
    assert set(PHASES) == set(SEVERITIES) == set(State)


@pytest.mark.parametrize("state", State)
def test_only_final_states_are_severe(state: State) -> None:
    assert is_final(state) or SEVERITIES[state] == 0


def test_final_states_differ_in_severity() -> None:
    severities = [SEVERITIES[state] for state in State if is_final(state)]
    assert len(set(severities)) == len(severities)


def test_a_settled_receipt_never_changes() -> None:
    assert set(RECEIPT_TRANSITIONS) == set(ReceiptState)
    assert RECEIPT_TRANSITIONS[ReceiptState.SETTLED] == frozenset()
