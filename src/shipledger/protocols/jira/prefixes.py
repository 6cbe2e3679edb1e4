"""Where an API of this vendor is served: on a site, and behind the vendor's API gateway."""

from __future__ import annotations


def prefixes_of(api: str, version: str, *, gateway_version: str = "") -> tuple[str, ...]:
    """The places of one API. The gateway may know another version of it by ``gateway_version``."""
    return (
        f"/rest/{api}/{version}",
        f"/jira/{api}/{gateway_version or version}/cloud/{{cloudId}}",
        f"/ex/jira/{{cloudId}}/rest/{api}/{version}",
        f"/{api}/{version}",
    )
