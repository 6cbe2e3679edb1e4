"""Bodies that no honest client sends. Each gets this API's own error, never a 5xx, and nothing is recorded."""

from __future__ import annotations

import asyncio
import json

import pytest

from tests.support.opsgenie import create_body, release
from tests.support.wire import MEBIBYTE, body, check_envelope, request, send

NOT_JSON = {
    "empty": b"",
    "blank": b"  \n",
    "cut": body()[:-1],
    "open": b"{",
    "unquoted": b"{state: 1}",
    "single quotes": b"{'state': 'started'}",
    "trailing comma": b'{"state": "started",}',
    "two values": b"{} {}",
    "not a number": b'{"state": NaN}',
    "infinity": b'{"state": -Infinity}',
    "comment": b'{} // "x"',
    "not utf-8": b'{"state": "\xff\xfe"}',
    "utf-16": body().decode().encode("utf-16"),
    "overlong utf-8": b'{"state": "\xc0\xaf"}',
    "surrogate in utf-8": b'{"state": "\xed\xa0\x80"}',
    "bad escape": b'{"state": "\\x41"}',
    "control character": b'{"state": "a\nb"}',
    "form": b"state=started",
    "nothing but brackets": b"[" * 40_000,
    "nothing but objects": b'{"a":' * 40_000,
    "brackets of two kinds": b"[{" * 20_000,
}


@pytest.mark.parametrize("sent", NOT_JSON.values(), ids=NOT_JSON)
async def test_what_is_not_json_is_a_400(target, key, sent):
    told = check_envelope(await send(target.port, request(key, sent)), 400)
    assert told["message"] == "Request body is not valid JSON."


@pytest.mark.parametrize("sent", [b"[" * 500_000, b'{"a":' * 150_000, b"[{" * 250_000], ids=["[", '{"a":', "[{"])
async def test_more_values_than_are_read_are_a_422_whether_json_or_not(target, key, sent):
    errors = check_envelope(await send(target.port, request(key, sent)), 422)["errors"]
    assert errors == {"body": "should hold at most 50000 values"}


@pytest.mark.parametrize("sent", [b"[]", b'"x"', b"1", b"null", b"true", b"[" + body() + b"]"])
async def test_json_that_is_no_object_is_a_422(target, key, sent):
    assert check_envelope(await send(target.port, request(key, sent)), 422)["errors"] == {"body": "should be an object"}


async def test_deep_nesting_in_a_member_that_nobody_reads_is_answered(target, key):
    deep = b'{"x":' + b"[" * 200_000 + b"]" * 200_000 + b"," + body(state=None)[1:]
    assert (await send(target.port, request(key, deep))).status in {400, 422}


@pytest.mark.parametrize("value", [None, 1, 1.5, True, [], {}, [[]], {"x": 1}, "", "x" * 20_000], ids=range(10))
@pytest.mark.parametrize("place", ["state", "environment", "environment.type", "startedAt", "releases", "releases[0]"])
async def test_a_wrong_value_is_named_by_its_place(target, key, place, value):
    sent = create_body()
    holder, name = {
        "environment.type": (sent["environment"], "type"),
        "releases[0]": (sent["releases"], 0),
    }.get(place, (sent, place))
    holder[name] = value
    told = check_envelope(await send(target.port, request(key, json.dumps(sent).encode())), 422)
    assert any(named.startswith(place) for named in told["errors"]), told
    assert all(isinstance(text, str) for text in told["errors"].values())


@pytest.mark.parametrize("name", ["message", "description", "externalId", "externalLink", "reference", "completedAt"])
@pytest.mark.parametrize("value", [[], {}, ["x"], [[1]]], ids=range(4))
async def test_an_optional_member_of_the_wrong_type_is_a_422(target, key, name, value):
    assert name in check_envelope(await send(target.port, request(key, body(**{name: value}))), 422)["errors"]


@pytest.mark.parametrize("name", ["message", "description", "externalId", "externalLink"])
async def test_a_character_that_no_database_keeps_is_a_422(target, key, name):
    sent = body(**{name: "HERE"}).replace(b"HERE", b"\\u0000")
    assert name in check_envelope(await send(target.port, request(key, sent)), 422)["errors"]


async def test_such_a_character_deep_inside_is_a_422_too(target, key):
    environment = {"type": "Test", "id": "HERE", "displayName": "HERE"}
    sent = json.dumps(create_body(environment=environment, releases=[release("HERE", "HERE", "HERE")]))
    told = check_envelope(await send(target.port, request(key, sent.replace("HERE", "\\u0000").encode())), 422)
    assert set(told["errors"]) == {
        "environment.id",
        "environment.displayName",
        "releases[0].commit.sha",
        "releases[0].repository.repoSlug",
        "releases[0].repository.workspace.identifier",
    }


