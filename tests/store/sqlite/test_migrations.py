import itertools
import re
import sqlite3
import subprocess
import sys

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from shipledger.errors import Unavailable
from shipledger.incidents.decide import decide
from shipledger.incidents.model import IncidentFacts, RecordIncident
from shipledger.ingestion.rebuild import copy_records
from shipledger.ingestion.refolding import Refolding
from shipledger.ledger.submission import Alias
from shipledger.store.migration_files import MIGRATIONS, list_revisions, read_statements
from shipledger.store.open import open_store
from shipledger.store.receipts.contract import SettlementBatch
from shipledger.store.receipts.settled import SettledReceipt
from shipledger.store.sqlite import migrate
from tests.support.factories import ACME, make_id, make_organization, make_receipt, moment
from tests.support.pen import Pen
from tests.support.stores import opened, sqlite_url


def read_schema(path):
    connection = sqlite3.connect(path)
    found = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema").fetchall()
    revision = connection.execute("SELECT version_num FROM alembic_version").fetchall()
    connection.close()
    return sorted((kind, name, table, re.sub(r"\s+", "", sql or "")) for kind, name, table, sql in found), revision


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "ledger.db"
    migrate.create_private_file(path)
    return path


def test_the_last_file_is_the_only_head():
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    scripts = ScriptDirectory.from_config(config)
    assert scripts.get_heads() == [list_revisions()[-1]]
    assert [script.revision for script in reversed(list(scripts.walk_revisions()))] == list_revisions()


def test_each_revision_goes_up_down_and_up_and_ends_as_a_fresh_schema(path, tmp_path):
    """What each undoes is all that it did, so to undo all of them leaves nothing."""
    migrate.upgrade(path, list_revisions()[0])
    migrate.downgrade(path, "base")
    before = read_schema(path)
    assert {name for _, name, _, _ in before[0]} == {"alembic_version", "sqlite_autoindex_alembic_version_1"}
    for revision in list_revisions():
        migrate.upgrade(path, revision)
        after = read_schema(path)
        migrate.downgrade(path, "-1")
        assert read_schema(path) == before, revision
        migrate.upgrade(path, revision)
        assert read_schema(path) == after, revision
        before = after
    fresh = tmp_path / "fresh.db"
    migrate.migrate(fresh)
    assert read_schema(fresh) == before


def test_a_migration_that_fails_leaves_nothing_behind(path, monkeypatch):
    statements = ["CREATE TABLE half (id TEXT);", "CREATE TABLE half (id TEXT);"]
    monkeypatch.setattr("shipledger.store.migration_files.read_migration", lambda *_: statements)
    with pytest.raises(Exception, match="half already exists"):
        migrate.upgrade(path)
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT count(*) FROM sqlite_schema").fetchone() == (0,)
    connection.close()


def test_migrating_twice_changes_nothing(tmp_path):
    path = tmp_path / "ledger.db"
    migrate.migrate(path)
    first = read_schema(path)
    migrate.migrate(path)
    assert read_schema(path) == first


async def test_what_is_kept_survives_a_migration(tmp_path):
    async with opened(sqlite_url(tmp_path)) as store:
        await store.save_organization(make_organization())
    migrate.upgrade(tmp_path / "ledger.db")
    async with opened(sqlite_url(tmp_path)) as store:
        assert await store.list_organizations() == [make_organization()]


async def test_migrations_and_the_rules_after_them_make_of_what_is_there_what_a_new_ledger_has(tmp_path):
    async with opened(sqlite_url(tmp_path)) as store:
        await store.save_organization(make_organization())
        for number in range(3):
            await Pen(store, ACME, "credential").record(at=moment(number), services=("Shop", "pay"), title=str(number))
        digest = await store.digest_projections()
    migrate.downgrade(tmp_path / "ledger.db", "0009_issues")
    migrate.upgrade(tmp_path / "ledger.db")
    async with opened(sqlite_url(tmp_path)) as store:
        upgraded = await store.digest_projections()
        assert {table for table in digest if upgraded[table] != digest[table]} == {"lane"}, "no rule fills the others"
        await Refolding(store, lambda: 0.0, silent_seconds=1).run()
        assert await store.digest_projections() == digest


