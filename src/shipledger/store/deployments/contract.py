"""What every store answers about deployments, receipts and verdicts; part of ``store.contract.Store``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from shipledger.catalog.repository import RepositoryRecord
from shipledger.deployments.listing import DeploymentFilter
from shipledger.found import Found
from shipledger.ledger.deployment import Deployment, Entry
from shipledger.ledger.receipt import Settlement
from shipledger.ledger.receipt_listing import ReceiptFilter, ReceiptRecord, RecordedVerdict
from shipledger.ledger.submission import Alias, Target


class ReadStore(Protocol):
    """Queries on the ledger."""

    async def find_settlement(self, organization_id: str, receipt_id: str) -> Settlement | None:
        """The settlement of a receipt; None if there is no such receipt."""

    async def find_receipt(self, organization_id: str, receipt_id: str) -> ReceiptRecord | None:
        """A receipt with its settlement and credential, or None."""

    async def list_receipts(self, organization_id: str, wanted: ReceiptFilter) -> Found[ReceiptRecord]:
        """A page of receipts, newest first."""

    async def find_deployment(self, organization_id: str, target: Target) -> Deployment | None:
        """The deployment of ``target``, or None. An alias shared by several refers to the newest."""

    async def list_deployments_by_alias(self, organization_id: str, alias: Alias, *, limit: int) -> list[Deployment]:
        """The deployments that have a name which several may have: an issue, a project, a run's series; newest start first."""

    async def list_ids_of_commits(self, organization_id: str, commits: Sequence[str]) -> list[str]:
        """The ids of all deployments that brought one of ``commits``, given by their whole ids in lower case."""

    async def list_ids_of_commits_that_begin(self, organization_id: str, starts: Sequence[str]) -> list[str]:
        """The ids of all deployments that brought a commit whose id begins with one of ``starts``, in lower case."""

    async def list_recorded_after(
        self, organization_id: str, place: tuple[datetime, str], *, limit: int
    ) -> list[tuple[datetime, str]]:
        """When something was recorded of deployments, and their ids, in this order, after a place among these; some twice."""

    async def list_deployments(self, organization_id: str, wanted: DeploymentFilter) -> Found[Deployment]:
        """A page of deployments."""

    async def search_deployments(
        self,
        organization_id: str,
        *,
        service_ids: Sequence[str],
        environment_ids: Sequence[str],
        started_from: datetime | None,
        ended_until: datetime | None,
        offset: int,
        limit: int,
    ) -> Found[Deployment]:
        """Deployments of services, each once, by start descending, then id ascending; a running one ends when it starts."""

    async def scan_deployments(
        self,
        organization_id: str,
        *,
        services: Sequence[str],
        started_from: datetime | None,
        started_until: datetime | None,
        is_ascending: bool,
        after: Deployment | None,
        limit: int,
    ) -> Found[Deployment]:
        """A page of deployments by start, then id, after ``after``; bounds are inclusive.

        ``services``: the senders' names, ignoring case; none does not restrict.
        """

    async def list_entries(self, organization_id: str, deployment_id: str) -> list[Entry]:
        """All entries of a deployment, in order."""

    async def list_verdicts(self, organization_id: str, deployment_id: str) -> list[RecordedVerdict]:
        """The verdicts of all writes about a deployment, oldest first."""

    async def list_verdicts_that_say(
        self, organization_id: str, text: str, *, receipts: int, limit: int
    ) -> list[RecordedVerdict]:
        """The verdicts on the newest ``receipts`` whose sentence contains ``text``, ignoring case of a to z, newest first."""

    async def list_environments(self, organization_id: str) -> list[tuple[str, str, str]]:
        """Every (id, name, tier) of environments used by deployments, by tier and name."""

    async def list_repositories_in_use(self, organization_id: str, *, limit: int) -> list[str]:
        """Repositories used by deployments, by name, up to ``limit``: however many deployments there are."""

    async def list_repositories(self, organization_id: str) -> list[RepositoryRecord]:
        """Every repository used by deployments or mapped to services."""

    async def list_overwritten(self, organization_id: str, *, limit: int) -> list[Deployment]:
        """Deployments that absorbed a later run, before runs were distinguished. Scans all deployments."""

    async def count_deployments(self, organization_id: str) -> int:
        """How many deployments there are."""
