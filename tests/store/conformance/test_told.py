"""Commits that senders tell of without sending them."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from shipledger.catalog.commit import Commit, FileChange, Telling
from shipledger.catalog.commit_range import GraphNode
from shipledger.catalog.told import ToldCommit, ToldRepository
from shipledger.clock import to_microseconds
from shipledger.errors import NotFound
from shipledger.ledger.authors import hash_address
from tests.store.conformance.test_commits import make_commit, make_pack
from tests.support.factories import ACME, CHECKOUT, RIVAL, make_credential, make_id, moment

LONGEST = 2**63 - 1


def make_repository(**changes):
    repository = ToldRepository(
        organization_id=ACME,
        credential_id=make_id(1),
        remote_id="601",
        repository=CHECKOUT,
        name="Checkout",
        url="https://bitbucket.org/acme/checkout",
        update_sequence=5,
        properties={"installation": "7"},
    )
    return replace(repository, **changes)


def tell(number, sequence=1, **changes):
    telling = Telling(
        message=f"SHIP-{number} Change\n\nMore \0 of it",
        authored_at=moment(number),
        author_name="Jane Doe",
        author_hash=hash_address(ACME, "Jane@Example.com "),
        file_count=2,
        files=(FileChange(path="a.py", kind="modified", lines_added=3),),
        issue_keys=(f"SHIP-{number}",),
    )
    return ToldCommit(commit_id=make_commit(number).commit_id, update_sequence=sequence, telling=replace(telling, **changes))


async def find(store, number, organization_id=ACME):
    found = await store.find_commits(organization_id, CHECKOUT.upper(), [make_commit(number).commit_id])
    return found[0] if found else None


async def send_pack(store, *commits, number=9, credential_id=""):
    pack = make_pack(number, credential_id=credential_id)
    await store.append_pack_if_room(pack, b"PACK", room_bytes=10**9)
    await store.save_commits(pack, commits)
    trees = await store.list_unknown_trees(pack)
    assert set(trees.values()) <= {commit.tree for commit in commits}
    await store.make_known(pack, list(trees))


async def test_a_commit_that_is_told_is_known_without_parents_and_tree(store):
    told = tell(2)
    await store.save_told([(make_repository(), [told])], learned_at=moment(9))
    assert await find(store, 2) == Commit(
        commit_id=told.commit_id,
        parents=(),
        tree="",
        authored_at=moment(2),
        committed_at=None,
        subject="SHIP-2 Change",
        telling=replace(told.telling, message="SHIP-2 Change\n\nMore \0 of it"),
        author_name="Jane Doe",
        author_hash=hash_address(ACME, "jane@example.com"),
        message="SHIP-2 Change\n\nMore \0 of it",
        learned_at=moment(9),
    )
    assert await find(store, 2, RIVAL) is None
    assert await store.list_told_repositories(ACME, make_id(1)) == [make_repository()]
    assert await store.find_told_names(ACME, make_id(1), ["601", "602"]) == {"601": CHECKOUT}
    assert await store.find_told_names(ACME, make_id(2), ["601"]) == {}


async def test_only_a_greater_number_replaces_what_was_told(store):
    repository = make_repository()
    for sequence, message in ((5, "first"), (5, "equal"), (4, "older"), (6, "newer")):
        told = [tell(1, sequence, message=message), tell(1, sequence - 1, message="not this")]
        changed = replace(repository, update_sequence=sequence, name=message)
        await store.save_told([(changed, told)], learned_at=moment(sequence))
        expected = "newer" if sequence == 6 else "first"
        assert (await find(store, 1)).telling.message == expected
        assert (await store.list_told_repositories(ACME, make_id(1), remote_id="601"))[0].name == expected


async def test_who_sends_a_commit_later_adds_its_parents_and_what_was_told_stays(store):
    await store.save_told([(make_repository(), [tell(2), tell(3)])], learned_at=moment(9))
    sent = make_commit(2, learned_at=moment(9))
    await send_pack(store, sent)
    assert await find(store, 2) == replace(sent, telling=tell(2).telling)
    assert not (await find(store, 3)).is_whole
    await store.save_told([(make_repository(), [tell(2, 7, message="again")])], learned_at=moment(10))
    again = await find(store, 2)
    assert (again.parents, again.tree, again.telling.message) == (sent.parents, sent.tree, "again")


async def test_what_is_forgotten_is_known_no_more_unless_another_tells_or_sends_it(store):
    other = make_credential(2, secret_hash=bytes(32))
    await store.create_credential(other)
    ours, theirs = make_repository(), make_repository(credential_id=make_id(2), remote_id="x")
    await store.save_told([(ours, [tell(number) for number in (1, 2, 3, 4)]), (theirs, [tell(2)])], learned_at=moment(9))
    await send_pack(store, make_commit(3))
    await store.forget_told(ours, commit_id=tell(4).commit_id, until=0)
    assert (await find(store, 4)).telling == tell(4).telling
    await store.forget_told(ours, commit_id=tell(4).commit_id, until=1)
    assert await find(store, 4) is None
    await store.forget_told(ours, until=LONGEST)
    assert [await find(store, 1), (await find(store, 2)).telling] == [None, tell(2).telling]
    assert await find(store, 3) == make_commit(3, learned_at=moment(9))
    assert await store.list_told_repositories(ACME, make_id(1)) == []
    assert await store.list_told_repositories(ACME, make_id(2)) == [theirs]


async def test_a_credential_that_is_gone_tells_nothing(store):
    with pytest.raises(NotFound):
        await store.save_told([(make_repository(credential_id="gone"), [tell(1)])], learned_at=moment(9))
    assert await find(store, 1) is None


def test_an_address_is_kept_as_a_hash_that_differs_between_organizations():
    assert hash_address(ACME, " Jane@Example.COM") == hash_address(ACME, "jane@example.com")
    assert hash_address(ACME, "jane@example.com") not in (
        hash_address(RIVAL, "jane@example.com"),
        hash_address(ACME, "joe@example.com"),
    )
    assert hash_address(ACME, "  ") == ""


def sorted_graph(number, *parents):
    return make_commit(number).commit_id, GraphNode(
        tuple(make_commit(parent).commit_id for parent in parents), to_microseconds(make_commit(number).committed_at)
    )


def tell_in_graph(number, *parents, **changes):
    ids = tuple(make_commit(parent).commit_id for parent in parents)
    return tell(number, parents=ids, committed_at=make_commit(number).committed_at, **changes)


async def test_the_graph_is_what_was_sent_and_what_was_told_with_parents(store):
    told = [tell_in_graph(1), tell_in_graph(3, 2, 1), tell(4)]
    await store.save_told([(make_repository(), told)], learned_at=moment(9))
    await send_pack(store, make_commit(2))
    assert await store.read_graph(ACME, CHECKOUT.upper()) == dict([sorted_graph(1), sorted_graph(2, 1), sorted_graph(3, 2, 1)])
    assert await store.read_graph(RIVAL, CHECKOUT) == {}
    ids = [make_commit(number).commit_id for number in range(1, 6)]
    assert await store.find_commits_in_graph(ACME, CHECKOUT, ids) == set(ids[:3])
    merge = await find(store, 3)
    assert (merge.has_parents, merge.is_merge, merge.committed_at) == (True, True, make_commit(3).committed_at)


async def test_parents_that_come_later_are_added_and_never_taken_away_by_who_does_not_tell_them(store):
    await store.create_credential(make_credential(2, secret_hash=bytes(32)))
    tracker, job = make_repository(), make_repository(remote_id=CHECKOUT, credential_id=make_id(2))
    await store.save_told([(tracker, [tell(3)])], learned_at=moment(9))
    await store.save_told([(job, [tell_in_graph(3, 2)])], learned_at=moment(10))
    await store.save_told([(tracker, [tell(3, 7, message="again")])], learned_at=moment(11))
    assert await store.read_graph(ACME, CHECKOUT) == dict([sorted_graph(3, 2)])
    found = await find(store, 3)
    assert (found.parents, found.message) == ((make_commit(2).commit_id,), "again")


async def test_commits_are_found_in_the_order_asked_for_and_the_newest_telling_of_each(store):
    await store.save_told([(make_repository(), [tell(1), tell(2)])], learned_at=moment(9))
    ids = [make_commit(number).commit_id for number in (2, 7, 1)]
    assert [one.commit_id for one in await store.find_commits(ACME, CHECKOUT, ids)] == [ids[0], ids[2]]
