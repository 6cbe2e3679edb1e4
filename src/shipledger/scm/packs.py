"""Read git packs with git itself, in a bare repository for each organization and repository. Nothing is checked out."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import AsyncIterator, Iterable, Iterator
from functools import partial
from pathlib import Path

from shipledger.catalog.commit import Commit, Pack
from shipledger.catalog.repository import repository_key
from shipledger.errors import Invalid
from shipledger.long_work import run_beside
from shipledger.scm.commit_object import read_commit, split_batch
from shipledger.scm.git import GitFailedError, GitLimits, GitRuns

COMMIT_BYTES = 8 * 2**20
"""A larger commit is left out. The largest that people make are a few kilobytes; a log pasted into a message, a few megabytes."""

_COMMITS_AT_ONCE = 2_000
_BYTES_AT_ONCE = 8 * 2**20
_SIGNATURE = b"PACK"
_VERSIONS = (2, 3)
_HEADER_BYTES = 12
_SHA1_DIGITS = 40


def check_pack(content: bytes, head: str, object_limit: int) -> None:
    """What can be told without git. ``head``, by its length, tells the digest in use. Raises Invalid."""
    digest = hashlib.sha1(usedforsecurity=False) if len(head) == _SHA1_DIGITS else hashlib.sha256()
    is_pack = content.startswith(_SIGNATURE) and int.from_bytes(content[4:8], "big") in _VERSIONS
    if not is_pack or len(content) < _HEADER_BYTES + digest.digest_size:
        raise Invalid("pack", "the packfile is not a git pack")
    objects = int.from_bytes(content[8:_HEADER_BYTES], "big")
    if objects > object_limit:
        raise Invalid("pack", f"the pack says that it has {objects} objects; at most {object_limit} are read")
    digest.update(memoryview(content)[: -digest.digest_size])
    if digest.digest() != content[-digest.digest_size :]:
        raise Invalid("pack", "the pack is cut off or damaged: its checksum does not match")


class Repositories:
    """The bare repositories below ``folder``. They hold what packs brought, which is commits and trees and no files."""

    def __init__(self, folder: Path, limits: GitLimits) -> None:
        self._folder = folder
        self._limits = limits

    def read(self, pack: Pack) -> PackReading:
        """The reading of a pack, which has the time of one pack."""
        return PackReading(pack.organization_id, self._place_of(pack), _digest_of(pack), GitRuns(self._limits))

    def remove_pack(self, pack: Pack, name: str) -> None:
        """Remove what git stored of a pack. Other packs of the repository stay, and may miss trees that came with it."""
        for file in (self._place_of(pack) / "objects" / "pack").glob(f"pack-{name}.*"):
            file.unlink(missing_ok=True)

    def remove_organization(self, organization_id: str) -> None:
        """Remove all repositories of an organization."""
        shutil.rmtree(self._folder / organization_id, ignore_errors=True)

    def _place_of(self, pack: Pack) -> Path:
        digits = hashlib.blake2b(repository_key(pack.repository).encode("utf-8", "replace"), digest_size=16).hexdigest()
        return self._folder / pack.organization_id / f"{digits}.{_digest_of(pack)}.git"


class PackReading:
    """One pack of an organization on its way into ``repository``. All but the repository may raise as ``GitRuns.run`` does."""

    def __init__(self, organization_id: str, repository: Path, digest: str, runs: GitRuns) -> None:
        self._organization_id = organization_id
        self._repository = repository
        self._digest = digest
        self._runs = runs

    async def index(self, content: bytes) -> str:
        """The name of the pack, once git has stored and indexed it. Again gives the same."""
        repository = await self._open()
        try:
            answer = await self._runs.run(repository, "index-pack", "--stdin", sent=content)
        finally:
            for left_over in repository.glob("objects/pack/tmp_*"):
                left_over.unlink(missing_ok=True)
        return answer.split()[-1].decode()

    async def read_commits(self, name: str) -> AsyncIterator[list[Commit]]:
        """The commits of an indexed pack, some at a time."""
        repository = await self._open()
        index = (repository / "objects" / "pack" / f"pack-{name}.idx").read_bytes()
        listed = await self._runs.run(repository, "show-index", sent=index)
        ids = await run_beside(partial(_list_ids, listed), size=len(listed))
        form = "--batch-check=%(objectname) %(objecttype) %(objectsize)"
        objects = await self._runs.run(repository, "cat-file", form, sent=ids)
        for wanted in await run_beside(lambda: [*_portions(objects)], size=len(objects)):
            batch = await self._runs.run(repository, "cat-file", "--batch", sent=wanted)
            yield await run_beside(partial(_read_commits, self._organization_id, batch), size=len(batch))

    async def find_trees(self, trees: Iterable[str]) -> set[str]:
        """Those of ``trees`` that the repository holds."""
        wanted = "".join(f"{tree}\n" for tree in trees).encode()
        answer = await self._runs.run(await self._open(), "cat-file", "--batch-check", sent=wanted)
        found = (line.split() for line in answer.decode().splitlines())
        return {parts[0] for parts in found if parts[1:2] == ["tree"]}

    async def _open(self) -> Path:
        """Where the repository is; it is made when there is none."""
        repository = self._repository
        if not (repository / "HEAD").exists():
            try:
                repository.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            except OSError as error:
                folder = repository.parent.parent
                raise GitFailedError(f"The folder {folder} cannot be created: {error.strerror}.", is_ours=True) from None
            shutil.rmtree(repository, ignore_errors=True)
            made = ("init", "--quiet", "--bare", "--template=", f"--object-format={self._digest}", str(repository))
            await self._runs.run(repository, *made)
        return repository


def _digest_of(pack: Pack) -> str:
    return "sha1" if len(pack.head) == _SHA1_DIGITS else "sha256"


def _list_ids(listed: bytes) -> bytes:
    """The ids of the objects that ``git show-index`` lists, a line each."""
    return b"".join(line.split()[1] + b"\n" for line in listed.splitlines())


def _read_commits(organization_id: str, batch: bytes) -> list[Commit]:
    found = (read_commit(organization_id, commit_id, raw) for commit_id, raw in split_batch(batch))
    return [commit for commit in found if commit is not None]


def _portions(objects: bytes) -> Iterator[bytes]:
    """The ids of the commits among ``git cat-file --batch-check``, a line each, as many at a time as fit in memory."""
    ids: list[bytes] = []
    size = 0
    for line in objects.splitlines():
        commit_id, kind, length = line.split()
        if kind != b"commit" or int(length) > COMMIT_BYTES:
            continue
        ids.append(commit_id + b"\n")
        size += int(length)
        if len(ids) >= _COMMITS_AT_ONCE or size >= _BYTES_AT_ONCE:
            yield b"".join(ids)
            ids, size = [], 0
    if ids:
        yield b"".join(ids)
