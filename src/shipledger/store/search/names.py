"""Steps that find services, repositories, people and issues by their names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from shipledger.access.people.known_people import KnownPeople
from shipledger.catalog.searching import Candidate, Matched
from shipledger.deployments.lookups import AFTER_ALL_IDS, NEVER_STARTED_US
from shipledger.ledger.authors import AUTHOR, HASH_BYTES
from shipledger.ledger.deployment import PERSON_SCOPE, SERVICE_SCOPE
from shipledger.search_words import Query, fold, words_of
from shipledger.store import rows
from shipledger.store.search.titles import beginning_with
from shipledger.store.session import Steps, call

NAMES_READ = 2_000
"""Of each kind."""
ISSUES_READ = 200
_ISSUE = re.compile(r"[A-Z][A-Z0-9_]{1,99}(-[0-9]*)?")
_HASHED = re.compile(rf"{AUTHOR}[0-9a-f]{{{2 * HASH_BYTES}}}")
"""The name of an author of whom nobody knows another."""


def find_services(organization_id: str, query: Query, limit: int) -> Steps[list[Candidate]]:
    """Services by their id, slug or any name, and by names that only senders have."""
    called: dict[str, dict[str, bool]] = {}
    known: set[str] = set()
    for service_id, name in (yield call("list_service_words", organization_id=organization_id)):
        known |= {name.casefold(), service_id}
        is_exact = _match(query, name, service_id)
        if is_exact is not None:
            called.setdefault(service_id, {})[name.casefold()] = is_exact
    sent = {}
    for name in (yield from _list_names(organization_id, SERVICE_SCOPE)):
        is_exact = _match(query, name)
        if is_exact is not None and name not in known:
            sent[name] = is_exact
    newest = yield from _find_newest(organization_id, SERVICE_SCOPE, sent)
    of_services = yield from _find_newest_of_services(organization_id, called)
    found = [Candidate(one, of_services[one], Matched.NAME, any(names.values()), service_id=one) for one, names in called.items()]
    return _cut([*found, *(Candidate(name, newest[name], Matched.NAME, is_exact) for name, is_exact in sent.items())], limit)


def find_repositories(organization_id: str, query: Query, limit: int) -> Steps[list[Candidate]]:
    """Repositories that were deployed or are mapped to a service."""
    deployed = yield call("list_some_repositories", organization_id=organization_id, limit=NAMES_READ)
    mapped = yield call("list_mapped_names", organization_id=organization_id)
    names = {rows.to_repository_key(name): name for (name,) in mapped}
    matching = {key: is_exact for key in {*names, *(key for (key,) in deployed)} if (is_exact := _match(query, key)) is not None}
    newest = yield from _find_newest_of_repositories(organization_id, matching)
    found = []
    for key, is_exact in matching.items():
        name, started_us = newest.get(key, (names.get(key, key), NEVER_STARTED_US))
        found.append(Candidate(name, started_us, Matched.NAME, is_exact))
    return _cut(found, limit)


def find_people(organization_id: str, query: Query, people: KnownPeople, limit: int) -> Steps[list[Candidate]]:
    """Who deployed, by what senders call them, and by the names of their accounts."""
    keys = yield from _list_names(organization_id, PERSON_SCOPE)
    matching: dict[str, bool] = {}
    for key in keys:
        is_exact = None if _HASHED.fullmatch(key) else _match(query, key.removeprefix(AUTHOR))
        if is_exact is not None:
            matching[key] = is_exact
    meant = {who.person_id for key in matching if (who := people.find_called(key)) is not None}
    of_people: dict[str, tuple[bool, list[str]]] = {}
    for one in people.people:
        said = [is_exact for name in (one.name, one.email, *one.logins) if (is_exact := _match(query, name)) is not None]
        if said or one.person_id in meant:
            own = [rows.indexable(key) for key in people.list_names_of(one.person_id)]
            of_people[one.person_id] = any(said) or any(matching.get(key, False) for key in own), own
    taken = {key for _, own in of_people.values() for key in own}
    left = {key: is_exact for key, is_exact in matching.items() if key not in taken}
    newest = yield from _find_newest(organization_id, PERSON_SCOPE, [*left, *taken])
    found = [
        Candidate(person_id, max((newest[key] for key in own), default=NEVER_STARTED_US), Matched.NAME, is_exact)
        for person_id, (is_exact, own) in of_people.items()
    ]
    found += [Candidate(key, newest[key], Matched.NAME, is_exact) for key, is_exact in left.items()]
    return _cut(found, limit)


def find_issues(organization_id: str, query: Query, limit: int) -> Steps[list[Candidate]]:
    """Issues by their key, or the beginning of it."""
    wanted = query.text.upper()
    if not _ISSUE.fullmatch(wanted):
        return []
    start, end = beginning_with(wanted)
    place = {"organization_id": organization_id, "key_from": start, "key_until": end, "limit": ISSUES_READ}
    named = yield call("list_some_names", scope="issue", **place)
    told = yield call("list_issue_keys_from", **place)
    keys = {key for (key,) in (*named, *told)}
    newest = yield from _find_newest(organization_id, "issue", keys)
    return _cut([Candidate(key, newest[key], Matched.ID, key == wanted) for key in keys], limit)


def _list_names(organization_id: str, scope: str) -> Steps[list[str]]:
    found = yield call(
        "list_some_names",
        organization_id=organization_id,
        scope=scope,
        key_from="",
        key_until=AFTER_ALL_IDS,
        limit=NAMES_READ,
    )
    return [key for (key,) in found]


def _find_newest(organization_id: str, scope: str, names: Iterable[str]) -> Steps[Mapping[str, int]]:
    """When the newest deployment began that has each name."""
    newest = dict.fromkeys(names, NEVER_STARTED_US)
    keys = {rows.indexable(name): name for name in newest}
    found = yield call("list_newest_of_names", organization_id=organization_id, scope=scope, keys=rows.to_json(sorted(keys)))
    for key, started_us in found:
        newest[keys[key]] = NEVER_STARTED_US if started_us is None else started_us
    return newest


def _find_newest_of_services(organization_id: str, service_ids: Iterable[str]) -> Steps[Mapping[str, int]]:
    """When the newest deployment of each service began: of one of its names or its repositories."""
    found = dict.fromkeys(service_ids, NEVER_STARTED_US)
    keys = yield call("list_lane_keys", organization_id=organization_id, service_ids=rows.to_json(sorted(found)))
    names = yield from _find_newest(organization_id, SERVICE_SCOPE, {key for _, kind, key in keys if kind == "name"})
    of_repositories = yield from _find_newest_of_repositories(organization_id, {key for _, kind, key in keys if kind != "name"})
    for service_id, kind, key in keys:
        newest = names[key] if kind == "name" else of_repositories.get(key, ("", NEVER_STARTED_US))[1]
        found[service_id] = max(found[service_id], newest)
    return found


def _find_newest_of_repositories(organization_id: str, keys: Iterable[str]) -> Steps[Mapping[str, tuple[str, int]]]:
    """The name of each repository as its newest deployment has it, and when that began."""
    wanted = rows.to_json(sorted(keys))
    found = yield call("list_newest_of_repositories", organization_id=organization_id, keys=wanted)
    return {key: (name, started_us) for key, name, started_us in found if started_us is not None}


def _match(query: Query, name: str, own_id: str = "") -> bool | None:
    """Whether a name is what was looked for; None if it neither begins so nor has words that do."""
    folded = fold(name)
    if query.folded in (folded, own_id):
        return True
    if folded.startswith(query.folded):
        return False
    if not query.words or any(word not in folded for word in query.words):  # nearly all names, at little cost
        return None
    words = _parts_of(folded)
    return False if all(any(one.startswith(word) for one in words) for word in query.words) else None


def _parts_of(folded: str) -> tuple[str, ...]:
    """The words of a name, those that a dot joins also alone."""
    return (*words_of(folded), *words_of(folded.replace(".", " ")))


def _cut(found: list[Candidate], limit: int) -> list[Candidate]:
    return sorted(found, key=lambda one: one.rank, reverse=True)[:limit]
