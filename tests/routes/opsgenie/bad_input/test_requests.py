"""Requests that no honest client sends: lengths that lie, strange paths, keys and methods, and what is no HTTP."""

from __future__ import annotations

import asyncio

import pytest

from shipledger.access.grant import Scope
from tests.support.wire import MEBIBYTE, body, check_envelope, read_answer, request, send


@pytest.mark.parametrize("chunked", [False, True])
async def test_ten_megabytes_are_a_413(target, key, chunked):
    large = b" " * (10 * MEBIBYTE) + body()
    if chunked:
        head = request(key, content_length=None, transfer_encoding="chunked")
        answer = await send(target.port, head, b"%x\r\n%b\r\n0\r\n\r\n" % (len(large), large))
    else:
        answer = await send(target.port, request(key, large))
    assert check_envelope(answer, 413)["message"] == "Request body is larger than 1 MiB."


async def test_one_byte_too_many_is_a_413(target, key):
    check_envelope(await send(target.port, request(key, body().ljust(MEBIBYTE + 1))), 413)


@pytest.mark.usefixtures("one_is_recorded")
async def test_exactly_a_mebibyte_is_accepted(target, key):
    assert (await send(target.port, request(key, body(externalId="large").ljust(MEBIBYTE)))).status == 202


async def test_a_body_longer_than_its_length_is_a_400(target, key):
    answer = await send(target.port, request(key, body(), content_length=str(len(body()) - 1)))
    assert answer.status == 400  # by the HTTP server itself when it sees the rest, which is no request, first


async def test_a_body_shorter_than_its_length_records_nothing(target, key):
    answer = await send(target.port, request(key, body(), content_length=str(len(body()) + 10)), end=True)
    assert answer.status in {0, 400}


@pytest.mark.parametrize(
    "head",
    [
        {"content_length": "-5"},
        {"content_length": "abc"},
        {"content_length": "1e3"},
        {"content_length": "99999999999999999999999"},
        {"content_length": "5", "transfer_encoding": "chunked"},
        {"content_length": "300, 300"},
        {"content_length": None, "transfer_encoding": "chunked, gzip"},
    ],
    ids=str,
)
async def test_a_length_that_is_none_is_refused(target, key, head):
    assert (await send(target.port, request(key, body(), **head), end=True)).status in {0, 400, 413, 501}


@pytest.mark.parametrize("chunk", [b"zz\r\n{}\r\n", b"5\r\n{}\r\n0\r\n\r\n", b"ffffffffffffffffff\r\n{}"])
async def test_a_chunk_that_lies_about_its_size_is_refused(target, key, chunk):
    head = request(key, content_length=None, transfer_encoding="chunked")
    assert (await send(target.port, head, chunk, end=True)).status in {0, 400, 413}


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml", "garbage"]
)
async def test_another_media_type_is_a_415(target, key, kind):
    assert "application/json" in check_envelope(await send(target.port, request(key, body(), content_type=kind)), 415)["message"]


IDENTIFIERS = ("%00", "%ff", "%ed%a0%80", "..", "%2e%2e", "%2F%2F", "%", "%zz", "{}", "%7B%7D", "*", "%F0%9F%92%A9", "'--", "?")


@pytest.mark.parametrize("identifier", [*IDENTIFIERS, pytest.param("x" * 8_000, id="long")])
@pytest.mark.parametrize("query", ["", "?type=api", "?identifierType=pipelines"])
async def test_a_strange_identifier_finds_nothing(target, key, identifier, query):
    answer = await send(target.port, request(key, method="GET", target=f"/v2/deployments/{identifier}{query}"))
    assert answer.status in {404, 405}
    check_envelope(answer, answer.status)


@pytest.mark.parametrize("identifier", [*IDENTIFIERS, pytest.param("x" * 8_000, id="long")])
async def test_a_strange_request_id_finds_nothing(target, key, identifier):
    answer = await send(target.port, request(key, method="GET", target=f"/v2/deployments/requests/{identifier}"))
    check_envelope(answer, 404)
    assert "x-opsgenie-errortype" not in answer.headers


@pytest.mark.parametrize(
    "query, wrong",
    [
        ("", "serviceIds"),
        ("serviceIds=", "serviceIds"),
        ("serviceIds=,,", "serviceIds"),
        ("serviceIds=x&limit=0", "limit"),
        ("serviceIds=x&limit=101", "limit"),
        ("serviceIds=x&limit=ten", "limit"),
        ("serviceIds=x&limit=%EF%BC%91", "limit"),
        ("serviceIds=x&limit=1e1", "limit"),
        pytest.param("serviceIds=x&limit=" + "9" * 5_000, "limit", id="long number"),
        ("serviceIds=x&paginationKey=-1", "paginationKey"),
        ("serviceIds=x&paginationKey=99999999999999999999", "paginationKey"),
        ("serviceIds=x&paginationKey=0x10", "paginationKey"),
        ("serviceIds=x&startTime=yesterday", "startTime"),
        ("serviceIds=x&endTime=10000-01-01T00:00:00Z", "endTime"),
    ],
)
async def test_a_wrong_search_parameter_is_named(target, key, query, wrong):
    answer = await send(target.port, request(key, method="GET", target=f"/v2/deployments/search?{query}"))
    assert set(check_envelope(answer, 422)["errors"]) == {wrong}


