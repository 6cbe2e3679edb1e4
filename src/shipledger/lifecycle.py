"""A running server: what starts, in which order, and what stops."""

from __future__ import annotations

import contextlib

import structlog
from starlette.types import ASGIApp

from shipledger.access.use_writing import UseWriting
from shipledger.catalog.directory import Directory
from shipledger.clock import Clock
from shipledger.database_url import is_postgres
from shipledger.dispatching import Dispatcher
from shipledger.duties.roster import SILENT_SECONDS, Roster
from shipledger.errors import Unavailable
from shipledger.http.budget import Budget
from shipledger.ingestion.intake import Intake
from shipledger.ingestion.listener import Listener
from shipledger.ingestion.news import News
from shipledger.ingestion.refolding import Refolding
from shipledger.ingestion.refused_keeping import RefusedKeeping
from shipledger.ingestion.worker import Worker
from shipledger.long_work import LongWork
from shipledger.outgoing.calls import Caller
from shipledger.scm.indexing import Indexer
from shipledger.settings import Settings
from shipledger.store.contract import Store
from shipledger.store.identity_watch import IdentityWatch
from shipledger.store.nodes.contract import resume_order
from shipledger.store.sqlite.page_watch import PageWatch

log = structlog.get_logger(__name__)


class App:
    """Everything a running server consists of."""

    def __init__(
        self,
        *,
        settings: Settings,
        store: Store,
        clock: Clock,
        directory: Directory,
        intake: Intake,
        worker: Worker,
        indexer: Indexer,
        roster: Roster,
        refolding: Refolding,
        listener: Listener,
        caller: Caller,
        long_work: LongWork,
        budget: Budget,
        page_watch: PageWatch | None,
        identity: IdentityWatch,
        use_writing: UseWriting,
        dispatcher: Dispatcher,
        refused: RefusedKeeping,
        news: News,
    ) -> None:
        self.settings = settings
        self.store = store
        self.clock = clock
        self.directory = directory
        self.intake = intake
        self.worker = worker
        self.indexer = indexer
        self.roster = roster
        self.refolding = refolding
        self.listener = listener
        self.caller = caller
        self.long_work = long_work
        self.budget = budget
        self.page_watch = page_watch
        self.identity = identity
        self.use_writing = use_writing
        self.dispatcher = dispatcher
        self.refused = refused
        self.news = news

    @property
    def asgi(self) -> ASGIApp:
        """What an ASGI server serves."""
        return self.dispatcher

    async def start(self) -> None:
        """Take over what an earlier process left unsettled, and start working. Raises Unavailable."""
        newest = await self.store.find_newest_order()
        await resume_order(self.store, self.clock, newest=newest, silent_seconds=SILENT_SECONDS)
        for operation in await self.store.list_unfinished():
            log.warning("An operation was interrupted; run `shipledger doctor`.", what=operation.remedy)
        await self.directory.ensure_default_organization()
        if newest is None or not is_postgres(self.settings.database_url):
            await self.refolding.run()  # a new database, or a file that nobody reads before its only server serves
        await self.roster.enter()
        with contextlib.suppress(Unavailable):  # a node must start even if a part of the database is unreachable
            await self.store.forget_settled_names()
        self.roster.start()
        self.identity.start()
        self.use_writing.start()
        self.listener.start()
        self.intake.start()
        self.worker.start()
        self.indexer.start()
        self.refused.start()
        await self.store.note_served(self.clock.now())
        if self.page_watch is not None:
            self.page_watch.start()

    def refuse_writes(self) -> None:
        """Refuse new writes, and let go of those who only watch: they come back to whoever serves next."""
        self.dispatcher.refuse_writes()
        self.news.end()

    async def stop(self) -> None:
        """Refuse new work, finish what is under way, and close the store."""
        self.refuse_writes()
        await self.dispatcher.stop(self.settings.shutdown_grace_seconds)
        await self.intake.stop()
        await self.worker.stop()
        await self.indexer.stop()
        await self.refused.stop()
        await self.listener.stop()
        await self.roster.stop()
        await self.identity.stop()
        await self.use_writing.stop()
        await self.caller.close()
        self.long_work.close()
        await self.store.close()
