"""What a search finds."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence

from shipledger.access.people.known_people import KnownPeople
from shipledger.catalog.searching import MATCHED_ORDER, Candidate, Kind, Matched
from shipledger.deployments.lookups import NEVER_STARTED_US
from shipledger.incidents.model import NUMBER_SCOPE
from shipledger.ledger.identity import bare_uuid
from shipledger.search_words import Query, to_token
from shipledger.store import rows
from shipledger.store.deployments.listing import to_commit_range
from shipledger.store.lanes.verbs import SqlLanes
from shipledger.store.people.known import SqlKnownPeople
from shipledger.store.search.heads import read_heads
from shipledger.store.search.names import find_issues, find_people, find_repositories, find_services
from shipledger.store.search.titles import LOOKED_AT, beginning_with, find_by_titles, find_by_version, find_of_kind
from shipledger.store.session import Steps, call

EXTERNAL = ":external"
"""How the scopes of senders' ids end."""
_ID = re.compile(r"[0-9a-f]{8}[0-9a-f-]{0,28}")
"""At least so much of an id of ours, which begins with the time."""
_PULL_REQUEST = re.compile(r"(?P<repository>\S+)#(?P<number>\S+)")


class SqlSearch(SqlKnownPeople, SqlLanes):
    """See SearchStore."""

    async def find_candidates(
        self, organization_id: str, query: Query, kinds: Collection[Kind], *, limit: int
    ) -> Mapping[Kind, Sequence[Candidate]]:
        people = (await self.read_known_people(organization_id)) if Kind.PERSON in kinds else KnownPeople(organization_id, ())
        ways: dict[Kind, Callable[[str, Query, int], Steps[list[Candidate]]]] = {
            **_WAYS,
            Kind.PERSON: lambda owner, wanted, most: find_people(owner, wanted, people, most),
        }

        def read() -> Steps[dict[Kind, list[Candidate]]]:
            found = {}
            for kind in sorted(kinds, key=[*Kind].index):
                found[kind] = rank((yield from ways[kind](organization_id, query, limit)))[:limit]
            return found

        return await self._read_steps_long(read())

    async def list_commits_that_begin(self, organization_id: str, start: str, *, limit: int) -> list[tuple[str, str]]:
        begin = rows.storable(start)
        bounds = {"id_from": begin, "id_until": f"{begin}g", "limit": limit}  # behind every digit
        found = await self._fetch_long("list_commits_that_begin", organization_id=organization_id, **bounds)
        return [(key, commit_id) for key, commit_id in found]

    async def list_running_ids(self, organization_id: str, deployment_ids: Sequence[str]) -> frozenset[str]:
        heads = await self._read_steps_long(read_heads(organization_id, deployment_ids))
        running = set(heads.unowned)
        if heads.of_services:
            cells = await self.list_running(organization_id, sorted(heads.of_services), at=None)
            running |= heads.owned & {one.runs.deployment_id for one in cells}
        return frozenset(running)


def rank(found: Sequence[Candidate]) -> list[Candidate]:
    """Each once, by the best of what it is found by: exact ones first, then the newest."""
    best: dict[tuple[str, str], Candidate] = {}
    for one in found:
        key = (one.key, one.service_id)
        other = best.get(key)
        if other is None or _worth(one) > _worth(other):
            best[key] = one
    return sorted(best.values(), key=lambda one: one.rank, reverse=True)


def _worth(one: Candidate) -> tuple[bool, int]:
    return one.is_exact, -MATCHED_ORDER.index(one.matched)


