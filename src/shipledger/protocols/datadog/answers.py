"""From the ledger's records to this API's objects, and to what a query looks at. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from typing import Any, TypeAlias

from msgspec import UNSET, Struct, UnsetType

from shipledger.ledger.deployment import Deployment
from shipledger.ledger.environment_names import EnvironmentNames
from shipledger.ledger.registers import known
from shipledger.ledger.remedies import remediation_of
from shipledger.ledger.state import State
from shipledger.ledger.submission import Release, Remediation
from shipledger.protocols.datadog.times import TimeForm, write_time
from shipledger.protocols.datadog.vocabulary import DEPLOYMENT_TYPE, SOURCE
from shipledger.protocols.datadog.wire import DeploymentAttributesOut, GitOut, ObjectOut

UNNAMED = "unknown"
STANDARD = "standard"
ROLLFORWARD = "rollforward"
STATE_TAG = "deployment_state"
AHEAD_TAG = "deployment_time:in_the_future"

_WHOLE_COMMIT = re.compile(r"[0-9a-fA-F]{40,}")


Teams: TypeAlias = Mapping[str, str]
"""The team of each service of the catalog, by the service's name without case."""


class Surroundings(Struct, frozen=True):
    """What the ledger knows about deployments besides themselves: teams, and who remedied whom, each by deployment.

    Without ``remedies`` the attributes that the vendor's schema lacks are left out.
    """

    teams: Teams
    remedies: Mapping[str, Deployment] | None = None
    remedied: Mapping[str, Deployment] = {}


def to_deployment(deployment: Deployment, form: TimeForm, around: Surroundings) -> ObjectOut:
    """The object of a deployment of any protocol."""
    facts = deployment.facts
    environment = deployment.environment
    marks = _marks(deployment, around)
    return ObjectOut(
        id=id_of(deployment),
        type=DEPLOYMENT_TYPE,
        attributes=DeploymentAttributesOut(
            service=services_of(deployment)[0],
            started_at=write_time(deployment.started_at or deployment.recorded_at, form),
            finished_at=UNSET if deployment.ended_at is None else write_time(deployment.ended_at, form),
            env=environment.name if environment and environment.id else UNSET,
            team=team_of(deployment, around.teams) or UNSET,
            version=known(facts.version) or UNSET,
            git=to_git(deployment.releases),
            custom_tags=tags_of(deployment) or UNSET,
            **marks,
        ),
    )


def id_of(deployment: Deployment) -> str:
    """The id that this API knows a deployment by."""
    return deployment.external_id if deployment.source == SOURCE else deployment.deployment_id


def services_of(deployment: Deployment) -> tuple[str, ...]:
    """Its services; clients fail without one, so a repository or a pipeline lends its name."""
    services = known(deployment.facts.services)
    if services:
        return tuple(services)
    if deployment.releases:
        return (deployment.releases[0].repository.rpartition("/")[2],)
    pipeline = known(deployment.facts.pipeline)
    return (pipeline.name if pipeline else UNNAMED,)


def team_of(deployment: Deployment, teams: Teams) -> str | None:
    """The team that was sent, else the one that owns its first service that has one."""
    owners = (teams.get(service.casefold()) for service in services_of(deployment))
    return known(deployment.facts.team) or next(filter(None, owners), None)


def to_git(releases: tuple[Release, ...]) -> GitOut | UnsetType:
    """The first release with a whole commit id: clients of this API know one, and typed ones refuse an abbreviated id."""
    for release in releases:
        if release.repository and _WHOLE_COMMIT.fullmatch(release.commit):
            name = release.repository
            return GitOut(commit_sha=release.commit.lower(), repository_id=name, repository_url=f"https://{name}")
    return UNSET


def tags_of(deployment: Deployment) -> tuple[str, ...]:
    """The tags that were sent, and those that mark what did not succeed, or has times that nobody believes."""
    tags: tuple[str, ...] = known(deployment.facts.tags) or ()
    state = deployment.state
    marks = [] if state is State.SUCCESSFUL else [f"{STATE_TAG}:{state}"]
    return (*tags, *marks, *([AHEAD_TAG] if deployment.is_ahead else []))


def has_form(deployment: Deployment, form: TimeForm) -> bool:
    """Whether a client that reads this form of times reads the deployment: where they are integers, it needs an end."""
    return form is not TimeForm.INT64 or deployment.ended_at is not None


class DeploymentRecord:
    """What a query looks at in a deployment. ``names``: those of environments, of which a query may say any."""

    def __init__(self, deployment: Deployment, teams: Teams, names: EnvironmentNames) -> None:
        self._deployment = deployment
        self._names = names
        self._teams = teams

    def values_of(self, key: str) -> tuple[str, ...]:
        """The values of a key; any key that is not standard is a tag."""
        if key == "team":
            team = team_of(self._deployment, self._teams)
            return (team,) if team else ()
        if key == "env":
            return tuple(word for name in _environments(self._deployment) for word in self._names.list_words(name))
        find = _STANDARD.get(key)
        values = find(self._deployment) if find else self._tags.get(key, ())
        return tuple(value for value in values if value)

    def texts(self) -> tuple[str, ...]:
        """What words are looked for in."""
        facts = self._deployment.facts
        texts = (*services_of(self._deployment), known(facts.title), known(facts.version))
        return tuple(text for text in texts if text)

    @cached_property
    def _tags(self) -> Mapping[str, list[str]]:
        return tags_by_key(tags_of(self._deployment))


def tags_by_key(tags: tuple[str, ...]) -> dict[str, list[str]]:
    """The values of tags by their keys without case."""
    values: dict[str, list[str]] = {}
    for tag in tags:
        key, _, value = tag.partition(":")
        values.setdefault(key.casefold(), []).append(value)
    return values


def type_of(said: Remediation) -> str:
    """The vendor's word for how something was remedied. Its API has no remedy without one, ours has."""
    return said.kind or ROLLFORWARD


def _marks(deployment: Deployment, around: Surroundings) -> dict[str, Any]:
    """What is known of how it went. What it remedied tells of what type it is; its own remedy tells when it was over."""
    if around.remedies is None:
        return {}
    facts = deployment.facts
    failed = around.remedied.get(deployment.deployment_id)
    done = remediation_of(failed.facts) if failed else None
    marks: dict[str, Any] = {
        "change_failure": known(facts.is_change_failure),
        "deployment_type": type_of(done) if done else STANDARD,
    }
    said = remediation_of(facts)
    if said is None:
        return marks
    remedy = around.remedies.get(deployment.deployment_id)
    marks["remediation"] = {"id": id_of(remedy) if remedy else said.id or said.version, "type": type_of(said)}
    if remedy is not None and remedy.ended_at and deployment.ended_at and remedy.ended_at >= deployment.ended_at:
        marks["recovery_time"] = round((remedy.ended_at - deployment.ended_at).total_seconds())
    return marks


def _environments(deployment: Deployment) -> tuple[str, ...]:
    environment = deployment.environment
    return (environment.name,) if environment and environment.id else ()


_STANDARD: dict[str, Any] = {
    "service": services_of,
    "services": services_of,
    "version": lambda deployment: (known(deployment.facts.version),),
    "name": lambda deployment: (known(deployment.facts.title),),
    "source": lambda deployment: (deployment.source,),
    "id": lambda deployment: (id_of(deployment), deployment.deployment_id),
    "severity": lambda _: (),
    "repository_id": lambda deployment: tuple(release.repository for release in deployment.releases),
    "git.repository_url": lambda deployment: tuple(release.repository for release in deployment.releases),
    "git.commit_sha": lambda deployment: tuple(release.commit for release in deployment.releases),
}
