"""How bodies are read, and which members are wrong in which words."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipledger.errors import Invalid
from shipledger.protocols.native.bodies import check_deployments, read_kept
from tests.support.native import SHA, deployment


def read(**changes):
    return check_deployments(json.dumps(deployment(**changes))).items[0]


@pytest.mark.parametrize(
    "sent, state",
    [
        ("pending", "pending"),
        ("initial", "pending"),
        ("in-progress", "in_progress"),
        ("Started", "in_progress"),
        ("SUCCESS", "successful"),
        ("failure", "failed"),
        ("canceled", "cancelled"),
        ("rolled_back", "rolled_back"),
        ("unknown", "unknown"),
    ],
)
def test_states_are_those_of_the_ledger_and_a_few_spellings_are_read(sent, state):
    assert read(state=sent, finished_at=None).state == state


@pytest.mark.parametrize(
    "sent, recorded",
    [
        ("git@github.com:acme/shop.git", "github.com/acme/shop"),
        ("https://ci:secret@gitlab.example.com/acme/team/shop.git", "gitlab.example.com/acme/team/shop"),
        ("ssh://git@git.example.com:7999/acme/shop.git", "git.example.com/acme/shop"),
        ("bitbucket.org/acme/shop", "bitbucket.org/acme/shop"),
        ("git@ssh.dev.azure.com:v3/acme/web/shop", "dev.azure.com/acme/web/_git/shop"),
    ],
)
def test_a_repository_keeps_its_host_and_is_kept_without_credentials(sent, recorded):
    checked = check_deployments(json.dumps(deployment(releases=[{"repository": sent, "commit": SHA}])))
    assert [one.repository for one in checked.items[0].releases] == [recorded]
    assert "secret" not in checked.body
    assert read_kept(checked.body) == checked.items


@pytest.mark.parametrize(
    "changes, faults",
    [
        ({"environment": None}, {"environment": "should be provided"}),
        ({"environment": " "}, {"environment": "should be provided"}),
        ({"state": None}, {"state": "should be provided"}),
        (
            {"state": "done"},
            {"state": "should be one of pending, in_progress, successful, failed, cancelled, rolled_back, unknown"},
        ),
        ({"tier": "prod"}, {"tier": "should be one of development, testing, staging, production, unmapped"}),
        ({"service": None, "releases": []}, {"service": "should be provided, or releases"}),
        ({"service": ["a"]}, {"service": "should be a string"}),
        ({"service": {}}, {"service": "should be a string"}),
        ({"service": "x" * 256}, {"service": "should have at most 255 characters"}),
        ({"title": "x" * 1001}, {"title": "should have at most 1000 characters"}),
        ({"external_id": "a\0b"}, {"external_id": "should not contain the character U+0000"}),
        ({"started_at": "yesterday"}, {"started_at": "should be a date and time such as 2026-03-04T10:02:00Z"}),
        ({"finished_at": 1_772_618_400}, {"finished_at": "should be a date and time such as 2026-03-04T10:02:00Z"}),
        ({"finished_at": "2026-03-04T09:59:59Z"}, {"finished_at": "should not be before started_at"}),
        ({"state": "in_progress"}, {"finished_at": "should be left out while the state is not final"}),
        ({"releases": {}}, {"releases": "should be a list"}),
        ({"releases": ["github.com/acme/shop"]}, {"releases[0]": "should be an object"}),
        (
            {"service": None, "releases": [{"repository": "acme/shop"}]},
            {
                "releases[0].repository": "should name a host and a repository, such as github.com/acme/shop or a clone URL",
                "releases[0].commit": "should be provided",
            },
        ),
        ({"releases": [{"repository": "github.com/a/b", "commit": "1"}] * 501}, {"releases": "should have at most 500 items"}),
    ],
)
def test_each_wrong_member_is_named_with_what_it_should_be(changes, faults):
    with pytest.raises(Invalid) as refused:
        read(**changes)
    assert refused.value.fields == faults


def test_half_a_character_is_replaced_and_told():
    checked = check_deployments(json.dumps(deployment(title="Half \ud83d")))
    assert checked.items[0].title == read_kept(checked.body)[0].title == "Half \N{REPLACEMENT CHARACTER}"
    assert checked.parameters == {"replaced": "title contained half a character, replaced by U+FFFD."}


@pytest.mark.parametrize(
    "sent, member, expected",
    [(77, "run", "77"), (2, "attempt", "2"), (2.4, "version", "2.4"), (" v1 ", "version", "v1"), ("", "title", None)],
)
def test_numbers_are_read_as_text_and_blanks_do_not_count(sent, member, expected):
    assert getattr(read(**{member: sent}), member) == expected


_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["repository", "commit", "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(
    changes=st.dictionaries(st.sampled_from([*deployment(), "tier", "job", "job_started_at", "description"]), _ANY, max_size=4)
)
def test_any_value_is_read_or_refused_and_what_is_kept_is_read_the_same(changes):
    fields = None
    try:
        checked = check_deployments(json.dumps({**deployment(), **changes}))
    except Invalid as refused:
        fields = refused.fields
    assert fields or read_kept(checked.body) == checked.items
