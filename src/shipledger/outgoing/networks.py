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
_RELAYS_OF_6TO4 = IPv4Network("192.88.99.0/24")
_IPV4_MASK = 0xFFFFFFFF


class Networks(Struct, frozen=True):
    """Where calls may go. ``named`` are private networks that are allowed as well."""

    named: tuple[Network, ...] = ()

    def allow(self, address: Address) -> bool:
        """Whether the server may call ``address``."""
        meant = _unwrap(address)
        return _is_on_the_internet(meant) or any(meant in network for network in self.named if network.version == meant.version)


def read_networks(text: str) -> Networks:
    """Networks such as ``10.0.0.0/8, 127.0.0.1``, separated by commas. Raises Invalid."""
    named = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        try:
            named.append(ip_network(part, strict=False))
        except ValueError:
            raise Invalid(
                "outgoing_networks", f"outgoing_networks has {part!r}, which is no network; write 10.0.0.0/8 or 192.168.1.7."
            ) from None
    return Networks(tuple(named))


def read_address(text: str) -> Address:
    """The address in ``text``, without the zone of a link."""
    return ip_address(text.partition("%")[0])


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
    if isinstance(address, IPv6Address):
        is_tunnel = address.sixtofour is not None or address.teredo is not None
        return address in _GLOBAL_UNICAST and address.is_global and not is_tunnel
    return address.is_global and not address.is_multicast and address not in _RELAYS_OF_6TO4
