"""The store on a PostgreSQL database."""

from __future__ import annotations

import asyncio
from datetime import datetime

import asyncpg
import structlog
from msgspec.structs import replace

from shipledger.clock import from_microseconds
from shipledger.errors import Unavailable
from shipledger.store.audit.verbs import SqlAudit
from shipledger.store.catalog.verbs import SqlCatalog
from shipledger.store.commits.told import SqlTold
from shipledger.store.credentials.clients import SqlClients
from shipledger.store.deployments.aliases import SqlAliases
from shipledger.store.deployments.scan import SqlScan
from shipledger.store.deployments.verbs import SqlDeployments
from shipledger.store.erasure.retention import SqlRetention
from shipledger.store.gates.left import SqlLeftGates
from shipledger.store.gates.left_deliveries import SqlLeftDeliveries
from shipledger.store.home.verbs import SqlHome
from shipledger.store.inbox.verbs import SqlInbox
from shipledger.store.incidents.verbs import SqlIncidents
from shipledger.store.installation.unfinished import SqlUnfinished
from shipledger.store.installation.verbs import SqlInstallation
from shipledger.store.issues.standings import SqlStandings
from shipledger.store.outbox.verbs import SqlOutbox
from shipledger.store.people.verbs import SqlPeople
from shipledger.store.postgres.announcing import PostgresAnnouncing
from shipledger.store.postgres.connection import Connection, connected
from shipledger.store.postgres.erasure import PostgresErasure
from shipledger.store.postgres.errors import refuses_settings
from shipledger.store.postgres.identity import PostgresIdentity
from shipledger.store.postgres.intake import PostgresIntake
from shipledger.store.postgres.maintenance import PostgresMaintenance
from shipledger.store.postgres.migrate import check_revision, find_revision, migrate
from shipledger.store.postgres.nodes import PostgresNodes
from shipledger.store.postgres.ownership import ALL, INSTALLATION
from shipledger.store.postgres.pool import Pool
from shipledger.store.postgres.pulse import Pulse
from shipledger.store.postgres.waiting_work import PostgresWaitingWork
from shipledger.store.pull_requests.verbs import SqlPullRequests
from shipledger.store.receipts.verbs import SqlReceipts
from shipledger.store.refused.verbs import SqlRefused
from shipledger.store.seals.verbs import SqlSeals
from shipledger.store.search.verbs import SqlSearch
from shipledger.store.session import call
from shipledger.store.settings.verbs import SqlSettings
from shipledger.store.settlement.verbs import SqlSettlement
from shipledger.store.timeline.verbs import SqlTimeline
from shipledger.store.views.verbs import SqlViews

OLDEST_VERSION = 14
CLOSE_SECONDS = 10.0
"""What hangs is not waited for longer when the store is closed."""

log = structlog.get_logger(__name__)


class PostgresStore(
    PostgresIdentity,
    PostgresAnnouncing,
    PostgresIntake,
    PostgresNodes,
    PostgresMaintenance,
    PostgresErasure,
    PostgresWaitingWork,
    SqlRetention,
    SqlSeals,
    SqlSettlement,
    SqlReceipts,
    SqlDeployments,
    SqlScan,
    SqlIncidents,
    SqlPullRequests,
    SqlAliases,
    SqlStandings,
    SqlSearch,
    SqlCatalog,
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
    SqlUnfinished,
    SqlInstallation,
):
    """All verbs of ``store/contract.py`` over one database. Other nodes and programs may use it at the same time."""

    is_parted = True
    _pulse: Pulse | None = None

    async def migrate(self, *, creates: bool = True) -> bool:
        """Bring the schema to its newest revision when that is needed; whether there is one. Raises Invalid and Unavailable.

        ``creates``: an empty database gets one.
        """
        try:
            return await self._migrate(creates=creates)
        except asyncpg.PostgresError as error:
            if not refuses_settings(error):
                raise
            log.info("Detected PgBouncer; keeping no state on its connections.")
            self._options = replace(self._options, has_pgbouncer=True)
            return await self._migrate(creates=creates)

    async def _migrate(self, *, creates: bool) -> bool:
        async with connected(self._url, self._options) as connection:
            await self._check_server(connection)
            if not creates and await find_revision(connection, self._runner) is None:
                return False
            await migrate(connection, self._runner)
            return True

    async def open(self) -> None:
        pulse = Pulse(self._url, self._options, self._runner)
        pool = Pool(self._url, self._options, proof=pulse.feel, check=self._check_connection)
        await pool.open()
        try:
            async with pool.connection(INSTALLATION) as connection, connection.transaction():
                await check_revision(connection, self._runner)
                await self._runner.adapt(connection)
        except BaseException:
            await pool.close()
            raise
        self._pool, self._pulse = pool, pulse
        await self.check_identity()

    async def close(self) -> None:
        """See Store. Closing twice does nothing."""
        self._is_closed = True
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=CLOSE_SECONDS)
        if self._pool is not None:
            await self._pool.close()
        if self._pulse is not None:
            self._pulse.close()

    async def ping(self) -> None:
        """See Store. It waits for none of the statements that are under way."""
        if self._pulse is None or self._is_closed:
            raise Unavailable("store_closed", "The store is closed.")
        await self._pulse.feel()

    def find_silent_organizations(self) -> frozenset[str]:
        return frozenset() if self._pool is None else self._pool.silent - {ALL}

    async def tell_time(self) -> datetime:
        return from_microseconds(await self._fetch("tell_time"))

    async def _check_server(self, connection: Connection) -> None:
        """Raises Unavailable where promises could not be kept."""
        async with connection.transaction():
            facts = await self._runner.run(connection, call("describe_server"))
        if connection.get_server_version().major < OLDEST_VERSION:
            raise Unavailable(
                "database_too_old", f"PostgreSQL {facts['version']} is too old; {OLDEST_VERSION} or newer is needed."
            )
        if facts["encoding"] != "UTF8":
            raise Unavailable("database_encoding", "The database cannot store all characters; create it with ENCODING 'UTF8'.")
        if facts["read_only"] == "on":
            raise Unavailable("database_read_only", "The database is read-only. Check the URL: it may be a standby.")
        if facts["synchronous_commit"] == "off":
            raise Unavailable(
                "database_forgets",
                "With synchronous_commit off, a power cut loses acknowledged data; turn it on for this user or database.",
            )
