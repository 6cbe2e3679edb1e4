"""Where browsers reach the server, as the settings say."""

from __future__ import annotations

from ipaddress import ip_address

from shipledger.errors import Invalid
from shipledger.settings import Settings


def base_of(settings: Settings) -> str:
    """The server's URL for browsers, from the settings. Raises Invalid if the port is unknown."""
    if settings.public_url:
        return settings.public_url
    if not settings.port:
        raise Invalid(
            "url", "The setting port is 0, so the port is unknown here. Pass the URL that the server printed with --url."
        )
    return f"http://{reachable_host(settings.host)}:{settings.port}"


def reachable_host(host: str) -> str:
    """A host for a URL; an address that means "all interfaces" becomes the loopback address."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if address.is_unspecified:
        return "127.0.0.1" if address.version == 4 else "[::1]"  # noqa: PLR2004  as in IPv4
    return host if address.version == 4 else f"[{host}]"  # noqa: PLR2004
