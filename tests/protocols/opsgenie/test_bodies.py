from __future__ import annotations

import json
import time

import pytest
from hypothesis import given

from shipledger.errors import Invalid
from shipledger.protocols.opsgenie.bodies import read_new_service, read_service_changes
from shipledger.protocols.opsgenie.translate import OPERATIONS, read_body, read_object
from tests.protocols.opsgenie.bodies_for_tests import any_json, create_body, release, valid_creates


def faults_of(operation, body):
    with pytest.raises(Invalid) as caught:
        read_body(operation, json.dumps(body))
    return caught.value.fields


def faults_in(text, read):
    """The faults of a body, None when it has none."""
    try:
        read_object(text, read)
    except Invalid as error:
        return error.fields
    return None


def without(body, name):
    return {key: value for key, value in body.items() if key != name}


@pytest.mark.parametrize(
    "change, expected",
    [
        ({"state": None}, {"state": "should be provided"}),
        ({"state": ""}, {"state": "should be provided"}),
        ({"state": "Started"}, {"state": "should be one of [ initial, started, successful, failed ]"}),
        ({"state": 1}, {"state": "should be a string"}),
        ({"environment": "prod"}, {"environment": "should be an object"}),
        ({"environment": {}}, {"environment.type": "should be provided", "environment.id": "should be provided"}),
        ({"environment": {"type": "Test", "id": "x" * 513}}, {"environment.id": "should have at most 512 characters"}),
        ({"startedAt": "0001-01-01T00:00:00Z"}, {"startedAt": "should be provided"}),
        ({"startedAt": ""}, {"startedAt": "should be provided"}),
        ({"startedAt": 1585231507594}, {"startedAt": "should be a date and time such as 2020-03-26T14:05:07.594Z"}),
        ({"completedAt": "soon"}, {"completedAt": "should be a date and time such as 2020-03-26T14:05:07.594Z"}),
        ({"completedAt": 0}, {"completedAt": "should be a date and time such as 2020-03-26T14:05:07.594Z"}),
        ({"message": "x" * 15_001}, {"message": "should have at most 15000 characters"}),
        ({"message": ["x"]}, {"message": "should be a string"}),
        ({"externalId": [77]}, {"externalId": "should be a string"}),
        ({"externalLink": "x" * 4_097}, {"externalLink": "should have at most 4096 characters"}),
        ({"reference": {}}, {"reference": "should be a string"}),
        ({"releases": []}, {"releases": "should have at least one item"}),
        ({"releases": {}}, {"releases": "should be a list"}),
        ({"releases": [None]}, {"releases[0]": "should be provided"}),
        ({"releases": [release(), "x"]}, {"releases[1]": "should be an object"}),
        ({"releases": [release()] * 501}, {"releases": "should have at most 500 items"}),
        ({"releases": [release(commit={"sha": ""})]}, {"releases[0].commit.sha": "should be provided"}),
        ({"releases": [release(commit={"sha": "a" * 256})]}, {"releases[0].commit.sha": "should have at most 255 characters"}),
        ({"releases": [release(repository=None)]}, {"releases[0].repository": "should be provided"}),
        ({"message": "a\0b"}, {"message": "should not contain the character U+0000"}),
    ],
)
def test_each_fault_of_a_create_has_its_text(change, expected):
    assert faults_of("create", create_body(**change)) == expected


@pytest.mark.parametrize(
    "workspace, expected",
    [
        (None, {"releases[0].repository.workspace": "should be provided"}),
        ([7], {"releases[0].repository.workspace": "should be an object"}),
        ("", {"releases[0].repository.workspace": "should be an object"}),
        ({}, {"releases[0].repository.workspace.identifier": "should be provided"}),
        (
            {"identifier": "a", "type": "uuid"},
            {"releases[0].repository.workspace.type": "should be one of [ name, bbcUuid ]"},
        ),
    ],
)
def test_a_workspace_is_an_object_or_a_string(workspace, expected):
    wrong = release(repository={"workspace": workspace, "repoSlug": "shop"})
    assert faults_of("create", create_body(releases=[wrong])) == expected


@pytest.mark.parametrize("name", ["state", "environment", "startedAt", "releases"])
def test_a_missing_member_should_be_provided(name):
    assert faults_of("create", without(create_body(), name)) == {name: "should be provided"}


