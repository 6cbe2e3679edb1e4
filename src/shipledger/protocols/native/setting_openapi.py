"""The part of the OpenAPI page that describes settings of an organization."""

from __future__ import annotations

from typing import Any

from shipledger.catalog.organization_settings.declared import SETTINGS
from shipledger.catalog.organization_settings.forms import Address, Choice, Choices, Form, Number
from shipledger.protocols.native import settings
from shipledger.protocols.native.describing import BODY_ERRORS, choice, one_or_several, operation, query, text
from shipledger.protocols.native.parameters import DRY_RUN, FLAG
from shipledger.protocols.native.setting_bodies import NAMED_SCOPES, SCOPE_NAME_LIMIT
from shipledger.protocols.native.setting_wire import ScopesOut, SettingHistoryOut, SettingsOut

_NAMES = {
    "team": "A team that a service has, ignoring case.",
    "service": "An id, slug or any name of a service.",
    "pipeline": "The name or id that a sender gives its pipeline, ignoring case.",
}


def setting_paths() -> dict[str, Any]:
    """The operations on settings."""
    scopes = tuple(query(kind, f"{_NAMES[kind]} At most one of the three.", maxLength=SCOPE_NAME_LIMIT) for kind in NAMED_SCOPES)
    change = {
        **operation(
            "Change settings",
            {200: ("The settings in force after this change. For a list: each in its place.", SettingsOut, ScopesOut)},
            errors=(*BODY_ERRORS, 409),
            parameters=(choice(DRY_RUN, tuple(FLAG)),),
        ),
        "description": "What is absent stays; null withdraws a value, so that what is inherited counts again. All "
        "settings of an item are set, or none. With `dry_run=true` nothing is set, and `erases` says what a shorter retention "
        "would erase for good.",
        "requestBody": one_or_several(_change()),
    }
    return {
        settings.PATH: {
            "get": operation(
                "Settings in force",
                {200: ("Every setting as it counts for the organization, or for what is named, and its source.", SettingsOut)},
                errors=(404, 422),
                parameters=scopes,
            ),
            "put": change,
            "post": change,
        },
        f"{settings.PATH}/history": {
            "get": operation(
                "Who changed settings, and when",
                {200: ("All changes for the organization alone, or for what is named alone, oldest first.", SettingHistoryOut)},
                errors=(404, 422),
                parameters=scopes,
            )
        },
    }


def _change() -> dict[str, Any]:
    values = {
        key: {"anyOf": [_form(one.form), {"type": "null"}], "description": one.description}
        for key, one in SETTINGS.items()
        if not one.commands
    }
    return {
        "type": "object",
        "required": ["settings"],
        "additionalProperties": False,
        "properties": {
            "settings": {"type": "object", "additionalProperties": False, "properties": values},
            **{kind: text(SCOPE_NAME_LIMIT, _NAMES[kind]) for kind in NAMED_SCOPES},
        },
    }


def _form(form: Form) -> dict[str, Any]:
    if isinstance(form, Number):
        return {"type": "integer" if form.is_whole else "number", "minimum": form.least, "maximum": form.most}
    if isinstance(form, Choice):
        return {"type": "string", "enum": list(form.words)}
    if isinstance(form, Choices):
        return {"type": "array", "items": {"type": "string", "enum": list(form.words)}}
    if isinstance(form, Address):
        return {"type": "string", "format": "uri", "maxLength": form.most}
    project = {"type": "string", "pattern": "^[A-Za-z0-9_]{1,255}$"}
    return {"type": "array", "minItems": form.least, "maxItems": form.most, "items": project}
