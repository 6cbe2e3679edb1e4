"""Where the server may call."""

from __future__ import annotations

import pytest

from shipledger.errors import Invalid
from shipledger.outgoing.networks import read_address, read_networks

PRIVATE = (
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",  # noqa: S104  an address to refuse
    "224.0.0.1",
    "255.255.255.255",
    "192.88.99.1",
    "::1",
    "::",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "::7f00:1",
    "fe80::1%eth0",
    "fc00::1",
    "ff02::1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::7f00:1",
    "2002:7f00:1::",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
)


@pytest.mark.parametrize("text", PRIVATE)
def test_an_address_that_is_not_on_the_internet_is_refused(text: str):
    assert not read_networks("").allow(read_address(text))


@pytest.mark.parametrize("text", ["8.8.8.8", "2606:4700::1", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_an_address_on_the_internet_is_allowed(text: str):
    assert read_networks("").allow(read_address(text))


@pytest.mark.parametrize(
    "text, is_allowed",
    [("10.9.9.9", True), ("192.168.1.7", True), ("192.168.1.8", False), ("::1", True), ("::ffff:10.0.0.1", True)],
)
def test_a_network_that_the_operator_named_is_allowed_and_no_other(text: str, is_allowed: bool):
    assert read_networks("10.0.0.0/8, 192.168.1.7,::1").allow(read_address(text)) is is_allowed


def test_what_is_no_network_is_named():
    with pytest.raises(Invalid, match="'corp'"):
        read_networks("10.0.0.0/8, corp")
