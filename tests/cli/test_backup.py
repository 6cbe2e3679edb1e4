"""``shipledger backup`` and ``shipledger restore``."""

from __future__ import annotations

import asyncio
import fcntl
import sqlite3
import threading
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from shipledger.store.file_marks import begin_mark
from shipledger.store.installation.unfinished_contract import REBUILD
from shipledger.store.server_lock import server_lock
from shipledger.store.sqlite.connection import connect_writer
from tests.support.commands import Commands
from tests.support.contents import brought, read_contents
from tests.support.pen import Pen
from tests.support.stores import opened

NOW = datetime(2026, 3, 4, 10, 2, tzinfo=UTC)


async def record_some(pen: Pen) -> None:
    for number in range(5):
        await pen.record(at=NOW + timedelta(hours=number), title=f"Release {number}", external_id=f"build-{number}")


def digest(database: Path) -> object:
    async def ask() -> object:
        async with opened(f"sqlite:///{database}") as store:
            return await store.digest_projections()

    return asyncio.run(ask())


def files_of(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.fixture
def full(cli: Commands, write, database: Path) -> Commands:
    """The command line over a ledger with some deployments and an app."""
    write(record_some)
    cli("credential", "create", "jira-connect", "--name", "app")
    return cli


def test_a_backup_restored_elsewhere_has_the_same_contents(full: Commands, database: Path, tmp_path: Path) -> None:
    contents, digests = read_contents(database), digest(database)
    backup, elsewhere = tmp_path / "backup.db", tmp_path / "elsewhere" / "ledger.db"
    made = full("backup", str(backup), "--with-key", "--json").json
    assert (made["size_bytes"], made["has_key"]) == (backup.stat().st_size, True)
    assert [path.stat().st_mode & 0o777 for path in (backup, tmp_path / "backup.db.token-key")] == [0o600, 0o600]
    assert not {name for name in files_of(tmp_path) if name.startswith((".backup", "backup.db-"))}

    restored = full("restore", str(backup), "--database", f"sqlite:///{elsewhere}", "--json").json
    assert (restored["previous"], restored["has_key"]) == (None, True)
    assert read_contents(elsewhere) == brought(contents)
    assert digest(elsewhere) == digests
    key = database.with_name(database.name + ".token-key").read_bytes()
    assert elsewhere.with_name("ledger.db.token-key").read_bytes() == key


def test_a_restored_ledger_takes_the_place_of_another_only_by_force_and_that_one_is_kept(
    full: Commands, database: Path, tmp_path: Path
) -> None:
    full("backup", str(tmp_path / "backup.db"))
    contents = read_contents(database)
    full("service", "create", "Later")
    later = read_contents(database)
    assert "--force" in full("restore", str(tmp_path / "backup.db"), code=1).err
    assert read_contents(database) == later
    aside = Path(full("restore", str(tmp_path / "backup.db"), "--force", "--json").json["previous"])
    assert (read_contents(database), read_contents(aside)) == (brought(contents), later)


def test_what_is_only_in_the_log_of_the_replaced_ledger_is_kept_and_not_applied_to_the_new_one(
    full: Commands, database: Path, tmp_path: Path
) -> None:
    full("backup", str(tmp_path / "backup.db"))
    contents = read_contents(database)
    writer = sqlite3.connect(database)
    writer.execute("PRAGMA wal_autocheckpoint = 0")
    with writer:
        writer.execute("UPDATE organization SET name = 'only in the log'")
    log = database.with_name(database.name + "-wal").read_bytes()
    writer.close()
    database.with_name(database.name + "-wal").write_bytes(log)  # as a crash leaves it
    aside = Path(full("restore", str(tmp_path / "backup.db"), "--force", "--json").json["previous"])
    assert read_contents(database) == brought(contents)
    assert "only in the log" in str(read_contents(aside)["organization"])


def test_each_ledger_that_was_replaced_is_kept_and_so_is_its_key(full: Commands, database: Path, tmp_path: Path) -> None:
    full("backup", str(tmp_path / "backup.db"), "--with-key")
    key = database.with_name(database.name + ".token-key")
    kept = {}
    for number in range(3):
        full("service", "create", f"Later {number}")
        key.write_text(f"{number}" * 64)
        contents = read_contents(database)
        aside = full("restore", str(tmp_path / "backup.db"), "--force", "--json").json["previous"]
        kept[aside] = contents
    assert len(kept) == 3
    assert {aside: read_contents(Path(aside)) for aside in kept} == kept
    assert len(list(database.parent.glob("shipledger.db.token-key.before-restore*"))) == 3


def test_a_log_that_cannot_be_emptied_goes_with_the_ledger_that_is_replaced(
    full: Commands, database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shipledger.store.sqlite.backup.connect_writer", partial(connect_writer, busy_seconds=0.05))
    full("backup", str(tmp_path / "backup.db"))
    contents = read_contents(database)
    reader = sqlite3.connect(database, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM organization").fetchall()  # what is read now cannot be overwritten
    with sqlite3.connect(database) as writer:
        writer.execute("UPDATE organization SET name = 'only in the log'")
    writer.close()
    aside = Path(full("restore", str(tmp_path / "backup.db"), "--force", "--json").json["previous"])
    reader.close()
    assert read_contents(database) == brought(contents)
    assert "only in the log" in str(read_contents(aside)["organization"])


def test_nothing_is_restored_while_a_server_runs(full: Commands, database: Path, tmp_path: Path) -> None:
    full("backup", str(tmp_path / "backup.db"))
    with server_lock(f"sqlite:///{database}"):
        assert "already serves" in full("restore", str(tmp_path / "backup.db"), "--force", code=1).err


def test_a_backup_is_of_one_moment_while_others_write(full: Commands, database: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("shipledger.store.sqlite.backup.PAGES_A_STEP", 1)
    has_begun, stop, written = threading.Event(), threading.Event(), []

    def write_on() -> None:
        writer = sqlite3.connect(database, timeout=20)
        while not stop.is_set():
            with writer:
                writer.execute("UPDATE organization SET name = name || '.'")
                writer.execute("UPDATE credential SET name = (SELECT name FROM organization WHERE slug = 'default')")
            written.append(None)
            has_begun.set()
        writer.close()

    thread = threading.Thread(target=write_on)
    thread.start()
    has_begun.wait()
    try:
        full("backup", str(tmp_path / "backup.db"))
    finally:
        stop.set()
        thread.join()
    with sqlite3.connect(tmp_path / "backup.db") as copy:
        names = {name for (name,) in copy.execute("SELECT name FROM credential UNION SELECT name FROM organization")}
    copy.close()
    assert len(names) == 1
    assert len(written) > 1


def test_an_existing_file_is_replaced_only_by_force(full: Commands, database: Path, tmp_path: Path) -> None:
    file = tmp_path / "backup.db"
    file.write_text("precious")
    assert "exists" in full("backup", str(file), code=1).err
    assert file.read_text() == "precious"
    full("backup", str(file), "--force")
    assert read_contents(file) == read_contents(database)
    full("backup", str(database), "--force", code=1)


@pytest.mark.parametrize("harm", ["text", "pages", "foreign", "newer", "empty"])
def test_a_backup_that_is_not_whole_or_no_ledger_changes_nothing(
    full: Commands, database: Path, tmp_path: Path, harm: str
) -> None:
    file = tmp_path / "backup.db"
    full("backup", str(file))
    if harm == "pages":
        content = bytearray(file.read_bytes())
        for start in range(4096 * 4, len(content) - 4096, 4096):
            content[start : start + 64] = b"\xff" * 64
        file.write_bytes(content)
    elif harm == "newer":
        with sqlite3.connect(file) as connection:
            connection.execute("UPDATE alembic_version SET version_num = '9999_future'")
        connection.close()
    else:
        file.unlink()
        if harm == "text":
            file.write_text("not a database, but long enough to be looked at as one\n" * 40)
        else:
            with sqlite3.connect(file) as connection:
                connection.execute("CREATE TABLE bookmarks (url TEXT)" if harm == "foreign" else "VACUUM")
            connection.close()
    contents, names = read_contents(database), files_of(database.parent)
    refused = full("restore", str(file), "--force", code=1 if harm in ("text", "pages") else 3)
    assert "traceback" not in refused.err.lower()
    assert ("Use another backup" in refused.err) is (harm in ("text", "pages"))
    assert read_contents(database) == contents
    assert {name for name in files_of(database.parent) - names if not name.endswith((".lock", "-wal", "-shm"))} == set()


def test_a_backup_on_a_medium_that_takes_no_writes_is_restored(full: Commands, database: Path, tmp_path: Path) -> None:
    folder = tmp_path / "medium"
    folder.mkdir()
    full("backup", str(folder / "backup.db"))
    (folder / "backup.db").chmod(0o400)
    folder.chmod(0o500)
    full("restore", str(folder / "backup.db"), "--force")
    folder.chmod(0o700)
    assert read_contents(database) == brought(read_contents(folder / "backup.db"))


def test_another_key_is_replaced_only_by_force_and_kept(full: Commands, database: Path, tmp_path: Path) -> None:
    full("backup", str(tmp_path / "backup.db"), "--with-key")
    other = tmp_path / "other.db"
    commands = Commands(other)
    commands("credential", "create", "jira-connect", "--name", "app")
    key = other.with_name("other.db.token-key")
    replaced = key.read_bytes()
    other.unlink()
    assert "is not the key of the backup" in commands("restore", str(tmp_path / "backup.db"), code=1).err
    assert not other.exists()
    commands("restore", str(tmp_path / "backup.db"), "--force")
    assert key.read_bytes() == database.with_name(database.name + ".token-key").read_bytes()
    assert key.with_name(key.name + ".before-restore").read_bytes() == replaced


def test_a_missing_key_is_told(full: Commands, database: Path, tmp_path: Path) -> None:
    assert "token-key" in full("backup", str(tmp_path / "backup.db")).err
    elsewhere = Commands(tmp_path / "elsewhere.db")
    assert "There is no key file" in elsewhere("restore", str(tmp_path / "backup.db")).err
    database.with_name(database.name + ".token-key").unlink()
    assert "--with-key" in full("backup", str(tmp_path / "again.db"), "--with-key", code=1).err


def test_a_ledger_in_the_middle_of_a_rebuild_is_not_backed_up_and_can_be_restored(
    full: Commands, database: Path, tmp_path: Path
) -> None:
    full("backup", str(tmp_path / "backup.db"))
    begin_mark(database, REBUILD, "")
    full("backup", str(tmp_path / "again.db"), code=1)
    full("restore", str(tmp_path / "backup.db"), "--force")
    full("backup", str(tmp_path / "again.db"))


def test_what_is_not_there_is_told(cli: Commands, database: Path, tmp_path: Path) -> None:
    assert "no file" in cli("restore", str(tmp_path / "none.db"), "--force", code=1).err
    assert "no ledger" in cli("backup", str(tmp_path / "a.db"), "--database", f"sqlite:///{tmp_path}/none.db", code=1).err
    (tmp_path / "file").touch()
    cli("backup", str(tmp_path / "file" / "a.db"), code=1)
    for command in ("backup", "restore"):
        assert "back-up.md" in cli(command, "x.db", "--database", "postgresql://localhost/ledger", code=2).err


def test_a_folder_that_is_not_there_is_not_created(cli: Commands, database: Path, tmp_path: Path):
    assert "There is no folder" in cli("backup", str(tmp_path / "none" / "new.db"), code=1).err
    assert not (tmp_path / "none").exists()


def test_what_a_killed_backup_left_is_removed_by_the_next_and_what_another_writes_stays(full: Commands, tmp_path: Path) -> None:
    left = [tmp_path / f".backup.db.0123abcd{suffix}" for suffix in ("", "-journal")]
    written, others = tmp_path / ".backup.db.4567cdef", [tmp_path / ".backup.db.notes.txt", tmp_path / ".other.db.0123abcd"]
    for path in (*left, written, *others):
        path.touch()
    with written.open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        full("backup", str(tmp_path / "backup.db"))
    assert [path.exists() for path in (*left, written, *others)] == [False, False, True, True, True]
