from __future__ import annotations

from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from shipledger.ledger.receipt import Receipt
from shipledger.protocols.contract import Route
from shipledger.protocols.router import RawRouter, raw_path_of


class Shop:
    """A protocol whose endpoints are told apart by the text that they answer."""

    name = "shop"

    def routes(self):
        return [
            Route("POST", "/v2/orders", answering("create")),
            Route("GET", "/v2/orders/search", answering("search")),
            Route("GET", "/v2/orders/{order}", answering("get")),
            Route("PATCH", "/v2/orders/{order}/state", answering("state")),
            Route("GET", "/v2/orders/{order}/files/{path...}", answering("file")),
        ]

    def interpret(self, receipt: Receipt):
        return ()

    def answer_error(self, request: Request, error: Any, status: int, headers: dict[str, str]) -> Response:
        return PlainTextResponse("", status, headers)

    def openapi_paths(self):
        return {}

    def openapi_security_schemes(self):
        return {}


def answering(text: str):
    async def endpoint(request: Request) -> Response:
        return PlainTextResponse(text)

    endpoint.text = text
    return endpoint


@pytest.fixture
def router() -> RawRouter:
    router = RawRouter()
    shop = Shop()
    router.add(shop, shop.routes())
    return router


def found(router: RawRouter, method: str, path: str) -> tuple[str, dict[str, str]]:
    match = router.match(method, path)
    assert match is not None
    assert match.endpoint is not None
    return match.endpoint.text, match.parameters


@pytest.mark.parametrize(
    "method, path, endpoint, parameters",
    [
        ("POST", "/v2/orders", "create", {}),
        ("POST", "/v2/orders/", "create", {}),
        ("GET", "/v2/orders/search", "search", {}),
        ("GET", "/v2/orders/7", "get", {"order": "7"}),
        ("HEAD", "/v2/orders/7", "get", {"order": "7"}),
        ("GET", "/v2/orders/job%2Fshop%2F77", "get", {"order": "job/shop/77"}),
        ("GET", "/v2/orders/50%2525", "get", {"order": "50%25"}),
        ("GET", "/v2/orders/a+b", "get", {"order": "a+b"}),
        ("GET", "/v2/orders/%C3%A9", "get", {"order": "é"}),
        ("GET", "/v2/orders/Ã©", "get", {"order": "é"}),
        ("GET", "/v2/orders/%FF", "get", {"order": "\N{REPLACEMENT CHARACTER}"}),
        ("PATCH", "/v2/orders/search/state", "state", {"order": "search"}),
    ],
)
def test_a_request_is_matched_on_its_undecoded_path(router, method, path, endpoint, parameters):
    assert found(router, method, path) == (endpoint, parameters)


@pytest.mark.parametrize("path", ["/", "/v2", "/v2/orders/7/8", "/v2/orders//", "/v2/orders/7/state/x", "/V2/orders", ""])
def test_what_no_protocol_has_is_not_matched(router, path):
    assert router.match("GET", path) is None


def test_a_known_path_with_another_method_names_those_that_are_allowed(router):
    match = router.match("DELETE", "/v2/orders/7")
    assert match is not None
    assert match.endpoint is None
    assert match.allowed == ("GET", "HEAD")


def test_an_unknown_path_under_a_protocol_belongs_to_it(router):
    owner = router.owner_of("/v2/orders/7/8/9")
    assert owner is not None
    assert owner.name == "shop"
    assert router.owner_of("/v2/ordersx") is None


def test_one_operation_cannot_be_served_twice(router):
    with pytest.raises(ValueError, match="served twice"):
        router.add(Shop(), Shop().routes())


def test_the_raw_path_is_read_without_its_query():
    assert raw_path_of({"type": "http", "path": "/a/b", "raw_path": b"/a%2Fb?x=1"}) == "/a%2Fb"
    assert raw_path_of({"type": "http", "path": "/a"}) == "/a"


def test_a_rest_is_every_further_segment_as_it_came(router: RawRouter):
    assert found(router, "GET", "/v2/orders/7/files/a%2Fb//c/") == ("file", {"order": "7", "path": "a%2Fb//c"})


def test_a_rest_is_at_least_one_segment(router: RawRouter):
    assert router.match("GET", "/v2/orders/7/files") is None
