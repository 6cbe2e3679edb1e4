"""The query string hash, by the vectors of the contract and by an independent implementation."""

from __future__ import annotations

import hashlib
import json
from urllib.parse import quote

import pytest
from atlassian_jwt.url_utils import hash_url
from hypothesis import given
from hypothesis import strategies as st

from shipledger.protocols.jira.qsh import candidate_hashes, canonical_request, hash_request, is_hash_of
from tests.support.project import ROOT

VECTORS = json.loads((ROOT / "tests/contract/jira/qsh-vectors.json").read_text())


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["url"])
def test_the_hashes_of_public_implementations_are_accepted(vector):
    path, _, query = vector["url"].partition("?")
    canonical = canonical_request(vector["method"], path, query)
    assert canonical in (vector["canonical_npm_2_0_3"], vector["canonical_py_3_0_0"])
    if vector["agree"]:
        assert hash_request(vector["method"], path, query) == vector["qsh_npm"]
        assert is_hash_of(vector["qsh_npm"], vector["method"], path, query)
        assert hash_url(vector["method"], vector["url"]) == vector["qsh_npm"]


segments = st.text(st.characters(codec="utf-8", exclude_characters="/?"), min_size=1).map(lambda text: quote(text, safe=""))
pairs = st.lists(st.tuples(st.sampled_from("ab"), st.text(st.characters(codec="ascii"), max_size=4)), max_size=4)


@given(st.lists(segments, min_size=1, max_size=3), pairs)
def test_a_public_client_and_we_hash_alike(path, query):
    raw_path = "/" + "/".join(path)
    raw_query = "&".join(f"{name}={quote(value, safe='')}" for name, value in query)
    assert hash_url("GET", f"{raw_path}?{raw_query}") in candidate_hashes("GET", raw_path, raw_query)


@pytest.mark.parametrize(
    "signed, arrived, base_path, is_accepted",
    [
        ("/bulk", "/jira/bulk", "/jira", True),
        ("/jira/bulk", "/bulk", "/jira", True),
        ("/p/a%20b", "/p/a b", "", True),
        ("/p/a b", "/p/a%20b", "", True),
        ("/p/a%2Fb", "/p/a%2fb", "", True),
        ("/p/%C3%BC", "/p/%c3%bc", "", True),
        ("/p/%C3%BC", "/p/\xc3\xbc", "", True),
        ("/p/ü", "/p/%C3%BC", "", True),
        ("/p/%FF", "/p/%FE", "", False),
        ("/p/%FF", "/p/%EF%BF%BD", "", False),
        ("/p/a/b", "/p/a%2Fb", "", False),
        ("/p/a%20b", "/p/a%2520b", "", False),
        ("/p/a%252Fb", "/p/a%2Fb", "", False),
        ("/p/b", "/p/a", "", False),
    ],
)
def test_what_proxies_and_clients_do_to_a_path_is_allowed_for_unless_it_names_another_id(signed, arrived, base_path, is_accepted):
    assert is_hash_of(hash_request("GET", signed, ""), "GET", arrived, "", base_path=base_path) is is_accepted


def test_the_method_is_part_of_the_hash():
    assert not is_hash_of(hash_request("GET", "/bulk", ""), "DELETE", "/bulk", "")


@pytest.mark.parametrize(
    "query, canonical",
    [
        ("", ""),
        ("a", "a="),
        ("&&a=1&", "a=1"),
        ("b=2&a=1", "a=1&b=2"),
        ("a=2&b=3&a=10&a=1", "a=1,10,2&b=3"),
        ("a%20b=c%20d&a+c=+", "a%20b=c%20d&a%20c=%20"),
        ("%61=1&b=%62", "a=1&b=b"),
        ("a=1,2&b=%2C", "a=1%2C2&b=%2C"),
        ("a%3Db=c=d", "a%3Db=c%3Dd"),
        ("%c3%bc=%e2%82%ac", "%C3%BC=%E2%82%AC"),
        ("\xc3\xbc=\xe2\x82\xac", "%C3%BC=%E2%82%AC"),
        ("a=-._~!*'()", "a=-._~%21%2A%27%28%29"),
        ("jwt=x&a=1&%6Awt=y&jwtx=z", "a=1&jwtx=z"),
        ("JWT=x", "JWT=x"),
        ("%FF=1&%FE=2", "%FE=2&%FF=1"),
    ],
)
def test_names_and_values_are_hashed_as_utf_8_however_they_are_written(query, canonical):
    assert canonical_request("get", "/x", query) == f"GET&/x&{canonical}"


def test_names_are_sorted_as_they_are_or_as_they_are_encoded():
    for canonical in ("GET&/x&z=2&%C3%BC=1", "GET&/x&%C3%BC=1&z=2"):
        claimed = hashlib.sha256(canonical.encode()).hexdigest()
        assert is_hash_of(claimed, "GET", "/x", "%C3%BC=1&z=2")
        assert not is_hash_of(claimed, "GET", "/x", "%C3%BC=2&z=1")
        assert not is_hash_of(claimed, "GET", "/x", "%C3%BC=1&z=2&y=3")
