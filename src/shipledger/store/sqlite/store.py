"""The store on a SQLite file."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import datetime

from shipledger.clock import to_microseconds
from shipledger.errors import Unavailable
from shipledger.store.audit.verbs import SqlAudit
from shipledger.store.catalog.verbs import SqlCatalog
from shipledger.store.commits.told import SqlTold
from shipledger.store.commits.verbs import SqlCommits
from shipledger.store.credentials.clients import SqlClients
from shipledger.store.deployments.aliases import SqlAliases
from shipledger.store.deployments.scan import SqlScan
from shipledger.store.deployments.verbs import SqlDeployments
from shipledger.store.erasure.retention import SqlRetention
from shipledger.store.file_marks import list_marks
from shipledger.store.gates.left import SqlLeftGates
from shipledger.store.gates.left_deliveries import SqlLeftDeliveries
from shipledger.store.home.verbs import SqlHome
from shipledger.store.inbox.verbs import SqlInbox
from shipledger.store.incidents.verbs import SqlIncidents
from shipledger.store.installation.unfinished import SqlUnfinished
from shipledger.store.installation.unfinished_contract import COPY, COPY_REMEDY, Unfinished
from shipledger.store.installation.verbs import SqlInstallation
from shipledger.store.issues.standings import SqlStandings
from shipledger.store.issues.verbs import SqlIssues
from shipledger.store.nodes.verbs import SqlNodes
from shipledger.store.outbox.verbs import SqlOutbox
from shipledger.store.people.verbs import SqlPeople
from shipledger.store.pull_requests.verbs import SqlPullRequests
from shipledger.store.receipts.intake import SqlIntake
from shipledger.store.receipts.verbs import SqlReceipts
from shipledger.store.refused.verbs import SqlRefused
from shipledger.store.seals.verbs import SqlSeals
from shipledger.store.search.verbs import SqlSearch
from shipledger.store.settings.verbs import SqlSettings
from shipledger.store.settlement.verbs import SqlSettlement
from shipledger.store.sqlite.announcing import SqliteAnnouncing
from shipledger.store.sqlite.connection import Connection, open_reader
from shipledger.store.sqlite.erasure import SqliteErasure
from shipledger.store.sqlite.maintenance import SqliteMaintenance
from shipledger.store.sqlite.migrate import check_revision
from shipledger.store.sqlite.reader import Readers
from shipledger.store.sqlite.writer import Writer
from shipledger.store.timeline.verbs import SqlTimeline
from shipledger.store.views.verbs import SqlViews

_READER_THREADS = 2
_LONG_READER_THREADS = 1


class SqliteStore(
    SqliteMaintenance,
    SqlIntake,
    SqlSettlement,
    SqlReceipts,
    SqlDeployments,
    SqlScan,
    SqliteErasure,
    SqlRetention,
    SqlSeals,
    SqlIncidents,
    SqlPullRequests,
    SqlAliases,
    SqlStandings,
    SqlSearch,
    SqlCatalog,
    SqlCommits,
    SqlIssues,
    SqlSettings,
    SqlLeftGates,
    SqlTold,
    SqlOutbox,
    SqlPeople,
    SqlAudit,
    SqlRefused,
    SqlInbox,
    SqlHome,
    SqlViews,
    SqlTimeline,
    SqlLeftDeliveries,
    SqlClients,
    SqlNodes,
    SqlUnfinished,
    SqlInstallation,
    SqliteAnnouncing,
):
    """All verbs of ``store/contract.py`` over one file. Other processes may use the file at the same time."""

    is_parted = False
    _serves_one_node = True
    _served_us: int | None = None
    _is_torn = False

    async def open(self) -> None:
        """See Store. Must be called in the event loop that will use the store."""
        writer = Writer(self._connect_writer, self._sql, self._watch)
        try:
            await writer.run(self._check)
        except BaseException:
            await writer.close()
            raise
        self._writer = writer
        self._readers = Readers(self._connect_reader, threads=_READER_THREADS, name="sqlite-reader")
        self._long_readers = Readers(self._connect_reader, threads=_LONG_READER_THREADS, name="sqlite-long-reader")

    async def open_to_read(self) -> None:
        """Open for questions alone. The file stays as it is, and so does whether it has a log beside it."""
        readers = Readers(lambda: open_reader(self._path, self._sql), threads=1, name="sqlite-looker")
        try:
            await readers.run(self._check)
        except BaseException:
            await readers.close()
            raise
        self._readers = self._long_readers = readers

    async def close(self) -> None:
        """See Store. Closing twice does nothing."""
        if self._served_us is not None:
            with contextlib.suppress(Unavailable):
                await self._execute("forget_served", since_us=self._served_us)
            self._served_us = None
        for part in (self._long_readers, self._readers, self._writer):
            if part is not None:
                await part.close()

    def find_silent_organizations(self) -> frozenset[str]:
        """See PartedStore. There is one file for all."""
        return frozenset()

    async def ping(self) -> None:
        await self._write(self._touch)

    async def tell_time(self) -> None:
        """See NodeStore. The program and its file are on one machine."""

    async def release_silent_claims(self, *, silent_seconds: float) -> int:
        silent_us = int(silent_seconds * 1_000_000)
        await self._execute("release_silent_messages", silent_us=silent_us)
        count: int = await self._execute("release_silent_claims", silent_us=silent_us)
        return count

    async def note_served(self, now: datetime) -> None:
        self._is_torn = False
        self._served_us = to_microseconds(now)
        await self._execute("note_served", since_us=self._served_us)
        await asyncio.to_thread(self._empty_log)  # so that it is in the file itself

    async def look_back(self, *, had_log: bool) -> None:
        """Whether the file is whole though a server did not close it, which only its log tells.

        With the log, that server was killed, and nothing is missing. Without it, somebody has copied the file alone.
        """
        served_since = (await self.find_installation()).served_since
        self._is_torn = served_since is not None and not had_log
        if served_since is not None and had_log:
            await self._execute("forget_served", since_us=to_microseconds(served_since))

    async def list_unfinished(self) -> list[Unfinished]:
        """See UnfinishedStore. While the file itself is replaced or emptied, a mark beside it says so."""
        torn = [Unfinished(COPY, COPY_REMEDY, is_barred=False)] if self._is_torn else []
        return [*list_marks(self._path), *torn, *await super().list_unfinished()]

    def _check(self, connection: Connection) -> None:
        check_revision(connection, self._sql)

    def _touch(self, connection: Connection) -> None:
        if connection.execute(self._sql["touch_revision"]).rowcount != 1:
            raise Unavailable("schema_missing", "The database has no schema; run `shipledger doctor`.")
