"""The operations of this API, and what the rest of the program asks of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.grant import Scope
from shipledger.aggregates import Recording
from shipledger.errors import ShipledgerError
from shipledger.http.refused import Refusal
from shipledger.ledger.receipt import Receipt
from shipledger.protocols.contract import Route, VendorProtocol
from shipledger.protocols.native import commit_openapi, mark_openapi, matrix_openapi, openapi, pull_request_openapi, translate
from shipledger.protocols.native.audit import AuditOperations, audit_paths
from shipledger.protocols.native.call import Admission, refuse
from shipledger.protocols.native.changes import ChangeOperations, change_paths
from shipledger.protocols.native.commits import CommitOperations
from shipledger.protocols.native.compare import CompareOperations, compare_paths
from shipledger.protocols.native.correction_openapi import correction_paths
from shipledger.protocols.native.corrections import CorrectionOperations
from shipledger.protocols.native.credentials import APPROVE
from shipledger.protocols.native.deployments import DeploymentOperations
from shipledger.protocols.native.duplicates import DuplicateOperations, duplicate_paths
from shipledger.protocols.native.environments import EnvironmentOperations
from shipledger.protocols.native.faults import fault_of_ours, read_refusal
from shipledger.protocols.native.gates import GateOperations
from shipledger.protocols.native.glance import GlanceOperations, glance_paths
from shipledger.protocols.native.home import HomeOperations, home_paths
from shipledger.protocols.native.inbox import InboxOperations, inbox_paths
from shipledger.protocols.native.incidents import IncidentOperations
from shipledger.protocols.native.marks import MarkOperations
from shipledger.protocols.native.matrix import MatrixOperations
from shipledger.protocols.native.merging import MergingOperations
from shipledger.protocols.native.merging_openapi import merging_paths
from shipledger.protocols.native.outbox import OutboxOperations, outbox_paths
from shipledger.protocols.native.people import PeopleOperations
from shipledger.protocols.native.people_openapi import people_paths
from shipledger.protocols.native.projects import ProjectOperations, project_paths
from shipledger.protocols.native.pull_requests import PullRequestOperations
from shipledger.protocols.native.repositories import RepositoryOperations, repository_paths
from shipledger.protocols.native.request_listing import RequestListing, request_list_paths
from shipledger.protocols.native.requests import RequestOperations
from shipledger.protocols.native.search import SearchOperations, search_paths
from shipledger.protocols.native.services import ServiceOperations
from shipledger.protocols.native.setting_openapi import setting_paths
from shipledger.protocols.native.settings import SettingOperations
from shipledger.protocols.native.shipped import ShippedOperations, shipped_paths
from shipledger.protocols.native.sources import SourceOperations, source_paths
from shipledger.protocols.native.status import StatusOperations, status_paths
from shipledger.protocols.native.tier_rules import TierRuleOperations, tier_rule_paths
from shipledger.protocols.native.timeline import TimelineOperations, timeline_paths
from shipledger.protocols.native.tokens import TokenOperations, token_paths
from shipledger.protocols.native.views import ViewOperations, view_paths
from shipledger.protocols.native.vocabulary import PREFIX, PROTOCOL
from shipledger.protocols.native.webhooks import WebhookOperations, webhook_paths
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


class Verbs(
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
    ViewVerbs,
    StatusVerbs,
    OutboxVerbs,
    WebhookChanges,
    Protocol,
):
    """What is asked of the ledger here."""


class NativeProtocol(VendorProtocol):
    """Shipledger's own API."""

    name = PROTOCOL
    unserved_prefixes = (PREFIX,)

    def __init__(self, ledger: Verbs, *, public_url: str) -> None:
        self._ledger = ledger
        self._admission = Admission(ledger)
        self._deployments = DeploymentOperations(ledger, public_url=public_url)
        self._incidents = IncidentOperations(ledger, public_url=public_url)
        self._search = SearchOperations(ledger, self._admission)
        self._services = ServiceOperations(ledger, public_url=public_url)
        self._environments = EnvironmentOperations(ledger, public_url=public_url)
        self._glance = GlanceOperations(ledger, self._admission)
        self._gates = GateOperations(ledger, public_url=public_url)
        self._requests = RequestOperations(ledger)
        self._home = HomeOperations(ledger, self._admission)
        self._inbox = InboxOperations(ledger, self._admission, public_url=public_url)
        self._request_list = RequestListing(ledger, public_url=public_url)
        self._commits = CommitOperations(ledger, self._admission)
        self._pull_requests = PullRequestOperations(ledger, self._admission, public_url=public_url)
        self._changes = ChangeOperations(ledger, self._admission)
        self._projects = ProjectOperations(ledger, self._admission, public_url=public_url)
        self._views = ViewOperations(ledger, self._admission)
        self._shipped = ShippedOperations(ledger, self._admission)
        self._compare = CompareOperations(ledger, self._admission)
        self._matrix = MatrixOperations(ledger, self._admission, public_url=public_url)
        self._settings = SettingOperations(ledger, self._admission)
        self._tier_rules = TierRuleOperations(ledger, self._admission)
        self._outbox = OutboxOperations(ledger, self._admission)
        self._webhooks = WebhookOperations(ledger, self._admission)
        self._status = StatusOperations(ledger, self._admission)
        self._repositories = RepositoryOperations(ledger, self._admission, public_url=public_url)
        self._sources = SourceOperations(ledger, self._admission)
        self._timeline = TimelineOperations(ledger, self._admission)
        self._tokens = TokenOperations(ledger, self._admission)
        self._audit = AuditOperations(ledger, self._admission, public_url=public_url)
        self._people = PeopleOperations(ledger, self._admission, public_url=public_url)
        self._corrections = CorrectionOperations(ledger, self._admission)
        self._duplicates = DuplicateOperations(ledger, self._admission)
        self._merging = MergingOperations(ledger, self._admission, self._deployments)
        self._marks = MarkOperations(ledger, self._admission, self._deployments, self._incidents)

    def routes(self) -> Sequence[Route]:
        """Its operations."""
        admit = self._admission.endpoint
        return (
            Route("POST", f"{PREFIX}/deployments", admit(Scope.WRITE, self._deployments.record), base=PREFIX),
            Route("GET", f"{PREFIX}/deployments", admit(Scope.READ, self._deployments.list_page), base=PREFIX),
            Route("GET", f"{PREFIX}/deployments/{{id}}", admit(Scope.READ, self._deployments.get), base=PREFIX),
            Route("POST", f"{PREFIX}/incidents", admit(Scope.WRITE, self._incidents.record), base=PREFIX),
            Route("GET", f"{PREFIX}/incidents", admit(Scope.READ, self._incidents.list_page), base=PREFIX),
            Route("GET", f"{PREFIX}/incidents/{{id}}", admit(Scope.READ, self._incidents.get), base=PREFIX),
            Route("POST", f"{PREFIX}/services", admit(Scope.CONFIGURATION, self._services.save), base=PREFIX),
            Route("GET", f"{PREFIX}/services", admit(Scope.READ, self._services.list_page), base=PREFIX),
            Route("GET", f"{PREFIX}/services/{{id}}", admit(Scope.READ, self._services.get), base=PREFIX),
            Route("GET", f"{PREFIX}/services/{{id}}/history", admit(Scope.READ, self._services.list_history), base=PREFIX),
            Route("POST", f"{PREFIX}/services/{{id}}/merge", admit(Scope.CONFIGURATION, self._services.merge), base=PREFIX),
            Route("POST", f"{PREFIX}/environments", admit(Scope.CONFIGURATION, self._environments.save), base=PREFIX),
            Route("GET", f"{PREFIX}/environments/history", admit(Scope.READ, self._environments.list_history), base=PREFIX),
            Route("GET", f"{PREFIX}/environments/{{name}}", admit(Scope.READ, self._environments.get), base=PREFIX),
            Route("GET", f"{PREFIX}/environments", admit(Scope.READ, self._environments.list_page), base=PREFIX),
            Route("POST", f"{PREFIX}/gates", admit(Scope.WRITE, self._gates.ask), base=PREFIX),
            Route("GET", f"{PREFIX}/gates", admit(Scope.READ, self._gates.list_page), base=PREFIX),
            Route("GET", f"{PREFIX}/gates/{{id}}", admit(Scope.READ, self._gates.get), base=PREFIX),
            Route("POST", f"{PREFIX}/gates/{{id}}/decisions", admit(APPROVE, self._gates.decide), base=PREFIX),
            Route("GET", f"{PREFIX}/requests", admit(Scope.READ, self._request_list.list_page), base=PREFIX),
            Route("GET", f"{PREFIX}/requests/{{id}}", admit(Scope.READ, self._requests.get), base=PREFIX),
            *self._commits.routes(),
            *self._glance.routes(),
            *self._corrections.routes(),
            *self._home.routes(),
            *self._inbox.routes(),
            *self._marks.routes(),
            *self._merging.routes(),
            *self._duplicates.routes(),
            *self._compare.routes(),
            *self._matrix.routes(),
            *self._pull_requests.routes(),
            *self._changes.routes(),
            *self._search.routes(),
            *self._projects.routes(),
            *self._views.routes(),
            *self._shipped.routes(),
            *self._settings.routes(),
            *self._tier_rules.routes(),
            *self._status.routes(),
            *self._outbox.routes(),
            *self._webhooks.routes(),
            *self._repositories.routes(),
            *self._people.routes(),
            *self._sources.routes(),
            *self._audit.routes(),
            *self._timeline.routes(),
            *self._tokens.routes(),
        )

    def interpret(self, receipt: Receipt) -> Sequence[Recording]:
        """What a stored receipt asks for."""
        return translate.interpret(receipt)

    def answer_error(self, request: Request, error: ShipledgerError | None, status: int, headers: dict[str, str]) -> Response:
        """An error that was found outside the endpoints."""
        fault = fault_of_ours(error, status, path=request.scope["path"], method=request.method, headers=headers)
        return refuse(self._ledger.new_request_id(), fault, headers)

    def read_refusal(self, body: bytes) -> Refusal:
        """What an error answer of this API says."""
        return read_refusal(body)

    async def find_sender(self, request: Request) -> None:
        """Look for who sent a request that no operation has answered."""
        await self._admission.find_sender(request)

    def openapi_paths(self) -> dict[str, Any]:
        """Its part of the OpenAPI page."""
        return (
            openapi.paths()
            | commit_openapi.paths()
            | glance_paths()
            | correction_paths()
            | home_paths()
            | inbox_paths()
            | mark_openapi.mark_paths()
            | compare_paths()
            | matrix_openapi.matrix_paths()
            | merging_paths()
            | duplicate_paths()
            | pull_request_openapi.pull_request_paths()
            | request_list_paths(f"{PREFIX}/requests")
            | change_paths()
            | search_paths()
            | project_paths()
            | view_paths()
            | shipped_paths()
            | setting_paths()
            | status_paths()
            | outbox_paths()
            | webhook_paths()
            | tier_rule_paths()
            | repository_paths()
            | people_paths()
            | source_paths()
            | audit_paths()
            | timeline_paths()
            | token_paths()
        )

    def openapi_security_schemes(self) -> dict[str, Any]:
        """The security scheme that its operations name."""
        return openapi.security_schemes()
