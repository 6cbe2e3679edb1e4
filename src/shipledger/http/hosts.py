"""The host names under which pages and operations endpoints are served.

A site that points its own name at this server (DNS rebinding) reaches it from a reader's browser, but with its name in Host.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.requests import Request

from shipledger.settings import Settings, parse_hosts

_HOST = re.compile(r"(?:\[(?P<address>[0-9a-f:.]+)\]|(?P<name>[a-z0-9._-]+))(?::\d{1,5})?", re.IGNORECASE)
_THIS_MACHINE = "localhost"


class KnownHosts:
    """Loopback names, IP addresses, and the names in the settings."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._names = frozenset(_normalize(name) for name in names)

    def is_known(self, request: Request) -> bool:
        """Whether ``request`` uses one of our host names. False without Host, or with several."""
        hosts = request.headers.getlist("host")
        return len(hosts) == 1 and self._is_known(hosts[0])

    def _is_known(self, host: str) -> bool:
        found = _HOST.fullmatch(host)
        if found is None:
            return False
        if found["address"] is not None:
            return _is_address(found["address"])
        name = _normalize(found["name"])
        is_this_machine = name == _THIS_MACHINE or name.endswith(f".{_THIS_MACHINE}")
        return is_this_machine or _is_address(name) or name in self._names


def read_known_hosts(settings: Settings) -> KnownHosts:
    """The hosts of ``public_url`` and ``organization_hosts``. Raises Invalid for settings that cannot be read."""
    public = host_of(settings.public_url)
    return KnownHosts([*parse_hosts(settings.organization_hosts), *([public] if public else [])])


def host_of(url: str) -> str:
    """The name of the host in ``url``, without its port; empty when there is none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _normalize(name: str) -> str:
    """As a browser writes it: in lower case, without a last dot, and in ASCII."""
    name = name.lower().removesuffix(".")
    try:
        return name if name.isascii() else name.encode("idna").decode()
    except UnicodeError:
        return name


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
