"""What people call a deployment: the same on every page and in every command, list and message. Pure."""

from __future__ import annotations

import re

from shipledger.ledger.deployment import Deployment
from shipledger.ledger.registers import known
from shipledger.ledger.submission import Pipeline

LONGEST = 200
"""Characters. The whole title is a fact of its own."""

_SHORT_COMMIT = 10
_LONGEST_COMMIT = 24
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_COMMIT = re.compile(r"(?=.*[0-9])(?=.*[a-f])[0-9a-f]{7,64}|[0-9a-f]{40}|[0-9a-f]{64}", re.IGNORECASE)
"""Both tell people nothing, whoever made them. What has digits alone may be a number or a date."""


def title_of(deployment: Deployment) -> str:
    """Its title on one line, or what was deployed and which of it: never an id, a number or a commit alone."""
    title = sent_title(deployment)
    if title and not _is_opaque(title) and not title.isdecimal():
        return _cut(title)
    what, which = _what(deployment), _which(deployment, title)
    if what and which:
        return _cut(f"{what} {which}")
    if what:
        return _cut(f"Deployment of {what}")
    environment = deployment.environment
    place = _on_one_line((environment.name or environment.id) if environment else "")
    return _cut(" ".join(filter(None, ("Deployment", which, f"to {place}" if place else ""))))


def sent_title(deployment: Deployment) -> str:
    """The title that was sent, on one line; "" for none, and for one that nobody can see."""
    return _on_one_line(known(deployment.facts.title))


def _what(deployment: Deployment) -> str:
    """The service, else the repository without its host, else the pipeline."""
    services = [name for name in map(_on_one_line, known(deployment.facts.services) or ()) if name]
    if services:
        others = len(services) - 1
        return f"{services[0]} and {others} more" if others else services[0]
    for release in deployment.releases:
        repository = _on_one_line(release.repository)
        return repository.partition("/")[2] or repository
    pipeline = known(deployment.facts.pipeline)
    called = _on_one_line(pipeline.name) if isinstance(pipeline, Pipeline) else ""
    return "" if _is_opaque(called) else called


def _which(deployment: Deployment, number: str) -> str:
    """The version, else the number that was sent as a title, else the commit, else an external id that people can read."""
    version = _on_one_line(known(deployment.facts.version))
    if version:
        return version
    if number.isdecimal():
        return number
    for release in deployment.releases:
        return f"at {_shorten(_on_one_line(release.commit))}"
    external_id = _on_one_line(known(deployment.facts.external_id))
    return "" if _is_opaque(external_id) else external_id


def _is_opaque(text: str) -> bool:
    return bool(_UUID.fullmatch(text.strip("{}")) or _COMMIT.fullmatch(text))


def _shorten(commit: str) -> str:
    if _COMMIT.fullmatch(commit):
        return commit[:_SHORT_COMMIT]
    return commit if len(commit) <= _LONGEST_COMMIT else f"{commit[: _LONGEST_COMMIT - 1]}…"


def _on_one_line(text: object) -> str:
    words = text.split() if isinstance(text, str) else []
    return " ".join(words) if any(one.isprintable() for word in words for one in word) else ""


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1].rstrip()}…"
