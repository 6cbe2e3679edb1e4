"""Separate intake for unreachable organizations, so that others do not wait with them.

An organization is unreachable while the Citus worker with its rows is down. If all rows are on one server, all
organizations are unreachable together, and each comes back by itself.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque

import structlog

from shipledger.errors import InDoubt, Unavailable
from shipledger.ingestion.acceptance import Acceptance, Arrival, Group
from shipledger.ingestion.committing import commit_in_time
from shipledger.ingestion.retry import Backoff
from shipledger.store.acting import act_for
from shipledger.store.contract import Store

PAUSES_SECONDS = (0.1, 0.2, 0.4, 0.8, 1.5, 2.0, 2.0, 3.0)
"""How long to check the outcome of a commit in doubt: a server restarts within this time, or is down for longer."""
ASKED_SECONDS = 12.0
"""The maximum wait of a sender, whatever hangs."""
LOOKS = 15
LOOK_SECONDS = 10.0
"""When to look for receipts in doubt that are not visible: Citus resolves open commits within a minute."""
LONGEST_GROUP = 512

log = structlog.get_logger(__name__)


class _Lane:
    """An organization's waiting receipts: groups that failed with others, whether each is in doubt, and later arrivals."""

    def __init__(self) -> None:
        self.groups: deque[tuple[Group, bool]] = deque()
        self.arrivals: deque[Arrival] = deque()
        self.task: asyncio.Task[None] | None = None
        self.is_missed = False


class SideLanes:
    """A lane for each organization whose receipts could not be committed, until one of its commits succeeds."""

    def __init__(self, *, store: Store, acceptance: Acceptance) -> None:
        self._store = store
        self._acceptance = acceptance
        self._lanes: dict[str, _Lane] = {}
        self._releases: set[asyncio.Task[None]] = set()
        self.count = 0

    def __contains__(self, organization_id: object) -> bool:
        return organization_id in self._lanes

    @property
    def missed(self) -> frozenset[str]:
        """The organizations whose last commit failed."""
        return frozenset(organization_id for organization_id, lane in self._lanes.items() if lane.is_missed)

    def divert(self, group: Group, error: Unavailable) -> None:
        """A commit failed: retry each organization separately. A group that failed alone is refused, unless it is in doubt."""
        organizations = group.by_organization()
        is_in_doubt = isinstance(error, InDoubt)
        for organization_id, own in organizations.items():
            lane = self._lanes.setdefault(organization_id, _Lane())
            if len(organizations) == 1 and not is_in_doubt:
                self._acceptance.refuse(own, error)
                self._note(organization_id, lane, is_reached=False)
                continue
            self.count += len(own.arrivals)
            lane.groups.append((own, is_in_doubt))
            self._drive(organization_id, lane)

    def take_over(self, arrival: Arrival) -> bool:
        """Whether the arrival's organization has a lane, in which it now waits."""
        organization_id = arrival.receipt.organization_id
        lane = self._lanes.get(organization_id)
        if lane is None:
            return False
        self.count += 1
        lane.arrivals.append(arrival)
        self._drive(organization_id, lane)
        return True

    async def stop(self) -> None:
        """Finish waiting work. Receipts claimed by a stopping node are freed with its other claims."""
        while tasks := [lane.task for lane in self._lanes.values() if lane.task is not None]:
            await asyncio.wait(tasks)
        for task in self._releases:
            task.cancel()

    def _note(self, organization_id: str, lane: _Lane, *, is_reached: bool) -> None:
        if lane.is_missed == is_reached:
            lane.is_missed = not is_reached
            tell, sentence = (log.info, "is reachable again") if is_reached else (log.warning, "is unreachable")
            tell(f"An organization {sentence}; other organizations are not affected.", organization_id=organization_id)

    def _drive(self, organization_id: str, lane: _Lane) -> None:
        if lane.task is None:
            lane.task = asyncio.create_task(self._empty(organization_id, lane), name=f"intake of {organization_id}")

    async def _empty(self, organization_id: str, lane: _Lane) -> None:
        act_for(organization_id)
        is_reached = False
        try:
            while lane.groups or lane.arrivals:
                if not lane.groups:
                    taken = [lane.arrivals.popleft() for _ in range(min(LONGEST_GROUP, len(lane.arrivals)))]
                    lane.groups.extend((group, False) for group in self._acceptance.part(taken))
                group, is_in_doubt = lane.groups.popleft()
                failure = await self._commit(group, is_in_doubt=is_in_doubt)
                is_reached = not isinstance(failure, Unavailable)
                self.count -= len(group.arrivals)
                self._note(organization_id, lane, is_reached=is_reached)
                if isinstance(failure, Unavailable):
                    self._refuse_waiting(lane, failure)
        finally:
            lane.task = None
            if is_reached:
                del self._lanes[organization_id]

    def _refuse_waiting(self, lane: _Lane, failure: Unavailable) -> None:
        """Later arrivals would only wait for the same thing."""
        late = Group(tuple(lane.arrivals), None)
        lane.arrivals.clear()
        self._acceptance.refuse(late, failure)
        self.count -= len(late.arrivals)

    async def _commit(self, group: Group, *, is_in_doubt: bool) -> Exception | None:
        """Why the group is not stored; None if it is."""
        try:
            if not is_in_doubt:
                await commit_in_time(self._store, group)
        except InDoubt:
            is_in_doubt = True
        except Exception as error:  # noqa: BLE001  every sender must hear, whatever went wrong
            self._acceptance.refuse(group, error)
            return error
        if is_in_doubt and (failure := await self._ask_after(group)) is not None:
            self._acceptance.refuse(group, failure)
            return failure
        self._acceptance.confirm(group)
        return None

    async def _ask_after(self, group: Group) -> Exception | None:
        """Append missing receipts again, which their ids make safe. Returns the reason if the outcome stays open."""
        failure: Exception | None = None
        try:
            async with asyncio.timeout(ASKED_SECONDS):
                for pause_seconds in PAUSES_SECONDS:
                    await asyncio.sleep(pause_seconds)
                    try:
                        await self._store.append_missing_receipts(
                            group.receipts,
                            claimed_by=group.claimed_by,
                            concerns=group.concerns,
                            translations=group.translations,
                        )
                    except Unavailable as error:
                        failure = error
                    else:
                        return None
        except TimeoutError:
            failure = failure or Unavailable("database_unavailable", "The ledger is unavailable: it does not answer.")
        except Exception as error:  # noqa: BLE001  every sender must hear, whatever went wrong
            return error
        release = asyncio.create_task(self._release(group), name="release of receipts in doubt")
        self._releases.add(release)
        release.add_done_callback(self._releases.discard)
        return failure

    async def _release(self, group: Group) -> None:
        """Receipts that were stored after all are settled by any node that claims them, although never acknowledged."""
        backoff = Backoff()
        left, looks = group.receipts, 0
        while left and looks < LOOKS:
            await asyncio.sleep(LOOK_SECONDS if looks else backoff.next_seconds())
            with contextlib.suppress(Unavailable):
                await self._store.release_receipts(left, count_attempt=False)
                left = [one for one in left if await self._store.find_settlement(one.organization_id, one.receipt_id) is None]
                looks += 1
