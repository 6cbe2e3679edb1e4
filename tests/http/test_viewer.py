"""Who asks: nobody before somebody was let in, then the same for all that answers the request."""

from __future__ import annotations

import pytest
from starlette.requests import Request

from shipledger.access.grant import Grant, Scope
from shipledger.http.budget import Budget, account_of, keep_account
from shipledger.http.viewer import admit, find_viewer, viewer_of

GRANT = Grant("credential", "acme", "native", "CI", frozenset({Scope.READ, "beacon_send"}))


@pytest.fixture
def request_of_acme() -> Request:
    scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": []}
    keep_account(scope, Budget(1 << 20, seconds=5, slowest_bytes_per_second=1).open_account())
    return Request(scope)


def test_whoever_asks_before_somebody_was_let_in_has_made_a_mistake(request_of_acme):
    assert find_viewer(request_of_acme) is None
    with pytest.raises(LookupError):
        viewer_of(request_of_acme)


def test_who_was_let_in_is_known_wherever_the_request_is_answered(request_of_acme):
    viewer = admit(request_of_acme, GRANT)

    assert viewer_of(Request(request_of_acme.scope)) is viewer
    assert (viewer.organization_id, viewer.grant) == ("acme", GRANT)
    assert account_of(request_of_acme).holder == "acme"


@pytest.mark.parametrize("right, may", [(Scope.READ, True), ("beacon_send", True), (Scope.WRITE, False), ("else", False)])
def test_a_viewer_has_the_rights_of_the_credential_ours_and_those_of_its_protocol(request_of_acme, right, may):
    assert admit(request_of_acme, GRANT).may(right) is may
