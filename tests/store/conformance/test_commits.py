"""Git packs, and the commits that they bring."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from shipledger.catalog.commit import SMALLEST_PACK_BYTES, Commit, Pack, PackBacklog, PackRecord, PackState
from shipledger.errors import Conflict, NotFound
from shipledger.ledger.authors import Author, hash_address
from tests.support.factories import ACME, CHECKOUT, RIVAL, make_id, moment

JANE = Author(hash_address(ACME, "jane@example.com"), "Jane Doe")


def make_pack(number: int, **changes: Any) -> Pack:
    pack = Pack(
        organization_id=ACME,
        pack_id=make_id(number),
        repository=CHECKOUT,
        head="f" * 40,
        size_bytes=4,
        accepted_at=moment(number),
    )
    return replace(pack, **changes)


def make_commit(number: int, **changes: Any) -> Commit:
    commit = Commit(
        commit_id=f"{number:040x}",
        parents=(f"{number - 1:040x}",) if number > 1 else (),
        tree=f"{number:x}".rjust(40, "a"),
        authored_at=moment(number),
        committed_at=moment(number + 0.5),
        subject=f"Change {number}",
        has_parents=True,
        author_name="Jane Doe",
        author_hash=hash_address(ACME, "jane@example.com"),
        message=f"Change {number}\n\nand why",
        learned_at=moment(1),
    )
    return replace(commit, **changes)


async def test_a_pack_waits_with_its_content_until_it_is_indexed(store):
    pack, rival = make_pack(2), make_pack(1, organization_id=RIVAL)
    await store.append_pack_if_room(pack, b"PACK", room_bytes=10**9)
    await store.append_pack_if_room(rival, b"pack", room_bytes=10**9)
    assert await store.list_next_packs() == [rival, pack]
    assert await store.find_pack_content(pack) == b"PACK"
    assert await store.find_pack_content(replace(pack, organization_id=RIVAL)) is None
    await store.settle_pack(pack, name="p", now=moment(3))
    assert await store.list_next_packs() == [rival]
    assert await store.find_pack_content(pack) is None
    assert await store.get_pack_backlog() == PackBacklog(pending=1, refused=0)


async def test_the_oldest_pack_of_each_organization_is_next(store):
    for number in (1, 2, 4):
        await store.append_pack_if_room(make_pack(number), b"PACK", room_bytes=10**9)
    rival = make_pack(3, organization_id=RIVAL)
    await store.append_pack_if_room(rival, b"PACK", room_bytes=10**9)
    assert await store.list_next_packs() == [make_pack(1), rival]
    await store.settle_pack(make_pack(1), name="p", now=moment(5))
    await store.refuse_pack(rival, failure="no", now=moment(5))
    assert await store.list_next_packs() == [make_pack(2)]


async def test_a_pack_is_kept_only_where_its_organization_has_room(store):
    room = {"room_bytes": 3 * SMALLEST_PACK_BYTES}
    large = make_pack(1, size_bytes=2 * SMALLEST_PACK_BYTES)
    assert await store.append_pack_if_room(large, b"PACK", **room)
    assert await store.append_pack_if_room(make_pack(2), b"PACK", **room)
    assert not await store.append_pack_if_room(make_pack(3), b"PACK", **room)
    assert await store.append_pack_if_room(make_pack(4, organization_id=RIVAL), b"PACK", **room)
    assert [record.pack for record in await store.list_packs(ACME, limit=9)] == [make_pack(2), large]
    await store.settle_pack(large, name="p", now=moment(5))
    assert await store.append_pack_if_room(make_pack(3), b"PACK", **room)


async def test_a_refused_pack_keeps_its_reason(store):
    await store.append_pack_if_room(make_pack(1), b"PACK", room_bytes=10**9)
    await store.append_pack_if_room(make_pack(2), b"PACK", room_bytes=10**9)
    await store.refuse_pack(make_pack(1), failure="It is no pack.\0", now=moment(3))
    assert await store.list_packs(ACME, limit=9) == [
        PackRecord(pack=make_pack(2), state=PackState.PENDING, failure=""),
        PackRecord(pack=make_pack(1), state=PackState.REFUSED, failure="It is no pack.\ufffd"),
    ]
    assert await store.list_packs(RIVAL, limit=9) == []
    assert await store.get_pack_backlog() == PackBacklog(pending=1, refused=1)


async def test_a_pack_that_was_refused_when_it_arrived_is_remembered_without_its_content(store):
    await store.append_refused_pack(make_pack(1), failure="It is no pack.")
    await store.append_pack_if_room(make_pack(2), b"PACK", room_bytes=10**9)
    refused = PackRecord(pack=make_pack(1), state=PackState.REFUSED, failure="It is no pack.")
    assert await store.list_packs(ACME, limit=9, state=PackState.REFUSED) == [refused]
    assert await store.list_packs(ACME, limit=9, state=PackState.INDEXED) == []
    assert await store.find_pack_content(make_pack(1)) is None
    assert await store.list_next_packs() == [make_pack(2)]


async def test_what_became_of_a_pack_is_said_once(store):
    await store.append_pack_if_room(make_pack(1), b"PACK", room_bytes=10**9)
    await store.settle_pack(make_pack(1), name="p", now=moment(2))
    with pytest.raises(Conflict):
        await store.settle_pack(make_pack(1), name="p", now=moment(3))
    with pytest.raises(Conflict):
        await store.refuse_pack(make_pack(1), failure="late", now=moment(3))
    with pytest.raises(Conflict):
        await store.append_pack_if_room(make_pack(1), b"PACK", room_bytes=10**9)
    with pytest.raises(NotFound):
        await store.append_pack_if_room(make_pack(2, organization_id="nobody"), b"PACK", room_bytes=10**9)


async def test_a_commit_is_found_once_it_is_known(store):
    first, second = make_commit(1), make_commit(2)
    ids = [first.commit_id, second.commit_id, "e" * 40]
    await store.append_pack_if_room(make_pack(1), b"PACK", room_bytes=10**9)
    await store.save_commits(make_pack(1), [first, second])
    assert await store.find_commits(ACME, CHECKOUT, ids) == []
    assert await store.list_unknown_trees(make_pack(1)) == {first.commit_id: first.tree, second.commit_id: second.tree}
    await store.make_known(make_pack(1), [second.commit_id, "e" * 40])
    assert await store.find_commits(ACME, CHECKOUT, ids) == [second]
    assert await store.list_unknown_trees(make_pack(1)) == {first.commit_id: first.tree}
    await store.make_known(make_pack(1), [first.commit_id])
    assert await store.find_commits(ACME, CHECKOUT, list(reversed(ids))) == [second, first]
    assert await store.find_commits(ACME, CHECKOUT, []) == []


async def test_a_commit_that_is_known_stays_known_and_as_it_is(store):
    for number in (1, 2):
        await store.append_pack_if_room(make_pack(number), b"PACK", room_bytes=10**9)
    await store.save_commits(make_pack(1), [make_commit(1)])
    await store.make_known(make_pack(1), [make_commit(1).commit_id])
    await store.save_commits(make_pack(2), [make_commit(1, subject="Another")])
    assert await store.find_commits(ACME, CHECKOUT, [make_commit(1).commit_id]) == [make_commit(1)]
    assert await store.list_unknown_trees(make_pack(2)) == {}


async def test_repositories_are_apart_and_compared_without_case(store):
    commit = make_commit(1, commit_id="c" * 64, tree="d" * 64, subject="nul \0")
    await store.append_pack_if_room(make_pack(1), b"PACK", room_bytes=10**9)
    await store.save_commits(make_pack(1), [commit])
    await store.make_known(make_pack(1), [commit.commit_id])
    assert await store.find_commits(ACME, CHECKOUT.lower(), [commit.commit_id]) == [replace(commit, subject="nul \ufffd")]
    assert await store.find_commits(ACME, f"{CHECKOUT}-2", [commit.commit_id]) == []
    assert await store.find_commits(RIVAL, CHECKOUT, [commit.commit_id]) == []
    assert await store.list_unknown_trees(make_pack(1, organization_id=RIVAL)) == {}


async def test_of_a_pack_that_was_erased_meanwhile_nothing_is_kept(store):
    pack = make_pack(1, credential_id=make_id(1))
    await store.append_pack_if_room(pack, b"PACK", room_bytes=10**9)
    assert await store.list_next_packs() == [pack]
    await store.erase_pack(pack, reason="asked", now=moment(2))
    with pytest.raises(NotFound):
        await store.save_commits(pack, [make_commit(1)])
    with pytest.raises(NotFound):
        await store.settle_pack(pack, name="p", now=moment(3))
    assert await store.list_packs(ACME, limit=9) == []


async def test_known_commits_tell_the_issues_that_they_name_and_their_authors(store):
    pack = make_pack(1)
    await store.append_pack_if_room(pack, b"PACK", room_bytes=10**9)
    assert not await store.names_issues(ACME)
    commits = [make_commit(1, issue_keys=("SHIP-1", "OPS-7")), make_commit(2), make_commit(3, issue_keys=("SHIP-3",))]
    await store.save_commits(pack, commits)
    await store.make_known(pack, [one.commit_id for one in commits[:2]])
    asked = [(ACME, pack.repository.upper(), one.commit_id.upper()) for one in commits]
    rival = (RIVAL, pack.repository, commits[0].commit_id)
    assert await store.find_commit_issues([rival, *asked]) == {asked[0]: ("SHIP-1", "OPS-7")}
    assert await store.find_commits(ACME, pack.repository, [commits[0].commit_id]) == commits[:1]
    assert await store.find_commit_authors([rival, *asked]) == dict.fromkeys(asked[:2], JANE)
    assert (await store.has_commits(ACME), await store.has_commits(RIVAL)) == (True, False)
    assert await store.names_issues(ACME)
    assert not await store.names_issues(RIVAL)