def _find_deployments(organization_id: str, query: Query, limit: int) -> Steps[list[Candidate]]:
    found: list[Candidate] = []
    bounds = {"organization_id": organization_id, "limit": limit}
    ids = bare_uuid(query.text).lower()
    if _ID.fullmatch(ids):
        start, end = beginning_with(ids)
        rows_of_ids = yield call("find_by_deployment_id", id_from=start, id_until=end, **bounds)
        found += [Candidate(key, at_us, Matched.ID, key == ids) for key, at_us in rows_of_ids]
    start, end = beginning_with(rows.indexable(bare_uuid(query.text)))
    looked = {**bounds, "looked": LOOKED_AT}
    named = yield call("find_by_external_id", scopes=f"%{EXTERNAL}", key_from=start, key_until=end, **looked)
    found += _whole(named, Matched.EXTERNAL_ID)
    if query.commit:
        found += _whole((yield call("find_by_commit", **to_commit_range(query.commit), **looked)), Matched.COMMIT)
    if "-" in query.text:
        named = yield call("find_by_issue", key=rows.indexable(query.text.upper()), **bounds)
        found += [Candidate(key, at_us, Matched.ISSUE, is_exact=True) for key, at_us in named]
    version = to_token(query.text)
    if version:
        found += yield from find_by_version(organization_id, version, limit)
    return found + (yield from find_by_titles(organization_id, query.words, limit))


def _find_incidents(organization_id: str, query: Query, limit: int) -> Steps[list[Candidate]]:
    found: list[Candidate] = []
    bounds = {"organization_id": organization_id, "limit": limit}
    ids = bare_uuid(query.text).lower()
    if _ID.fullmatch(ids):
        start, end = beginning_with(ids)
        rows_of_ids = yield call("find_by_incident_id", id_from=start, id_until=end, **bounds)
        found += [Candidate(key, at_us, Matched.ID, key == ids) for key, at_us in rows_of_ids]
    for key in dict.fromkeys((query.text, query.text.removeprefix("#"))):
        for incident_id, at_us, scope in (yield call("find_incidents_by_name", key=rows.indexable(key), **bounds)):
            matched = Matched.NUMBER if scope == NUMBER_SCOPE else Matched.EXTERNAL_ID
            found.append(Candidate(incident_id, at_us, matched, is_exact=True))
    return found + (yield from find_of_kind(organization_id, "find_incidents_by_token", query.words, limit))


def _find_pull_requests(organization_id: str, query: Query, limit: int) -> Steps[list[Candidate]]:
    found: list[Candidate] = []
    named = _PULL_REQUEST.fullmatch(query.text)
    if named:
        key = rows.indexable(query.text.casefold())
        numbered = yield call("find_pull_requests_by_name", organization_id=organization_id, key=key)
        found += [Candidate(one, at_us, Matched.NUMBER, is_exact=True) for one, at_us in numbered]
    if query.commit:
        bounds = {**to_commit_range(query.commit), "looked": LOOKED_AT}
        of_commit = yield call("find_pull_requests_by_commit", organization_id=organization_id, **bounds)
        found += [Candidate(one, at_us, Matched.COMMIT, commit == query.commit) for one, at_us, commit in of_commit]
    return found + (yield from find_of_kind(organization_id, "find_pull_requests_by_token", query.words, limit))


def _find_requests(organization_id: str, query: Query, limit: int) -> Steps[list[Candidate]]:
    ids = bare_uuid(query.text).lower()
    if not _ID.fullmatch(ids):
        return []
    start, end = beginning_with(ids)
    found = yield call("find_by_receipt_id", organization_id=organization_id, id_from=start, id_until=end, limit=limit)
    return [Candidate(key, at_us, Matched.ID, key == ids) for key, at_us in found]


_WAYS: dict[Kind, Callable[[str, Query, int], Steps[list[Candidate]]]] = {
    Kind.DEPLOYMENT: _find_deployments,
    Kind.ISSUE: find_issues,
    Kind.SERVICE: find_services,
    Kind.REPOSITORY: find_repositories,
    Kind.INCIDENT: _find_incidents,
    Kind.PULL_REQUEST: _find_pull_requests,
    Kind.REQUEST: _find_requests,
}


def _whole(found: Sequence[rows.Row], matched: Matched) -> list[Candidate]:
    return [
        Candidate(key, NEVER_STARTED_US if at_us is None else at_us, matched, bool(is_whole)) for key, at_us, is_whole in found
    ]
