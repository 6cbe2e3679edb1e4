"""Index the packs that wait: the part of an upload that may take its time, after the sender has been answered."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from functools import partial

import structlog

from shipledger.catalog.commit import CommitStore, Pack
from shipledger.clock import Clock
from shipledger.errors import Conflict, Invalid, NotFound, Unavailable
from shipledger.ledger.identity import new_id
from shipledger.long_work import run_beside
from shipledger.scm.git import GitFailedError, GitLimits, GitMissingError
from shipledger.scm.packs import Repositories, check_pack

RETRY_SECONDS = 60.0
_PACKS_AT_ONCE = 20
_KNOWN_AT_ONCE = 2_000

log = structlog.get_logger(__name__)


class Indexer:
    """Takes packs in, and indexes them one after the other in a task of its own.

    To index a pack twice changes nothing, so a crash at any moment only means that it is done again.
    """

    def __init__(self, *, store: CommitStore, clock: Clock, repositories: Repositories, limits: GitLimits) -> None:
        self._store = store
        self._clock = clock
        self._repositories = repositories
        self._limits = limits
        self._has_work = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._has_told = False

    async def keep(self, organization_id: str, repository: str, head: str, content: bytes, *, credential_id: str) -> None:
        """Return once the pack is durable; it is indexed later. Raises Invalid when it is no pack, and Unavailable.

        That it was refused is remembered for the operator: what its sender was told nobody may have read.
        """
        pack = Pack(
            organization_id=organization_id,
            pack_id=new_id(self._clock.next_order(), secrets.token_bytes(8)),
            repository=repository,
            head=head,
            size_bytes=len(content),
            accepted_at=self._clock.now(),
            credential_id=credential_id,
        )
        try:
            await run_beside(partial(check_pack, content, head, self._limits.objects), size=len(content))
        except Invalid as error:
            if content:
                await self._store.append_refused_pack(pack, failure=error.message)
            raise
        await self._store.append_pack(pack, content)
        self._has_work.set()

    def start(self) -> None:
        """Begin to index, with what an earlier process left."""
        self._task = asyncio.create_task(self._work(), name="indexer")

    async def stop(self) -> None:
        """End at once; a pack that is under way is indexed by the next process."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    async def _work(self) -> None:
        while True:
            self._has_work.clear()
            try:
                await self.index_pending()
            except Unavailable as error:
                log.warning("Git packs are indexed later.", reason=error.message)
            except Exception:
                log.exception("Indexing git packs failed by a fault of ours; it is tried again.")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(RETRY_SECONDS):
                    await self._has_work.wait()

    async def index_pending(self) -> None:
        """Index what waits, as long as git can."""
        while packs := await self._store.list_pending_packs(limit=_PACKS_AT_ONCE):
            for pack in packs:
                try:
                    await self._settle(pack)
                except GitMissingError:
                    self._tell_once("git is missing, so the commits of uploaded packs are not known; install git.", pack)
                    return
                except GitFailedError as error:
                    self._tell_once("A git pack cannot be indexed now; it is tried again.", pack, reason=error.sentence)
                    return
                self._has_told = False

    async def _settle(self, pack: Pack) -> None:
        """Index a pack or refuse it. Raises GitMissingError, and GitFailedError when the pack is not to blame.

        A pack that was erased meanwhile leaves nothing.
        """
        try:
            count = await self._index(pack)
        except GitFailedError as error:
            if error.is_ours:
                raise
            await self._refuse(pack, error.sentence)
            return
        except (OSError, ValueError, LookupError) as error:
            log.exception("A git pack could not be read by a fault of ours.", pack=pack.pack_id)
            await self._refuse(pack, f"A fault of ours keeps it from being read: {type(error).__name__}.")
            return
        except (Conflict, NotFound):
            return
        log.info("A git pack was indexed.", pack=pack.pack_id, repository=pack.repository, commits=count)

    async def _index(self, pack: Pack) -> int:
        content = await self._store.find_pack_content(pack)
        if content is None:
            return 0
        name = await self._repositories.index(pack, content)
        try:
            count = await self._save(pack, name)
            await self._store.settle_pack(pack, name=name, now=self._clock.now())
        except NotFound:
            self._repositories.remove_pack(pack, name)
            raise
        return count

    async def _save(self, pack: Pack, name: str) -> int:
        count = 0
        async for commits in self._repositories.read_commits(pack, name):
            await self._store.save_commits(pack, commits)
            count += len(commits)
        unknown = await self._store.list_unknown_trees(pack)
        there = await self._repositories.find_trees(pack, sorted(set(unknown.values())))
        known = [commit_id for commit_id, tree in unknown.items() if tree in there]
        for first in range(0, len(known), _KNOWN_AT_ONCE):
            await self._store.make_known(pack, known[first : first + _KNOWN_AT_ONCE])
        return count

    async def _refuse(self, pack: Pack, reason: str) -> None:
        log.warning("A git pack was refused.", pack=pack.pack_id, repository=pack.repository, reason=reason)
        with contextlib.suppress(Conflict, NotFound):
            await self._store.refuse_pack(pack, failure=reason, now=self._clock.now())

    def _tell_once(self, sentence: str, pack: Pack, **fields: str) -> None:
        if not self._has_told:
            log.warning(sentence, pack=pack.pack_id, repository=pack.repository, **fields)
        self._has_told = True
