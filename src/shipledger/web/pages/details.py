"""Facts that only some senders report, as lines of a deployment's page. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from shipledger.ledger.submission import CiRun, Facts, Pipeline
from shipledger.web.pages.isolation import list_in_text
from shipledger.web.pages.words import fact_name

_SHOWN = (
    "pipeline",
    "ci",
    "version",
    "sequence",
    "branch",
    "pull_request",
    "commits_count",
    "team",
    "services",
    "tags",
    "is_fix",
    "is_hotfix",
    "is_forced",
    "is_history",
    "product",
)
_NAMES = {
    "services": "Services, as sent",
    "ci": "CI run",
    "sequence": "Sequence number",
    "commits_count": "Commits counted",
    "is_history": "Imported history",
    "product": "Sent by",
}


class Detail(Struct, frozen=True):
    """One line: a name and what was said. ``url`` is empty or what was sent, which may not be a web address."""

    name: str
    text: str
    url: str = ""


def list_details(facts: Facts, owner: str = "") -> list[Detail]:
    """A line for every such fact that somebody told. ``owner``: the team of its service, which counts when none was told."""
    return list(_details(facts, owner))


def _details(facts: Facts, owner: str) -> Iterator[Detail]:
    for name in _SHOWN:
        detail = _to_detail(_NAMES.get(name) or fact_name(name).capitalize(), getattr(facts, name))
        if detail is not None:
            yield detail
        elif name == "team" and owner:
            yield Detail(name="Team", text=f"{list_in_text([owner])}, the owner of its service")
    if isinstance(facts.properties, dict):
        for name, text in facts.properties.items():
            yield Detail(name=name, text=text)


def _to_detail(name: str, said: object) -> Detail | None:
    if isinstance(said, Pipeline):
        return Detail(name=name, text=said.name or said.id, url=said.url or "")
    if isinstance(said, CiRun):
        return Detail(name=name, text=_describe_run(said))
    if isinstance(said, bool):
        return Detail(name=name, text="yes") if said else None
    if isinstance(said, tuple):
        return Detail(name=name, text=list_in_text(said)) if said else None
    return Detail(name=name, text=str(said)) if isinstance(said, str | int) and said != "" else None


def _describe_run(run: CiRun) -> str:
    parts = ((f"{run.system} {run.run}".strip(), ""), (run.attempt, "attempt "), (run.job, "job "))
    return ", ".join(f"{word}{list_in_text([text])}" for text, word in parts if text)
