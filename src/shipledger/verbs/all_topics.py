"""All contracts in one: for who builds edges, never for an edge."""

from __future__ import annotations

from typing import Protocol

from shipledger.verbs.audit import AuditVerbs
from shipledger.verbs.calls import CallVerbs
from shipledger.verbs.catalog import CatalogVerbs
from shipledger.verbs.commits import CommitVerbs
from shipledger.verbs.corrections import CorrectionVerbs
from shipledger.verbs.credentials import CredentialVerbs
from shipledger.verbs.deployments import DeploymentVerbs
from shipledger.verbs.duplicates import DuplicateVerbs
from shipledger.verbs.gates import GateVerbs
from shipledger.verbs.home import HomeVerbs
from shipledger.verbs.inbox import InboxVerbs
from shipledger.verbs.incidents import IncidentVerbs
from shipledger.verbs.issues import IssueVerbs
from shipledger.verbs.matrix import MatrixVerbs
from shipledger.verbs.past import PastVerbs
from shipledger.verbs.people import PeopleVerbs
from shipledger.verbs.pull_requests import PullRequestVerbs
from shipledger.verbs.recording import RecordingVerbs
from shipledger.verbs.repositories import RepositoryVerbs
from shipledger.verbs.requests import RequestVerbs
from shipledger.verbs.search import SearchVerbs
from shipledger.verbs.services import ServiceVerbs
from shipledger.verbs.settings import SettingVerbs
from shipledger.verbs.sources import SourceBrowsing
from shipledger.verbs.status import StatusVerbs
from shipledger.verbs.timeline import TimelineVerbs
from shipledger.verbs.tokens import TokenVerbs
from shipledger.verbs.views import ViewVerbs
from shipledger.verbs.webhooks import OutboxVerbs, WebhookChanges


class AllVerbs(
    AuditVerbs,
    CallVerbs,
    CatalogVerbs,
    CommitVerbs,
    CorrectionVerbs,
    CredentialVerbs,
    DeploymentVerbs,
    DuplicateVerbs,
    GateVerbs,
    HomeVerbs,
    InboxVerbs,
    IncidentVerbs,
    IssueVerbs,
    MatrixVerbs,
    PastVerbs,
    PeopleVerbs,
    PullRequestVerbs,
    RecordingVerbs,
    RepositoryVerbs,
    RequestVerbs,
    SearchVerbs,
    ServiceVerbs,
    SettingVerbs,
    SourceBrowsing,
    TimelineVerbs,
    TokenVerbs,
    StatusVerbs,
    OutboxVerbs,
    WebhookChanges,
    ViewVerbs,
    Protocol,
):
    """Every verb."""
