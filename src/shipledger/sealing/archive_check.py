"""Check an archive, without a database: that it is as it was signed, and that its chain of seals holds."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import IO, Any, NoReturn, TypeVar
from zipfile import BadZipFile, ZipFile

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from msgspec import Struct

from shipledger.errors import Conflict, Unavailable
from shipledger.ledger.chain import EntrySeal, Finding, SealedEntry, check_entries, check_link
from shipledger.ledger.digest import digest_of
from shipledger.reasons import reason_of
from shipledger.sealing.archive import ENTRIES, FORMAT, MANIFEST, SEALS, SIGNATURE, TOMBSTONES, ArchivedEntry, Manifest
from shipledger.store.erasure.contract import ENTRY, Tombstone

T = TypeVar("T")

_CHUNK = 2**20
_MANIFEST_LIMIT = 2**20
_ALWAYS = ("deployment", "incident")
"""The kinds that every version keeps."""

Report = Callable[[Finding], None]
"""Told what is wrong."""


class CheckedArchive(Struct, frozen=True):
    """What an archive holds. ``unsealed`` entries are proven by the signature alone, ``erased`` ones say nothing."""

    organization: str
    created_at: str
    public_key: str
    seals: int
    entries: int
    erased: int
    unsealed: int
    head: str


def check_archive(path: Path, *, report: Report, public_key: str = "", expected: Collection[str] = ()) -> CheckedArchive:
    """What the archive at ``path`` holds, after everything in it was checked. ``public_key`` pins the key it must be signed by.

    Raises Conflict where the file is no archive, or is not as it was signed: what it says then means nothing.
    """
    try:
        with ZipFile(path) as archive:
            manifest = _read_manifest(archive, public_key)
            _check_files(archive, manifest)
            return _Checker(archive, manifest, report, expected).check()
    except OSError as error:
        raise Unavailable("archive", f"The file {path} cannot be read: {reason_of(error)}.") from error
    except (BadZipFile, EOFError, msgspec.DecodeError, ValueError, KeyError) as error:
        raise Conflict("archive", f"The file {path} is not an archive, or it is damaged: {reason_of(error)}.") from error


def _read_manifest(archive: ZipFile, public_key: str) -> Manifest:
    with archive.open(MANIFEST) as file, archive.open(SIGNATURE) as signature_file:
        text, signature = file.read(_MANIFEST_LIMIT), bytes.fromhex(signature_file.read(_MANIFEST_LIMIT).decode("ascii"))
    manifest = msgspec.json.decode(text, type=Manifest)
    if manifest.format != FORMAT:
        _refuse(f"its format is {manifest.format}, not {FORMAT}")
    if public_key and public_key.lower() != manifest.public_key:
        _refuse(f"it was signed by another key, {manifest.public_key}")
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(manifest.public_key)).verify(signature, text)
    except InvalidSignature:
        _refuse("its signature does not match: the manifest was changed")
    return manifest


def _check_files(archive: ZipFile, manifest: Manifest) -> None:
    wanted = {SEALS, TOMBSTONES, *(f"{kind}{ENTRIES}" for kind in (*_ALWAYS, *_kinds_of(manifest)))}
    there = archive.namelist()
    if set(manifest.files) != wanted or sorted(there) != sorted({*wanted, MANIFEST, SIGNATURE}):
        _refuse("files are missing, or do not belong to it")
    for name, archived in manifest.files.items():
        digest = hashlib.sha256()
        with archive.open(name) as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
        if digest.hexdigest() != archived.sha256:
            _refuse(f"{name} was changed after it was signed")


def _kinds_of(manifest: Manifest) -> list[str]:
    """The kinds of records whose entries an archive holds: versions of the program differ in them."""
    return [name.removesuffix(ENTRIES) for name in manifest.files if name.endswith(ENTRIES)]


def _refuse(reason: str) -> NoReturn:
    raise Conflict("archive", f"This archive proves nothing: {reason}.")


class _Checker:
    def __init__(self, archive: ZipFile, manifest: Manifest, report: Report, expected: Collection[str]) -> None:
        self._archive = archive
        self._manifest = manifest
        self._report = report
        self._missing = set(expected)
        self._entries = self._erased = 0
        self._digests = self._read_digests()

    def check(self) -> CheckedArchive:
        walks = {kind: _Walk(self._read_entries(kind)) for kind in _kinds_of(self._manifest)}
        previous: EntrySeal | None = None
        sealed = seals = 0
        for seal in self._lines(SEALS, EntrySeal):
            findings = check_link(seal, previous)
            found = [entry for kind, walk in walks.items() for entry in walk.take(seal.covered.get(kind, 0))]
            for finding in (*findings, *check_entries(seal, found)):
                self._report(finding)
            self._missing.discard(seal.hash)
            seals, sealed, previous = seals + 1, sealed + len(seal.entries), seal
        unsealed = sum(walk.count_rest() for walk in walks.values())
        head = previous.hash if previous else ""
        if head != self._manifest.head:
            self._report(Finding(f"head {self._manifest.head}", seals, "The last seal is not the head in the manifest."))
        for expected in sorted(self._missing):
            self._report(Finding(f"head {expected}", 0, "No seal in the archive has this hash."))
        return CheckedArchive(
            organization=self._manifest.organization,
            created_at=self._manifest.created_at.isoformat(timespec="seconds"),
            public_key=self._manifest.public_key,
            seals=seals,
            entries=self._entries,
            erased=self._erased,
            unsealed=unsealed,
            head=head,
        )

    def _read_digests(self) -> dict[tuple[str, str, int], str]:
        """What erased entries said, by the digests in their tombstones."""
        return {
            (one.kind.removesuffix(ENTRY), one.subject_id, one.version): one.digest
            for one in self._lines(TOMBSTONES, Tombstone)
            if one.kind.endswith(ENTRY) and one.digest is not None
        }

    def _read_entries(self, kind: str) -> Iterator[SealedEntry]:
        for line in self._lines(f"{kind}{ENTRIES}", ArchivedEntry):
            content: dict[str, Any] = msgspec.json.decode(line.entry)
            is_erased = content["submission"].get("type") == "erased"
            self._entries += 1
            self._erased += is_erased
            place = (kind, content["subject_id"], content["version"])
            digest = self._digests.get(place) if is_erased else None
            yield SealedEntry(
                kind=kind,
                position=line.position,
                subject_id=content["subject_id"],
                version=content["version"],
                digest=digest or digest_of(content),
            )

    def _lines(self, name: str, kind: type[T]) -> Iterator[T]:
        decode = msgspec.json.Decoder(kind).decode
        with self._archive.open(name) as file:
            yield from map(decode, _split(file))


def _split(file: IO[bytes]) -> Iterator[bytes]:
    for line in file:
        yield line.rstrip(b"\n")


class _Walk:
    """Entries in the order of their positions, taken as far as each seal goes."""

    def __init__(self, entries: Iterator[SealedEntry]) -> None:
        self._entries = entries
        self._next = next(entries, None)

    def take(self, until: int) -> Iterator[SealedEntry]:
        while self._next is not None and self._next.position <= until:
            yield self._next
            self._next = next(self._entries, None)

    def count_rest(self) -> int:
        count = 0
        while self._next is not None:
            count += 1
            self._next = next(self._entries, None)
        return count