def test_a_start_does_not_import_alembic(tmp_path):
    program = (
        "import asyncio, sys\n"
        "from shipledger.store.open import open_store\n"
        "async def start(): await (await open_store(sys.argv[1])).close()\n"
        "for _ in range(2): asyncio.run(start())\n"
        "assert not {'alembic', 'sqlalchemy'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", program, sqlite_url(tmp_path)], check=True)


def write_revision(path, revision):
    connection = sqlite3.connect(path)
    connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))
    connection.commit()
    connection.close()


async def test_a_schema_of_a_newer_program_is_left_alone(tmp_path):
    migrate.migrate(tmp_path / "ledger.db")
    write_revision(tmp_path / "ledger.db", "9999_future")
    with pytest.raises(Unavailable, match="newer Shipledger"):
        await open_store(sqlite_url(tmp_path))


async def test_a_file_of_another_program_is_left_alone(tmp_path):
    connection = sqlite3.connect(tmp_path / "ledger.db")
    connection.execute("CREATE TABLE bookmarks (url TEXT)")
    connection.close()
    with pytest.raises(Unavailable, match="another program"):
        await open_store(sqlite_url(tmp_path))


async def test_a_file_that_is_no_database_is_left_alone(tmp_path):
    (tmp_path / "ledger.db").write_text("not a database, but long enough to be looked at as one\n" * 40)
    with pytest.raises(Unavailable, match="is not a database"):
        await open_store(sqlite_url(tmp_path))


async def test_a_path_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(Unavailable, match="cannot be created"):
        await open_store(f"sqlite:///{tmp_path}/file/ledger.db")
    with pytest.raises(Unavailable):
        await open_store(f"sqlite:///{tmp_path}")


def test_statements_are_split_where_they_end(tmp_path):
    file = tmp_path / "script.sql"
    file.write_text("-- first; not an end\nSELECT ';';\n\nSELECT\n  1;\n-- the end\n")
    assert len(read_statements(file)) == 2
    file.write_text("SELECT 1")
    with pytest.raises(ValueError, match="ends within"):
        read_statements(file)


async def test_incidents_that_were_there_are_numbered_as_a_rebuild_numbers_them(tmp_path):
    """They are written at the newest schema, made as they were before, and brought up again."""
    names = [Alias(scope="number", key=str(number)) for number in (1, 2)]
    async with opened(sqlite_url(tmp_path)) as store:
        await store.save_organization(make_organization())
        for place in (2, 3):
            receipt = make_receipt(place)
            await store.append_receipts([receipt], claimed_by="node")
            record = RecordIncident(
                source="vendor", incident_id=make_id(place), identities=(), facts=IncidentFacts(title="ä"), order=(1,)
            )
            decision = decide(None, receipt, 0, record, moment(place))
            settled = SettledReceipt(receipt=receipt, verdicts=(decision.verdict,), entries=(decision.entry,))
            await store.settle(SettlementBatch(settled_at=moment(9), receipts=(settled,), changed=(decision.incident,)))
    before_numbers = next(
        earlier for earlier, later in itertools.pairwise(list_revisions()) if later.endswith("_incident_numbers")
    )
    migrate.downgrade(tmp_path / "ledger.db", before_numbers)
    migrate.upgrade(tmp_path / "ledger.db")
    async with opened(sqlite_url(tmp_path)) as store:
        found = await store.load_incidents([(ACME, name) for name in names])
        assert [found[ACME, name].incident_id for name in names] == [make_id(2), make_id(3)]
        assert await store.find_last_incident_numbers([ACME]) == {ACME: 2}
        await Refolding(store, lambda: 0.0, silent_seconds=1).run()  # no migration can tell the words of a title
        digest = await store.digest_projections()
        await store.clear_projections()
        await copy_records(store, store, report=lambda _: None)
        assert await store.digest_projections() == digest
