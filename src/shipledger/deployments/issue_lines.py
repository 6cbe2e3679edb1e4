"""Where issues stand: the lines of each, whatever the count of its deployments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from msgspec import Struct

from shipledger.ledger.deployment import Deployment
from shipledger.ledger.state import Tier
from shipledger.ledger.submission import Alias


class IssueLine(Struct, frozen=True):
    """The deployments of one line that name an issue: of one sender's pipeline in one environment of a ``tier``.

    ``newest``: the newest of them that were read, newest first; none if there are too many lines to read all. The counts are
    of all: ``deployments``, those that are successful now, and those that have not ended.
    """

    tier: Tier
    newest: tuple[Deployment, ...]
    deployments: int
    successes: int
    unended: int


class StandingStore(Protocol):
    """Where issues stand, exact whatever the count of their deployments."""

    async def list_issue_lines(
        self, organization_id: str, names: Mapping[str, Sequence[str]], *, of_each: int, in_all: int
    ) -> dict[str, list[IssueLine]]:
        """The lines of issues, each under the names by which deployments name it; without those that nothing names.

        Up to ``of_each`` deployments of a line are read, and ``in_all`` of all lines: first the newest of each line.
        """

    async def list_histories(self, organization_id: str, issues: Sequence[str], *, limit: int) -> dict[str, list[Deployment]]:
        """The newest deployments that name each of ``issues``, newest start first."""

    async def list_named_issues(self, organization_id: str, *, project: str, after: str, limit: int) -> list[str]:
        """A page of the names of issues that deployments name, after ``after``; "" for all projects."""

    async def list_projects(self, organization_id: str, *, after: str, limit: int) -> list[tuple[str, str]]:
        """A page of the projects whose issues deployments name, after ``after``, each with the id of its newest deployment."""

    async def count_issues_by_reach(self, organization_id: str, project: str) -> dict[Tier | None, int]:
        """How many issues of a project have a successful deployment in a tier and in none further on; None for none at all."""

    async def list_deployments_before(
        self,
        organization_id: str,
        alias: Alias,
        *,
        tier: str = "",
        environment_id: str = "",
        environment_name: str = "",
        before: tuple[int, str] | None = None,
        limit: int,
    ) -> list[Deployment]:
        """A page of the deployments that have the ``alias`` of an issue or a project, newest first. "" does not restrict.

        ``environment_name``: any name of an environment. ``before`` continues after a row: when it began in microseconds (see
        ``Deployment.placed_at``), and its id.
        """
