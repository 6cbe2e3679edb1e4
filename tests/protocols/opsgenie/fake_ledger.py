"""A ledger in memory, deciding at once, for checks of the routes alone. The front-door tests use the real one."""

from __future__ import annotations

import itertools
import secrets
import uuid
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.grant import Grant, Scope
from shipledger.access.limits import Throttle
from shipledger.catalog.service import Service, slugify
from shipledger.errors import Conflict
from shipledger.http.budget import Budget, keep_account
from shipledger.ledger.decide import Situation, decide
from shipledger.ledger.identity import new_id
from shipledger.ledger.receipt import Receipt, ReceiptState, Settlement
from shipledger.ledger.submission import RecordDeployment, Target
from shipledger.protocols.opsgenie.routes import OpsgenieProtocol
from shipledger.protocols.router import RawRouter, raw_path_of

START = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)


class FakeLedger:
    """Performs the verbs that Opsgenie's API asks for, over dictionaries."""

    def __init__(self):
        self.grants = {
            "key": Grant("credential", "acme", "opsgenie", "ci", frozenset(Scope)),
            "reader": Grant("credential-2", "acme", "opsgenie", "dashboard", frozenset({Scope.READ})),
            "native": Grant("credential-3", "acme", "native", "other", frozenset(Scope)),
        }
        self.throttled = Throttle(is_exceeded=False, period_seconds=60)
        self.receipts = []
        self.settlements = {}
        self.deployments = {}
        self.services = {}
        self.searches = []
        self.is_settling = True
        self.connected = None
        self.failure = None
        self._ticks = itertools.count(1)

    def _now(self):
        return START + timedelta(seconds=next(self._ticks))

    async def authenticate(self, secret):
        return self.grants.get(secret)

    async def compute(self, organization_id, task, *, size):
        return task()

    def throttle(self, grant):
        return self.throttled

    def new_request_id(self):
        return str(uuid.uuid4())

    def new_receipt(self, grant, protocol, operation, parameters, body):
        now = self._now()
        receipt_id = new_id(now, secrets.token_bytes(8))
        return Receipt(grant.organization_id, receipt_id, grant.credential_id, protocol, operation, parameters, body, now)

    async def record(self, receipt, submissions, accepted):
        if self.failure:
            raise self.failure
        self.receipts.append(receipt)
        settlement = Settlement(
            receipt.receipt_id, receipt.protocol, receipt.operation, ReceiptState.PENDING, receipt.accepted_at
        )
        if self.is_settling:
            verdicts = tuple(self._decide(receipt, submission) for submission in submissions)
            settlement = replace(settlement, state=ReceiptState.SETTLED, settled_at=self._now(), verdicts=verdicts)
        self.settlements[receipt.receipt_id] = settlement
        return accepted

    def _decide(self, receipt, submission):
        if isinstance(submission, RecordDeployment):
            named = set(submission.identities)
            current = next((one for one in self.deployments.values() if named & set(one.identities)), None)
        else:
            current = self._find(submission.target)
        decision = decide(Situation(current, self.connected), receipt, 0, submission, self._now())
        if decision.deployment:
            self.deployments[decision.deployment.deployment_id] = decision.deployment
        return decision.verdict

    def _find(self, target: Target):
        if target.scope is None:
            return self.deployments.get(target.key)
        found = [
            one for one in self.deployments.values() if any((a.scope, a.key) == (target.scope, target.key) for a in one.aliases)
        ]
        return found[-1] if found else None

    async def find_settlement(self, organization_id, receipt_id, wait_seconds=0.0):
        return self.settlements.get(receipt_id)

    async def find_deployment(self, organization_id, target):
        return self._find(target)

    async def search_deployments(self, organization_id, search):
        self.searches.append(search)
        return list(self.deployments.values())[search.offset : search.offset + search.limit]

    async def create_service(self, organization_id, draft):
        if any(service.name == draft.name for service in self.services.values()):
            raise Conflict("service_name", f"A service named {draft.name!r} exists already; choose another name.")
        service = Service(organization_id, str(uuid.uuid4()), slugify(draft.name), draft, START)
        self.services[service.service_id] = service
        return service

    async def find_service(self, organization_id, service_id):
        return self.services.get(service_id)

    async def list_services(self, organization_id, *, offset, limit):
        ordered = sorted(self.services.values(), key=lambda service: service.name)
        return ordered[offset : offset + limit], len(ordered)

    async def update_service(self, organization_id, service_id, changes):
        service = self.services.get(service_id)
        if service is None:
            return None
        self.services[service_id] = changed = replace(service, draft=replace(service.draft, **changes))
        return changed

    async def delete_service(self, organization_id, service_id):
        return self.services.pop(service_id, None) is not None


def application(ledger: FakeLedger, *, public_url: str = ""):
    """The protocol alone as an ASGI application."""
    protocol = OpsgenieProtocol(ledger, public_url=public_url, refuses_unknown_workspaces=True)
    router = RawRouter()
    router.add(protocol, protocol.routes())

    async def app(scope, receive, send):
        match = router.match(scope["method"], raw_path_of(scope))
        scope["path_params"] = match.parameters if match else {}
        keep_account(scope, Budget(1 << 20, seconds=5, slowest_bytes_per_second=1).open_account())
        request = Request(scope, receive, send)
        response: Response
        if match is None:
            response = protocol.answer_error(request, None, 404, {})
        elif match.endpoint is None:
            response = protocol.answer_error(request, None, 405, {"Allow": ", ".join(match.allowed)})
        else:
            response = await match.endpoint(request)
        await response(scope, receive, send)

    return app
