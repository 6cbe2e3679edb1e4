"""Settings of an organization: what is in force and where it comes from, and changes."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Protocol

from msgspec import UNSET, UnsetType
from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.grant import Grant, Scope
from shipledger.catalog.organization_settings.declared import SETTINGS
from shipledger.catalog.organization_settings.in_force import InForce
from shipledger.catalog.organization_settings.losing import Loss
from shipledger.catalog.organization_settings.model import ScopeKind
from shipledger.catalog.organization_settings.reading import NamedScope
from shipledger.catalog.organization_settings.words import list_changes
from shipledger.errors import Invalid, NotFound
from shipledger.ledger.verdict import VerdictKind
from shipledger.protocols.contract import Route
from shipledger.protocols.native.call import Admission, read_text, reply
from shipledger.protocols.native.faults import Fault, not_saved, right_is_missing
from shipledger.protocols.native.history import ChangeOut
from shipledger.protocols.native.parameters import DRY_RUN, Parameters
from shipledger.protocols.native.setting_bodies import NAMED_SCOPES, SCOPE_NAME_LIMIT, SHOULD_BE_ALONE, SettingsIn, read_changes
from shipledger.protocols.native.setting_wire import (
    LossOut,
    ScopesOut,
    SettingHistoryOut,
    SettingOut,
    SettingsOut,
)
from shipledger.protocols.native.vocabulary import PREFIX
from shipledger.protocols.times import format_known_time, format_time
from shipledger.verbs.calls import CallVerbs
from shipledger.verbs.settings import SettingVerbs

PATH = f"{PREFIX}/settings"


class Verbs(CallVerbs, SettingVerbs, Protocol):
    """What is asked of the ledger here."""


class SettingOperations:
    """The operations on settings."""

    def __init__(self, ledger: Verbs, admission: Admission) -> None:
        self._ledger = ledger
        self._admission = admission

    def routes(self) -> Sequence[Route]:
        """Its operations."""
        admit = self._admission.endpoint
        return (
            Route("GET", PATH, admit(Scope.READ, self.list_in_force), base=PREFIX),
            *(Route(method, PATH, admit(Scope.CONFIGURATION, self.change), base=PREFIX) for method in ("PUT", "POST")),
            Route("GET", f"{PATH}/history", admit(Scope.READ, self.list_history), base=PREFIX),
        )

    async def list_in_force(self, request: Request, grant: Grant) -> Response:
        """200 with every setting as it counts for the organization, or for what the query names; or 404."""
        found = await self._find_asked(request, grant.organization_id)
        return reply(self._ledger.new_request_id(), HTTPStatus.OK, await self._describe(grant.organization_id, found))

    async def list_history(self, request: Request, grant: Grant) -> Response:
        """200 with the changes for the organization alone, or for what the query names alone; or 404."""
        found = await self._find_asked(request, grant.organization_id)
        changes = list_changes(await self._ledger.list_setting_changes(grant.organization_id, found.scope))
        written = [
            ChangeOut(
                version=one.version, at=format_time(one.at), actor=one.actor, request_id=one.receipt_id, changes=one.changes
            )
            for one in changes
        ]
        body = SettingHistoryOut(scope=found.words, history=tuple(written))
        return reply(self._ledger.new_request_id(), HTTPStatus.OK, body)

    async def change(self, request: Request, grant: Grant) -> Response:
        """200 with the settings of each scope after the change; 422 before anything is recorded; 409 with what contradicts.

        Of a dry run, with the settings as they stay, and what would be erased.
        """
        organization_id = grant.organization_id
        parameters = Parameters(request.query_params, (DRY_RUN,))
        is_dry_run = parameters.flag(DRY_RUN)
        parameters.check()
        text = await read_text(request)
        items, is_list = await self._ledger.compute(organization_id, lambda: read_changes(text), size=len(text))
        _require_rights(grant, items)
        found = [await self._find_sent(organization_id, item, place, is_list=is_list) for place, item in enumerate(items)]
        changes = [(one.scope, item.values) for one, item in zip(found, items, strict=True)]
        erases: list[tuple[LossOut, ...] | UnsetType] = [UNSET for _ in items]
        if is_dry_run:
            losses = [await self._ledger.list_setting_losses(organization_id, *one) for one in changes]
            erases = [tuple(map(_to_loss, one)) for one in losses]
        else:
            verdicts = await self._ledger.change_settings(organization_id, changes, by=grant.actor)
            refused = {place: one.sentence for place, one in enumerate(verdicts) if one.kind is VerdictKind.REJECTED}
            if refused:
                raise not_saved(refused, len(items), is_list=is_list)
        described = [await self._describe(organization_id, one) for one in found]
        written = [replace(one, erases=lost) for one, lost in zip(described, erases, strict=True)]
        body = ScopesOut(scopes=tuple(written)) if is_list else written[0]
        return reply(self._ledger.new_request_id(), HTTPStatus.OK, body)

    async def _find_asked(self, request: Request, organization_id: str) -> NamedScope:
        parameters = Parameters(request.query_params, NAMED_SCOPES)
        named = [(kind, parameters.text(kind, limit=SCOPE_NAME_LIMIT)) for kind in NAMED_SCOPES]
        given = [(kind, name) for kind, name in named if name]
        for kind, _ in given[1:]:
            parameters.faults[kind] = SHOULD_BE_ALONE
        parameters.check()
        kind, name = given[0] if given else (ScopeKind.ORGANIZATION, "")
        try:
            return await self._ledger.find_setting_scope(organization_id, kind, name)
        except NotFound as error:
            raise Fault(HTTPStatus.NOT_FOUND, error.message) from None

    async def _find_sent(self, organization_id: str, item: SettingsIn, place: int, *, is_list: bool) -> NamedScope:
        try:
            return await self._ledger.find_setting_scope(organization_id, item.kind, item.name)
        except NotFound as error:
            member = f"[{place}].{item.kind}" if is_list else str(item.kind)
            raise Invalid("body", error.message, fields={member: f"is not known: {error.message}"}) from None

    async def _describe(self, organization_id: str, found: NamedScope) -> SettingsOut:
        settings = await self._ledger.list_settings_in_force(organization_id, found.place)
        return SettingsOut(scope=found.words, settings=tuple(_to_setting(one, source) for one, source in settings))


def _require_rights(grant: Grant, items: Sequence[SettingsIn]) -> None:
    """Return if the token has the right of each setting. Raises Fault that names one which takes more."""
    for key in (key for item in items for key in item.values):
        right = SETTINGS[key].right
        if right not in grant.scopes:
            raise right_is_missing(f"{right}, which {key} takes")


def _to_setting(one: InForce, source: str) -> SettingOut:
    setting = one.setting
    return SettingOut(
        key=setting.key,
        value=one.value,
        source=source,
        changed_at=format_known_time(one.at),
        changed_by=one.by or None,
        type=setting.form.type,
        accepts=setting.form.accepts,
        scopes=setting.scopes,
        description=setting.description,
        affects=setting.affects,
        right=setting.right,
    )


def _to_loss(one: Loss) -> LossOut:
    return LossOut(one.key, one.count, format_time(one.until), format_known_time(one.begins_at), one.sentence)
