"""What is left of an unknown path, an address, and a sentence that repeats what was presented."""

from __future__ import annotations

import pytest
from starlette.requests import Request

from shipledger.http.refused import clean_path, group_address, is_refused, without_secrets


@pytest.mark.parametrize(
    "path, kept",
    [
        ("/v2/deployments/requests", "/v2/deployments/requests"),
        ("/rest/builds/0.1/bulk", "/rest/builds/0.1/bulk"),
        ("/v2/deployments/0190f2c1-7aaa", "/v2/deployments/{…}"),
        ("/ledger/v1/S3cr3tT0ken", "/ledger/v1/{…}"),
        ("/api/" + "a" * 41, "/api/{…}"),
        ("/api/a%2Fb/c d", "/api/a/b/{…}"),
        ("/", "/{…}"),
        ("/a" * 12, "/a" * 8 + "/…"),
    ],
)
def test_an_unknown_path_keeps_words_and_loses_what_may_be_an_id_or_a_secret(path: str, kept: str) -> None:
    assert clean_path(path) == kept


@pytest.mark.parametrize(
    "address, grouped",
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("unix", "unix"),
    ],
)
def test_an_address_of_ipv6_is_counted_with_its_network(address: str, grouped: str) -> None:
    assert group_address(address) == grouped


def test_a_sentence_loses_what_the_request_presented() -> None:
    headers = [(b"authorization", b"Bearer pass phrase-1"), (b"dd-api-key", b"short")]
    scope = {"type": "http", "headers": headers, "query_string": b"api_key=of-a-query&tier=production"}
    text = without_secrets("short, phrase-1, of-a-query, https://ci:pw@host/x and production", Request(scope))
    assert text == "[redacted], [redacted], [redacted], https://ci:[redacted]@host/x and production"


def test_that_a_record_is_not_there_is_an_answer_and_that_a_path_is_not_there_a_refusal() -> None:
    assert not is_refused(404, "GET", "/ledger/v1/deployments/{id}")
    assert is_refused(404, "GET", "")
    assert is_refused(404, "PATCH", "/ledger/v1/deployments/{id}")
    assert not is_refused(202, "POST", "/v2/deployments")
