"""The query string hash, by the vectors of the contract and by an independent implementation."""

from __future__ import annotations

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
