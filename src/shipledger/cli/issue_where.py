"""``shipledger issues where``: how far an issue has shipped."""

from __future__ import annotations

from typing import Annotated

import typer
from msgspec import Struct

from shipledger.catalog.issue import Issue
from shipledger.cli.completion import complete_issues
from shipledger.cli.ledger import OpenLedger, with_ledger
from shipledger.cli.options import DEFAULT_ORGANIZATION, DatabaseOption, JsonOption, OrganizationOption
from shipledger.cli.output import print_json, print_line, print_note, to_text
from shipledger.cli.tables import print_table
from shipledger.deployments.issue_lines import IssueLine
from shipledger.errors import NotFound
from shipledger.ledger.deployment import issue_alias
from shipledger.ledger.environment_names import EnvironmentNames
from shipledger.ledger.history import RULES
from shipledger.web.pages.issue import list_lines
from shipledger.web.pages.shipped import Shipment, TierTable, find_most_advanced, list_tables

BEING_COMPUTED = (
    "What is shown is still being computed by the rules of this version, so deployments may be missing. "
    "Start the server, or stop it and run `shipledger rebuild`."
)


class Whereabouts(Struct, frozen=True):
    """The lines of an issue, and its entry in the directory. ``is_current``: they are by the rules of this version.

    ``names``: those of environments.
    """

    key: str
    lines: list[IssueLine]
    issue: Issue | None
    is_current: bool
    names: EnvironmentNames


def where(
    key: Annotated[str, typer.Argument(metavar="KEY", help="The issue's key, such as SHIP-1.", autocompletion=complete_issues)],
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show where an issue is deployed, most advanced tier first.

    Example: shipledger issues where SHIP-1
    """

    async def work(ledger: OpenLedger) -> Whereabouts:
        owner = (await ledger.get_organization(organization)).organization_id
        alias = issue_alias(key.strip())
        known = await ledger.store.find_issues(owner, [alias.key])
        found = await list_lines(ledger.store, owner, alias.key, known)
        is_current = await ledger.store.find_projection_rules() == RULES
        if not found and not known:
            sentence = f"No deployment references the issue {alias.key!r}, and it is not in the issue directory."
            raise NotFound("issue", sentence if is_current else f"{sentence} {BEING_COMPUTED}")
        policy = await ledger.store.find_tier_policy(owner)
        return Whereabouts(alias.key, found, known[0] if known else None, is_current, policy.names)

    found = with_ledger(database, work)
    tables = list_tables(found.lines, found.names)
    advanced = find_most_advanced(tables)
    count = sum(line.deployments for line in found.lines)
    if not found.is_current:
        print_note(BEING_COMPUTED)
    if as_json:
        print_json(
            {
                "key": found.key,
                "summary": found.issue.summary if found.issue else None,
                "reached": advanced.tier if advanced and advanced.is_shipped else None,
                "deployments": [
                    _to_json(one, is_latest=one is line.latest)
                    for table in tables
                    for line in table.lines
                    for one in (line.latest, *line.older)
                ],
                "deployment_count": count,
                "is_cut": sum(len(line.newest) for line in found.lines) < count,
            }
        )
        return
    print_line(f"{_name(found)} {_to_sentence(advanced)}")
    if not tables:
        return
    print_line("")
    print_table(
        ("TIER", "ENVIRONMENT", "STATE", "SINCE", "PIPELINE", "DEPLOYMENT", "TITLE"),
        [_to_row(line.latest) for table in tables for line in table.lines],
        empty="",
    )
    left_out = sum(table.left_out for table in tables)
    if left_out:
        print_note(f"{left_out} more pipelines and environments are older and not listed.")


def _name(found: Whereabouts) -> str:
    return f"{found.key} ({found.issue.summary})" if found.issue and found.issue.summary else found.key


def _to_sentence(advanced: TierTable | None) -> str:
    if advanced is None:
        return "has not been deployed."
    if advanced.is_shipped:
        return f"has reached {advanced.tier.value}."
    latest = advanced.latest
    return f"has no successful deployment; the one to {latest.environment or advanced.tier.value} is {latest.state.value}."


def _to_row(one: Shipment) -> tuple[str, ...]:
    return (
        one.tier.value,
        one.environment or "-",
        one.state.value,
        to_text(one.updated_at),
        one.pipeline or "-",
        one.id,
        one.title,
    )


def _to_json(one: Shipment, *, is_latest: bool) -> dict[str, object]:
    return {
        "deployment_id": one.id,
        "title": one.title,
        "tier": one.tier,
        "environment": one.environment or None,
        "pipeline": one.pipeline or None,
        "state": one.state,
        "updated_at": one.updated_at,
        "url": one.url or None,
        "is_latest": is_latest,
    }
