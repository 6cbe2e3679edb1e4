"""Tables that the server cannot read are named, and all others are read to the end."""

from __future__ import annotations

from datetime import UTC, datetime

import asyncpg

from tests.support.lent_databases import lent_ledger_database
from tests.support.pen import new_pen
from tests.support.stores import opened

NOW = datetime(2026, 3, 4, 10, 2, tzinfo=UTC)
UNREADABLE = """
CREATE FUNCTION reach() RETURNS boolean LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'invalid page in block 0' USING ERRCODE = 'data_corrupted'; END $$;
ALTER TABLE receipt RENAME TO pages_of_receipt;
CREATE VIEW receipt AS SELECT * FROM pages_of_receipt WHERE reach();
ALTER TABLE verdict RENAME TO pages_of_verdict;
CREATE VIEW verdict AS SELECT * FROM pages_of_verdict WHERE reach();
"""
"""What the server says of a page whose checksum is wrong."""


async def test_tables_that_cannot_be_read_are_named_and_the_others_are_read():
    async with lent_ledger_database() as url:
        async with opened(url) as store:
            _, verdict = await (await new_pen(store, now=NOW)).record(at=NOW, title="Release 1", external_id="b-1")
        connection = await asyncpg.connect(url)
        await connection.execute(UNREADABLE)
        await connection.execute("""UPDATE deployment SET document = '{"type":"rec'""")
        await connection.close()
        steps: list[tuple[int, int]] = []

        async with opened(url) as store:
            found = await store.find_unreadable(advance=lambda done, of: steps.append((done, of)))

        unreadable = [one.table for one in found if one.sentence.startswith("Parts of it are unreadable.")]
        assert set(unreadable) == {"receipt", "verdict"}
        assert ("deployment", verdict.deployment_id) in {(one.table, one.key) for one in found}
        assert steps == [(number, len(steps) - 1) for number in range(len(steps))]
