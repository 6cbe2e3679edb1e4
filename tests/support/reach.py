"""Organizations whose rows PostgreSQL cannot reach, and says so as Citus does while a worker is away."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from typing import Any, Literal

import asyncpg

from tests.support.postgres import USER, new_ledger_database

COPIED = ("organization", "credential", "access_token", "out_of_reach")
"""Tables that are read while a worker is away, as Citus keeps a copy of them on every node; and who is away."""

When = Literal["at once", "at commit"]

_PREPARE = """
CREATE TABLE out_of_reach (organization_id text, of_table text, fails_at text);
CREATE FUNCTION fail(organization text, what text, moment text) RETURNS boolean LANGUAGE plpgsql STABLE COST 100000 AS $$
BEGIN
    IF EXISTS (
        SELECT FROM out_of_reach AS o
        WHERE o.organization_id = organization AND o.of_table IN ('', what) AND o.fails_at = moment
    ) THEN
        RAISE EXCEPTION 'connection to the remote node worker:5432 failed (asked for % in %)', organization, what
            USING ERRCODE = '08006';
    END IF;
    RETURN TRUE;
END $$;
CREATE FUNCTION fail_at_commit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM fail(NEW.organization_id, TG_TABLE_NAME, 'at commit');
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER reach AFTER INSERT ON receipt DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION fail_at_commit();
"""
_GUARD = """
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY reach ON {table} USING (fail(organization_id, '{table}', 'at once'));
"""
_TABLES = """
SELECT c.relname
FROM pg_class AS c
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'organization_id'
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname <> ALL ($1)
"""

_numbers = count(1)


class Reach:
    """A ledger's database at ``url``, and who can be reached in it."""

    def __init__(self, url: str, administrator: asyncpg.Connection[Any]) -> None:
        self.url = url
        self._administrator = administrator

    async def lose(self, organization_id: str, *, table: str = "", when: When = "at once") -> None:
        """From now on no row of an organization can be reached; or none of one table, or none that is committed."""
        await self._administrator.execute("INSERT INTO out_of_reach VALUES ($1, $2, $3)", organization_id, table, when)

    async def regain(self, organization_id: str) -> None:
        """All are reached again."""
        await self._administrator.execute("DELETE FROM out_of_reach WHERE organization_id = $1", organization_id)


@asynccontextmanager
async def losable_database() -> AsyncIterator[Reach]:
    """An empty ledger's database. Its user is bound by policies, as the owner of the tables would not be."""
    async with new_ledger_database() as url:
        user = f"bound_{next(_numbers)}"
        administrator = await asyncpg.connect(url)
        try:
            await administrator.execute(_PREPARE)
            for (table,) in await administrator.fetch(_TABLES, COPIED):
                await administrator.execute(_GUARD.format(table=table))
            await administrator.execute(f"CREATE ROLE {user} LOGIN")
            for kind in ("TABLES", "SEQUENCES"):
                await administrator.execute(f"GRANT ALL ON ALL {kind} IN SCHEMA public TO {user}")
            yield Reach(url.replace(f"//{USER}@", f"//{user}@"), administrator)
        finally:
            await administrator.execute(f"DROP OWNED BY {user} CASCADE; DROP ROLE {user}")
            await administrator.close()
