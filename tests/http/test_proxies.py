"""What proxies say of a client is believed of those alone that the settings name."""

from __future__ import annotations

import pytest
from starlette.requests import Request

from shipledger.errors import Invalid
from shipledger.http.proxies import read_proxies


def make_request(client: str | None, *headers: tuple[str, str]) -> Request:
    told = [(name.lower().encode(), value.encode()) for name, value in headers]
    return Request({"type": "http", "headers": told, "client": None if client is None else (client, 1234)})


@pytest.mark.parametrize(
    "networks,client,told,address",
    [
        ("", "192.0.2.7", (), "192.0.2.7"),
        ("", "127.0.0.1", ("203.0.113.5",), "127.0.0.1"),
        ("127.0.0.1", "192.0.2.7", ("203.0.113.5",), "192.0.2.7"),
        ("127.0.0.1", "127.0.0.1", ("203.0.113.5",), "203.0.113.5"),
        ("127.0.0.1", "127.0.0.1", ("10.9.9.9, 203.0.113.5",), "203.0.113.5"),
        ("127.0.0.1, 10.0.0.0/8", "127.0.0.1", ("198.51.100.1, 203.0.113.5, 10.1.2.3",), "203.0.113.5"),
        ("127.0.0.1, 10.0.0.0/8", "127.0.0.1", ("198.51.100.1, 203.0.113.5", "10.1.2.3"), "203.0.113.5"),
        ("10.0.0.0/8", "10.0.0.1", ("10.0.0.2, 10.0.0.3",), "10.0.0.2"),
        ("127.0.0.1", "::ffff:127.0.0.1", ("203.0.113.5",), "203.0.113.5"),
        ("::1", "::1", ("2001:db8::5",), "2001:db8::5"),
        ("127.0.0.1", "127.0.0.1", ("nonsense, [::1]:80, ",), "127.0.0.1"),
        ("127.0.0.1", "127.0.0.1", (",".join(["198.51.100.1"] * 5_000 + ["203.0.113.5"]),), "203.0.113.5"),
        ("127.0.0.1", None, ("203.0.113.5",), ""),
    ],
)
def test_the_address_is_the_last_that_no_named_proxy_has(networks, client, told, address):
    request = make_request(client, *(("X-Forwarded-For", one) for one in told))
    assert read_proxies(networks).address_of(request) == address


@pytest.mark.parametrize(
    "header,is_over_tls",
    [
        (("X-Forwarded-Proto", "https"), True),
        (("X-Forwarded-Proto", "HTTPS, http"), True),
        (("X-Forwarded-Proto", "http"), False),
        (("X-Forwarded-Proto", "httpsx"), False),
        (("Forwarded", "for=192.0.2.1;proto=https;by=203.0.113.43"), True),
        (("Forwarded", 'Proto="https"'), True),
        (("Forwarded", "for=192.0.2.1;proto=http"), False),
    ],
)
def test_tls_is_what_a_named_proxy_says(header, is_over_tls):
    proxies = read_proxies("127.0.0.1")
    assert proxies.is_over_tls(make_request("127.0.0.1", header)) is is_over_tls
    for client in ("192.0.2.7", "testclient", None):
        assert not proxies.is_over_tls(make_request(client, header))


@pytest.mark.parametrize("text", ["localhost", "10.0.0.0/33", "*", "127.0.0.1;::1"])
def test_a_network_that_is_none_is_told(text):
    with pytest.raises(Invalid, match="trusted_proxies"):
        read_proxies(text)
