"""Bodies are unpacked by every protocol, and one that is empty is none, whatever its headers say."""

from __future__ import annotations

import gzip
import json
import secrets
import zlib

import pytest

from tests.support.jira_clients import issue_client
from tests.support.tenants import Sent, make_tenant
from tests.support.writes import WRITES

FORM = "application/x-www-form-urlencoded"
RECORDED = {"opsgenie": 202, "incidents": 202, "jira": 202, "native": 201, "iftrue": 201, "datadog": 200}
EMPTY = {"opsgenie": 400, "incidents": 400, "jira": 400, "native": 400, "iftrue": 400, "datadog": 400}
CODINGS = {"gzip": gzip.compress, "x-gzip": gzip.compress, "GZIP": gzip.compress, "deflate": zlib.compress}


def deflate_bare(content: bytes) -> bytes:
    """Without the header of zlib, as some clients take deflate to be."""
    compressor = zlib.compressobj(wbits=-15)
    return compressor.compress(content) + compressor.flush()


@pytest.fixture
async def tenant(server):
    return await make_tenant(server, "default", app_key="com.example.app")


@pytest.fixture
async def client(server):
    async with server.client() as opened:
        yield opened


async def post(tenant, client, sent: Sent, content: bytes, **headers: str):
    """The answer to a body as it is."""
    proof = tenant.proofs[sent.scheme](sent.method, sent.target)
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    return await client.request(sent.method, sent.target, content=content, headers={**proof, **headers})


async def test_a_packed_body_is_read(tenant, client):
    for name, write in WRITES.items():
        sent = write()
        plain = json.dumps(sent.body).encode()
        for coding, pack in (*CODINGS.items(), ("deflate", deflate_bare), ("identity", bytes)):
            answer = await post(tenant, client, sent, pack(plain), Content_Type="application/json", Content_Encoding=coding)
            assert answer.status_code in (RECORDED[name], 200), (coding, answer.text)


async def test_another_coding_is_415_in_the_words_of_the_protocol(server, tenant, client):
    for write in WRITES.values():
        sent = write()
        plain = json.dumps(sent.body).encode()
        for coding in ("br", "zstd", "gzip, deflate"):
            answer = await post(tenant, client, sent, plain, Content_Type="application/json", Content_Encoding=coding)
            assert answer.status_code == 415, (coding, answer.text)
            assert answer.headers["Accept-Encoding"] == "gzip, deflate"
            assert "is not read; use one of gzip, deflate" in answer.text
            assert answer.headers["Content-Type"].partition(";")[0] in (
                "application/json",
                "application/problem+json",
                "application/vnd.api+json",
            )
        assert await server.count_deployments() == 0


async def test_what_cannot_be_unpacked_or_becomes_too_much_is_told(server, tenant, client):
    large = gzip.compress(secrets.token_bytes(6 * 1024 * 1024).hex().encode(), 1)
    for name, write in WRITES.items():
        sent = write()
        plain = json.dumps(sent.body).encode()
        bomb = gzip.compress(plain + b" " * 900_000)
        for content, words in (
            (plain, "not valid gzip"),
            (gzip.compress(plain)[:-9], "not valid gzip"),
            (bomb, "100 times its length"),
        ):
            answer = await post(tenant, client, sent, content, Content_Type="application/json", Content_Encoding="gzip")
            assert (answer.status_code, words in answer.text) == (400, True), answer.text
        answer = await post(tenant, client, sent, large, Content_Type="application/json", Content_Encoding="gzip")
        assert answer.status_code == (400 if name == "datadog" else 413), answer.text
        assert await server.count_deployments() == 0


async def test_an_empty_body_is_no_body_whatever_its_headers_say(tenant, client):
    for name, write in WRITES.items():
        sent = write()
        answers = [
            await post(tenant, client, sent, b"", **headers)
            for headers in (
                {"Content_Type": "application/json"},
                {"Content_Type": FORM},
                {"Content_Type": "text/plain", "Content_Encoding": "br"},
                {},
            )
        ]
        assert {answer.status_code for answer in answers} == {EMPTY[name]}
        packed = await post(tenant, client, sent, gzip.compress(b""), Content_Type=FORM, Content_Encoding="gzip")
        assert packed.status_code == EMPTY[name]


async def test_an_action_that_needs_no_body_takes_an_empty_form(tenant, client):
    for action in ("close", "resolve", "reopen"):
        sent = Sent("GenieKey", "POST", f"/v1/incidents/any/{action}")
        assert (await post(tenant, client, sent, b"", Content_Type=FORM)).status_code == 202


async def test_a_packed_request_for_a_token_is_read(server, client):
    credential, secret = await issue_client(server)
    asked = {
        "grant_type": "client_credentials",
        "client_id": credential.credential_id,
        "client_secret": secret,
        "audience": "api.atlassian.com",
    }
    for coding, status in (("gzip", 200), ("br", 415)):
        content = gzip.compress(json.dumps(asked).encode())
        answer = await client.post(
            "/oauth/token", content=content, headers={"Content-Encoding": coding, "Content-Type": "application/json"}
        )
        assert answer.status_code == status, answer.text
