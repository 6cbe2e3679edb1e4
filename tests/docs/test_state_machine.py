from __future__ import annotations

import re

from shipledger.ledger.state import State
from tests.support.project import DOCS, read
from tools import draw_states


def test_the_page_shows_the_states_that_the_code_has() -> None:
    page = read(DOCS / "state-machine.md")
    assert page == draw_states.redraw(page), "run `python -m tools.draw_states`"


def test_a_changed_table_changes_the_page(monkeypatch) -> None:
    page = read(DOCS / "state-machine.md")
    monkeypatch.setitem(draw_states.PHASES, State.UNKNOWN, 2)
    assert draw_states.redraw(page) != page


def test_every_state_is_drawn_in_exactly_one_phase() -> None:
    drawn = re.findall(r"^        (\w+)$", draw_states.draw_deployment(), re.MULTILINE)
    assert sorted(drawn) == sorted(State)
