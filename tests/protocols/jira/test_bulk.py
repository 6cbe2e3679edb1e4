"""Every deployment of a bulk request is checked on its own, and every fault has its sentence."""

from __future__ import annotations

import json

import pytest

from shipledger.errors import Invalid
from shipledger.protocols.jira.bulk import read_bulk
from shipledger.protocols.jira.checking import Checker
from tests.support.jira import ABSENT, RULE, associated, deployment, errors, read

PIPELINE = {"id": "p", "displayName": "P", "url": "https://p.example.com"}
ENVIRONMENT = {"id": "e", "displayName": "E", "type": "testing"}


@pytest.mark.parametrize(
    "changes, expected",
    [
        ({"url": ABSENT}, ["'url' is required"]),
        ({"url": None}, ["'url' is required"]),
        ({"url": ""}, ["'url' is required"]),
        ({"url": "ci.example.com/1"}, ["'url' must be an absolute URL"]),
        ({"url": "ci.example.com:8080/1"}, ["'url' must be an absolute URL"]),
        ({"url": "https:///1"}, ["'url' must be an absolute URL"]),
        ({"url": "javascript:alert(1)"}, ["'url' must be an absolute URL"]),
        ({"url": "https://a.example.com/" + "x" * 1978}, []),
        ({"url": "https://a.example.com/" + "x" * 1979}, ["'url' must have at most 2000 characters"]),
        ({"url": "https://a.example.com/web release/1"}, []),
        ({"description": ABSENT}, ["'description' is required"]),
        ({"description": "two\nlines"}, []),
        ({"displayName": ""}, []),
        ({"displayName": ABSENT}, ["'displayName' is required"]),
        ({"displayName": 41}, []),
        ({"displayName": "ü" * 255}, []),
        ({"displayName": "ü" * 256}, ["'displayName' must have at most 255 characters"]),
        ({"label": "x" * 256}, ["'label' must have at most 255 characters"]),
        ({"label": ["x"]}, ["'label' must be a string"]),
        ({"label": "a\0b"}, ["'label' must not contain the character U+0000"]),
        ({"label": "\ud800"}, []),
        ({"lastUpdated": "yesterday"}, ["'lastUpdated' must be an ISO 8601 date-time"]),
        ({"lastUpdated": 1700000000}, ["'lastUpdated' must be an ISO 8601 date-time"]),
        (
            {"state": "Successful"},
            ["'state' must be one of unknown, pending, in_progress, cancelled, failed, rolled_back, successful"],
        ),
        ({"state": ABSENT}, ["'state' is required"]),
        ({"pipeline": ABSENT}, ["'pipeline' is required"]),
        ({"pipeline": "p"}, ["'pipeline' must be an object"]),
        ({"pipeline": {**PIPELINE, "id": ""}}, ["'pipeline.id' is required"]),
        ({"pipeline": {**PIPELINE, "id": -1403241}}, []),
        ({"pipeline": {**PIPELINE, "id": "x" * 256}}, ["'pipeline.id' must have at most 255 characters"]),
        ({"pipeline": {**PIPELINE, "url": None}}, ["'pipeline.url' is required"]),
        ({"environment": {**ENVIRONMENT, "displayName": ""}}, []),
        (
            {"environment": {**ENVIRONMENT, "type": "prod"}},
            ["'environment.type' must be one of unmapped, development, testing, staging, production"],
        ),
        ({"duration": 187.5}, []),
        ({"duration": -1}, ["'duration' must not be negative"]),
        ({"duration": True}, ["'duration' must be a number"]),
        ({"triggeredBy": {"email": "x" * 256}}, ["'triggeredBy.email' must have at most 255 characters"]),
        ({"triggeredBy": "a@b.example"}, ["'triggeredBy' must be an object"]),
        ({"commands": [{"command": "something_new"}]}, []),
        ({"commands": {}}, ["'commands' must be an array"]),
        ({"commands": [{}]}, []),
        ({"commands": [{"command": None}, {"command": ""}, {"command": {}}, {"command": "x" * 256}, 7, "x", None, []]}, []),
        ({"schemaVersion": "1.0", "unknownMember": {"x": 1}}, []),
        ({"url": ABSENT, "state": "x" * 3, "label": {}}, None),
    ],
)
def test_every_wrong_member_has_its_sentence(changes, expected):
    found = errors(**changes)
    assert len(found) == 3 if expected is None else found == expected


