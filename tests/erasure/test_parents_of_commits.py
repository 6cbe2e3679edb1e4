"""Erasing who told the parents of a commit, over a real store."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from shipledger.catalog.commit import Telling
from shipledger.catalog.told import ToldCommit, ToldRepository
from tests.erasure.conftest import ANNA, BERT
from tests.store.conformance.test_commits import make_commit
from tests.support.factories import ACME, CHECKOUT, moment


@pytest.mark.parametrize("by, left", [(ANNA, None), (BERT, ())], ids=["who told the parents", "who told nothing of them"])
async def test_the_parents_of_a_commit_go_with_who_told_them(store, eraser, by, left):
    told = ToldRepository(
        organization_id=ACME,
        credential_id=ANNA,
        remote_id=CHECKOUT,
        repository=CHECKOUT,
        name="",
        url="",
        update_sequence=1,
    )
    commit_id = make_commit(1).commit_id
    for owner, parents in ((ANNA, ()), (BERT, None)):
        telling = Telling(message="Change", authored_at=moment(1), parents=parents)
        await store.save_told([(replace(told, credential_id=owner), [ToldCommit(commit_id, 1, telling)])], learned_at=moment(2))

    await eraser.erase_credential(ACME, by)

    graph = await store.read_graph(ACME, CHECKOUT)
    assert (graph[commit_id].parents if commit_id in graph else None) == left
    assert len(await store.find_commits(ACME, CHECKOUT, [commit_id])) == 1
