from __future__ import annotations

from shipledger.catalog.known_repositories import REMEMBERED_NAMES, REMEMBERED_SECONDS, KnownRepositories


def test_a_repository_is_remembered_for_a_moment_and_in_its_organization_alone():
    now = [0.0]
    known = KnownRepositories(lambda: now[0])
    known.see("acme", "checkout")
    assert [known.has("acme", "checkout"), known.has("rival", "checkout"), known.has("acme", "other")] == [True, False, False]
    now[0] += REMEMBERED_SECONDS
    assert not known.has("acme", "checkout")


def test_memory_is_bounded():
    known = KnownRepositories(lambda: 0.0)
    known.see("acme", "first")
    for number in range(REMEMBERED_NAMES):
        known.see("acme", f"service {number}")
    assert not known.has("acme", "first")
