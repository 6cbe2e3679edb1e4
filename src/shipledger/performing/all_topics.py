"""The performer of every topic, for edges that each ask for a few."""

from __future__ import annotations

from shipledger.performing.audit import AuditPerformer
from shipledger.performing.calls import CallPerformer
from shipledger.performing.catalog import CatalogPerformer
from shipledger.performing.commits import CommitPerformer
from shipledger.performing.corrections import CorrectionPerformer
from shipledger.performing.credentials import CredentialPerformer
from shipledger.performing.deployments import DeploymentPerformer
from shipledger.performing.duplicates import DuplicatePerformer
from shipledger.performing.gates import GatePerformer
from shipledger.performing.home import HomePerformer
from shipledger.performing.inbox import InboxPerformer
from shipledger.performing.incidents import IncidentPerformer
from shipledger.performing.issues import IssuePerformer
from shipledger.performing.matrix import MatrixPerformer
from shipledger.performing.outbox import OutboxPerformer
from shipledger.performing.past import PastPerformer
from shipledger.performing.people import PeoplePerformer
from shipledger.performing.pull_requests import PullRequestPerformer
from shipledger.performing.recording import RecordingPerformer
from shipledger.performing.repositories import RepositoryPerformer
from shipledger.performing.requests import RequestPerformer
from shipledger.performing.search import SearchPerformer
from shipledger.performing.services import ServicePerformer
from shipledger.performing.settings import SettingPerformer
from shipledger.performing.sources import SourcePerformer
from shipledger.performing.statuses import StatusPerformer
from shipledger.performing.timeline import TimelinePerformer
from shipledger.performing.tokens import TokenPerformer
from shipledger.performing.views import ViewPerformer


class EveryPerformer(
    AuditPerformer,
    CallPerformer,
    CorrectionPerformer,
    CredentialPerformer,
    RecordingPerformer,
    RepositoryPerformer,
    RequestPerformer,
    DeploymentPerformer,
    HomePerformer,
    DuplicatePerformer,
    InboxPerformer,
    IncidentPerformer,
    GatePerformer,
    SearchPerformer,
    ServicePerformer,
    SettingPerformer,
    StatusPerformer,
    CatalogPerformer,
    IssuePerformer,
    CommitPerformer,
    MatrixPerformer,
    PastPerformer,
    PeoplePerformer,
    PullRequestPerformer,
    OutboxPerformer,
    SourcePerformer,
    TimelinePerformer,
    TokenPerformer,
    ViewPerformer,
):
    """Performs them all."""
