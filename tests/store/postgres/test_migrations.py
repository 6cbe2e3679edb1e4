"""The schema of a PostgreSQL database, whichever node brings it up."""

import asyncio
import re

import asyncpg
import pytest

from shipledger.catalog.association_rules import rules_of
from shipledger.catalog.issue import AssociationRules, IssueMode
from shipledger.catalog.organization_settings.aggregate import ORGANIZATION_SETTINGS
from shipledger.errors import Unavailable
from shipledger.store.codecs import codec_of
from shipledger.store.migration_files import MIGRATIONS, list_revisions
from shipledger.store.open import open_store
from shipledger.store.postgres.migrate import downgrade, find_revision, migrate, upgrade
from shipledger.store.postgres.runner import Runner
from tests.support.postgres import shared_server

RUNNER = Runner()

SCHEMA = """
SELECT 'column', table_name, column_name, data_type || coalesce(collation_name, '') || is_nullable || coalesce(column_default, '')
FROM information_schema.columns WHERE table_schema = 'public'
UNION ALL SELECT 'index', tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid)
FROM pg_constraint WHERE connamespace = 'public'::regnamespace
ORDER BY 1, 2, 3
"""


@pytest.fixture
async def url():
    async with shared_server().new_database() as address:
        yield address


@pytest.fixture
async def connection(url):
    connected = await asyncpg.connect(url)
    yield connected
    await connected.close()


async def read_schema(connection):
    return [tuple(row) for row in await connection.fetch(SCHEMA)]


def test_both_dialects_have_every_revision():
    names = [{path.name for path in (MIGRATIONS / dialect).glob("*.sql")} for dialect in ("sqlite", "postgres")]
    assert names[0] == names[1]
    for revision in list_revisions():
        assert {f"{revision}.up.sql", f"{revision}.down.sql"} <= names[1]


def test_both_dialects_create_the_same_tables():
    def tables(dialect):
        text = "\n".join(path.read_text() for path in sorted((MIGRATIONS / dialect).glob("*.up.sql")))
        return set(re.findall(r"CREATE TABLE (\w+)", text))  # SQLite makes one anew to change a check

    assert tables("sqlite") == tables("postgres")


def test_every_text_compares_by_its_bytes():
    for path in (MIGRATIONS / "postgres").glob("0*.up.sql"):
        assert re.findall(r"\bTEXT\b(?! COLLATE \"C\")", path.read_text()) == [], path.name


async def test_each_revision_goes_up_down_and_up_and_ends_as_a_fresh_schema(connection):
    revisions = list_revisions()
    for previous, revision in zip([None, *revisions], revisions, strict=False):
        await upgrade(connection, RUNNER, revision)
        first = await read_schema(connection)
        await downgrade(connection, RUNNER, previous)
        assert await find_revision(connection, RUNNER) == previous
        await upgrade(connection, RUNNER, revision)
        assert await read_schema(connection) == first
    stepwise = await read_schema(connection)
    async with shared_server().new_database() as fresh_url:
        fresh = await asyncpg.connect(fresh_url)
        await migrate(fresh, RUNNER)
        assert await read_schema(fresh) == stepwise
        await fresh.close()


async def test_nodes_that_start_at_once_make_one_schema(url):
    stores = await asyncio.gather(*(open_store(url) for _ in range(6)))
    assert {(await store.describe())["revision"] for store in stores} == {list_revisions()[-1]}
    for store in stores:
        await store.close()


class FailingAtTheEnd(Runner):
    """Fails where the revision is to be written, after all that a migration does."""

    async def run(self, connection, step, *, seconds=None):
        if step.name == "write_revision":
            raise RuntimeError("half way")
        return await super().run(connection, step, seconds=seconds)


async def test_a_migration_that_fails_leaves_nothing_behind(connection):
    with pytest.raises(RuntimeError, match="half way"):
        await migrate(connection, FailingAtTheEnd())
    assert await read_schema(connection) == []


async def test_a_database_of_another_program_is_left_alone(url, connection):
    await connection.execute("CREATE TABLE bookmarks (url text)")
    with pytest.raises(Unavailable, match="another program"):
        await open_store(url)


async def test_tables_of_extensions_do_not_make_a_database_that_of_another_program(url, connection):
    await connection.execute("CREATE TABLE bookmarks (url text); ALTER EXTENSION plpgsql ADD TABLE bookmarks")
    await (await open_store(url)).close()
    assert await connection.fetchval("SELECT version_num FROM alembic_version") == list_revisions()[-1]


async def test_a_schema_of_a_newer_program_is_left_alone(url, connection):
    await migrate(connection, RUNNER)
    await connection.execute("UPDATE alembic_version SET version_num = '9999_future'")
    with pytest.raises(Unavailable, match="newer Shipledger"):
        await open_store(url)


async def test_a_database_that_does_not_hold_all_texts_is_refused():
    server = shared_server()
    await server.execute("DROP DATABASE IF EXISTS latin")
    await server.execute("CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'")
    with pytest.raises(Unavailable, match="UTF8"):
        await open_store(server.url("latin"))
    await server.execute("DROP DATABASE latin")


@pytest.mark.parametrize("setting, reason", [("synchronous_commit", "power cut"), ("default_transaction_read_only", "standby")])
async def test_a_database_that_cannot_keep_its_promises_is_refused(url, setting, reason):
    value = "off" if setting == "synchronous_commit" else "on"
    database = url.rpartition("/")[2]
    await shared_server().execute(f'ALTER DATABASE "{database}" SET {setting} = {value}')
    with pytest.raises(Unavailable, match=reason):
        await open_store(url)


async def test_what_organizations_took_for_known_becomes_their_settings_and_goes_back(connection):
    await upgrade(connection, RUNNER, "0044_service_relations")
    await connection.execute("INSERT INTO organization (organization_id, slug, name, created_us) VALUES ('a', 'a', 'A', 1)")
    await connection.execute("INSERT INTO organization (organization_id, slug, name, created_us) VALUES ('b', 'b', 'B', 1)")
    await connection.execute("INSERT INTO association_rules VALUES ('a', 'projects', 'SHIP OPS', 1), ('b', NULL, '', 0)")
    await connection.execute(
        "INSERT INTO issue_site VALUES ('b', 'https://b.example', '', '', 'SHIP', NULL, NULL, NULL, NULL, '')"
    )
    every_rule = "SELECT * FROM association_rules ORDER BY organization_id"
    rules = await connection.fetch(every_rule)
    await upgrade(connection, RUNNER, "0045_settings")
    rows = await connection.fetch("SELECT organization_id, version, document FROM setting ORDER BY organization_id")
    assert [(owner, version) for owner, version, _ in rows] == [("a", 0), ("b", 0)]
    first, second = (codec_of(ORGANIZATION_SETTINGS).decode(document) for _, _, document in rows)
    assert rules_of("a", first) == AssociationRules("a", IssueMode.PROJECTS, ("SHIP", "OPS"), True)
    sites = {key: held.value for key, held in second.values.items()}
    assert sites == {"issue_site": "https://b.example", "issue_site_projects": ("SHIP",)}
    await downgrade(connection, RUNNER, "0044_service_relations")
    assert await connection.fetch(every_rule) == rules
