"""``/settings/values/{key}``: one setting of the organization, a team, a service or a pipeline, and the form that changes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import msgspec
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.people.roles import Right
from shipledger.catalog.organization_settings.aggregate import CHANGED_MEANWHILE
from shipledger.catalog.organization_settings.declared import SETTINGS, Setting
from shipledger.catalog.organization_settings.forms import Choice, Choices, to_words
from shipledger.catalog.organization_settings.in_force import Step
from shipledger.catalog.organization_settings.losing import ERASING
from shipledger.catalog.organization_settings.model import KIND, ChangeSettings, SettingScope, Value
from shipledger.catalog.organization_settings.reading import NamedScope
from shipledger.catalog.organization_settings.words import describe
from shipledger.errors import Conflict, Invalid, NotFound, ShipledgerError
from shipledger.http.viewer import viewer_of
from shipledger.web.pages.done import done_path
from shipledger.web.pages.frame import Frame, digest_of, require_right, see_other, status_of
from shipledger.web.pages.record_history import list_history
from shipledger.web.pages.setting_scope import read_scope, with_scope
from shipledger.web.pages.settings_tabs import VALUES

PATH = f"{VALUES}/{{key}}"
WORD = "word-"
"""What the name of a field begins with that chooses one of several words."""


class StepRow(Struct, frozen=True):
    """What somebody says of a setting. ``is_in_force``: that it counts."""

    source: str
    step: Step
    value: str
    is_in_force: bool


class Asked(Struct, frozen=True):
    """A setting of a scope, and what everybody says of it."""

    setting: Setting
    scope: NamedScope
    name: str
    steps: Sequence[Step]

    @property
    def own(self) -> Value | None:
        """What is set in the scope itself; None for nothing."""
        key = self.scope.scope.key
        found = (one for one in self.steps if isinstance(one.source, SettingScope) and one.source.key == key)
        return next((one.value for one in found), None)

    @property
    def right(self) -> Right:
        """What whoever changes it must have."""
        return Right(self.setting.right)

    @property
    def team(self) -> str:
        """Whose editors may change it here; "" where a role in a team brings nothing."""
        return next(iter(self.scope.place.teams), "")

    @property
    def in_force(self) -> Step:
        """What counts: the first that says something, else the default."""
        return next((one for one in self.steps if one.value is not None), self.steps[-1])


async def show(frame: Frame, request: Request) -> Response:
    """The setting, and what a value in the query would erase."""
    asked = await _find(frame, request)
    typed = request.query_params.get("value")
    if typed is None:
        return await _render(frame, request, asked, typed=to_words(asked.in_force.value))
    values = {asked.setting.key: asked.setting.form.read(typed)}
    desk, clock = frame.organization_settings, frame.clock
    try:
        losses = await desk.list_losses(
            viewer_of(request).organization_id, asked.scope.scope, values, now=clock.now(), even_since=clock.even_since
        )
    except Invalid as fault:
        return await _render(frame, request, asked, typed=typed, fault=fault)
    return await _render(frame, request, asked, typed=typed, asks=True, losses=[one.sentence for one in losses])


async def change(frame: Frame, request: Request) -> Response:
    """Take the form and lead back to the settings of the scope; or the form again with what is wrong. Raises Denied."""
    form, viewer = await frame.read_own_form(request), viewer_of(request)
    asked = await _find(frame, request)
    require_right(viewer, asked.right, team=asked.team)
    key, is_inheriting = asked.setting.key, form.get("action") == "inherit"
    typed = _read_typed(asked.setting, form)
    value = None if is_inheriting else asked.setting.form.read(typed)
    if "seen" not in form:
        raise Invalid("form", "The form lacks what it was made of; load the page again.")
    if form["seen"] != digest_of(asked.own):
        late = Conflict("settings_changed", f"{key} {CHANGED_MEANWHILE}.")
        return await _render(frame, request, asked, typed=typed, fault=late)
    try:
        is_new = await frame.organization_settings.change(
            viewer.organization_id, asked.scope.scope, {key: value}, by=viewer.actor, expects={key: asked.own}
        )
    except (Conflict, Invalid) as fault:
        return await _render(frame, request, await _find(frame, request), typed=typed, fault=fault)
    code = ("inherited" if is_inheriting else "set") if is_new else "unset"
    return see_other(done_path(with_scope("/settings", asked.scope.scope.kind, asked.name), code))


async def _find(frame: Frame, request: Request) -> Asked:
    organization_id, key = viewer_of(request).organization_id, request.path_params["key"]
    if key not in SETTINGS:
        raise NotFound("setting", "There is no such setting.")
    desk = frame.organization_settings
    kind, name = read_scope(request)
    scope = await desk.find_scope(organization_id, kind, name)
    return Asked(SETTINGS[key], scope, name, await desk.trace(organization_id, scope.place, key))


async def _render(
    frame: Frame,
    request: Request,
    asked: Asked,
    *,
    typed: str,
    fault: ShipledgerError | None = None,
    asks: bool = False,
    losses: Sequence[str] = (),
) -> Response:
    organization_id, kind = viewer_of(request).organization_id, asked.scope.scope.kind
    key, name_source = asked.setting.key, frame.organization_settings.name_source
    entries = await frame.ledger.list_entries_of(KIND, organization_id, asked.scope.scope.key)
    about = [one for one in entries if isinstance(one.submission, ChangeSettings) and key in one.submission.values]

    async def describe_each(said: Sequence[Any]) -> list[tuple[str, ...]]:
        only = (msgspec.structs.replace(one, values={key: one.values[key]}) for one in said)
        return [describe(one) for one in only]

    history, earlier = await list_history(frame.ledger, about, organization_id, describe_each)
    rows = [
        StepRow(await name_source(organization_id, one), one, to_words(one.value), one is asked.in_force) for one in asked.steps
    ]
    status = HTTPStatus.OK
    if fault is not None:
        status = status_of(fault)
    return await frame.render(
        request,
        "setting.html",
        status=status,
        setting=asked.setting,
        form=type(asked.setting.form).__name__,
        scope=asked.scope.words,
        back=with_scope("/settings", kind, asked.name),
        action=with_scope(f"{VALUES}/{key}", kind, asked.name),
        kind=kind,
        name=asked.name,
        is_erasing=asked.setting.key in ERASING,
        may_change=viewer_of(request).may_for(asked.right, asked.team),
        can_be_set_here=kind in asked.setting.scopes,
        own=asked.own,
        seen=digest_of(asked.own),
        typed=typed,
        example=typed or (asked.setting.form.words[0] if isinstance(asked.setting.form, Choice | Choices) else "SHIP"),
        chosen=typed.replace(",", " ").split(),
        fault=fault,
        asks=asks,
        losses=losses,
        steps=rows,
        history=history,
        earlier=earlier,
    )


def _read_typed(setting: Setting, form: Mapping[str, str]) -> str:
    """What somebody has typed or chosen, in the words of a command."""
    if isinstance(setting.form, Choices):
        return ", ".join(word for word in setting.form.words if form.get(f"{WORD}{word}"))
    return form.get("value", "")
