"""Draw docs/state-machine.md from the tables that the code decides by.

    python -m tools.draw_states    write the drawings into the page

Each drawing stands between two marks in the page; what is around them is written by hand. A test compares them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping

from shipledger.ledger.receipt import RECEIPT_TRANSITIONS
from shipledger.ledger.state import PHASES, SEVERITIES, State, is_final
from tools.tree import ROOT

PAGE = ROOT / "docs" / "state-machine.md"


def draw_deployment() -> str:
    """The states by phase, with every change that some report can make between phases."""
    phases = sorted(set(PHASES.values()))
    lines = ["```mermaid", "stateDiagram-v2"]
    for phase in phases:
        states = [state for state in PHASES if PHASES[state] == phase]
        lines.append(f'    state "phase {phase}" as phase{phase} {{')
        lines += [f"        {state.value}" for state in states]
        lines.append("    }")
    lines += [f"    [*] --> phase{phase}" for phase in phases]
    lines += [f"    phase{earlier} --> phase{later}" for earlier in phases for later in phases if earlier < later]
    return "\n".join([*lines, "```"])


def tabulate_ranks() -> str:
    """Phase, severity and finality of each state."""
    lines = ["| state | phase | severity | has ended |", "|---|---|---|---|"]
    ranked = sorted(State, key=lambda state: (PHASES[state], SEVERITIES[state]))
    lines += [f"| `{state}` | {PHASES[state]} | {SEVERITIES[state]} | {'yes' if is_final(state) else 'no'} |" for state in ranked]
    return "\n".join(lines)


def draw_receipt() -> str:
    """The states of a receipt with every permitted change."""
    lines = ["```mermaid", "stateDiagram-v2", "    [*] --> pending"]
    for state, following in RECEIPT_TRANSITIONS.items():
        lines += [f"    {state.value} --> {later.value}" for later in sorted(following)]
        if not following:
            lines.append(f"    {state.value} --> [*]")
    return "\n".join([*lines, "```"])


DRAWINGS: dict[str, Callable[[], str]] = {
    "deployment": draw_deployment,
    "ranks": tabulate_ranks,
    "receipt": draw_receipt,
}


def redraw(page: str, drawings: Mapping[str, Callable[[], str]] | None = None) -> str:
    """The page with all drawings made anew, by default those of this page."""
    for name, draw in (DRAWINGS if drawings is None else drawings).items():
        before, begin, rest = page.partition(f"<!-- drawn from code: {name} -->\n")
        _, end, after = rest.partition("<!-- end -->")
        if not end:
            raise ValueError(f"the page has no place for the drawing {name!r}")
        page = f"{before}{begin}{draw()}\n{end}{after}"
    return page


def main() -> int:
    """Write the page."""
    PAGE.write_text(redraw(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