@pytest.mark.parametrize(
    "query",
    [
        "serviceIds=%00",
        "serviceIds=%ff",
        "serviceIds=x&environmentIds=%ed%a0%80",
        pytest.param("serviceIds=" + "a," * 9_000, id="many"),
    ],
)
async def test_a_search_for_strange_things_finds_nothing(target, key, query):
    answer = await send(target.port, request(key, method="GET", target=f"/v2/deployments/search?{query}"))
    assert answer.status in {200, 422}
    assert answer.status == 422 or answer.json["data"] == []


@pytest.mark.parametrize("query", ["type=other", "identifierType=%00", "type=API"])
async def test_a_parameter_that_names_no_identifier_type_is_a_422(target, key, query):
    check_envelope(await send(target.port, request(key, method="GET", target=f"/v2/deployments/x?{query}")), 422)


@pytest.mark.parametrize(
    "authorization",
    ["", "GenieKey", "GenieKey ", "GenieKey \xff\xfe", "Basic Og==", pytest.param("GenieKey " + "x" * 20_000, id="long")],
)
async def test_a_strange_key_is_a_401(target, authorization):
    check_envelope(await send(target.port, request("", body(), authorization=authorization)), 401)


async def test_a_revoked_key_is_a_401(target):
    secret = await target.issue()
    organization_id = await target.organization_id()
    newest, *_ = await target.app.store.list_credentials(organization_id)
    await target.app.store.revoke_credential(organization_id, newest.credential_id, now=target.app.clock.now())
    check_envelope(await send(target.port, request(secret, body())), 401)


async def test_a_read_only_key_cannot_write(target):
    told = check_envelope(await send(target.port, request(await target.issue(Scope.READ), body())), 403)
    assert told["code"] == 40301


@pytest.mark.usefixtures("one_is_recorded")
async def test_another_organizations_identifiers_do_not_exist(target, key):
    accepted = await send(target.port, request(key, body(externalId="ours")))
    await target.count_deployments()
    ours = (await send(target.port, request(key, method="GET", target="/v2/deployments/ours?type=api"))).json["data"]["id"]
    theirs = await target.issue(organization="another")
    for path in (ours, "ours?type=api", f"requests/{accepted.json['requestId']}"):
        check_envelope(await send(target.port, request(theirs, method="GET", target=f"/v2/deployments/{path}")), 404)


@pytest.mark.parametrize("method", ["DELETE", "PUT", "PATCH", "OPTIONS"])
async def test_a_wrong_method_is_a_405(target, key, method):
    answer = await send(target.port, request(key, method=method, target="/v2/deployments/search"))
    check_envelope(answer, 405)
    assert "GET" in answer.headers["allow"]


NOT_HTTP = {
    "blank lines": b"\r\n\r\n\r\n",
    "nonsense": b"nonsense\r\n\r\n",
    "method alone": b"GET\r\n\r\n",
    "version from the future": b"GET / HTTP/9.9\r\n\r\n",
    "tls": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "header without a colon": b"GET /v2/deployments/x HTTP/1.1\r\nHost x\r\n\r\n",
    "nul in a header": b"GET /v2/deployments/x HTTP/1.1\r\nHost: a\x00b\r\n\r\n",
    "path that is not utf-8": b"GET /v2/deployments/\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
    "long path": b"GET /" + b"x" * 200_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "long header": b"GET /v2/deployments/x HTTP/1.1\r\n" + b"X-Long: " + b"x" * 200_000 + b"\r\n\r\n",
}


@pytest.mark.parametrize("sent", NOT_HTTP.values(), ids=NOT_HTTP)
async def test_what_is_not_http_does_no_harm(target, sent):
    assert (await send(target.port, sent, end=True)).status < 500


async def test_a_sender_that_goes_away_does_no_harm(target, key):
    for part in (request(key, body())[:30], request(key, body())[:-10]):
        _, writer = await asyncio.open_connection("127.0.0.1", target.port)
        writer.write(part)
        await writer.drain()
        writer.transport.abort()


async def test_requests_in_one_packet_are_answered_in_turn(target, key):
    reader, writer = await asyncio.open_connection("127.0.0.1", target.port)
    writer.write(request(key, b"{") + request(key, b"[]") + request(key, method="GET", target="/v2/deployments/x"))
    assert [(await read_answer(reader)).status for _ in range(3)] == [400, 422, 404]
    writer.close()
    await writer.wait_closed()
