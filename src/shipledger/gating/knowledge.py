"""What decisions about gates depend on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from shipledger.gating.decide import decide
from shipledger.gating.gate import KIND, Gate
from shipledger.gating.names import may_open, names_in, names_of
from shipledger.gating.submissions import AskGate, GateSubmission
from shipledger.ledger.aggregate import Asked
from shipledger.ledger.by_name import NamedKnowledge, Rules
from shipledger.ledger.submission import Alias


class Reader(Protocol):
    """What of a store is asked."""

    async def load_records(self, kind: str, names: Sequence[tuple[str, Alias]]) -> dict[tuple[str, Alias], Gate]:
        """The gates that names refer to."""

    async def find_last_gate_numbers(self, organization_ids: Sequence[str]) -> dict[str, int]:
        """The greatest number ever given to a gate, by organization."""


RULES = Rules(KIND, names_in, names_of, decide, number_of=lambda gate: gate.number)


async def study(store: Reader, asked: Sequence[Asked], shared: Sequence[tuple[str, Alias]]) -> NamedKnowledge:
    """Load what decisions about ``asked``, of gates and of deployments, depend on.

    Numbers are read first: a gate opened by another node in between takes the next one, which causes a conflict.
    """
    owners = sorted(
        {one.receipt.organization_id for one in asked if isinstance(one.submission, AskGate) or may_open(one.submission)}
    )
    names = {
        (one.receipt.organization_id, name)
        for one in asked
        if isinstance(one.submission, GateSubmission)
        for name in names_in(one.submission)
    }
    numbers = await store.find_last_gate_numbers(owners) if owners else {}
    wanted = sorted({*names, *shared})
    return NamedKnowledge(RULES, await store.load_records(KIND, wanted) if wanted else {}, numbers)
