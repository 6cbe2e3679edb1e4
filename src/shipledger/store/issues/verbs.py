"""Known issues."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from shipledger.catalog.issue import Issue, IssueSite
from shipledger.clock import to_microseconds
from shipledger.deployments.lookups import AFTER_ALL_IDS
from shipledger.found import Found
from shipledger.store import rows
from shipledger.store.bounds import keys_of_project
from shipledger.store.issues.rows import from_issue, from_issue_site, sync_progress, to_issue, to_issue_site
from shipledger.store.row_reading import owned_by, read_each
from shipledger.store.session import Session, Steps, call


class SqlIssues(Session):
    """The issue directory."""

    async def save_issues(self, organization_id: str, issues: Sequence[Issue], *, seen_at: datetime) -> None:
        texts = rows.to_json(map(from_issue, issues))

        def save() -> Steps[None]:
            yield call("forget_moved_issues", organization_id=organization_id, rows=texts)
            yield call("save_issues", organization_id=organization_id, rows=texts, seen_us=to_microseconds(seen_at))

        await self._write_steps(save())

    async def forget_issues(self, organization_id: str, *, seen_before: datetime, seen_after: datetime) -> int:
        def forget() -> Steps[int]:
            before: int = yield call("forget_issues", organization_id=organization_id, before_us=to_microseconds(seen_before))
            after: int = yield call(
                "forget_issues_seen_after", organization_id=organization_id, after_us=to_microseconds(seen_after)
            )
            return before + after

        return await self._write_steps(forget())

    async def find_issues(self, organization_id: str, names: Sequence[str]) -> Found[Issue]:
        texts = rows.to_json(map(rows.storable, names))
        found = await self._fetch("find_issues", organization_id=organization_id, names=texts)
        return read_each(to_issue, owned_by(organization_id, found))

    async def list_issues(self, organization_id: str, *, project: str, after: str, limit: int) -> Found[Issue]:
        first_key, end_key = keys_of_project(project) if project else ("", AFTER_ALL_IDS)
        found = await self._fetch(
            "list_issues", organization_id=organization_id, first_key=first_key, end_key=end_key, after=after, limit=limit
        )
        return read_each(to_issue, owned_by(organization_id, found))

    async def count_issues(self, organization_id: str) -> int:
        count: int = await self._fetch("count_issues", organization_id=organization_id)
        return count

    async def find_issue_site(self, organization_id: str) -> IssueSite | None:
        row = await self._fetch("find_issue_site", organization_id=organization_id)
        return None if row is None else to_issue_site(row)

    async def list_issue_sites(self) -> Found[IssueSite]:
        return read_each(to_issue_site, await self._fetch("list_issue_sites"))

    async def save_issue_site(self, site: IssueSite) -> None:
        await self._execute("save_issue_site", **from_issue_site(site))

    async def save_sync_progress(self, site: IssueSite) -> bool:
        return bool(await self._execute("save_sync_progress", **sync_progress(site)) == 1)

    async def delete_issue_site(self, organization_id: str) -> bool:
        return bool(await self._execute("delete_issue_site", organization_id=organization_id) == 1)
