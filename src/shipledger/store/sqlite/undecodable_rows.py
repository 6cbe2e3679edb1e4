"""Rows of a SQLite file with text that is no UTF-8: whoever reads rows one by one judges each, all others never see one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from shipledger.ledger.aggregate import Aggregates
from shipledger.store.row_reading import damaged
from shipledger.store.templates import named
from shipledger.store.undecodable import find_undecodable

READ_ONE_BY_ONE = frozenset(
    {
        "claim_receipts",
        "find_signing_apps",
        "find_credential",
        "find_credential_by_hash",
        "find_deployment",
        "find_deployment_by_alias",
        "find_gate_of_deployment",
        "find_gate_by_number",
        "find_incident",
        "find_issue_site",
        "find_issues",
        "find_message",
        "find_newest_signing_key",
        "find_organization",
        "find_receipt",
        "find_refused",
        "find_service_by_name",
        "find_services_of_repositories",
        "find_settlement",
        "find_signing_key",
        "find_target",
        "find_tier_policy",
        "list_signing_apps",
        "list_signing_apps_of",
        "list_attempts",
        "list_credentials",
        "list_deployed_repositories",
        "list_deployments",
        "list_deployments_by_alias",
        "list_deployments_by_alias_before",
        "list_deployments_named",
        "list_deployments_of_commit",
        "list_deployments_of_repository",
        "list_deployments_of_tier_place",
        "list_due_messages",
        "list_gates",
        "list_incident_verdicts",
        "list_ids_of_issues",
        "list_issue_lines",
        "list_issue_sites",
        "list_issues",
        "list_lanes",
        "list_mappings",
        "list_messages",
        "list_messages_about",
        "list_named_issues",
        "list_neighbours",
        "list_standings",
        "list_next_packs",
        "list_organizations",
        "list_overdue_gates",
        "list_packs",
        "list_possibly_overwritten",
        "list_projects",
        "list_ready_targets",
        "list_receipts",
        "list_refused",
        "list_seals",
        "list_service_names",
        "list_services",
        "list_services_after",
        "list_settings",
        "list_repositories_in_use",
        "list_targets",
        "list_teams",
        "list_tier_places",
        "list_tier_policies",
        "list_tombstones",
        "list_unknown_senders",
        "list_unmapped_names",
        "list_unsettled_receipts",
        "list_verdicts",
        "list_verdicts_that_say",
        "load_deployments",
        "read_documents",
        "scan_deployments",
        "scan_deployments_ascending",
        "scan_incidents",
    }
)
"""Statements whose rows, or documents, are read one by one."""

_OF_AGGREGATES = ("list_{kind}_entries", "list_{kind}_entries_after", "list_placed_{kind}_entries", "load_{kind}s")
"""The same of every aggregate."""

_TABLE = re.compile(r"\b(?:FROM|UPDATE|INTO) (\w+)")


def list_read_one_by_one(aggregates: Aggregates) -> frozenset[str]:
    """All statements whose rows, or documents, are read one by one."""
    return READ_ONE_BY_ONE | {named(template, kind) for template in _OF_AGGREGATES for kind in aggregates.kinds}


def refuse_undecodable(statement: str, rows: Iterable[Sequence[Any]]) -> None:
    """Raises DamagedRecord for the first row with such a text."""
    row = find_undecodable(rows)
    if row is not None:
        table = _TABLE.search(statement)
        raise damaged(table[1] if table else "row", [str(cell) for cell in row[:3]], UnicodeError())
