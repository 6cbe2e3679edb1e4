"""Where issues stand."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import groupby

from shipledger.deployments.issue_lines import IssueLine
from shipledger.deployments.lookups import AFTER_ALL_IDS
from shipledger.errors import DamagedRecord
from shipledger.found import Found, note_damage
from shipledger.ledger.deployment import Deployment, issue_alias
from shipledger.ledger.environment_names import NO_NAMES
from shipledger.ledger.lines import TIERS_BY_REACH
from shipledger.ledger.state import Tier
from shipledger.ledger.submission import Alias
from shipledger.store import rows
from shipledger.store.bounds import LATEST_US, keys_of_project
from shipledger.store.deployments.walks import read_in_order
from shipledger.store.environments.policies import find_names
from shipledger.store.issues.standing_rows import LineRow, to_history, to_issue_key, to_line_row, to_project
from shipledger.store.row_reading import owned_by, read_each
from shipledger.store.session import Session, Steps, call


class SqlStandings(Session):
    """See StandingStore."""

    async def list_issue_lines(
        self, organization_id: str, names: Mapping[str, Sequence[str]], *, of_each: int, in_all: int
    ) -> dict[str, list[IssueLine]]:
        pairs = rows.to_json((issue, rows.from_alias(issue_alias(name))[1]) for issue in names for name in names[issue])

        def read() -> Steps[tuple[dict[str, list[IssueLine]], Sequence[DamagedRecord]]]:
            found = yield call("list_issue_lines", organization_id=organization_id, names=pairs, heads=of_each)
            placed = read_each(to_line_row, found)
            chosen = sorted(_choose(placed, in_all))
            documents = yield from read_in_order(organization_id, chosen)
            known = {one.deployment_id: one for one in documents}
            lines = {
                issue: [_to_line(list(line), known) for _, line in groupby(of_issue, key=lambda row: (row.tier, row.line))]
                for issue, of_issue in groupby(placed, key=lambda row: row.issue)
            }
            return lines, (*placed.damaged, *documents.damaged)

        lines, damaged = await self._read_steps_long(read())
        note_damage(damaged)  # here, where whoever answers hears of it: a store may have read in a thread of its own
        return lines

    async def list_histories(self, organization_id: str, issues: Sequence[str], *, limit: int) -> dict[str, list[Deployment]]:
        keys = {rows.from_alias(issue_alias(issue))[1]: issue for issue in issues}

        def read() -> Steps[tuple[dict[str, list[Deployment]], Sequence[DamagedRecord]]]:
            found = yield call("list_ids_of_issues", organization_id=organization_id, keys=rows.to_json(keys), limit=limit)
            placed = read_each(to_history, owned_by(organization_id, found))
            documents = yield from read_in_order(organization_id, sorted({one for _, ids in placed for one in ids}))
            known = {one.deployment_id: one for one in documents}
            histories = {keys[key]: [known[one] for one in ids if one in known] for key, ids in placed}
            return histories, (*placed.damaged, *documents.damaged)

        histories, damaged = await self._read_steps_long(read())
        note_damage(damaged)
        return histories

    async def list_named_issues(self, organization_id: str, *, project: str, after: str, limit: int) -> list[str]:
        first_key, end_key = keys_of_project(project) if project else ("", AFTER_ALL_IDS)
        found = await self._fetch_long(
            "list_named_issues",
            organization_id=organization_id,
            first_key=rows.storable(first_key),
            end_key=rows.storable(end_key),
            after=rows.storable(after),
            limit=limit,
        )
        return read_each(to_issue_key, found)

    async def list_projects(self, organization_id: str, *, after: str, limit: int) -> list[tuple[str, str]]:
        found = await self._fetch_long("list_projects", organization_id=organization_id, after=rows.storable(after), limit=limit)
        return read_each(to_project, owned_by(organization_id, found))

    async def count_issues_by_reach(self, organization_id: str, project: str) -> dict[Tier | None, int]:
        first_key, end_key = map(rows.storable, keys_of_project(project))
        found = await self._fetch_long(
            "count_issues_by_reach",
            organization_id=organization_id,
            first_key=first_key,
            end_key=end_key,
            number_at=len(first_key) + 1,
        )
        reaches = dict(enumerate((*TIERS_BY_REACH, None)))
        return {reaches[reach]: count for reach, count in found}

    async def list_deployments_before(
        self,
        organization_id: str,
        alias: Alias,
        *,
        tier: str = "",
        environment_id: str = "",
        environment_name: str = "",
        before: tuple[int, str] | None = None,
        limit: int,
    ) -> list[Deployment]:
        scope, key = rows.from_alias(alias)
        before_us, before_id = before or (LATEST_US, AFTER_ALL_IDS)
        bounds = {"before_us": before_us, "before_id": rows.storable(before_id), "limit": limit}

        def read() -> Steps[Found[Deployment]]:
            names = (yield from find_names(organization_id)) if environment_name else NO_NAMES
            text = yield call(
                "list_deployments_by_alias_before",
                organization_id=organization_id,
                scope=scope,
                key=key,
                tier=tier,
                environment_id=rows.to_environment_key(environment_id),
                environment_keys=rows.to_json(map(rows.indexable, names.list_keys(environment_name) if environment_name else [])),
                **bounds,
            )
            return rows.decode_deployments(text)

        return await self._read_steps_long(read())


def _choose(placed: Sequence[LineRow], in_all: int) -> Collection[str]:
    """The deployments to read: the newest of each line, of each tier the lines that changed last, then those before them."""
    lines = sorted((row for row in placed if row.place == 1), key=lambda row: row.happened_us, reverse=True)
    seen: dict[tuple[str, Tier], int] = {}
    ranks: dict[tuple[str, Tier, str], int] = {}
    for row in lines:
        tier = row.issue, row.tier
        seen[tier] = ranks[row.issue, row.tier, row.line] = seen.get(tier, 0) + 1
    ordered = sorted(placed, key=lambda row: (row.place, ranks.get((row.issue, row.tier, row.line), 0)))
    return {row.deployment_id for row in ordered[:in_all]}


def _to_line(line: Sequence[LineRow], known: Mapping[str, Deployment]) -> IssueLine:
    first = line[0]
    return IssueLine(
        tier=first.tier,
        newest=tuple(known[row.deployment_id] for row in line if row.deployment_id in known),
        deployments=first.deployments,
        successes=first.successes,
        unended=first.unended,
    )
