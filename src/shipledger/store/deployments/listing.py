"""Which statements make a page of deployments, and by which conditions they are narrowed: one builder for every list.

A statement walks an index in the order of the page; conditions (``parts/filters.sql``) leave out what is not wanted. Text
of a caller never becomes part of a statement.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from shipledger.deployments.listing import DeploymentFilter
from shipledger.deployments.lookups import AFTER_ALL_IDS, NEVER_STARTED_US
from shipledger.errors import DamagedRecord
from shipledger.found import Found
from shipledger.ledger.deployment import PERSON_SCOPE, SERVICE_SCOPE, Deployment
from shipledger.ledger.environment_names import NO_NAMES
from shipledger.store import rows
from shipledger.store.bounds import from_bound, until_bound
from shipledger.store.environments.policies import find_names
from shipledger.store.session import Steps, call
from shipledger.texts import without_case

_COMMIT_INDEXED = 128


class _Walk(NamedTuple):
    """A statement with parameters of its own, and the conditions that it fulfils by itself."""

    statement: str
    parameters: dict[str, Any] = {}  # noqa: RUF012  a NamedTuple's default, which nobody changes
    fulfils: frozenset[str] = frozenset()
    adds: tuple[str, ...] = ()


def list_page(organization_id: str, wanted: DeploymentFilter, names_of_person: Sequence[str]) -> Steps[Found[Deployment]]:
    """The deployments of a page, in no order, and more where several statements are asked."""
    bounds = _to_bounds(organization_id, wanted)
    repositories = (yield from list_names_of(organization_id, wanted.repository)) if wanted.repository else []
    names = (yield from find_names(organization_id)) if wanted.environment else NO_NAMES
    environments = list(map(rows.indexable, names.list_keys(wanted.environment))) if wanted.environment else []
    people = list(map(rows.indexable, names_of_person))
    conditions = _list_conditions(wanted, repositories, environments, people)
    found: dict[str, Deployment] = {}
    damaged: dict[str, DamagedRecord] = {}
    for walk in (yield from _choose_walks(organization_id, wanted, repositories, environments, people)):
        left = [name for name in conditions if name not in walk.fulfils]
        given = {name: value for left_name in left for name, value in conditions[left_name].items()}
        name = "+".join((walk.statement, *walk.adds, *left))
        read = rows.decode_deployments((yield call(name, **bounds, **{**given, **walk.parameters})))
        found |= {one.deployment_id: one for one in read}
        damaged |= {one.key: one for one in read.damaged}
    return Found(found.values(), damaged.values())


def may_take_long(wanted: DeploymentFilter) -> bool:
    """Whether no index leads straight to the page: much may have to be read that is not shown."""
    service, environment = wanted.service_id or wanted.service_name or wanted.team, wanted.environment_id or wanted.environment
    filters = (wanted.repository or service, environment, wanted.state, wanted.tier, wanted.source, wanted.person)
    return bool(wanted.text or wanted.flag) or sum(map(bool, filters)) > 1


def list_repositories_of(organization_id: str, service_ids: Iterable[str]) -> Steps[list[str]]:
    """The keys of the repositories of some services."""
    text = yield call(
        "list_repositories_of_services",
        organization_id=organization_id,
        service_ids=rows.to_json(map(rows.storable, service_ids)),
    )
    return rows.decode_strings(text or "[]")


def list_names_of(organization_id: str, repository: str) -> Steps[list[str]]:
    """The keys of all names of a repository, that of ``repository`` first."""
    key = rows.to_repository_key(repository)
    others = yield call("list_other_names", organization_id=organization_id, repository_key=key)
    return [key, *(row[0] for row in others)]


def _choose_walks(
    organization_id: str,
    wanted: DeploymentFilter,
    repositories: Sequence[str],
    environments: Sequence[str],
    people: Sequence[str],
) -> Steps[list[_Walk]]:
    """The statements that together have all that is wanted: those whose index leaves the fewest to look at."""
    if wanted.service_id or wanted.service_name or wanted.team:
        return (yield from _walk_services(organization_id, wanted, repositories))
    if wanted.commit:
        return [_Walk("list_deployments_of_commit", to_commit_range(wanted.commit), frozenset({"of_commit"}))]
    if wanted.repository:
        return [_walk_repository(one, frozenset({"of_repository"})) for one in repositories]
    if wanted.person:
        keys = [{"scope": PERSON_SCOPE, "key": key} for key in people]
        return [_Walk("list_deployments_named", key, frozenset({"by_person"})) for key in keys]
    if wanted.environment:
        by_id = {"environment_id": rows.to_environment_key(wanted.environment)}
        ways = [("in_environment_with_id", by_id)]
        ways += [("in_environment_with_name", {"environment_key": key}) for key in environments]
        fulfils = frozenset({"in_environment"})
        return [_Walk("list_deployments", parameters=place, fulfils=fulfils, adds=(way,)) for way, place in ways]
    return [_Walk("list_deployments")]


def _walk_services(organization_id: str, wanted: DeploymentFilter, wanted_keys: Sequence[str]) -> Steps[list[_Walk]]:
    """What senders named so, and what was deployed from repositories of the services."""
    ids, name = [rows.storable(wanted.service_id)] if wanted.service_id else [], wanted.service_name
    if wanted.team:
        owned = yield from _list_services_of_team(organization_id, wanted.team)
        ids, name = [one for one in owned if one in ids or not (ids or name)], ""
    keys = [name.casefold()] if name else []
    repositories: list[str] = []
    if ids:
        known = yield call("list_service_keys", organization_id=organization_id, service_ids=rows.to_json(ids))
        keys += [*ids, *(key for (key,) in known)]
        repositories = yield from list_repositories_of(organization_id, ids)
    fulfils = frozenset[str]()
    if wanted.repository:
        repositories, fulfils = [one for one in repositories if one in wanted_keys], frozenset({"of_repository"})
    named = [_Walk("list_deployments_named", {"scope": SERVICE_SCOPE, "key": rows.indexable(key)}) for key in dict.fromkeys(keys)]
    return [*named, *(_walk_repository(one, fulfils) for one in repositories)]


def _list_services_of_team(organization_id: str, team: str) -> Steps[list[str]]:
    """The ids of the services that a team owns."""
    known = yield call("list_team_ids", organization_id=organization_id)
    teams = [one for (one,) in known if one.casefold() == team.casefold()]
    found = yield call("list_service_ids_of_teams", organization_id=organization_id, teams=rows.to_json(teams))
    return [service_id for (service_id,) in found]


def _walk_repository(key: str, fulfils: frozenset[str]) -> _Walk:
    return _Walk("list_deployments_of_repository", {"repository_key": key}, fulfils)


def _list_conditions(
    wanted: DeploymentFilter, repositories: Sequence[str], environments: Sequence[str], people: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """The conditions by name, with their parameters. ``environments`` and ``people``: the keys of all names of the wanted one."""
    place = {"environment_id": rows.to_environment_key(wanted.environment), "environment_keys": rows.to_json(environments)}
    repository = {"repository_keys": rows.to_json(repositories)}
    both = wanted.repository and wanted.commit
    pattern = _to_pattern(wanted.text, wanted.flag)
    conditions: dict[str, tuple[object, dict[str, Any]]] = {
        "of_commit_of_repository": (both, {**repository, **to_commit_range(wanted.commit)}),
        "of_repository": (wanted.repository and not both, repository),
        "of_commit": (wanted.commit and not both, to_commit_range(wanted.commit)),
        "by_person": (wanted.person, {"person_keys": rows.to_json(people)}),
        "in_state": (wanted.state, {"state": wanted.state}),
        "in_tier": (wanted.tier, {"tier": wanted.tier}),
        "in_environment_with_id": (wanted.environment_id, {"environment_id": rows.to_environment_key(wanted.environment_id)}),
        "in_environment": (wanted.environment, place),
        "from_source": (wanted.source, {"source": wanted.source}),
        "with_text": (pattern, {"pattern": pattern}),
    }
    return {name: parameters for name, (is_wanted, parameters) in conditions.items() if is_wanted}


def to_commit_range(prefix: str) -> dict[str, Any]:
    """The range of ids, in lower case, that begin so. As much of an id counts as its index holds."""
    start = rows.storable(without_case(prefix))[:_COMMIT_INDEXED]
    return {"commit_from": start, "commit_until": f"{start}{AFTER_ALL_IDS}"}


def _to_bounds(organization_id: str, wanted: DeploymentFilter) -> dict[str, Any]:
    has_bounds = wanted.started_from is not None or wanted.started_until is not None
    until = (until_bound(wanted.started_until), AFTER_ALL_IDS)
    before_us, before_id = min(wanted.before or until, until)
    return {
        "organization_id": organization_id,
        "from_us": max(from_bound(wanted.started_from), NEVER_STARTED_US + has_bounds),
        "before_us": before_us,
        "before_id": before_id,
        "limit": wanted.limit,
    }


def _to_pattern(text: str, flag: str) -> str:
    """What LIKE needs to find ``text`` anywhere and then ``flag``; empty when both are."""
    plain = rows.storable(text.strip().casefold())
    for special in ("\\", "%", "_"):
        plain = plain.replace(special, "\\" + special)
    if flag:
        return f"%{plain}%{rows.FLAG_MARK}{flag}%" if flag in rows.FLAGS else rows.FLAG_MARK
    return f"%{plain}%" if plain else ""
