"""Packs read with the real git."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from shipledger.catalog.commit import Commit, Pack
from shipledger.errors import Invalid
from shipledger.scm.git import GitFailedError, GitLimits, GitMissingError
from shipledger.scm.packs import COMMIT_BYTES, Repositories, check_pack
from tests.support.factories import ACME, RIVAL, moment
from tests.support.git import GitRepository, make_pack

COMMIT, TREE, BLOB = 1, 2, 3
REPOSITORY = "git.example.com/team/checkout"
LIMITS = GitLimits(seconds=30)
BOMB = bytes(160 * 2**20)


@pytest.fixture
def checkout(tmp_path: Path) -> GitRepository:
    made = GitRepository(tmp_path / "checkout")
    for number in range(3):
        made.commit(f"Change {number}")
    return made


@pytest.fixture
def repositories(tmp_path: Path) -> Repositories:
    return Repositories(tmp_path / "packs", LIMITS)


def pack_of(head: str, organization_id: str = ACME) -> Pack:
    return Pack(
        organization_id=organization_id, pack_id="p", repository=REPOSITORY, head=head, size_bytes=1, accepted_at=moment(0)
    )


async def read(repositories: Repositories, pack: Pack, content: bytes) -> list[Commit]:
    reading = repositories.read(pack)
    name = await reading.index(content)
    return [commit async for some in reading.read_commits(name) for commit in some]


@pytest.mark.parametrize("digest", ["sha1", "sha256"])
async def test_every_commit_of_a_pack_is_read(repositories, tmp_path, digest):
    checkout = GitRepository(tmp_path / digest, digest=digest)
    first, second = checkout.commit("First"), checkout.commit("Second")
    check_pack(checkout.pack(), second, LIMITS.objects)
    found = {commit.commit_id: commit for commit in await read(repositories, pack_of(second), checkout.pack())}
    assert set(found) == {first, second}
    assert found[second].parents == (first,)
    assert found[second].subject == "Second"
    assert (found[second].committed_at - found[second].authored_at).total_seconds() == 30


async def test_the_same_pack_again_gives_the_same(repositories, checkout):
    pack, content = pack_of(checkout.commits[-1]), checkout.pack()
    assert await read(repositories, pack, content) == await read(repositories, pack, content)


async def test_organizations_share_no_repository(repositories, checkout):
    head = checkout.commits[-1]
    commits = await read(repositories, pack_of(head), checkout.pack())
    trees = {commit.tree for commit in commits}
    assert await repositories.read(pack_of(head)).find_trees(trees) == trees
    assert await repositories.read(pack_of(head, RIVAL)).find_trees(trees) == set()


async def test_nothing_of_a_pack_can_run_and_nothing_is_checked_out(repositories, checkout, tmp_path, monkeypatch):
    content = checkout.pack()
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "core.bare")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "nonsense")
    await read(repositories, pack_of(checkout.commits[-1]), content)
    (made,) = (tmp_path / "packs" / ACME).iterdir()
    assert {path.name for path in made.iterdir()} == {"HEAD", "config", "objects", "refs"}
    assert (made.stat().st_mode & 0o077) == 0


@pytest.mark.parametrize(
    "content, reason",
    [
        (b"", "not a git pack"),
        (b"PK\x03\x04" + bytes(60), "not a git pack"),
        (b"PACK\x00\x00\x00\x09" + bytes(60), "not a git pack"),
        (b"PACK\x00\x00\x00\x02", "not a git pack"),
        (make_pack(count=4_000_000_000), "4000000000 objects; at most 500000"),
        (make_pack((BLOB, b"x"))[:-1] + b"?", "checksum"),
    ],
)
def test_what_is_no_pack_is_told_without_git(content, reason):
    with pytest.raises(Invalid, match=reason):
        check_pack(content, "a" * 40, LIMITS.objects)


@pytest.mark.parametrize(
    "content, reason",
    [
        (make_pack((BLOB, b"x"), count=2), "cannot read"),
        (make_pack((7, bytes(20) + b"x")), "git cannot read it"),
        (make_pack((0, b"x")), "git cannot read it"),
    ],
)
async def test_a_pack_that_git_cannot_read_is_refused_with_its_reason(repositories, content, reason, tmp_path):
    check_pack(content, "a" * 40, LIMITS.objects)
    with pytest.raises(GitFailedError, match=reason) as caught:
        await repositories.read(pack_of("a" * 40)).index(content)
    assert not caught.value.is_ours
    assert str(tmp_path) not in caught.value.sentence
    assert list(tmp_path.rglob("tmp_*")) == []


@pytest.mark.parametrize("kind", [COMMIT, TREE])
async def test_a_bomb_runs_into_the_limit_of_memory(tmp_path, kind):
    repositories = Repositories(tmp_path / "packs", GitLimits(seconds=30, memory_bytes=128 * 2**20))
    with pytest.raises(GitFailedError, match="memory"):
        await repositories.read(pack_of("a" * 40)).index(make_pack((kind, BOMB)))
    assert list(tmp_path.rglob("tmp_*")) == []


async def test_a_bomb_runs_into_the_limit_of_time(tmp_path, checkout):
    repositories = Repositories(tmp_path / "packs", LIMITS)
    pack = pack_of(checkout.commits[-1])
    await repositories.read(pack).index(checkout.pack())
    hurried = Repositories(tmp_path / "packs", GitLimits(seconds=0.05))
    with pytest.raises(GitFailedError, match=r"0\.05 s"):
        await hurried.read(pack).index(make_pack((BLOB, BOMB)))
    assert list(tmp_path.rglob("tmp_*")) == []


async def test_all_runs_on_a_pack_share_its_time(tmp_path, checkout):
    repositories = Repositories(tmp_path / "packs", LIMITS)
    pack = pack_of(checkout.commits[-1])
    name = await repositories.read(pack).index(checkout.pack())
    hurried = Repositories(tmp_path / "packs", GitLimits(seconds=0.2)).read(pack)

    async def read_for_ever() -> None:
        while True:
            assert [commits async for commits in hurried.read_commits(name)]

    with pytest.raises(GitFailedError, match=r"0\.2 s"):
        await read_for_ever()


async def test_a_commit_that_is_too_large_is_left_out(repositories):
    head = b"tree " + b"a" * 40 + b"\nauthor A <a> 1 +0000\ncommitter A <a> 1 +0000\n\n"
    content = make_pack((COMMIT, head + b"small"), (COMMIT, head + b"x" * COMMIT_BYTES))
    assert [commit.subject for commit in await read(repositories, pack_of("a" * 40), content)] == ["small"]


async def test_without_git_it_is_said(repositories, checkout, monkeypatch):
    content = checkout.pack()
    monkeypatch.setenv("PATH", os.devnull)
    with pytest.raises(GitMissingError):
        await repositories.read(pack_of(checkout.commits[-1])).index(content)


async def test_a_folder_that_cannot_be_made_is_no_fault_of_the_pack(tmp_path, checkout):
    (tmp_path / "file").touch()
    repositories = Repositories(tmp_path / "file" / "packs", LIMITS)
    with pytest.raises(GitFailedError, match="cannot be created") as caught:
        await repositories.read(pack_of(checkout.commits[-1])).index(checkout.pack())
    assert caught.value.is_ours
