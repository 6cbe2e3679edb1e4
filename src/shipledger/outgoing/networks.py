"""Which addresses the server may call: the internet, and the private networks that its operator named."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TypeAlias

from msgspec import Struct

from shipledger.errors import Invalid

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network
Resolve: TypeAlias = Callable[[str, int], Awaitable[list[Address]]]

_GLOBAL_UNICAST = IPv6Network("2000::/3")
_TRANSLATED = IPv6Network("64:ff9b::/96")
_NOT_ON_THE_INTERNET: tuple[Network, ...] = (
    IPv4Network("192.0.0.0/24"),  # protocols' own
    IPv4Network("192.88.99.0/24"),  # relays of 6to4
    IPv6Network("3fff::/20"),  # documentation
)
"""What some versions of Python take for the internet."""

_OF_THE_CLOUD: tuple[Network, ...] = (
    IPv4Network("169.254.169.254/32"),  # nearly every cloud
    IPv4Network("169.254.0.0/16"),  # and its like, for containers
    IPv4Network("168.63.129.16/32"),  # Azure's wire server, which looks like the internet
    IPv4Network("100.100.100.200/32"),  # Alibaba Cloud
    IPv4Network("100.96.0.96/32"),  # Volcano Engine
    IPv4Network("192.0.0.192/32"),  # Oracle Cloud
    IPv6Network("fd00:ec2::/32"),  # AWS: fd00:ec2::254 and its like
    IPv6Network("fd20:ce::254/128"),  # Google Cloud
    IPv6Network("fd00:42::42/128"),  # Scaleway
    IPv6Network("fe80::/10"),  # OpenStack, at fe80::a9fe:a9fe
)
"""Where clouds hand each machine its keys and its configuration, as their documentation names them."""

_IPV4_MASK = 0xFFFFFFFF


class Networks(Struct, frozen=True):
    """Where calls may go. ``named`` are private networks that are allowed as well.

    Where a cloud keeps what only its machines may know, a call goes only when that one address was named: who names a network
    thinks of the systems in it.
    """

    named: tuple[Network, ...] = ()

    def allow(self, address: Address) -> bool:
        """Whether the server may call ``address``."""
        meant = _unwrap(address)
        if is_of_the_cloud(address):
            return any(meant in network and network.num_addresses == 1 for network in self.named)
        return _is_on_the_internet(meant) or any(meant in network for network in self.named)


def read_networks(text: str) -> Networks:
    """Networks such as ``10.0.0.0/8, 127.0.0.1``, separated by commas. Raises Invalid."""
    named = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        try:
            named.append(ip_network(part, strict=False))
        except ValueError:
            raise Invalid(
                "outgoing_networks",
                f"outgoing_networks contains {part!r}, which is not a network; write 10.0.0.0/8 or 192.168.1.7.",
            ) from None
    return Networks(tuple(named))


def read_address(text: str) -> Address:
    """The address in ``text``, without the zone of a link."""
    return ip_address(text.partition("%")[0])


def is_of_the_cloud(address: Address) -> bool:
    """Whether a cloud answers its own machines there, in whatever form the address is written.

    A network may translate IPv6 under a prefix of its own, which nobody can know; the last 32 bits are then the IPv4 address.
    """
    if any(address in network for network in _OF_THE_CLOUD):
        return True
    if isinstance(address, IPv4Address):
        return False
    held = [_unwrap(address), address.sixtofour, *(address.teredo or ())]
    if any(one is not None and one != address and is_of_the_cloud(one) for one in held):
        return True
    last = IPv4Address(int(address) & _IPV4_MASK)
    return any(last in network for network in _OF_THE_CLOUD if network.num_addresses == 1)


def _unwrap(address: Address) -> Address:
    """The IPv4 address that an IPv6 address stands for, else the address."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address in _TRANSLATED:
            return IPv4Address(int(address) & _IPV4_MASK)
    return address


def _is_on_the_internet(address: Address) -> bool:
    """Of IPv6 only global unicast, without the tunnels: through them an address leads to whatever IPv4 address it holds."""
    if not address.is_global or any(address in network for network in _NOT_ON_THE_INTERNET):
        return False
    if isinstance(address, IPv6Address):
        return address in _GLOBAL_UNICAST and address.sixtofour is None and address.teredo is None
    return not address.is_multicast
