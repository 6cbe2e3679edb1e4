"""A self-contained archive of an organization's ledger, signed: entries, tombstones and seals.

It is a ZIP file. ``manifest.json`` names the organization, the public key, the head of the chain, and the SHA-256 of each of the
other files; ``manifest.sig`` is its Ed25519 signature (RFC 8032) in hexadecimal. The files are JSON, one object a line.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import TypeVar
from zipfile import ZIP_DEFLATED, ZipFile

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import Struct

from shipledger.catalog.organization import Organization
from shipledger.errors import Conflict, DamagedRecord, DamagedStore, Invalid, Unavailable
from shipledger.found import Found
from shipledger.reasons import reason_of
from shipledger.store.contract import Store
from shipledger.store.erasure.contract import Tombstone

FORMAT = "shipledger-archive/1"
MANIFEST = "manifest.json"
SIGNATURE = "manifest.sig"
SEALS = "seals.jsonl"
TOMBSTONES = "tombstones.jsonl"
ENTRIES = "_entries.jsonl"
"""What the name of the file with the entries of an aggregate has after its word."""
_PAGE = 1_000

T = TypeVar("T")
Advance = Callable[[int, int], None]
"""Told how much of how much is done."""


class ArchivedFile(Struct, frozen=True):
    """A file of an archive: how many lines it has, and the SHA-256 of its bytes in hexadecimal."""

    lines: int
    sha256: str


class Manifest(Struct, frozen=True):
    """What an archive says of itself. ``public_key``: 32 bytes in hexadecimal. ``head``: of the newest seal, "" without one."""

    format: str
    created_at: datetime
    program: str
    organization_id: str
    organization: str
    public_key: str
    head: str
    files: dict[str, ArchivedFile]


class ArchivedEntry(Struct, frozen=True):
    """A line of the entries: the position, and all that is stored of the entry."""

    position: int
    entry: msgspec.Raw


async def write_archive(
    store: Store,
    organization: Organization,
    path: Path,
    *,
    key: bytes,
    now: datetime,
    advance: Advance,
    report: Callable[[DamagedRecord], None],
) -> Manifest:
    """The manifest of an archive that was written to ``path``, complete or not at all. ``key`` is an Ed25519 seed.

    A server may run; what it records meanwhile may or may not be in it. ``report`` is told of each entry and seal that cannot be
    read. Raises Conflict when there was one, for an archive proves that it is whole; Invalid where a file of this name exists;
    and Unavailable where none can be made.
    """
    signer = Ed25519PrivateKey.from_private_bytes(key)
    with _drafted(path) as archive:
        return await _Writer(store, organization, archive, advance, report).write(signer, now)


@contextmanager
def _drafted(path: Path) -> Iterator[ZipFile]:
    """An archive that gets its name when it is complete."""
    if path.exists():
        raise Invalid("file", f"The file {path} already exists; choose another name.")
    draft = path.with_name(f"{path.name}.part")
    try:
        with os.fdopen(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "r+b") as file:
            with ZipFile(file, "w", ZIP_DEFLATED) as archive:
                yield archive
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)
    except OSError as error:
        raise Unavailable("file", f"The file {path} cannot be written: {reason_of(error)}.") from error
    finally:
        draft.unlink(missing_ok=True)


class _Writer:
    def __init__(
        self,
        store: Store,
        organization: Organization,
        archive: ZipFile,
        advance: Advance,
        report: Callable[[DamagedRecord], None],
    ) -> None:
        self._store = store
        self._organization = organization
        self._organization_id = organization.organization_id
        self._archive = archive
        self._advance = advance
        self._report = report
        self._damaged = 0
        self._head = ""
        self._done = self._total = 0

    async def write(self, key: Ed25519PrivateKey, now: datetime) -> Manifest:
        """Seals first and tombstones last: what is sealed is there then, and what is erased meanwhile has its tombstone."""
        kinds = self._store.aggregates.kinds
        files = {SEALS: await self._write_lines(SEALS, self._seals())}
        self._total = await self._store.count_entries_after(self._organization_id, dict.fromkeys(kinds, 0))
        for kind in kinds:
            until, name = await self._store.find_last_position(self._organization_id, kind), f"{kind}{ENTRIES}"
            files[name] = await self._write_lines(name, self._entries(kind, until))
        files[TOMBSTONES] = await self._write_lines(TOMBSTONES, self._tombstones())
        if self._damaged:
            raise Conflict(
                "damaged",
                f"{self._damaged} records cannot be read, so no archive was written; run `shipledger verify`.",
            )
        manifest = Manifest(
            format=FORMAT,
            created_at=now,
            program=version("shipledger"),
            organization_id=self._organization_id,
            organization=self._organization.slug,
            public_key=key.public_key().public_bytes_raw().hex(),
            head=self._head,
            files=files,
        )
        text = msgspec.json.format(msgspec.json.encode(manifest), indent=2)
        self._archive.writestr(MANIFEST, text)
        self._archive.writestr(SIGNATURE, key.sign(text).hex())
        return manifest

    async def _write_lines(self, name: str, lines: AsyncIterator[bytes]) -> ArchivedFile:
        digest, count = hashlib.sha256(), 0
        with self._archive.open(name, "w", force_zip64=True) as file:
            async for line in lines:
                digest.update(line)
                digest.update(b"\n")
                file.write(line)
                file.write(b"\n")
                count += 1
        return ArchivedFile(lines=count, sha256=digest.hexdigest())

    def _note(self, page: Found[T]) -> Found[T]:
        for damaged in page.damaged:
            self._damaged += 1
            self._report(damaged)
        return page

    async def _seals(self) -> AsyncIterator[bytes]:
        after = 0
        while page := self._note(await self._store.list_seals(self._organization_id, after=after, limit=_PAGE)):
            for seal in page:
                self._head = seal.hash
                yield msgspec.json.encode(seal)
            after = _advance(after, page[-1].number)

    async def _entries(self, kind: str, until: int) -> AsyncIterator[bytes]:
        after = 0
        while page := self._note(
            await self._store.list_placed_entries(self._organization_id, kind, after=after, until=until, limit=_PAGE)
        ):
            for one in page:
                yield msgspec.json.encode(ArchivedEntry(position=one.entry.position, entry=msgspec.Raw(one.content.encode())))
            after = _advance(after, page[-1].entry.position)
            self._done += len(page)
            self._advance(self._done, max(self._total, self._done))

    async def _tombstones(self) -> AsyncIterator[bytes]:
        after: Tombstone | None = None
        while page := await self._store.list_tombstones(self._organization_id, after=after, limit=_PAGE):
            for tombstone in page:
                yield msgspec.json.encode(tombstone)
            after = page[-1]


def _advance(after: int, place: int) -> int:
    """The place after which to go on. Raises DamagedStore where the rows are not in order, so that there would be no end."""
    if place <= after:
        raise DamagedStore("database_damaged", "The database returns rows out of order, so some cannot be found.")
    return place
