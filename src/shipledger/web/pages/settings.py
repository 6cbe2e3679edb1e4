"""``/settings``: the settings of the organization, a team, a service or a pipeline, with their sources and changes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from shipledger.catalog.organization_settings.declared import Setting
from shipledger.catalog.organization_settings.forms import to_words
from shipledger.catalog.organization_settings.in_force import InForce
from shipledger.catalog.organization_settings.model import KIND, ScopeKind, ScopeSettings
from shipledger.catalog.organization_settings.words import describe
from shipledger.http.viewer import viewer_of
from shipledger.web.pages.frame import Frame
from shipledger.web.pages.record_history import read_history
from shipledger.web.pages.setting_scope import read_scope, with_scope
from shipledger.web.pages.settings_tabs import VALUES


class Row(Struct, frozen=True):
    """A setting as it is shown. ``url``: its page."""

    setting: Setting
    url: str
    value: str
    source: str
    at: datetime | None


class Other(Struct, frozen=True):
    """A scope with settings of its own: how people call it, and its page."""

    words: str
    url: str


async def show(frame: Frame, request: Request) -> Response:
    """The settings that count for the organization, or for what the query names."""
    organization_id = viewer_of(request).organization_id
    reader = frame.organization_settings
    kind, name = read_scope(request)
    scope = await reader.find_scope(organization_id, kind, name)
    found, scopes, (history, earlier) = await asyncio.gather(
        reader.list_in_force(organization_id, scope.place),
        frame.ledger.list_settings(organization_id),
        read_history(frame.ledger, KIND, organization_id, scope.scope.key, _describe_all),
    )

    async def to_row(one: InForce) -> Row:
        url = with_scope(f"{VALUES}/{one.setting.key}", kind, name)
        return Row(one.setting, url, to_words(one.value), await reader.name_source(organization_id, one), one.at)

    return await frame.render(
        request,
        "settings.html",
        scope=scope.words,
        is_organization=kind is ScopeKind.ORGANIZATION,
        rows=[await to_row(one) for one in found],
        others=await _list_others(frame, organization_id, scopes),
        history=history,
        earlier=earlier,
    )


async def _list_others(frame: Frame, organization_id: str, scopes: Sequence[ScopeSettings]) -> list[Other]:
    """All but the organization. What is left of a deleted or merged service does nothing."""
    others = []
    for kind, name in ((one.scope.kind, one.scope.name) for one in scopes if one.scope.name and one.values):
        words = name
        if kind is ScopeKind.SERVICE:
            service = await frame.ledger.find_service(organization_id, name)
            if service is None or service.service_id != name:  # deleted, or merged: it may be split again
                continue
            words = service.name
        others.append(Other(f"{kind} {words}", with_scope("/settings", kind, name)))
    return others


async def _describe_all(said: Sequence[Any]) -> list[tuple[str, ...]]:
    return [tuple(f"{sentence}." if sentence[-1:] != "." else sentence for sentence in describe(one)) for one in said]
