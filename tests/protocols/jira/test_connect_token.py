"""Connect tokens that prove something, and all those that do not."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import jwt
import pytest

from shipledger.protocols.jira.connect_token import TokenRefused, check_request, find_signer, read_issuer, verify
from shipledger.protocols.jira.qsh import hash_request
from tests.support.project import ROOT

SECRET = "0123456789abcdef0123456789abcdef"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
AT = int(NOW.timestamp())
PATH = "/rest/deployments/0.1/bulk"


def prove(
    token: str, *, secret: str = SECRET, now: datetime = NOW, method: str = "POST", path: str = PATH, query: str = ""
) -> str:
    issuer = read_issuer(token)
    assert find_signer(token, ["another", secret]) == 1
    check_request(verify(token, secret, now=now), method, path, query, base_path="")
    return issuer


def signed(*, secret: str = SECRET, algorithm: str = "HS256", **changes: Any) -> str:
    claims = {"iss": "com.example.app", "iat": AT, "exp": AT + 180, "qsh": hash_request("POST", PATH, ""), **changes}
    return jwt.encode({name: value for name, value in claims.items() if value is not None}, secret, algorithm=algorithm)


SAMPLES = [json.loads(path.read_text()) for path in sorted((ROOT / "tests/contract/jira").glob("connect-jwt-*.json"))]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample["name"])
def test_the_recorded_tokens_prove_what_the_contract_says(sample):
    request, given = sample["request"], sample["verify"]
    path, _, query = request["target"].partition("?")
    token = request["headers"]["Authorization"].removeprefix("JWT ")
    now = datetime.fromtimestamp(given["at"], UTC)

    def call() -> str:
        return prove(token, secret=given["shared_secret"], now=now, method=request["method"], path=path, query=query)

    if sample["name"] == "connect-jwt-unknown-issuer":
        assert call() != given["app_key"]
    elif sample["response"]["status"] == 401:
        with pytest.raises(TokenRefused):
            call()
    else:
        assert call() == given["app_key"]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"iat": AT + 30, "exp": AT + 210},
        {"iat": AT - 210, "exp": AT - 30},
        {"exp": AT + 3600},
        {"nbf": AT + 30},
        {"aud": ["x"], "sub": 7, "jti": 1},
    ],
)
def test_a_good_token_is_taken(changes):
    assert prove(signed(**changes)) == "com.example.app"


@pytest.mark.parametrize(
    "changes",
    [
        {"iat": AT + 31},
        {"exp": AT - 31, "iat": AT - 180},
        {"exp": AT + 3601},
        {"nbf": AT + 31},
        {"nbf": "soon"},
        {"iat": None},
        {"exp": None},
        {"exp": "never"},
        {"exp": True},
        {"qsh": None},
        {"qsh": 7},
        {"qsh": "context-qsh"},
        {"qsh": "0" * 64},
        {"iss": None},
        {"algorithm": "HS512", "secret": SECRET * 2},
        {"algorithm": "none", "secret": ""},
        {"secret": "x" * 32},
        {"deep": json.loads("[" * 501 + "]" * 501)},
        {"many": [0] * 1_000},
        {"long": "x" * 8_000},
    ],
)
def test_a_token_that_does_not_prove_everything_is_refused(changes):
    with pytest.raises(TokenRefused):
        prove(signed(**changes))


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "é.é.é", "..", "\0", "eyJhbGciOiJIUzI1NiJ9." + "W" * 60_000 + "."])
def test_what_is_no_token_is_refused(token):
    with pytest.raises(TokenRefused):
        prove(token)


def test_a_head_that_is_too_long_is_refused_before_it_is_read():
    token = jwt.encode({"iat": AT, "exp": AT + 180}, SECRET, headers={"padding": "x" * 4_000})
    assert find_signer(token, [SECRET]) == 0
    with pytest.raises(TokenRefused, match="head"):
        verify(token, SECRET, now=NOW)


@pytest.mark.parametrize("request_of", [{"path": "/" + "a" * 16_384}, {"query": "&" * 200}])
def test_a_request_that_is_too_long_to_hash_is_refused(request_of):
    with pytest.raises(TokenRefused, match="its request has"):
        prove(signed(), **request_of)


def test_the_longest_token_is_taken_and_one_character_more_is_not():
    longest, too_long = (signed(padding="x" * size) for size in (5_938, 5_939))
    assert (len(longest), len(too_long)) == (8 * 1024, 8 * 1024 + 1)
    assert prove(longest) == "com.example.app"
    with pytest.raises(TokenRefused, match="more than 8192 characters"):
        prove(too_long)


def test_the_longest_head_is_taken():
    token = jwt.encode({"iat": AT, "exp": AT + 180}, SECRET, headers={"padding": "x" * 3_032})
    assert len(token.partition(".")[0]) == 4 * 1024
    assert verify(token, SECRET, now=NOW)["iat"] == AT


def test_as_many_claims_as_may_be_are_taken_and_one_more_is_not():
    assert prove(signed(many=[0] * 995)) == "com.example.app"  # beside the list, its four neighbours and the object
    with pytest.raises(TokenRefused, match="its claims cannot be read"):
        prove(signed(many=[0] * 996))


def test_the_longest_request_is_taken():
    path = "/" + "a" * (16 * 1024 - 1)
    assert prove(signed(qsh=hash_request("POST", path, "")), path=path)
    assert prove(signed(), query="&" * 199)
