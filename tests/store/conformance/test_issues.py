"""The issue directory, the rules about it, and where it is read from."""

from __future__ import annotations

from msgspec.structs import replace

from shipledger.catalog.issue import AssociationRules, Issue, IssueMode, IssueSite
from tests.support.factories import ACME, RIVAL, moment
from tests.support.settings import save_association_rules

SHIP_1 = Issue(key="SHIP-1", issue_id="10001", summary="Ship it", kind="Task", status="To Do")
SHIP_2 = Issue(key="SHIP-2", issue_id="10002", summary="Then sail\0", kind="Bug", status="Done")
SHIPS_1 = Issue(key="SHIPS-1")
SITE = IssueSite(organization_id=ACME, url="https://acme.example", account="a@acme.example", sealed_token=b"sealed")


async def test_an_organization_that_decided_nothing_has_no_mode(store):
    assert await store.find_association_rules(ACME) == AssociationRules(ACME)


async def test_rules_are_replaced_for_one_organization(store):
    await save_association_rules(store, AssociationRules(ACME, IssueMode.PROJECTS, ("SHIP", "OPS"), True))
    decided = AssociationRules(ACME, IssueMode.PROJECTS, ("SHIP",))
    await save_association_rules(store, decided)
    assert await store.find_association_rules(ACME) == decided
    assert await store.find_association_rules(RIVAL) == AssociationRules(RIVAL)
    await save_association_rules(store, AssociationRules(ACME, None, (), True))
    assert await store.find_association_rules(ACME) == AssociationRules(ACME, None, (), True)


async def test_issues_are_found_by_key_and_by_id_within_their_organization(store):
    await store.save_issues(ACME, [SHIP_2, SHIP_1, SHIPS_1], seen_at=moment(1))
    assert await store.find_issues(ACME, ["SHIP-1", "SHIP-9", "10002", "10001", ""]) == [
        SHIP_1,
        replace(SHIP_2, summary="Then sail\ufffd"),
    ]
    assert await store.find_issues(RIVAL, ["SHIP-1", "10002"]) == []
    assert await store.find_issues(ACME, []) == []
    assert (await store.count_issues(ACME), await store.count_issues(RIVAL)) == (3, 0)


async def test_issues_are_listed_by_key_for_one_project_or_all(store):
    await store.save_issues(ACME, [SHIP_2, SHIP_1, SHIPS_1], seen_at=moment(1))
    keys = [one.key for one in await store.list_issues(ACME, project="", after="", limit=9)]
    assert keys == ["SHIP-1", "SHIP-2", "SHIPS-1"]
    assert [one.key for one in await store.list_issues(ACME, project="SHIP", after="SHIP-1", limit=9)] == ["SHIP-2"]
    assert [one.key for one in await store.list_issues(ACME, project="SHIP", after="", limit=1)] == ["SHIP-1"]


async def test_an_issue_that_moved_has_its_new_key_alone(store):
    await store.save_issues(ACME, [SHIP_1, SHIPS_1], seen_at=moment(1))
    moved = replace(SHIP_1, key="OPS-7", status="Done")
    await store.save_issues(ACME, [moved], seen_at=moment(2))
    assert await store.list_issues(ACME, project="", after="", limit=9) == [moved, SHIPS_1]


async def test_issues_that_were_not_seen_again_can_be_forgotten(store):
    await store.save_issues(ACME, [SHIP_1, SHIPS_1], seen_at=moment(1))
    await store.save_issues(RIVAL, [SHIP_1], seen_at=moment(1))
    await store.save_issues(ACME, [SHIP_1], seen_at=moment(2))
    assert await store.forget_issues(ACME, seen_before=moment(2), seen_after=moment(9)) == 1
    assert await store.list_issues(ACME, project="", after="", limit=9) == [SHIP_1]
    assert await store.count_issues(RIVAL) == 1


async def test_a_site_is_kept_with_how_far_its_reading_has_come(store):
    assert await store.find_issue_site(ACME) is None
    await store.save_issue_site(SITE)
    read = replace(
        SITE,
        projects=("SHIP", "OPS"),
        cursor_at=moment(1),
        full_since=moment(2),
        full_at=moment(3),
        synced_at=moment(4),
        failure="It is closed.",
    )
    await store.save_issue_site(read)
    assert await store.find_issue_site(ACME) == read
    assert await store.list_issue_sites() == [read]
    assert "sealed" not in repr(read)
    assert await store.save_sync_progress(replace(read, cursor_at=moment(5), failure=""))
    assert await store.find_issue_site(ACME) == replace(read, cursor_at=moment(5), failure="")
    assert not await store.save_sync_progress(replace(read, sealed_token=b"another"))
    assert not await store.save_sync_progress(replace(read, url="https://other.example"))
    assert not await store.delete_issue_site(RIVAL)
    assert await store.delete_issue_site(ACME)
    assert await store.find_issue_site(ACME) is None
