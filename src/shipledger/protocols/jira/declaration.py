"""What Jira's APIs need."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from msgspec import Meta, Struct

from shipledger.protocols.app_installing import AppInstaller, AppInstalling, InstallerParts
from shipledger.protocols.declaration import Declaration, Parts
from shipledger.protocols.jira.credentials import APP, KINDS
from shipledger.settings import part_of

if TYPE_CHECKING:
    from shipledger.protocols.contract import VendorProtocol


class JiraSettings(Struct, frozen=True, kw_only=True):
    """What an operator can set."""

    jira_body_limit_bytes: Annotated[
        int, Meta(ge=1, description="Maximum body size of a bulk request to the Jira API; larger ones get a 413.")
    ] = 10_485_760


def _build(parts: Parts) -> VendorProtocol:
    from shipledger.catalog.issue_keys import read_words
    from shipledger.catalog.organization import DEFAULT_SLUG
    from shipledger.protocols.jira.gating_call import GatingCalls
    from shipledger.protocols.jira.known import KnownRule
    from shipledger.protocols.jira.routes import JiraProtocol, Options
    from shipledger.settings import parse_hosts

    settings = parts.settings
    options = Options(
        rule=KnownRule(denied=read_words(settings.jira_denied_projects), allowed=read_words(settings.jira_allowed_projects)),
        body_limit_bytes=part_of(settings, JiraSettings).jira_body_limit_bytes,
        public_url=settings.public_url,
        hosts=parse_hosts(settings.organization_hosts),
        default_slug=DEFAULT_SLUG,
    )
    calls = GatingCalls(seal=parts.seal, clock=parts.clock, public_url=settings.public_url)
    return JiraProtocol(parts.ledger, options, calls)


def _build_installer(parts: InstallerParts) -> AppInstaller:
    from shipledger.protocols.jira.installing import Installer

    return Installer(parts)


JIRA = Declaration(
    name="jira",
    build=_build,
    credential_kinds=KINDS,
    settings=JiraSettings,
    apps=AppInstalling(kind=APP, build=_build_installer, example="https://app.example.com/atlassian-connect.json"),
)
