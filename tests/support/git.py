"""Repositories made by the real git, and packs of them as CI tools cut them."""

from __future__ import annotations

import hashlib
import os
import subprocess
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path

PEOPLE = {
    "GIT_AUTHOR_NAME": "Ada Author",
    "GIT_AUTHOR_EMAIL": "ada@example.com",
    "GIT_COMMITTER_NAME": "Carl Committer",
    "GIT_COMMITTER_EMAIL": "carl@example.com",
}
AUTHORED = 1_772_700_000
"""Seconds; each commit is authored a minute after the one before and committed half a minute later."""


class GitRepository:
    """A checkout in ``folder``."""

    def __init__(self, folder: Path, *, digest: str = "sha1", remote: str = "") -> None:
        self.folder = folder
        self.commits: list[str] = []
        folder.mkdir(parents=True)
        self.git("init", "--quiet", f"--object-format={digest}", "--initial-branch=main")
        if remote:
            self.git("remote", "add", "origin", remote)

    def git(self, *arguments: str, sent: bytes = b"", environment: Mapping[str, str] | None = None) -> bytes:
        """What git writes."""
        quiet = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        return subprocess.run(
            ["git", *arguments],
            cwd=self.folder,
            env={**os.environ, **PEOPLE, **quiet, **(environment or {})},
            input=sent,
            capture_output=True,
            check=True,
        ).stdout

    def commit(self, subject: str, *, seconds: int | None = None, **files: str) -> str:
        """The id of a new commit with new contents of files."""
        number = len(self.commits)
        for name, content in (files or {"file": f"content {number}"}).items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
        at = AUTHORED + 60 * number if seconds is None else seconds
        dates = {"GIT_AUTHOR_DATE": f"{at} +0100", "GIT_COMMITTER_DATE": f"{at + 30} -0700"}
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "-m", subject, environment=dates)
        self.commits.append(self.git("rev-parse", "HEAD").decode().strip())
        return self.commits[-1]

    def pack(self, *excluded: str) -> bytes:
        """A pack of all commits and trees but those that ``excluded`` commits have."""
        listed = self.git(
            "rev-list", "--objects", "--no-object-names", "--filter=blob:none", "HEAD", *(f"^{each}" for each in excluded)
        )
        return self.pack_of(listed.decode().split())

    def pack_of(self, objects: Iterable[str]) -> bytes:
        """A pack of these objects alone."""
        return self.git("pack-objects", "--quiet", "--stdout", sent="\n".join(objects).encode())


def make_pack(*objects: tuple[int, bytes], count: int | None = None) -> bytes:
    """A pack of (type, content) pairs, whatever git would say of it. ``count``: how many it says that it has."""
    body = b"PACK" + (2).to_bytes(4, "big") + (len(objects) if count is None else count).to_bytes(4, "big")
    for kind, content in objects:
        body += _entry_head(kind, len(content)) + zlib.compress(content, 9)
    return body + hashlib.sha1(body, usedforsecurity=False).digest()


def _entry_head(kind: int, size: int) -> bytes:
    head, size = (kind << 4) | (size & 15), size >> 4
    written = bytearray()
    while size:
        written.append(head | 0x80)
        head, size = size & 0x7F, size >> 7
    written.append(head)
    return bytes(written)
