"""Roles and rights: one table."""

from __future__ import annotations

from itertools import pairwise

from shipledger.access.people.roles import RIGHTS, TEAM_RIGHTS, Right, Role, rights_of


def test_each_role_has_the_rights_of_the_one_before_it_and_more():
    assert all(RIGHTS[less] < RIGHTS[more] for less, more in pairwise(Role))
    assert RIGHTS[Role.ADMINISTRATOR] == set(Right)


def test_a_viewer_changes_nothing():
    assert RIGHTS[Role.VIEWER] == {Right.READ}


def test_a_role_in_a_team_counts_for_what_is_of_the_team_alone():
    roles = {"web": Role.APPROVER, "data": Role.VIEWER}
    assert rights_of(Role.VIEWER, roles) == {Right.READ}
    assert Right.APPROVE in rights_of(Role.VIEWER, roles, ["web"])
    assert Right.APPROVE not in rights_of(Role.VIEWER, roles, ["data", "other"])
    assert rights_of(None, roles) == {Right.READ}, "who is in a team sees the organization"
    assert rights_of(None, {}) == set()


def test_no_role_in_a_team_brings_a_right_over_the_whole_organization():
    assert rights_of(None, {"web": Role.ADMINISTRATOR}, ["web"]) == TEAM_RIGHTS
    assert rights_of(Role.ADMINISTRATOR, {"web": Role.VIEWER}, ["web"]) == set(Right)
