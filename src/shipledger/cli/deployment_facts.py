"""A deployment as commands show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from shipledger.access.people.known_people import Who
from shipledger.cli.display_names import DisplayNames
from shipledger.cli.mark_facts import to_mark_facts
from shipledger.cli.output import to_text
from shipledger.ledger.correcting import value_of
from shipledger.ledger.corrections import find_in_force
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.environment_names import EnvironmentNames
from shipledger.ledger.receipt_listing import RecordedVerdict
from shipledger.ledger.submission import Environment
from shipledger.ledger.titles import title_of
from shipledger.protocols.native.answers import to_deployment
from shipledger.protocols.native.mark_answers import to_deployment_marks
from shipledger.verbs.correction_words import FIELD_WORDS, write_value
from shipledger.web.pages.durations import lasted_seconds
from shipledger.web.pages.formats import duration


class Known(Struct, frozen=True):
    """A deployment with the requests about it, oldest first. ``people``: the names of those who sent one, by id."""

    deployment: Deployment
    names: DisplayNames
    requests: Sequence[RecordedVerdict]
    people: Mapping[str, str]

    def requests_to_json(self) -> list[dict[str, object]]:
        """The requests with their outcomes."""
        return [
            {
                "id": one.receipt_id,
                "accepted_at": one.accepted_at,
                "protocol": one.protocol,
                "operation": one.operation,
                "credential_name": one.credential_name,
                "verdict": one.verdict,
            }
            for one in self.requests
        ]


def to_json(deployment: Deployment, names: DisplayNames) -> dict[str, Any]:
    """A deployment with the members of Shipledger's own API, all its services and its issues."""
    services = names.of(deployment)
    told = msgspec.to_builtins(to_deployment(deployment, names.environments, names.people, services))
    return {**told, "services": services, "issue_keys": deployment.facts.issue_keys or ()}


def _list_corrected(deployment: Deployment) -> list[str]:
    """What holds by hand, what was reported, and why."""
    reported = deployment.as_reported
    return [
        f"{FIELD_WORDS[field]}, reported as {write_value(field, value_of(reported, field))}: {one.reason}"
        for field, one in find_in_force(deployment.corrections).items()
    ]


def to_facts(deployment: Deployment, names: DisplayNames) -> list[tuple[str, str]]:
    """The known facts by name."""
    facts, environment, seconds = deployment.facts, deployment.environment, lasted_seconds(deployment)
    told = [
        ("id", deployment.deployment_id),
        ("title", title_of(deployment)),
        ("state", _to_state(deployment)),
        ("environment", "" if environment is None else _to_place(environment, names.environments)),
        ("services", ", ".join(names.of(deployment))),
        ("version", facts.version),
        ("started", to_text(deployment.started_at)),
        ("finished", to_text(deployment.finished_at)),
        ("lasted", "" if seconds is None or seconds < 0 else duration(seconds)),
        ("by", _to_who(names.people.find(deployment))),
        ("issues", ", ".join(facts.issue_keys or ())),
        ("commits", "\n".join(f"{one.repository} {one.commit}" for one in deployment.releases)),
        *to_mark_facts(to_deployment_marks(facts)),
        ("corrected", "\n".join(_list_corrected(deployment))),
        ("link", facts.url),
        ("description", facts.description),
        ("sender's id", facts.external_id),
        ("protocol", deployment.source),
        ("merged into", deployment.merged_into),
        ("told by", "\n".join(f"{one.source} {one.deployment_id}" for one in deployment.told)),
        ("recorded", to_text(deployment.recorded_at)),
    ]
    return [(name, text) for name, text in told if isinstance(text, str) and text]


def _to_who(who: Who | None) -> str:
    """The name, and whose word that is."""
    if who is None:
        return ""
    if who.commit:
        return f"{who.name} (author of the commit {who.commit[:12]})"
    return who.name if who.name == who.word else f"{who.name} (sent as {who.word})"


def _to_place(environment: Environment, names: EnvironmentNames) -> str:
    called = names.call(environment.name)
    sent = "" if called == environment.name else f", sent as {environment.name}"
    return f"{called or environment.id} ({environment.tier.value}{sent})"


def _to_state(deployment: Deployment) -> str:
    shown, said = deployment.shown_state.value, deployment.state.value
    return shown if shown == said else f"{shown} (the last report says {said})"