def test_limits_count_characters():
    body = read_body("create", json.dumps(create_body(externalId="\N{PILE OF POO}" * 512)))
    assert len(body.external_id) == 512
    assert faults_of("create", create_body(externalId="\N{PILE OF POO}" * 513))


def test_the_text_for_reference_is_read_as_the_link_unless_there_is_one():
    assert read_body("create", json.dumps(create_body(reference="r"))).external_link == "r"
    assert read_body("create", json.dumps(create_body(reference="r", externalLink="e"))).external_link == "e"
    assert read_body("update", json.dumps({"reference": "r"})).external_link == "r"
    assert read_body("update", json.dumps({"reference": "r", "externalLink": ""})).external_link == ""


def test_unknown_members_are_ignored_whatever_they_hold():
    extra = {"region": 7, "unknown": [{"a": None}], "n": "\0\ud800", "d": {"state": 1}}
    assert read_body("create", json.dumps(create_body() | extra)) == read_body("create", json.dumps(create_body()))


@pytest.mark.parametrize(
    "body, expected",
    [
        ({}, {"state": "should be provided", "completedAt": "should be provided"}),
        ({"state": "failed", "completedAt": None}, {"completedAt": "should be provided"}),
        ({"state": "failed", "completedAt": ""}, {"completedAt": "should be provided"}),
        (
            {"state": "done", "completedAt": 1},
            {
                "state": "should be one of [ initial, started, successful, failed ]",
                "completedAt": "should be a date and time such as 2020-03-26T14:05:07.594Z",
            },
        ),
    ],
)
def test_each_fault_of_a_state_update_has_its_text(body, expected):
    assert faults_of("update-state", body) == expected


def test_the_zero_time_is_accepted_in_a_state_update():
    body = read_body("update-state", '{"state": "failed", "completedAt": "0001-01-01T00:00:00Z"}')
    assert body.completed_at is None


NOTHING = "should have at least one of externalLink, description, message, externalId, startedAt"


@pytest.mark.parametrize(
    "body, expected",
    [
        ({}, {"body": NOTHING}),
        ({"unknown": 1, "message": None}, {"body": NOTHING}),
        ({"startedAt": ""}, {"startedAt": "should be provided"}),
        ({"startedAt": "0001-01-01T00:00:00Z"}, {"startedAt": "should be provided"}),
        ({"message": [1], "description": {}}, {"message": "should be a string", "description": "should be a string"}),
    ],
)
def test_each_fault_of_an_update_has_its_text(body, expected):
    assert faults_of("update", body) == expected


@pytest.mark.parametrize(
    "body, expected",
    [
        ({}, {"name": "should be provided"}),
        ({"name": "x" * 101}, {"name": "should have at most 100 characters"}),
        ({"name": "x", "tags": "a"}, {"tags": "should be a list"}),
        ({"name": "x", "tags": ["a"] * 21}, {"tags": "should have at most 20 items"}),
        ({"name": "x", "tags": ["a", [1], ""]}, {"tags[1]": "should be a string", "tags[2]": "should be provided"}),
        ({"name": "x", "visibility": "ALL"}, {"visibility": "should be one of [ TEAM_MEMBERS, OPSGENIE_USERS ]"}),
    ],
)
def test_each_fault_of_a_service_has_its_text(body, expected):
    with pytest.raises(Invalid) as caught:
        read_object(json.dumps(body), read_new_service)
    assert caught.value.fields == expected


@pytest.mark.parametrize("text", ["[]", "1", "null", '"x"', "true"])
def test_json_that_is_no_object_should_be_one(text):
    with pytest.raises(Invalid) as caught:
        read_body("create", text)
    assert caught.value.fields == {"body": "should be an object"}


def test_five_thousand_releases_are_refused_quickly():
    text = json.dumps(create_body(releases=[{}] * 5_000))
    began = time.perf_counter()
    with pytest.raises(Invalid):
        read_body("create", text)
    assert time.perf_counter() - began < 0.2


@given(valid_creates())
def test_every_valid_create_is_read(body):
    assert read_body("create", json.dumps(body)).state == body["state"]


@given(any_json())
def test_the_checks_never_raise_anything_but_invalid(body):
    text = json.dumps(body)
    for read in (*(operation.read for operation in OPERATIONS.values()), read_new_service, read_service_changes):
        fields = faults_in(text, read)
        assert fields is None or fields
        assert all(isinstance(value, str) for value in (fields or {}).values())
