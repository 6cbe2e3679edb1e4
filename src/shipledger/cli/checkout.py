"""Read the commits of a git checkout, as CI jobs have one."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from shipledger.errors import Invalid, Unavailable
from shipledger.scm.commit_object import RawCommit, read_raw, split_batch
from shipledger.scm.git import find_git

_SECONDS = 300.0
_SHA_DIGITS = (40, 64)


class CheckoutCommit(Struct, frozen=True):
    """A commit of a checkout. ``paths``: the files that it changed; None where that is not known, as of a merge."""

    commit_id: str
    raw: RawCommit
    paths: tuple[str, ...] | None


class Checkout:
    """The checkout that a folder belongs to. All raise Invalid in a folder without one, and Unavailable without git."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find_remote(self) -> str:
        """The address of the remote ``origin``, or ""."""
        return self._run("config", "--get", "remote.origin.url", may_fail=True).decode("utf-8", "replace").strip()

    def list_commits(self, revision: str, *, limit: int) -> list[str]:
        """The newest commits of a revision, children before their parents. Raises Invalid when there is no such revision."""
        self._run("rev-parse", "--git-dir")
        found = self._run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}", may_fail=True)
        if not found:
            raise Invalid("revision", f"This checkout has no commit {revision!r}.")
        listed = self._run("rev-list", "--topo-order", f"--max-count={limit}", found.decode().strip(), "--")
        return listed.decode().split()

    def list_boundary(self) -> frozenset[str]:
        """The commits whose parents a shallow clone has not fetched."""
        place = self._folder / self._run("rev-parse", "--git-path", "shallow").decode().strip()
        return frozenset(place.read_text().split()) if place.exists() else frozenset()

    def read_commits(self, commit_ids: Sequence[str], *, boundary: frozenset[str] = frozenset()) -> Iterator[CheckoutCommit]:
        """The commits, with the parents that they really have, and the files that they changed."""
        wanted = "".join(f"{one}\n" for one in commit_ids).encode()
        changed = self._read_paths([one for one in commit_ids if one not in boundary])
        for commit_id, content in split_batch(self._run("cat-file", "--batch", sent=wanted)):
            raw = read_raw(content)
            if raw is not None:
                is_merge = len(raw.parents) > 1
                yield CheckoutCommit(commit_id, raw, None if is_merge or commit_id in boundary else changed.get(commit_id, ()))

    def _read_paths(self, commit_ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """The files that each of the commits changed; merges have none."""
        wanted = "".join(f"{one}\n" for one in commit_ids).encode()
        told = self._run("diff-tree", "--stdin", "-r", "--root", "--no-renames", "--name-only", "-z", sent=wanted)
        ids, found, current = set(commit_ids), dict[str, list[str]](), ""
        for part in told.decode("utf-8", "replace").split("\0"):
            if len(part) in _SHA_DIGITS and part in ids:
                current = part
            elif part:
                found.setdefault(current, []).append(part)
        return {commit_id: tuple(paths) for commit_id, paths in found.items()}

    def _run(self, *arguments: str, sent: bytes = b"", may_fail: bool = False) -> bytes:
        git = find_git()
        if git is None:
            raise Unavailable("git", "git is not installed; install it.")
        try:
            done = subprocess.run(  # noqa: S603  the user's own git, in the user's own checkout
                [git, *arguments], cwd=self._folder, input=sent, capture_output=True, timeout=_SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            raise Unavailable("git", f"git took more than {_SECONDS:g} s.") from None
        if done.returncode and not may_fail:
            lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
            reason = (lines[0] if lines else f"it ended with {done.returncode}").removeprefix("fatal: ").rstrip(".")
            raise Invalid("checkout", f"git cannot read the checkout in {self._folder}: {reason}.")
        return done.stdout if not done.returncode else b""
