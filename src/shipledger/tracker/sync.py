"""Bring an organization's issue directory up to date with its site."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from msgspec import Struct
from msgspec.structs import replace

from shipledger.access.sealing import Seal
from shipledger.catalog.issue import IssueSite, IssueStore
from shipledger.clock import Clock
from shipledger.errors import Conflict, NotFound, ShipledgerError, Unavailable
from shipledger.outgoing.calls import Caller
from shipledger.store.rounds import Rounds
from shipledger.tracker.jira.site import IssuePage, JiraSite, Sleep

FULL_EVERY = timedelta(days=1)
"""Issues that are deleted or hidden are only missed when all are read."""

OVERLAP = timedelta(minutes=10)
"""Read once more: a search may not know the latest changes yet, and clocks differ."""

EVERYTHING = 'updated >= "1970-01-01"'
"""A search without any condition is refused."""

Advance = Callable[[int], None]

log = structlog.get_logger(__name__)


class Synced(Struct, frozen=True):
    """How many issues a site told, and how many it no longer has. ``is_full``: it was asked for all of them."""

    read: int
    forgotten: int
    is_full: bool


class IssueSync:
    """Reads what changed at a site since the last time, or everything, page by page.

    Each page is durable before the next one is asked for, so that an end at any moment only means that the next run goes
    on from there. Two runs at once change nothing but the work.
    """

    def __init__(self, *, store: IssueStore, seal: Seal, caller: Caller, clock: Clock, sleep: Sleep = asyncio.sleep) -> None:
        self._store = store
        self._rounds = Rounds(store.list_issue_sites)
        self._seal = seal
        self._caller = caller
        self._clock = clock
        self._sleep = sleep

    async def check(self, site: IssueSite) -> None:
        """Prove that a site lets us in. Raises as ``JiraSite.check`` does."""
        await self._open(site).check()

    async def run_all(self) -> None:
        """Bring every organization up to date. What keeps one from it is kept with its site, and keeps no other."""
        await self._rounds.run(self._run_one)

    async def _run_one(self, site: IssueSite) -> None:
        try:
            synced = await self.run(site.organization_id)
        except ShipledgerError as error:
            if site.failure != error.message:
                log.warning("Reading issues was postponed.", organization_id=site.organization_id, reason=error.message)
        else:
            if synced.read or synced.forgotten:
                log.info("Read issues.", organization_id=site.organization_id, issues=synced.read, full=synced.is_full)

    async def run(self, organization_id: str, *, is_full: bool = False, advance: Advance | None = None) -> Synced:
        """Bring one organization up to date; a reading that ended early goes on where it was.

        ``advance`` hears how many issues were read. Raises NotFound when no site is connected, Conflict when another one was
        meanwhile, and as ``JiraSite.read_page`` does; why is kept with the site.
        """
        site = await self._store.find_issue_site(organization_id)
        if site is None:
            raise NotFound("issue_site", "No site is connected. Connect one: shipledger issues connect URL")
        try:
            return await self._run(self._begin(site, is_full=is_full), advance)
        except Conflict:
            raise
        except ShipledgerError as error:
            latest = await self._store.find_issue_site(organization_id) or site
            await self._store.save_sync_progress(replace(latest, failure=error.message))
            raise

    def _begin(self, site: IssueSite, *, is_full: bool) -> IssueSite:
        now = self._clock.now()
        # What lies in the future was kept while the clock was ahead.
        is_due = site.full_since is None and (site.full_at is None or not timedelta() <= now - site.full_at < FULL_EVERY)
        if is_full or is_due or (site.full_since is not None and site.full_since > now):
            return replace(site, full_since=now, cursor_at=None)
        return site

    async def _run(self, site: IssueSite, advance: Advance | None) -> Synced:
        source = self._open(site)
        await source.check()
        await self._keep(site)
        jql, token, read = _ask_for(site, self._clock.now()), "", 0
        while True:
            page = await source.read_page(jql, token)
            site = await self._take(site, page)
            read += len(page.issues)
            if advance is not None:
                advance(read)
            if not page.next_token:
                return await self._end(site, read)
            if page.next_token == token:
                raise Unavailable("issue_site", "The site returns the same page over and over; it will be retried.")
            token = page.next_token

    async def _take(self, site: IssueSite, page: IssuePage) -> IssueSite:
        if page.issues:
            issues = list({issue.key: issue for issue in page.issues}.values())
            # One time for a whole reading: the clock may be set amid it, and what was seen must not be taken for unseen.
            await self._store.save_issues(site.organization_id, issues, seen_at=site.full_since or self._clock.now())
        if page.updated_at is not None and (site.cursor_at is None or page.updated_at > site.cursor_at):
            site = replace(site, cursor_at=page.updated_at)
            await self._keep(site)
        return site

    async def _end(self, site: IssueSite, read: int) -> Synced:
        now, forgotten = self._clock.now(), 0
        if site.full_since is not None:
            forgotten = await self._store.forget_issues(
                site.organization_id, seen_before=site.full_since, seen_after=max(now, site.full_since)
            )
            await self._keep(replace(site, full_since=None, full_at=now, synced_at=now, failure=""))
            return Synced(read=read, forgotten=forgotten, is_full=True)
        await self._keep(replace(site, synced_at=now, failure=""))
        return Synced(read=read, forgotten=0, is_full=False)

    async def _keep(self, site: IssueSite) -> None:
        if not await self._store.save_sync_progress(site):
            raise Conflict("issue_site", "The site was disconnected or replaced in the meantime.")

    def _open(self, site: IssueSite) -> JiraSite:
        token = self._seal.read(site.sealed_token)
        return JiraSite(self._caller, site.url, account=site.account, token=token, sleep=self._sleep)


def _ask_for(site: IssueSite, now: datetime) -> str:
    """What to search for, in the order in which it changed. Times are told as minutes ago: the site has its own zone."""
    conditions = [EVERYTHING]
    if site.cursor_at is not None:
        minutes = math.ceil((max(now - site.cursor_at, timedelta()) + OVERLAP) / timedelta(minutes=1))
        conditions = [f'updated >= "-{minutes}m"']
    if site.projects:
        named = ", ".join(f'"{project}"' for project in site.projects)
        conditions.append(f"project in ({named})")
    return f"{' AND '.join(conditions)} ORDER BY updated ASC"
