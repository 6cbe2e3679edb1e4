"""Proxies in front of this server: what they say of a client is believed only of those that the settings name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TypeAlias

from starlette.requests import Request

from shipledger.errors import Invalid

Network: TypeAlias = IPv4Network | IPv6Network

_OVER_TLS = re.compile(r"(?:^|[;,\s])proto=\"?https\b", re.IGNORECASE)
_HOPS_READ = 20


class Proxies:
    """Proxies in ``networks``. Everybody else who sends ``X-Forwarded-For`` speaks for nobody but themselves."""

    def __init__(self, networks: Sequence[Network] = ()) -> None:
        self._networks = networks

    def address_of(self, request: Request) -> str:
        """Where a request comes from: the last address that no named proxy has. "" if the connection tells none."""
        address = "" if request.client is None else request.client.host
        for hop in reversed(_hops_of(request)):
            if not self._has(address):
                break
            address = hop
        return address

    def is_over_tls(self, request: Request) -> bool:
        """Whether a named proxy says that the client speaks TLS."""
        if request.client is None or not self._has(request.client.host):
            return False
        headers = request.headers
        protocol = headers.get("x-forwarded-proto", "").partition(",")[0].strip().lower()
        return protocol == "https" or _OVER_TLS.search(headers.get("forwarded", "")) is not None

    def _has(self, address: str) -> bool:
        found = _read_address(address)
        return found is not None and any(found in network for network in self._networks)


def read_proxies(text: str) -> Proxies:
    """Networks such as ``10.0.0.0/8, 127.0.0.1``, separated by commas. Raises Invalid."""
    networks = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        try:
            networks.append(ip_network(part, strict=False))
        except ValueError:
            raise Invalid(
                "settings", f"trusted_proxies contains {part!r}, which is not a network; write 10.0.0.0/8 or 192.168.1.7."
            ) from None
    return Proxies(networks)


def _hops_of(request: Request) -> list[str]:
    """The addresses in X-Forwarded-For, the nearest last; only as many as a chain of proxies can have."""
    told: Iterable[str] = request.headers.getlist("x-forwarded-for")
    hops = [hop.strip() for header in told for hop in header.rsplit(",", _HOPS_READ)][-_HOPS_READ:]
    return [str(address) for hop in hops if (address := _read_address(hop)) is not None]


def _read_address(text: str) -> IPv4Address | IPv6Address | None:
    """The address in ``text``, IPv4 also where a socket of IPv6 tells it; None if it has none."""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
