"""Index the packs that wait: the part of an upload that may take its time, after the sender has been answered.

Organizations share the time of the indexer, and the room for packs that wait: none waits for what another one sent.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial

import structlog

from shipledger.catalog.commit import CommitStore, Pack
from shipledger.clock import Clock
from shipledger.errors import Conflict, Invalid, NotFound, Unavailable
from shipledger.ledger.identity import new_id
from shipledger.long_work import run_beside
from shipledger.scm.git import GitFailedError, GitLimits, GitMissingError
from shipledger.scm.packs import PackReading, Repositories, check_pack
from shipledger.scm.turns import Turns

RETRY_SECONDS = 60.0
PACKS_AT_ONCE = 2
"""So many packs are read at once, no two of them of one organization: one that takes long leaves a place to others."""

TELL_AGAIN_SECONDS = 10.0
"""Longer than a deployment is being settled."""

_RETRY_FULL_SECONDS = 60
_KNOWN_AT_ONCE = 2_000

log = structlog.get_logger(__name__)

TellCommits = Callable[[str, str, Sequence[str]], Awaitable[None]]
"""Told an organization, a repository, and which commits of it are known now."""


class Indexer:
    """Takes packs in, and indexes them in a task of its own.

    To index a pack twice changes nothing, so a crash at any moment only means that it is done again. ``waiting_limit_bytes``:
    so much of one organization may wait. ``tell_commits`` hears of commits once they are known, and again a little later,
    for deployments that were being recorded.
    """

    def __init__(
        self,
        *,
        store: CommitStore,
        clock: Clock,
        repositories: Repositories,
        limits: GitLimits,
        waiting_limit_bytes: int,
        tell_commits: TellCommits,
    ) -> None:
        self._store = store
        self._clock = clock
        self._repositories = repositories
        self._limits = limits
        self._waiting_limit_bytes = waiting_limit_bytes
        self._tell_commits = tell_commits
        self._untold: list[tuple[float, str, str, Sequence[str]]] = []
        self._turns = Turns()
        self._has_work = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._told: set[str] = set()

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
        if not await self._store.append_pack_if_room(pack, content, room_bytes=self._waiting_limit_bytes):
            self._tell_once(_full(organization_id), "Refused a git pack: too many packs of its organization are waiting.", pack)
            raise Unavailable(
                "packs_full",
                "Too many git packs of this organization are waiting; send this one again later.",
                retry_after_seconds=_RETRY_FULL_SECONDS,
            )
        self._told.discard(_full(organization_id))
        self._has_work.set()

    async def tell(self, organization_id: str, repository: str, commit_ids: Sequence[str]) -> None:
        """Let deployments learn what commits say that are known now. Raises Unavailable."""
        if commit_ids:
            await self._tell_commits(organization_id, repository, commit_ids)
            self._untold.append((time.monotonic() + TELL_AGAIN_SECONDS, organization_id, repository, commit_ids))
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
                await self._tell_again()
            except Unavailable as error:
                log.warning("Indexing git packs was postponed.", reason=error.message)
            except Exception:
                log.exception("Indexing git packs failed with an internal error and will be retried.")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(TELL_AGAIN_SECONDS if self._untold else RETRY_SECONDS):
                    await self._has_work.wait()

    async def _tell_again(self) -> None:
        while self._untold and self._untold[0][0] <= time.monotonic():
            _, organization_id, repository, commit_ids = self._untold[0]
            await self._tell_commits(organization_id, repository, commit_ids)
            self._untold.pop(0)

    async def index_pending(self) -> None:
        """Index what waits, as long as git can. An organization whose packs cannot be indexed now holds up no other."""
        under_way: dict[asyncio.Task[bool], Pack] = {}
        put_off: set[str] = set()
        try:
            while True:
                self._has_work.clear()
                waiting = await self._store.list_next_packs()
                busy = {pack.organization_id for pack in under_way.values()}
                chosen = self._choose([pack for pack in waiting if pack.organization_id not in busy | put_off], len(under_way))
                under_way |= {asyncio.create_task(self._settle_in_time(pack)): pack for pack in chosen}
                if not under_way:
                    return
                put_off |= await self._wait_for_some(under_way)
        finally:
            await _cancel(under_way)

    def _choose(self, waiting: list[Pack], count_under_way: int) -> list[Pack]:
        """The packs whose turn it is, the oldest of each organization being given."""
        left = {pack.organization_id: pack for pack in waiting}
        chosen: list[Pack] = []
        while left and count_under_way + len(chosen) < PACKS_AT_ONCE:
            chosen.append(left.pop(self._turns.choose([*left])))
        self._turns.forget_all_but({pack.organization_id for pack in waiting})
        return chosen

    async def _wait_for_some(self, under_way: dict[asyncio.Task[bool], Pack]) -> set[str]:
        """Wait until a pack is settled, which is taken out, or one arrives; the organizations that are to be put off.

        Raises GitMissingError.
        """
        arrival = asyncio.ensure_future(self._has_work.wait())
        try:
            await asyncio.wait([*under_way, arrival], return_when=asyncio.FIRST_COMPLETED)
        finally:
            arrival.cancel()
        settled = {task: under_way.pop(task) for task in [*under_way] if task.done()}
        return {pack.organization_id for task, pack in settled.items() if not task.result()}

    async def _settle_in_time(self, pack: Pack) -> bool:
        """Whether a pack is settled; else that is tried again later, and this organization is put off."""
        began = time.monotonic()
        try:
            await self._settle(pack)
        except GitMissingError:
            self._tell_once(
                pack.organization_id, "git is not installed, so commits in uploaded packs cannot be read; install git.", pack
            )
            return False
        except GitFailedError as error:
            self._tell_once(
                pack.organization_id, "A git pack cannot be indexed now; it will be retried.", pack, reason=error.sentence
            )
            return False
        except Unavailable as error:
            self._tell_once(
                pack.organization_id, "A git pack cannot be indexed now; it will be retried.", pack, reason=error.message
            )
            return False
        finally:
            self._turns.charge(pack.organization_id, time.monotonic() - began)
        self._told.discard(pack.organization_id)
        return True

    async def _settle(self, pack: Pack) -> None:
        """Index a pack or refuse it. Raises GitMissingError and Unavailable, and GitFailedError when the pack is not to blame.

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
            log.exception("A git pack could not be read because of an internal error.", pack=pack.pack_id)
            await self._refuse(pack, f"An internal error prevents reading it: {type(error).__name__}.")
            return
        except (Conflict, NotFound):
            return
        log.info("Indexed a git pack.", pack=pack.pack_id, repository=pack.repository, commits=count)

    async def _index(self, pack: Pack) -> int:
        content = await self._store.find_pack_content(pack)
        if content is None:
            return 0
        reading = self._repositories.read(pack)
        name = await reading.index(content)
        try:
            count = await self._save(pack, reading, name)
            await self._store.settle_pack(pack, name=name, now=self._clock.now())
        except NotFound:
            self._repositories.remove_pack(pack, name)
            raise
        return count

    async def _save(self, pack: Pack, reading: PackReading, name: str) -> int:
        read: list[str] = []
        async for commits in reading.read_commits(name):
            await self._store.save_commits(pack, commits)
            read += [commit.commit_id for commit in commits]
        unknown = await self._store.list_unknown_trees(pack)
        there = await reading.find_trees(sorted(set(unknown.values())))
        known = [commit_id for commit_id, tree in unknown.items() if tree in there]
        for first in range(0, len(known), _KNOWN_AT_ONCE):
            await self._store.make_known(pack, known[first : first + _KNOWN_AT_ONCE])
        await self.tell(
            pack.organization_id, pack.repository, sorted({*read, *known})
        )  # all: an earlier try may have told of none
        return len(read)

    async def _refuse(self, pack: Pack, reason: str) -> None:
        log.warning("Refused a git pack.", pack=pack.pack_id, repository=pack.repository, reason=reason)
        with contextlib.suppress(Conflict, NotFound):
            await self._store.refuse_pack(pack, failure=reason, now=self._clock.now())

    def _tell_once(self, about: str, sentence: str, pack: Pack, **fields: str) -> None:
        """Log ``sentence``, unless something was logged ``about`` this already and nothing has gone well since."""
        if about not in self._told:
            log.warning(sentence, organization_id=pack.organization_id, pack=pack.pack_id, repository=pack.repository, **fields)
        self._told.add(about)


def _full(organization_id: str) -> str:
    return f"{organization_id} is full"


async def _cancel(tasks: Iterable[asyncio.Task[bool]]) -> None:
    """End ``tasks``, and wait until they are."""
    left = [*tasks]
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)
