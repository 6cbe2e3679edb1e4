"""What an app says of itself: its key, where it is reached, and which of our modules and rights it wants. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from msgspec import Struct

from shipledger.access.grant import Scope
from shipledger.access.signing_app import APP_KEY_FORM, AppLinks
from shipledger.errors import Invalid
from shipledger.http.body_text import decode_text
from shipledger.protocols.wire_json import UnreadableJsonError, UnwieldyJsonError, decode_body

DEPLOYMENTS = "jiraDeploymentInfoProvider"
GATING = "jiraDeploymentGating"
BUILDS, FLAGS = "jiraBuildInfoProvider", "jiraFeatureFlagInfoProvider"
LINKS, DEVELOPMENT = "jiraRemoteLinkInfoProvider", "jiraDevelopmentTool"
EVENTS = ("installed", "uninstalled", "enabled", "disabled")
SCOPES = {"READ": Scope.READ, "WRITE": Scope.WRITE, "DELETE": Scope.DELETE}
NAME_LENGTH_LIMIT = 200

_MODULE_KEY = re.compile(r"[a-zA-Z0-9-]{1,100}")
_PATH = re.compile(r"/?[!-~]*")


class Descriptor(Struct, frozen=True):
    """An app as it describes itself. Scopes that are not ours are left out."""

    app_key: str
    name: str
    links: AppLinks
    scopes: frozenset[Scope]
    has_deployment_module: bool


def read_descriptor(raw: bytes) -> Descriptor:
    """The descriptor in a JSON document. Raises Invalid, which names everything that is wrong with it."""
    try:
        document = decode_body(decode_text(raw))
    except (UnreadableJsonError, UnwieldyJsonError):
        document = None
    if not isinstance(document, dict):
        raise Invalid(
            "descriptor", "The descriptor is not a JSON object; pass the URL or file of the app's atlassian-connect.json."
        )
    faults = [*_find_faults(document)]
    if faults:
        raise Invalid("descriptor", f"The descriptor is invalid: {'; '.join(faults)}.")
    lifecycle, gating = _object(document, "lifecycle"), _module(document, GATING)
    paths = {event: _to_path(lifecycle.get(event)) for event in EVENTS}
    callback = _to_path(_object(gating, "callback").get("url")) if gating is not None else ""
    modules = tuple(kind for kind in (BUILDS, DEVELOPMENT, FLAGS, LINKS) if _module(document, kind) is not None)
    return Descriptor(
        app_key=document["key"],
        name=_text(document, "name").strip()[:NAME_LENGTH_LIMIT] or document["key"],
        links=AppLinks(base_url=document["baseUrl"].rstrip("/"), gating_callback=callback, modules=modules, **paths),
        scopes=frozenset(SCOPES[scope] for scope in document["scopes"] if scope in SCOPES),
        has_deployment_module=_module(document, DEPLOYMENTS) is not None,
    )


def _find_faults(document: Mapping[str, Any]) -> Iterator[str]:
    if not APP_KEY_FORM.fullmatch(_text(document, "key")):
        yield "`key` must have 1 to 80 letters, digits, dots, hyphens and underscores"
    if not _is_base_url(_text(document, "baseUrl")):
        yield "`baseUrl` must be a URL such as https://app.example.com, without user, query and fragment"
    if _object(document, "authentication").get("type") != "jwt":
        yield "`authentication.type` must be jwt"
    scopes = document.get("scopes")
    if not isinstance(scopes, list) or not all(isinstance(scope, str) for scope in scopes):
        yield "`scopes` must be a list of strings"
    for event in EVENTS:
        if not _is_path(_object(document, "lifecycle").get(event)):
            yield f"`lifecycle.{event}` must be a path below `baseUrl`"
    yield from _find_module_faults(document)


def _find_module_faults(document: Mapping[str, Any]) -> Iterator[str]:
    for kind in (DEPLOYMENTS, GATING):
        module = _module(document, kind)
        if module is None:
            continue
        if not _MODULE_KEY.fullmatch(_text(module, "key")):
            yield f"`{kind}.key` must have 1 to 100 letters, digits and hyphens"
        if not _text(_object(module, "name"), "value"):
            yield f"`{kind}.name.value` is missing"
    provider, gating = _module(document, DEPLOYMENTS), _module(document, GATING)
    if provider is not None:
        yield from _find_provider_faults(provider)
    if gating is not None:
        callback = _object(gating, "callback")
        if callback.get("type") != "jwt":
            yield f"`{GATING}.callback.type` must be jwt"
        if not _text(callback, "url") or not _is_path(callback.get("url")):
            yield f"`{GATING}.callback.url` must be a path below `baseUrl`"


def _find_provider_faults(provider: Mapping[str, Any]) -> Iterator[str]:
    if not _is_url(_text(provider, "homeUrl")):
        yield f"`{DEPLOYMENTS}.homeUrl` must be a URL"
    for name in ("logoUrl", "documentationUrl"):
        if provider.get(name) is not None and not _is_url(_text(provider, name)):
            yield f"`{DEPLOYMENTS}.{name}` must be a URL"


def _module(document: Mapping[str, Any], kind: str) -> dict[str, Any] | None:
    """A module, which is an object or a list with one; an empty object when it is there and cannot be read."""
    found = _object(document, "modules").get(kind)
    if isinstance(found, list):
        found = found[0] if len(found) == 1 else {} if found else None
    if found is None:
        return None
    return found if isinstance(found, dict) else {}


def _object(holder: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = holder.get(name)
    return value if isinstance(value, dict) else {}


def _text(holder: Mapping[str, Any], name: str) -> str:
    value = holder.get(name)
    return value if isinstance(value, str) else ""


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and text.isprintable() and " " not in text
    except ValueError:
        return False


def _is_base_url(text: str) -> bool:
    if not _is_url(text):
        return False
    parts = urlsplit(text)
    return "@" not in parts.netloc and "?" not in text and "#" not in text


def _is_path(value: object) -> bool:
    """Whether nothing is there, or a path that stays below the base: no scheme, no other host, no way up."""
    if value is None or value == "":
        return True
    if not isinstance(value, str) or not _PATH.fullmatch(value) or "#" in value or value.startswith("//"):
        return False
    return ":" not in value.partition("/")[0] and ".." not in value.partition("?")[0].split("/")


def _to_path(value: object) -> str:
    return f"/{value.removeprefix('/')}" if isinstance(value, str) and value else ""
