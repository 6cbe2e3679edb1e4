"""Saved views are of one person in one organization."""

from __future__ import annotations

from shipledger.access.people.views import SavedView
from tests.support.factories import ACME, RIVAL, moment


async def test_a_view_is_of_one_person_and_its_name_is_there_once(store):
    first, other = SavedView("1", "Mine", "state=failed", moment(1)), SavedView("2", "All", "tier=production", moment(2))
    await store.save_view(ACME, "anna", first)
    await store.save_view(ACME, "anna", other)
    await store.save_view(ACME, "ben", first)
    await store.save_view(ACME, "anna", SavedView("3", "Mine", "state=pending", moment(3)))
    replaced = SavedView("1", "Mine", "state=pending", moment(1))
    assert await store.list_views(ACME, "anna") == [other, replaced]
    assert await store.list_views(RIVAL, "anna") == []
    assert not await store.delete_view(RIVAL, "anna", "1")
    assert not await store.delete_view(ACME, "anna", "9")
    assert await store.delete_view(ACME, "anna", "1")
    assert await store.list_views(ACME, "anna") == [other]
    assert await store.list_views(ACME, "ben") == [first]
