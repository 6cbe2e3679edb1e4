"""``/issues/{key}``: where an issue has shipped."""

from __future__ import annotations

import asyncio

from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import Response

from shipledger.ledger.deployment import issue_alias
from shipledger.ledger.state import Tier
from shipledger.ledger.verdict import Reason
from shipledger.web.pages.frame import Frame
from shipledger.web.pages.shipped import Row, TierTable, find_reach, to_tables

DEPLOYMENTS_SHOWN = 500
ROWS_EXPLAINED = 20
_KEY_CHARACTERS = 512


async def show(frame: Frame, request: Request) -> Response:
    """The page of one issue. There is one for every key: one that nothing names says why that may be."""
    organization_id = await frame.organization_id()
    key = request.path_params["issue"].replace("\0", "").strip()[:_KEY_CHARACTERS].upper()
    deployments = await frame.store.list_deployments_by_alias(organization_id, issue_alias(key), limit=DEPLOYMENTS_SHOWN)
    tables = await _explain(frame, organization_id, to_tables(deployments))
    project = key.rpartition("-")[0]
    return frame.render_live(
        request,
        "issue.html",
        shown=tables,
        key=key,
        tables=tables,
        reach=find_reach(tables),
        is_cut=len(deployments) == DEPLOYMENTS_SHOWN,
        unknown_because=_why_unknown(frame, project),
    )


async def _explain(frame: Frame, organization_id: str, tables: list[TierTable]) -> list[TierTable]:
    """``tables`` with a note on rows whose latest deployment ignored an update, or whose environment nobody mapped."""
    places = [(table, row) for table in tables for row in table.rows]
    notes = await asyncio.gather(*(_note(frame, organization_id, table, row) for table, row in places[:ROWS_EXPLAINED]))
    noted = {row.latest.id: note for (_, row), note in zip(places, notes, strict=False)}
    return [replace(table, rows=tuple(replace(row, note=noted.get(row.latest.id, "")) for row in table.rows)) for table in tables]


async def _note(frame: Frame, organization_id: str, table: TierTable, row: Row) -> str:
    verdicts = await frame.store.list_verdicts(organization_id, row.latest.id)
    ignored = [recorded.verdict.sentence for recorded in verdicts if recorded.verdict.reason is Reason.NOT_NEWER]
    if ignored:
        return f"An update was ignored. {ignored[-1]}"
    return "Its sender does not say what this environment is for." if table.tier is Tier.UNMAPPED else ""


def _why_unknown(frame: Frame, project: str) -> str:
    """Why deployments cannot name issues of a project; "" when they can."""
    settings = frame.settings
    allowed = settings.jira_allowed_projects.replace(",", " ").upper().split()
    denied = settings.jira_denied_projects.replace(",", " ").upper().split()
    if allowed and project not in allowed:
        return "The setting jira_allowed_projects does not list its project, so deployments cannot name it."
    if not allowed and project in denied:
        return "The setting jira_denied_projects lists its project, so deployments cannot name it."
    return ""
