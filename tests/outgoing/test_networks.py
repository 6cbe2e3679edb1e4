"""Where the server may call."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address

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
    "192.0.0.8",
    "198.18.0.1",
    "3fff::1",
    "5f00::1",
)
OF_A_CLOUD = (
    "169.254.169.254",
    "169.254.170.2",
    "169.254.42.42",
    "168.63.129.16",
    "100.100.100.200",
    "100.96.0.96",
    "192.0.0.192",
    "fd00:ec2::254",
    "fd00:ec2::23",
    "fd20:ce::254",
    "fd00:42::42",
    "fe80::a9fe:a9fe",
    "fe80::a9fe:a9fe%eth0",
)
WRITTEN_IN_IPV6 = ("169.254.169.254", "168.63.129.16", "100.100.100.200", "100.96.0.96", "192.0.0.192")


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


@pytest.mark.parametrize("text", OF_A_CLOUD)
def test_where_a_cloud_keeps_secrets_of_its_machines_is_refused_also_in_a_network_that_was_named(text: str):
    address = read_address(text)
    assert not read_networks("").allow(address)
    assert not read_networks("0.0.0.0/0, ::/0, 169.254.0.0/16, 168.63.129.0/24, fd00::/8").allow(address)
    assert read_networks(str(address)).allow(address)


@pytest.mark.parametrize("text", WRITTEN_IN_IPV6)
def test_such_an_address_is_refused_in_every_form_that_ipv6_has_for_it(text: str):
    address = IPv4Address(text)
    inverted = int(address) ^ 0xFFFFFFFF
    spellings = [
        *(
            read_address(f"{prefix}{text}")
            for prefix in ("::ffff:", "::", "::ffff:0:", "64:ff9b::", "64:ff9b:1::", "2606:4700:64::")
        ),
        IPv6Address((0x2002 << 112) | (int(address) << 80) | 1),  # 6to4
        IPv6Address((0x20010000 << 96) | inverted),  # Teredo
    ]
    for spelling in spellings:
        assert not read_networks("").allow(spelling), spelling
        assert not read_networks("::/0").allow(spelling), spelling


def test_a_network_may_be_written_by_any_of_its_addresses() -> None:
    assert read_networks("10.1.2.3/8").allow(read_address("10.9.9.9"))
