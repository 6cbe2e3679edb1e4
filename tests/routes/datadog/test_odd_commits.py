"""Commits with bytes that no text has: the pack is indexed, and they cost the others nothing."""

from __future__ import annotations

import pytest

from shipledger.catalog.commit import PackState
from tests.routes.datadog.test_git_metadata import REPOSITORY, URL, known, settled, upload
from tests.support.git import GitRepository

PERSON = b"Ada <ada@example.com> 1772700000 +0100"
READABLE: dict[str, tuple[bytes, bytes, bytes]] = {
    "a message that is no UTF-8": (PERSON, b"", b"Broken \xff\xed\xa0\xbd"),
    "a name that is no UTF-8": (b"\xff\xed\xa0\xbd <\x80> 1772700000 +0100", b"", b"Odd name"),
    "controls and bidi characters": (PERSON, b"", "\x01\x1b[31m\u202e\uffff\U0001f680".encode()),
    "a long message": (PERSON, b"", b"x" * 4_000_000),
    "an unknown encoding": (PERSON, b"encoding hex\n", b"6869"),
    "an encoding that does not fit": (PERSON, b"encoding utf-16\n", b"\xd8\x00"),
    "the end of time": (b"Ada <a@b> 253402300799 +2359", b"", b"Last second"),
    "no message": (PERSON, b"", b""),
}
UNREADABLE: dict[str, tuple[bytes, bytes, bytes]] = {
    "after the end of time": (b"Ada <a@b> 99999999999999999999 +0000", b"", b"Too late"),
    "no time": (b"Ada <a@b>", b"", b"Never"),
    "no person": (b"", b"", b"Nobody"),
}


@pytest.fixture
def checkout(tmp_path):
    return GitRepository(tmp_path / "checkout", remote=URL)


def add(checkout: GitRepository, person: bytes, more: bytes, message: bytes) -> str:
    """The id of a commit that git would not make."""
    tree = checkout.git("rev-parse", "HEAD^{tree}").strip()
    content = b"tree %b\nauthor %b\ncommitter %b\n%b\n%b" % (tree, person, person, more, message)
    made = checkout.git("hash-object", "-t", "commit", "-w", "--stdin", "--literally", sent=content)
    return made.decode().strip()


async def test_odd_commits_of_a_pack_cost_the_others_nothing(server, datadog, checkout):
    sound = checkout.commit("Sound")
    odd = {name: add(checkout, *parts) for name, parts in (READABLE | UNREADABLE).items()}
    tree = checkout.git("rev-parse", "HEAD^{tree}").decode().strip()
    assert (await upload(datadog, checkout, checkout.pack_of([sound, tree, *odd.values()]))).status_code == 204
    assert [pack.state for pack in await settled(server)] == [PackState.INDEXED]
    assert await known(datadog, sound, *odd.values()) == [sound, *(odd[name] for name in READABLE)]
    organization_id = await server.organization_id()
    kept = await server.app.store.find_commits(organization_id, REPOSITORY, [odd[name] for name in READABLE])
    assert len(kept) == len(READABLE)
    assert all(commit.subject.encode() and "\0" not in commit.subject for commit in kept if commit.commit_id != odd["no message"])
