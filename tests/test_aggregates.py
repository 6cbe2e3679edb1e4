"""A kind of record that is one file, one migration and one line of the registry goes the whole way, over both stores."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import asyncpg
import pytest
from msgspec.structs import replace

from shipledger.clock import Clock
from shipledger.erasure.counts import ErasureCounts
from shipledger.erasure.eraser import Eraser
from shipledger.errors import InDoubt
from shipledger.incidents.model import ChangeIncident, IncidentFacts, RecordIncident
from shipledger.ingestion.at_once import AskingStore
from shipledger.ingestion.concerns import concerns_of
from shipledger.ingestion.rebuild import rebuild_projections, verify_projections
from shipledger.ledger.actor import Actor, ActorKind
from shipledger.ledger.asking import make_asked_receipt
from shipledger.ledger.chain import Finding
from shipledger.ledger.state import State
from shipledger.ledger.submission import Alias, ChangeState, Target
from shipledger.ledger.verdict import VerdictKind
from shipledger.sealing.archive import write_archive
from shipledger.sealing.archive_check import check_archive
from shipledger.sealing.checking import Chain, check_chains
from shipledger.sealing.sealer import Sealer
from shipledger.store.contract import Store
from shipledger.store.erasure.contract import entry_tombstone
from shipledger.store.moving.move import move
from shipledger.store.moving.source import Source
from shipledger.store.moving.target import connected_target
from shipledger.store.open import open_store
from shipledger.store.postgres.options import Options
from shipledger.store.upkeep.contract import Difference
from tests.erasure.conftest import Ticking
from tests.support.factories import ACME, make_credential, make_id, make_organization, make_record, make_report, moment
from tests.support.lent_databases import lent_ledger_database
from tests.support.stores import opened
from tests.support.toy_aggregate import KIND, MIGRATION, WITH_FLAGS, Hoist, Recolor, Strike
from tests.support.worker_bench import Bench, working

FORE, MAIN = Alias(scope="mast", key="fore"), Alias(scope="mast", key="main")
KEY = bytes(32)
INCIDENT = RecordIncident(
    source="vendor", incident_id=make_id(7), identities=(), facts=IncidentFacts(started_at=moment(7)), order=(1,)
)


def report(state: State, second: int) -> ChangeState:
    return ChangeState(
        source="opsgenie", target=Target(scope="opsgenie:create", key="1"), state=make_report(state, moment(second))
    )


async def migrate_sqlite(folder: Path, name: str = "ledger.db") -> str:
    url = f"sqlite:///{folder / name}"
    async with opened(url):
        pass
    with closing(sqlite3.connect(folder / name)) as connection:
        connection.executescript(MIGRATION.read_text(encoding="utf-8"))
    return url


async def migrate_postgres(url: str) -> None:
    text = MIGRATION.read_text(encoding="utf-8").replace("TEXT", 'TEXT COLLATE "C"')
    connection = await asyncpg.connect(url)
    await connection.execute(text.replace("/* of PostgreSQL: ", "").replace(" */", ""))
    await connection.close()


@asynccontextmanager
async def with_flags(url: str) -> AsyncIterator[Store]:
    store = await open_store(url, aggregates=WITH_FLAGS)
    try:
        yield store
    finally:
        await store.close()


@asynccontextmanager
async def new_store(engine: str, folder: Path) -> AsyncIterator[Store]:
    if engine == "sqlite":
        async with with_flags(await migrate_sqlite(folder)) as store:
            yield store
        return
    async with lent_ledger_database() as url:
        await migrate_postgres(url)
        async with with_flags(url) as store:
            yield store


@pytest.fixture(params=["sqlite", "postgres"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    async with new_store(request.param, tmp_path) as store:
        await store.save_organization(make_organization())
        await store.create_credential(make_credential(1))
        yield store


async def settle(bench: Bench, place: int, *asked: object) -> list[VerdictKind]:
    settlement = await bench.settled(await bench.accept(place, *asked))
    return [verdict.kind for verdict in settlement.verdicts]


async def fly(store: Store) -> None:
    """Two flags, one of which is gone, a deployment and an incident: six entries of five receipts."""
    async with working(store) as bench:
        assert (
            await settle(bench, 1, Hoist("fore", "red"), make_record(1), Hoist("main", "red"), INCIDENT)
            == [VerdictKind.APPLIED] * 4
        )
        assert await settle(bench, 2, Recolor("fore", "blue")) == [VerdictKind.APPLIED]
        assert await settle(bench, 3, Hoist("fore", "blue")) == [VerdictKind.DUPLICATE]
        assert await settle(bench, 4, Strike("main")) == [VerdictKind.APPLIED]
        assert await settle(bench, 5, Recolor("mizzen", "blue")) == [VerdictKind.REJECTED]
        assert bench.counts.quarantined == 0


async def verify(store: Store, folder: Path) -> list[Difference]:
    """What is wrong, after everything was computed anew in an empty store."""
    damage: list[Difference] = []
    async with with_flags(await migrate_sqlite(folder, "scratch.db")) as scratch:
        found = await verify_projections(store, scratch, advance=lambda *_: None, report=damage.append)
    assert found.was_quiet
    assert {"flag", "flag_alias"} <= {digest.table for digest in found.digests}
    (folder / "scratch.db").unlink()
    return damage


async def seal(store: Store) -> Chain:
    sealer = Sealer(store, Ticking())
    await sealer.seal(ACME, until=await sealer.find_heads(ACME))
    return await check(store)


async def check(store: Store, *expected: str) -> Chain:
    findings: list[Finding] = []
    (chain,) = [
        one
        for one in await check_chains(store, report=lambda _, found: findings.append(found), expected=expected)
        if one.organization == make_organization().slug
    ]
    assert findings == []
    return chain


async def test_a_new_kind_is_settled_found_rebuilt_verified_and_sealed(store, tmp_path):
    await fly(store)
    found = await store.load_records(KIND, [(ACME, FORE), (ACME, MAIN)])
    assert {alias.key: (flag.color, flag.version) for (_, alias), flag in found.items()} == {"fore": ("blue", 2)}
    entries = await store.list_entries_of(KIND, ACME, found[ACME, FORE].subject_id)
    assert [type(entry.submission) for entry in entries] == [Hoist, Recolor]
    assert {str(entry.actor) for entry in entries} == {f"credential:{make_id(1)}"}

    digests = await store.digest_projections()
    await rebuild_projections(store, advance=lambda *_: None, report=lambda found: pytest.fail(str(found)))
    assert await store.digest_projections() == digests
    assert await verify(store, tmp_path) == []
    assert await store.find_unreadable(advance=lambda *_: None) == []
    chain = await seal(store)
    assert (chain.entries, chain.unsealed) == (6, 0)


async def test_a_new_kind_is_exported_and_erased_and_its_seals_hold(store, tmp_path):
    await fly(store)
    head = (await seal(store)).head
    archive = tmp_path / "archive.zip"
    options = {"key": KEY, "now": moment(9), "advance": lambda *_: None, "report": lambda found: pytest.fail(str(found))}
    manifest = await write_archive(store, make_organization(), archive, **options)
    assert manifest.files["flag_entries.jsonl"].lines == 4
    checked = check_archive(archive, report=lambda found: pytest.fail(str(found)), expected=[head])
    assert (checked.entries, checked.unsealed) == (6, 0)

    erased = await Eraser(store, Ticking(), grace_seconds=0).erase_credential(ACME, make_id(1))
    assert erased == ErasureCounts(
        deployments=1,
        deployment_entries=1,
        incidents=1,
        incident_entries=1,
        receipts=5,
        others={"flags": 2, "flag_entries": 4},
    )
    assert await store.load_records(KIND, [(ACME, FORE)]) == {}
    tombstones = await store.list_tombstones(ACME, after=None, limit=99)
    assert [one.kind for one in tombstones].count(entry_tombstone(KIND)) == 4
    assert (await check(store, head)).erased == 6
    assert await verify(store, tmp_path) == []


async def test_what_was_changed_behind_the_program_is_noticed_of_a_new_kind_too(tmp_path):
    url = await migrate_sqlite(tmp_path)
    async with with_flags(url) as store:
        await store.save_organization(make_organization())
        await store.create_credential(make_credential(1))
        await fly(store)
        await seal(store)
    with closing(sqlite3.connect(tmp_path / "ledger.db")) as connection:
        connection.execute("UPDATE flag SET color = 'white'")
        connection.execute("UPDATE flag_entry SET submission = replace(submission, 'blue', 'gray')")
        connection.commit()
    async with with_flags(url) as store:
        findings: list[Finding] = []
        await check_chains(store, report=lambda _, found: findings.append(found))
        assert [found.sentence for found in findings] == ["It was changed after seal 1 was made."]
        assert "flag" in {one.table for one in await verify(store, tmp_path)}


@pytest.mark.parametrize("table", ["flag_entry", "incident_entry", "entry"])
async def test_an_entry_that_is_gone_is_noticed_of_every_kind(tmp_path, table):
    """Of incidents only a seal told."""
    url = await migrate_sqlite(tmp_path)
    async with with_flags(url) as store:
        await store.save_organization(make_organization())
        await store.create_credential(make_credential(1))
        async with working(store) as bench:
            await settle(bench, 1, Hoist("fore", "red"), make_record(1), INCIDENT)
            change = ChangeIncident(source="vendor", target=Target(key=make_id(7)), order=(2,), facts=IncidentFacts(title="a"))
            await settle(bench, 2, Recolor("fore", "blue"), report(State.SUCCESSFUL, 60), change)
            await settle(bench, 3, Recolor("fore", "green"), report(State.FAILED, 90), replace(change, order=(3,)))
    with closing(sqlite3.connect(tmp_path / "ledger.db")) as connection:
        connection.execute(f"DELETE FROM {table} WHERE version = 2")  # noqa: S608  a name of ours
        connection.commit()
    async with with_flags(url) as store:
        damage = [one.sentence for one in await verify(store, tmp_path) if one.table == table]
        assert damage
        assert all("gaps" in sentence or "missing" in sentence for sentence in damage)


async def test_what_is_added_meanwhile_is_no_damage_of_a_new_kind_either(tmp_path, monkeypatch):
    async with (
        with_flags(await migrate_sqlite(tmp_path)) as store,
        with_flags(await migrate_sqlite(tmp_path, "scratch.db")) as scratch,
    ):
        await store.save_organization(make_organization())
        await store.create_credential(make_credential(1))
        await fly(store)
        digest = store.digest_projections

        async def digest_late():
            async with working(store) as bench:
                await settle(bench, 6, Recolor("fore", "green"))
            return await digest()

        monkeypatch.setattr(store, "digest_projections", digest_late)
        damage: list[Difference] = []
        found = await verify_projections(store, scratch, advance=lambda *_: None, report=damage.append)
        assert (damage, found.was_quiet) == ([], False)


async def test_a_new_kind_is_moved_with_its_seals(tmp_path):
    async with with_flags(await migrate_sqlite(tmp_path)) as store:
        await store.save_organization(make_organization())
        await store.create_credential(make_credential(1))
        await fly(store)
        head, digests = (await seal(store)).head, await store.digest_projections()
    async with lent_ledger_database() as url:
        await migrate_postgres(url)
        source = Source(tmp_path / "ledger.db")
        async with connected_target(url, Options()) as target:
            moved = await move(source, target, advance=lambda *_: None, copies=True)
        source.close()
        assert (moved.tables["flag_entry"], moved.tables["flag"]) == (4, 1)
        async with with_flags(url) as store:
            assert await store.digest_projections() == digests
            assert (await check(store, head)).entries == 6
            async with working(store) as bench:
                assert await settle(bench, 6, Recolor("fore", "green")) == [VerdictKind.APPLIED]


async def test_a_command_asks_and_has_the_verdicts_at_once_whether_a_server_runs_or_not(store):
    asker = Actor(ActorKind.COMMAND, "flag")

    async def ask(*submissions: object, seconds: float = 10) -> list[VerdictKind]:
        asks = AskingStore(store, Clock(not_before=moment(1_000)), answer_seconds=seconds)
        return [one.kind for one in await asks.ask(ACME, submissions, operation="flag hoist", actor=asker)]

    assert await ask(Hoist("fore", "red"), Recolor("mizzen", "red")) == [VerdictKind.APPLIED, VerdictKind.REJECTED]
    assert await ask(Hoist("fore", "red")) == [VerdictKind.DUPLICATE]
    (found,) = (await store.load_records(KIND, [(ACME, FORE)])).values()
    assert [str(entry.actor) for entry in await store.list_entries_of(KIND, ACME, found.subject_id)] == ["command:flag"]

    before = make_asked_receipt(
        ACME, [Recolor("fore", "blue")], operation="flag", actor=asker, receipt_id=make_id(9), accepted_at=moment(9)
    )
    concerns = {before.receipt_id: concerns_of(ACME, [Recolor("fore", "blue")], WITH_FLAGS)}
    await store.append_receipts([before], claimed_by=None, concerns=concerns)
    with pytest.raises(InDoubt, match="recorded, but not decided yet"):
        await ask(Recolor("fore", "green"), seconds=0)
    async with working(store) as bench:
        assert await ask(Recolor("fore", "white")) == [VerdictKind.APPLIED]
        assert bench.counts.quarantined == 0
    colors = [entry.submission.color for entry in await store.list_entries_of(KIND, ACME, found.subject_id)]
    assert colors == ["red", "blue", "green", "white"], "in the order of acceptance, whoever settled them"
