"""``shipledger export`` and ``verify --archive``: the ledger, carried away and checked without a database."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shipledger.clock import Clock
from shipledger.erasure.eraser import Eraser
from shipledger.ledger.state import State
from shipledger.sealing.archive import MANIFEST, SIGNATURE
from shipledger.sealing.sealer import Sealer
from tests.support.commands import Commands
from tests.support.pen import Pen, new_pen

NOW = datetime(2026, 3, 4, 10, 2, tzinfo=UTC)
ENTRIES = "deployment_entries.jsonl"


async def fill(pen: Pen) -> None:
    """Two sealed deployments, one that is erased since, and one that is not sealed."""
    other = await new_pen(pen.store, now=NOW + timedelta(days=1))
    _, verdict = await pen.record(at=NOW, state=State.IN_PROGRESS, title="Kept")
    await pen.change(verdict.deployment_id or "", State.SUCCESSFUL, at=NOW + timedelta(hours=1))
    await other.record(at=NOW + timedelta(hours=2), title="Secret of Anna")
    sealer = Sealer(pen.store, Clock())
    await sealer.seal(pen.organization_id, until=await sealer.find_heads(pen.organization_id))
    await Eraser(pen.store, Clock(), grace_seconds=0).erase_credential(pen.organization_id, other.credential_id)
    await pen.record(at=NOW + timedelta(hours=3), title="Not sealed")


@pytest.fixture
def archive(cli: Commands, write, tmp_path: Path) -> Path:
    """An archive of such a ledger."""
    write(fill)
    cli("export", str(tmp_path / "ledger.zip"))
    return tmp_path / "ledger.zip"


def rewrite(archive: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """A copy of an archive with other files in it."""
    with zipfile.ZipFile(archive) as original:
        files = {name: original.read(name) for name in original.namelist()}
    change(files)
    forged = archive.with_name("forged.zip")
    with zipfile.ZipFile(forged, "w") as copy:
        for name, content in files.items():
            copy.writestr(name, content)
    return forged


def sign_anew(files: dict[str, bytes]) -> None:
    """What somebody does who has changed an archive and has a key of his own."""
    key = Ed25519PrivateKey.generate()
    manifest = json.loads(files[MANIFEST])
    manifest["public_key"] = key.public_key().public_bytes_raw().hex()
    for name, archived in manifest["files"].items():
        archived["sha256"] = hashlib.sha256(files[name]).hexdigest()
    files[MANIFEST] = json.dumps(manifest).encode()
    files[SIGNATURE] = key.sign(files[MANIFEST]).hex().encode()


@pytest.mark.both_stores
def test_an_archive_is_checked_without_a_database(cli: Commands, archive: Path, tmp_path: Path) -> None:
    chain = cli("verify", "--json").json["chains"][0]
    exported = cli("export", str(tmp_path / "again.zip"), "--json").json
    for file in tmp_path.glob("shipledger.db*"):
        file.unlink()

    checked = cli(
        "verify", "--archive", str(archive), "--public-key", exported["public_key"], "--expect-head", chain["head"], "--json"
    ).json

    assert checked["damage"] == []
    found = checked["archive"]
    assert {name: found[name] for name in ("seals", "entries", "erased", "unsealed", "head")} == {
        "seals": 1,
        "entries": 5,
        "erased": 1,
        "unsealed": 2,
        "head": chain["head"],
    }
    assert not list(tmp_path.glob("shipledger.db*"))
    assert "Check that this is the key you expect" in cli("verify", "--archive", str(archive)).err


def test_it_holds_no_secret_and_nothing_that_was_erased(cli: Commands, archive: Path, database: Path) -> None:
    key = database.with_name("shipledger.db.archive-key").read_text().strip()
    with zipfile.ZipFile(archive) as files:
        content = b"".join(files.read(name) for name in files.namelist())
    assert b"Kept" in content
    assert b"Secret of Anna" not in content
    assert key.encode() not in content
    assert b"secret_hash" not in content
    assert archive.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("name", [ENTRIES, "seals.jsonl", "tombstones.jsonl", MANIFEST, SIGNATURE])
def test_any_change_breaks_the_signature(cli: Commands, archive: Path, name: str) -> None:
    forged = rewrite(archive, lambda files: files.update({name: files[name].replace(b"1", b"2", 1)}))
    assert cli("verify", "--archive", str(forged), code=1).err


@pytest.mark.parametrize("name", [ENTRIES, MANIFEST])
def test_a_missing_file_and_one_too_many_are_told(cli: Commands, archive: Path, name: str) -> None:
    assert cli("verify", "--archive", str(rewrite(archive, lambda files: files.pop(name))), code=1).err
    assert cli("verify", "--archive", str(rewrite(archive, lambda files: files.update(more=b""))), code=1).err


def test_who_signs_a_changed_archive_anew_is_found_by_the_chain_and_by_the_key(cli: Commands, archive: Path) -> None:
    public_key = json.loads(zipfile.ZipFile(archive).read(MANIFEST))["public_key"]

    def forge(files: dict[str, bytes]) -> None:
        files[ENTRIES] = files[ENTRIES].replace(b"Kept", b"Lost")
        sign_anew(files)

    forged = rewrite(archive, forge)

    assert "entry 1 of deployment" in cli("verify", "--archive", str(forged), code=1).out
    assert "another key" in cli("verify", "--archive", str(forged), "--public-key", public_key, code=1).err


def test_a_file_is_never_replaced_and_one_key_signs_all(cli: Commands, archive: Path, tmp_path: Path) -> None:
    assert "already exists" in cli("export", str(archive), code=2).err
    keys = {cli("export", str(tmp_path / f"{number}.zip"), "--json").json["public_key"] for number in range(2)}
    assert len(keys) == 1
    assert not list(tmp_path.glob("*.part"))


def test_what_is_no_archive_or_no_key_is_said(cli: Commands, archive: Path, tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no archive")
    assert "is not an archive" in cli("verify", "--archive", str(tmp_path / "text"), code=1).err
    assert cli("verify", "--archive", str(tmp_path / "nothing"), code=3).err
    assert "hexadecimal" in cli("verify", "--archive", str(archive), "--public-key", "x", code=2).err
    assert "--archive" in cli("verify", "--public-key", "0" * 64, code=2).err
    assert cli("verify", "--archive", str(archive), "--expect-head", "a" * 64, code=1).out


def test_an_empty_ledger_makes_an_archive_too(cli: Commands, tmp_path: Path) -> None:
    assert "nothing is sealed yet" in cli("export", str(tmp_path / "empty.zip")).out
    assert cli("verify", "--archive", str(tmp_path / "empty.zip"), "--json").json["archive"]["entries"] == 0
