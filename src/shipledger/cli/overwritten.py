"""Runs that earlier versions mistook for updates, for ``shipledger doctor``."""

from __future__ import annotations

from collections.abc import Sequence

from shipledger.catalog.organization import Organization
from shipledger.cli.checkup import Finding, Level
from shipledger.ledger.deployment import Deployment

OVERWRITTEN_SHOWN = 20


def describe_overwritten(organization: Organization, overwritten: Sequence[Deployment]) -> Finding:
    """The finding for deployments that absorbed a later run."""
    shown = [f"{one.deployment_id} ({one.external_id})" for one in overwritten[:OVERWRITTEN_SHOWN]]
    if len(overwritten) > OVERWRITTEN_SHOWN:
        shown.append("and more")
    return Finding(
        subject="runs",
        level=Level.WARNING,
        sentence=f"An earlier version of Shipledger recorded several runs of {organization.slug} as one deployment: "
        f"{', '.join(shown)}.",
        advice="Every report is kept, so its runs can be parted: `shipledger deployments split-runs ID --dry-run`.",
    )
