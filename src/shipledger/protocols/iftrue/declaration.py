"""What iftrue's API needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from msgspec import Meta, Struct

from shipledger.protocols.declaration import Declaration, Parts
from shipledger.protocols.iftrue.credentials import KINDS
from shipledger.settings import part_of

if TYPE_CHECKING:
    from shipledger.protocols.contract import VendorProtocol


class IftrueSettings(Struct, frozen=True, kw_only=True):
    """What an operator can set."""

    iftrue_branch_environments: Annotated[
        str,
        Meta(
            description="Environments of branches in iftrue reports, such as `develop=staging, release/*=uat`; the "
            "first match wins, and other branches mean production."
        ),
    ] = ""
    iftrue_github_hosts: Annotated[
        str,
        Meta(description="GitHub Enterprise hosts, separated by commas. As on github.com, iftrue needs a node id there."),
    ] = ""


def _build(parts: Parts) -> VendorProtocol:
    from shipledger.protocols.iftrue.branches import read_branch_rules
    from shipledger.protocols.iftrue.routes import IftrueProtocol

    settings = part_of(parts.settings, IftrueSettings)
    hosts = [host.strip() for host in settings.iftrue_github_hosts.split(",") if host.strip()]
    return IftrueProtocol(parts.ledger, github_hosts=hosts, rules=read_branch_rules(settings.iftrue_branch_environments))


IFTRUE = Declaration(name="iftrue", build=_build, credential_kinds=KINDS, settings=IftrueSettings)
