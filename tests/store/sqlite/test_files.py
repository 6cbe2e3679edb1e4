import os
import subprocess
import sys
from pathlib import Path

import pytest

from shipledger.database_url import parse_sqlite_path
from shipledger.errors import Conflict, Invalid, Unavailable
from shipledger.store.open import open_store
from shipledger.store.server_lock import server_lock
from tests.support.stores import opened, sqlite_url


@pytest.mark.parametrize(
    "url, path",
    [
        ("sqlite:///ledger.db", Path.cwd() / "ledger.db"),
        ("sqlite:///data/ledger.db", Path.cwd() / "data/ledger.db"),
        ("sqlite:////var/lib/ledger.db", Path("/var/lib/ledger.db")),
        ("sqlite:////var/my%20data/ledger%3F.db", Path("/var/my data/ledger?.db")),
        ("sqlite:///~/ledger.db", Path.home() / "ledger.db"),
    ],
)
def test_a_sqlite_url_names_a_file(url, path):
    assert parse_sqlite_path(url) == path


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ledger.db",
        "sqlite://",
        "sqlite:///",
        "sqlite:////",
        "sqlite://host/x.db",
        "mysql://x",
        "sqlite:///:memory:",
        "sqlite:///a.db?mode=ro",
        "sqlite:///a%00b",
    ],
)
def test_other_urls_are_refused(url):
    with pytest.raises(Invalid):
        parse_sqlite_path(url)


async def test_a_refusal_tells_no_password():
    with pytest.raises(Invalid) as refused:
        await open_store("oracle://u:hunter2@h/d")
    assert "hunter2" not in refused.value.message


async def test_only_the_owner_may_read_the_files(tmp_path):
    async with opened(f"sqlite:///{tmp_path}/new/folder/ledger.db"):
        folder = tmp_path / "new" / "folder"
        files = {file.name: file.stat().st_mode & 0o777 for file in folder.iterdir()}
    assert files == dict.fromkeys(("ledger.db", "ledger.db-wal", "ledger.db-shm"), 0o600)
    assert folder.stat().st_mode & 0o777 == 0o700


async def test_every_commit_is_forced_to_the_disk_and_references_are_enforced(tmp_path):
    async with opened(sqlite_url(tmp_path)) as store:
        facts = await store.describe()
    assert (facts["journal_mode"], facts["synchronous"], facts["foreign_keys"]) == ("wal", "full", True)
    assert facts["location"] == str(tmp_path / "ledger.db")


async def test_a_path_with_special_characters_is_taken_literally(tmp_path):
    async with opened(f"sqlite:///{tmp_path}/a%23b%3Fc%25 d.db") as store:
        await store.ping()
    assert (tmp_path / "a#b?c% d.db").exists()


def test_a_second_server_on_the_same_file_is_refused(tmp_path):
    url = sqlite_url(tmp_path)
    with server_lock(url):
        with pytest.raises(Conflict, match=f"process {os.getpid()}"), server_lock(url):
            pass
        with server_lock(f"sqlite:///{tmp_path / 'other.db'}"):
            pass
    with server_lock(url):
        pass


def test_two_names_of_one_file_have_one_lock(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path)
    with server_lock(sqlite_url(tmp_path)), pytest.raises(Conflict), server_lock(sqlite_url(tmp_path / "link")):
        pass


def test_a_killed_server_leaves_no_lock(tmp_path):
    program = (
        "import sys, time\n"
        "from shipledger.store.server_lock import server_lock\n"
        "with server_lock(sys.argv[1]):\n"
        "    print('locked', flush=True)\n"
        "    time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program, sqlite_url(tmp_path)], stdout=subprocess.PIPE) as server:
        assert server.stdout.readline() == b"locked\n"
        with pytest.raises(Conflict, match=f"process {server.pid}"), server_lock(sqlite_url(tmp_path)):
            pass
        server.kill()
        server.wait()
    with server_lock(sqlite_url(tmp_path)):
        pass


def test_a_lock_file_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(Unavailable), server_lock(f"sqlite:///{tmp_path}/file/ledger.db"):
        pass
