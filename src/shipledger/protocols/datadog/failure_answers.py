"""From incidents to this API's objects, and to what a query looks at. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from msgspec import UNSET

from shipledger.incidents.model import Incident
from shipledger.ledger.environment_names import EnvironmentNames
from shipledger.ledger.registers import known
from shipledger.protocols.datadog.answers import tags_by_key, to_git
from shipledger.protocols.datadog.times import TimeForm, write_time
from shipledger.protocols.datadog.vocabulary import FAILURE_TYPE, SOURCE
from shipledger.protocols.datadog.wire import FailureAttributesOut, ObjectOut


def to_failure(incident: Incident, form: TimeForm) -> ObjectOut:
    """The object of an incident of any protocol."""
    facts = incident.facts
    environment = known(facts.environment)
    return ObjectOut(
        id=failure_id_of(incident),
        type=FAILURE_TYPE,
        attributes=FailureAttributesOut(
            started_at=write_time(incident.started_at, form),
            finished_at=UNSET if incident.ended_at is None else write_time(incident.ended_at, form),
            name=known(facts.title) or UNSET,
            services=known(facts.services) or UNSET,
            severity=known(facts.severity) or UNSET,
            env=environment.name if environment else UNSET,
            team=known(facts.team) or UNSET,
            version=known(facts.version) or UNSET,
            git=to_git(known(facts.releases) or ()),
            custom_tags=incident.tags or UNSET,
        ),
    )


def failure_id_of(incident: Incident) -> str:
    """The id that this API knows an incident by."""
    return incident.external_id if incident.source == SOURCE else incident.incident_id


class IncidentRecord:
    """What a query looks at in an incident. ``names``: those of environments, of which a query may say any."""

    def __init__(self, incident: Incident, names: EnvironmentNames) -> None:
        self._incident = incident
        self._names = names

    def values_of(self, key: str) -> tuple[str, ...]:
        """The values of a key; any key that is not standard is a tag."""
        if key == "env":
            return tuple(word for name in _environments(self._incident) for word in self._names.list_words(name))
        find = _STANDARD.get(key)
        values = find(self._incident) if find else self._tags.get(key, ())
        return tuple(value for value in values if value)

    def texts(self) -> tuple[str, ...]:
        """What words are looked for in."""
        facts = self._incident.facts
        texts = (*(known(facts.services) or ()), known(facts.title), known(facts.version))
        return tuple(text for text in texts if text)

    @cached_property
    def _tags(self) -> Mapping[str, list[str]]:
        return tags_by_key(self._incident.tags)


def _services(incident: Incident) -> tuple[str, ...]:
    return known(incident.facts.services) or ()


def _environments(incident: Incident) -> tuple[str, ...]:
    environment = known(incident.facts.environment)
    return (environment.name,) if environment else ()


def _repositories(incident: Incident) -> tuple[str, ...]:
    return tuple(release.repository for release in known(incident.facts.releases) or ())


_STANDARD: dict[str, Any] = {
    "service": _services,
    "services": _services,
    "team": lambda incident: (known(incident.facts.team),),
    "version": lambda incident: (known(incident.facts.version),),
    "name": lambda incident: (known(incident.facts.title),),
    "severity": lambda incident: (known(incident.facts.severity),),
    "source": lambda incident: (incident.source,),
    "id": lambda incident: (failure_id_of(incident), incident.incident_id),
    "repository_id": _repositories,
    "git.repository_url": _repositories,
    "git.commit_sha": lambda incident: tuple(release.commit for release in known(incident.facts.releases) or ()),
}
