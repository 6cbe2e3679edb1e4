"""All served protocols; the only file that lists them."""

from __future__ import annotations

from collections.abc import Sequence

from shipledger.catalog.issue_keys import read_words
from shipledger.catalog.organization import DEFAULT_SLUG
from shipledger.incidents.model import Recording
from shipledger.ledger import own_receipts
from shipledger.ledger.receipt import Receipt
from shipledger.ledger.state import Tier
from shipledger.protocols.contract import LedgerVerbs, VendorProtocol
from shipledger.protocols.datadog.call import Options
from shipledger.protocols.datadog.routes import DatadogProtocol
from shipledger.protocols.datadog.times import TimeForm
from shipledger.protocols.iftrue.branches import read_branch_rules
from shipledger.protocols.iftrue.routes import IftrueProtocol
from shipledger.protocols.jira.known import KnownRule
from shipledger.protocols.jira.routes import JiraProtocol
from shipledger.protocols.jira.routes import Options as JiraOptions
from shipledger.protocols.native.routes import NativeProtocol
from shipledger.protocols.opsgenie.routes import OpsgenieProtocol
from shipledger.settings import Settings, parse_hosts


def build_protocols(verbs: LedgerVerbs, settings: Settings) -> tuple[VendorProtocol, ...]:
    """All protocols, ready to be routed to."""
    github_hosts = [host.strip() for host in settings.iftrue_github_hosts.split(",") if host.strip()]
    return (
        OpsgenieProtocol(
            verbs,
            public_url=settings.public_url,
            refuses_unknown_workspaces=settings.opsgenie_unknown_workspace == "refuse",
        ),
        IftrueProtocol(verbs, github_hosts=github_hosts, rules=read_branch_rules(settings.iftrue_branch_environments)),
        JiraProtocol(verbs, _jira_options(settings)),
        DatadogProtocol(
            verbs,
            Options(
                time_form=TimeForm(settings.datadog_time_format),
                is_extended=settings.datadog_extended_attributes,
                writes_per_minute=settings.datadog_writes_per_minute,
                reads_per_minute=settings.datadog_reads_per_minute,
                missing_environment=Tier(settings.datadog_missing_environment),
            ),
        ),
        NativeProtocol(verbs),
    )


def _jira_options(settings: Settings) -> JiraOptions:
    return JiraOptions(
        rule=KnownRule(denied=read_words(settings.jira_denied_projects), allowed=read_words(settings.jira_allowed_projects)),
        body_limit_bytes=settings.jira_body_limit_bytes,
        public_url=settings.public_url,
        hosts=parse_hosts(settings.organization_hosts),
        default_slug=DEFAULT_SLUG,
    )


class Interpreters:
    """Interprets a stored receipt by its protocol."""

    def __init__(self) -> None:
        self._protocols: dict[str, VendorProtocol] = {}

    def use(self, protocols: Sequence[VendorProtocol]) -> None:
        """Set the protocols. They need the ledger's verbs, which need a worker, which needs this: hence two steps."""
        self._protocols = {protocol.name: protocol for protocol in protocols}

    def interpret(self, receipt: Receipt) -> Sequence[Recording]:
        """What the receipt asks for. Raises KeyError for a protocol that this version does not know."""
        if receipt.protocol == own_receipts.PROTOCOL:
            return own_receipts.interpret(receipt)
        return self._protocols[receipt.protocol].interpret(receipt)
