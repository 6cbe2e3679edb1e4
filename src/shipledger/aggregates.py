"""All aggregates; the only file that lists them."""

from __future__ import annotations

from typing import TypeAlias

from shipledger.access.issuance.aggregate import ISSUANCES
from shipledger.access.issuance.model import IssuanceSubmission
from shipledger.access.people.membership.aggregate import MEMBERS
from shipledger.access.people.membership.model import MemberSubmission
from shipledger.catalog.ignoring.aggregate import IGNORINGS
from shipledger.catalog.ignoring.model import ChangeIgnored
from shipledger.catalog.organization_settings.aggregate import ORGANIZATION_SETTINGS
from shipledger.catalog.organization_settings.model import ChangeSettings
from shipledger.catalog.repositories.aggregate import REPOSITORIES
from shipledger.catalog.repositories.model import RepositorySubmission
from shipledger.catalog.services.aggregate import SERVICES
from shipledger.catalog.services.model import ServiceSubmission
from shipledger.catalog.tiering.aggregate import TIERINGS
from shipledger.catalog.tiering.model import ChangeTiers
from shipledger.deployments.aggregate import DEPLOYMENTS
from shipledger.forwarding.webhooks.aggregate import WEBHOOKS
from shipledger.forwarding.webhooks.model import WebhookSubmission
from shipledger.gating.aggregate import GATES
from shipledger.gating.submissions import GateSubmission
from shipledger.incidents.aggregate import INCIDENTS
from shipledger.incidents.model import IncidentSubmission
from shipledger.ledger.aggregate import Aggregates
from shipledger.ledger.submission import Submission
from shipledger.pull_requests.aggregate import PULL_REQUESTS
from shipledger.pull_requests.model import RecordPullRequest

AGGREGATES = Aggregates(
    DEPLOYMENTS,
    INCIDENTS,
    GATES,
    SERVICES,
    REPOSITORIES,
    PULL_REQUESTS,
    TIERINGS,
    ORGANIZATION_SETTINGS,
    MEMBERS,
    IGNORINGS,
    ISSUANCES,
    WEBHOOKS,
)

Recording: TypeAlias = (
    Submission
    | IncidentSubmission
    | GateSubmission
    | ServiceSubmission
    | RepositorySubmission
    | RecordPullRequest
    | ChangeTiers
    | ChangeSettings
    | MemberSubmission
    | ChangeIgnored
    | IssuanceSubmission
    | WebhookSubmission
)
"""All that a receipt may ask for. One receipt may ask about several kinds."""