@pytest.mark.usefixtures("one_is_recorded")
async def test_such_characters_in_members_that_nobody_reads_do_no_harm(target, key):
    sent = b'{"x\\u0000": "\\ud800", ' + body(externalId="unread")[1:]
    assert (await send(target.port, request(key, sent))).status == 202


TIMES = {
    "year 10000": "10000-01-01T00:00:00Z",
    "year 0": "0000-01-01T00:00:00Z",
    "after 9999 in UTC": "9999-12-31T23:59:59-14:00",
    "before 1 in UTC": "0001-01-01T00:00:01+14:00",
    "30 February": "2020-02-30T00:00:00Z",
    "hour 25": "2020-01-01T25:00:00Z",
    "second 61": "2020-01-01T00:00:61Z",
    "offset of a day": "2020-01-01T00:00:00+24:00",
    "offset of 25 hours": "2020-01-01T00:00:00+25",
    "month 13": "2020-13-01T00:00:00Z",
    "date only": "2020-01-01",
    "epoch": "1585231507",
    "other digits": "\N{FULLWIDTH DIGIT TWO}020-01-01T00:00:00Z",
    "words": "yesterday",
    "zero time": "0001-01-01T00:00:00Z",
    "negative year": "-2020-01-01T00:00:00Z",
    "long": "2020-01-01T00:00:00." + "0" * 100_000 + "X",
}


@pytest.mark.parametrize("time", TIMES.values(), ids=TIMES)
async def test_what_is_no_time_is_a_422(target, key, time):
    assert set(check_envelope(await send(target.port, request(key, body(startedAt=time))), 422)["errors"]) == {"startedAt"}


@pytest.mark.usefixtures("one_is_recorded")
@pytest.mark.parametrize(
    "sent, read",
    [
        ("1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"),
        ("0001-01-02T00:00:00Z", "0001-01-02T00:00:00.000Z"),
        ("9999-12-31T23:59:59.999999999Z", "9999-12-31T23:59:59.999Z"),
        ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59.000Z"),
        ("2020-03-26T14:05:07.594123456Z", "2020-03-26T14:05:07.594Z"),
        ("2020-03-26T16:05:07+02:00", "2020-03-26T14:05:07.000Z"),
    ],
)
async def test_strange_times_are_kept(target, key, sent, read):
    assert (await send(target.port, request(key, body(startedAt=sent, externalId=read)))).status == 202
    await target.count_deployments()
    found = await send(target.port, request(key, method="GET", target=f"/v2/deployments/{read}?type=api"))
    assert found.json["data"]["startedAt"] == read


@pytest.mark.parametrize("releases", [501, 5_000])
async def test_too_many_releases_are_a_422(target, key, releases):
    sent = body(releases=[release(str(number)) for number in range(releases)])
    told = check_envelope(await send(target.port, request(key, sent)), 422)
    assert told["errors"] == {"releases": "should have at most 500 items"}


async def test_five_thousand_broken_releases_get_an_answer_of_bounded_size(target, key):
    answer = await send(target.port, request(key, json.dumps(create_body(releases=[{}] * 5_000)).encode()))
    assert "releases" in check_envelope(answer, 422)["errors"]
    assert len(answer.body) < MEBIBYTE


@pytest.mark.usefixtures("one_is_recorded")
async def test_numbers_of_any_size_in_members_that_nobody_reads_do_no_harm(target, key):
    numbers = ", ".join(("1e999", "-1e999", "9" * 1_000, "-0", "1e-999", "0." + "3" * 1_000))
    sent = f'{{"numbers": [{numbers}], '.encode() + body(externalId="numbers")[1:]
    assert (await send(target.port, request(key, sent))).status == 202


@pytest.mark.usefixtures("one_is_recorded")
async def test_the_last_of_repeated_members_counts(target, key):
    sent = b'{"externalId": "first", ' + body(externalId="last")[1:]
    assert (await send(target.port, request(key, sent))).status == 202
    await target.count_deployments()
    assert (await send(target.port, request(key, method="GET", target="/v2/deployments/last?type=api"))).status == 200


@pytest.mark.usefixtures("one_is_recorded")
async def test_bad_bodies_among_good_ones_spoil_only_themselves(target, key):
    bad = [b"{", body(message="HERE").replace(b"HERE", b"\\u0000"), body(state="x"), b"[" * 9_000]
    sent = [bad[number % 4] if number % 8 else body(externalId="among bad ones") for number in range(64)]
    answers = await asyncio.gather(*(send(target.port, request(key, one)) for one in sent))
    assert [answer.status == 202 for answer in answers] == [number % 8 == 0 for number in range(64)]
