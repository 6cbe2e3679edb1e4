"""Records that tell of one deployment, as pages show them. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from msgspec import Struct

from shipledger.ledger.deployment import Deployment
from shipledger.ledger.registers import known
from shipledger.ledger.state import State
from shipledger.ledger.titles import title_of
from shipledger.ledger.witnesses import list_sources
from shipledger.verbs.correction_words import write_value
from shipledger.web.pages.words import fact_name

_TIMES = {"started_at": "start", "finished_at": "end", "state": "state"}


class WitnessLine(Struct, frozen=True):
    """A record as its own sender told it."""

    id: str
    title: str
    source: str
    state: State
    started_at: datetime | None
    finished_at: datetime | None
    version: str


class Difference(Struct, frozen=True):
    """A field of which not all say the same. ``counts``: the protocols whose word is shown; ``others`` say something else."""

    name: str
    value: str
    counts: tuple[str, ...]
    others: tuple[tuple[str, str], ...]


def to_line(one: Deployment) -> WitnessLine:
    """A record."""
    return WitnessLine(
        id=one.deployment_id,
        title=title_of(one),
        source=one.source,
        state=one.shown_state,
        started_at=one.started_at,
        finished_at=one.finished_at,
        version=known(one.facts.version) or "",
    )


def list_differences(host: Deployment) -> list[Difference]:
    """The fields in which the records of a host differ."""
    sources = {one.deployment_id: one.source for one in host.told}
    reported = host.as_reported
    values = {"state": reported.state, "finished_at": reported.finished_at, "started_at": reported.started_at}
    return [
        Difference(
            name=_TIMES.get(name) or fact_name(name),
            value=_write(name, values[name] if name in values else getattr(reported.facts, name)),
            counts=tuple(sources[one] for one in said.given_by),
            others=tuple((sources[one], _write(name, value)) for one, value in said.others),
        )
        for name, said in list_sources(host).items()
        if said.others
    ]


def _write(name: str, value: Any) -> str:
    """A value in words, to the second: senders give times to anything from minutes to microseconds."""
    return write_value(name, value.replace(microsecond=0) if isinstance(value, datetime) else value)