@pytest.mark.parametrize("name", ["deploymentSequenceNumber", "updateSequenceNumber"])
@pytest.mark.parametrize(
    "value, number",
    [
        (2**63 - 1, 2**63 - 1),
        (-(2**63), -(2**63)),
        (9007199254740993, 9007199254740993),
        ("9007199254740993", 9007199254740993),
        ("-12", -12),
        (7.0, 7),
        (2**63, None),
        (-(2**63) - 1, None),
        ("9223372036854775808", None),
        (10**30, None),
        (7.5, None),
        (True, None),
        ("7x", None),
        ("+7", None),
        ([], None),
    ],
    ids=repr,
)
def test_sequence_numbers_are_64_bits_without_loss(name, value, number):
    item = read(deployment(**{name: value})).items[0]
    if number is None:
        assert item.errors == (f"'{name}' must be an integer",)
    else:
        assert item.deployment is not None
        assert number in (item.deployment.sequence_number, item.deployment.update_number)


def test_a_missing_number_is_required():
    assert errors(updateSequenceNumber=None) == ["'updateSequenceNumber' is required"]


@pytest.mark.parametrize(
    "body, messages",
    [
        ('{"deployments": [', ["The request body is not valid JSON"]),
        ("[]", ["The request body must be a JSON object"]),
        ("{}", ["'deployments' must hold 1 to 100 elements"]),
        ('{"deployments": {}}', ["'deployments' must hold 1 to 100 elements"]),
        ('{"deployments": [7]}', ["'deployments[0]' must be an object"]),
        (json.dumps({"deployments": [{}] * 101}), ["'deployments' must hold 1 to 100 elements"]),
        ('{"deployments": [{}], "properties": []}', ["'properties' must be an object"]),
        (
            '{"deployments": [{}], "properties": {"_a": "x", "b:c": "y"}}',
            [
                "Property key '_a' must not start with '_' or contain ':'",
                "Property key 'b:c' must not start with '_' or contain ':'",
            ],
        ),
        (
            json.dumps({"deployments": [{}], "properties": dict.fromkeys("abcdef", "x")}),
            ["'properties' can have a maximum of 5 elements"],
        ),
        ('{"deployments": [{}], "properties": {"a": {}}}', ["Property 'a' must be a string, a number or a boolean"]),
        (
            json.dumps({"deployments": [{}], "properties": {"a": "x" * 256}}),
            ["Property 'a' must have at most 255 characters"],
        ),
        ("[" * 600 + "]" * 600, ["The request body must be nested less deeply"]),
    ],
)
def test_a_request_that_is_wrong_as_a_whole_is_refused_as_a_whole(body, messages):
    with pytest.raises(Invalid) as caught:
        read_bulk(body, RULE)
    assert list(caught.value.fields) == messages


def test_a_hundred_deployments_are_accepted():
    assert len(read(*[deployment()] * 100).items) == 100


def test_properties_are_compared_as_text_so_numbers_and_booleans_become_text_and_null_drops_the_key():
    bulk = read(deployment(), properties={"a": 601234567, "b": True, "c": None, "d": 1.5, "e": "x", "f": 2.0})
    assert bulk.properties == {"a": "601234567", "b": "true", "d": "1.5", "e": "x", "f": "2.0"}


def test_a_refused_deployment_is_named_as_far_as_its_key_can_be_read():
    key = read(deployment(deploymentSequenceNumber="x", pipeline=7, environment={"id": 12})).items[0].key
    assert (key.pipeline_id, key.environment_id, key.deployment_sequence_number) == ("", "12", 0)


def test_null_is_absent_everywhere():
    nothing = dict.fromkeys(["commands", "issueKeys", "label", "duration", "triggeredBy", "schemaVersion"])
    assert errors(**nothing) == []
    assert errors(**associated("issueIdOrKeys", None, "SHIP-1")) == []


@pytest.mark.parametrize(
    "duration, told",
    [
        (None, None),
        (0, None),
        (0.0, None),
        (7.5, None),
        (2**63 - 1, None),
        (2**63, "must be a number"),
        (-1, "must not be negative"),
        (-0.5, "must not be negative"),
        (-(2**63) + 1, "must not be negative"),
        (-(2**63), "must be a number"),
        (float("inf"), "must be a number"),
        (float("nan"), "must be a number"),
        (True, "must be a number"),
        ("7", "must be a number"),
    ],
)
def test_a_duration_is_a_number_of_64_bits_that_is_not_negative(duration, told):
    errors: list[str] = []
    amount = Checker({"duration": duration}, errors).optional_amount("duration")
    assert errors == ([f"'duration' {told}"] if told else [])
    assert told or amount == duration
