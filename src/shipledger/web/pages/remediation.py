"""What remedied a deployment, and what it remedied, as lines of its page."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from msgspec import Struct

from shipledger.ledger.deployment import Deployment
from shipledger.ledger.remedies import remediation_of
from shipledger.ledger.titles import title_of
from shipledger.verbs.browsing import DeploymentBrowsing
from shipledger.verbs.remedies import find_remedied, find_remedies
from shipledger.web.pages.formats import duration


class RemediationLine(Struct, frozen=True):
    """One line, such as "Remedied by: rollback to v1.2". ``deployment_id`` is empty while nobody knows the other one."""

    name: str
    kind: str
    word: str
    title: str
    deployment_id: str = ""
    hint: str = ""


async def list_remediation(ledger: DeploymentBrowsing, deployment: Deployment) -> list[RemediationLine]:
    """A line for each of the two that somebody told."""
    remedies, remedied = await asyncio.gather(find_remedies(ledger, [deployment]), find_remedied(ledger, [deployment]))
    deployment_id = deployment.deployment_id
    return list(_lines(deployment, remedies.get(deployment_id), remedied.get(deployment_id)))


def _lines(deployment: Deployment, remedy: Deployment | None, remedied: Deployment | None) -> Iterator[RemediationLine]:
    said = remediation_of(deployment.facts)
    if said is not None and remedy is None:
        named = said.version or said.id or ""
        hint = "Not recorded yet, so the time to recovery is unknown."
        yield RemediationLine(name="Remedied by", kind=said.kind, word="to", title=named, hint=hint)
    elif said is not None and remedy is not None:
        yield RemediationLine(
            name="Remedied by",
            kind=said.kind,
            word="to",
            title=said.version or title_of(remedy),
            deployment_id=remedy.deployment_id,
            hint=_recovery(deployment, remedy),
        )
    done = remediation_of(remedied.facts) if remedied else None
    if done is not None and remedied is not None:
        yield RemediationLine(
            name="Remedies",
            kind=done.kind,
            word="of",
            title=title_of(remedied),
            deployment_id=remedied.deployment_id,
            hint=_recovery(remedied, deployment),
        )


def _recovery(failed: Deployment, remedy: Deployment) -> str:
    if failed.finished_at is None or remedy.finished_at is None:
        return "The time to recovery is unknown while either deployment is running."
    seconds = (remedy.finished_at - failed.finished_at).total_seconds()
    if seconds < 0:
        return "It finished before the deployment it remedies, so there is no time to recovery."
    return f"recovered after {duration(seconds)}"
