"""The webhook of the Jenkins plugin 2.x: envelopes that it signs, and the answers that it expects in place of the API's."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Protocol

import structlog
from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.grant import Grant, Scope
from shipledger.access.signing_app import AppSecret
from shipledger.access.trace import note_sender
from shipledger.errors import ShipledgerError
from shipledger.http.body import BodyTooLarge
from shipledger.http.body_text import read_content
from shipledger.http.viewer import admit
from shipledger.protocols.jira.bulk import VALUES_LIMIT
from shipledger.protocols.jira.connect_token import TokenRefused, find_signer, verify
from shipledger.protocols.jira.credentials import JENKINS, JENKINS_SERVER
from shipledger.protocols.jira.faults import Fault, fault_of, is_throttled, is_too_large, scope_is_missing, to_json
from shipledger.protocols.jira.paths import DeploymentKey
from shipledger.protocols.wire_json import UnreadableJsonError, UnwieldyJsonError, decode_body, decode_json, encode_json
from shipledger.texts import storable
from shipledger.verbs.calls import CallVerbs
from shipledger.verbs.credentials import CredentialVerbs

ISSUER = "jenkins-plugin"
AUDIENCE = "jenkins-forge-app"
BODY_LIMIT_BYTES = 256 * 1024
"""One deployment with 500 associations of 255 characters, as a string in a token: more than the plugin ever sends. What proves
the sender is in the body, so it must be read before anybody knows whose it is."""

NO_SERVER = f"The webhook URL must end in ?{JENKINS_SERVER}= and the id of a Jenkins connection"
NOT_VERIFIED = "JWT verification failed. Check that the same secret is set on both sides"
NOT_READABLE = "The envelope is not a JSON object"
NO_PAYLOAD = "The event has no payload"
NO_KEY = "gatingStatus needs pipelineId, environmentId and a whole number as deploymentId"

NAMED_LENGTH = 100

_NUMBER = re.compile(r"-?[0-9]{1,18}")

Submit = Callable[[Grant, str], Awaitable[Response]]
FindGating = Callable[[Request, Grant, DeploymentKey], Awaitable[Response]]

log = structlog.get_logger(__name__)


class Verbs(CallVerbs, CredentialVerbs, Protocol):
    """What is asked of the ledger here."""


class JenkinsWebhook:
    """Checks an envelope and hands what is in it to ``submit`` or ``find_gating``, which know nothing of Jenkins.

    The plugin shows the body of an error to its user as it is, so errors are plain sentences.
    """

    def __init__(self, ledger: Verbs, *, submit: Submit, find_gating: FindGating) -> None:
        self._ledger = ledger
        self._submit = submit
        self._find_gating = find_gating

    async def answer(self, request: Request) -> Response:
        """The answer to one envelope."""
        try:
            return await self._handle(request)
        except Fault as error:
            return _to_sentence(error)
        except BodyTooLarge as error:
            return _to_sentence(is_too_large(error.limit_bytes))
        except ShipledgerError as error:
            return _to_sentence(fault_of(error))

    async def _handle(self, request: Request) -> Response:
        server = request.query_params.get(JENKINS_SERVER, "")
        apps = await self._find_apps(server)
        token = (await read_content(request, BODY_LIMIT_BYTES)).decode("ascii", "replace").strip()
        grant, text = await self._authenticate(apps, token)
        admit(request, grant)
        throttle = self._ledger.throttle(grant)
        if throttle.is_exceeded:
            raise is_throttled(throttle.retry_after_seconds)
        organization_id, size = grant.organization_id, len(token)
        envelope = await self._ledger.compute(organization_id, lambda: _read_envelope(text, decode_body), size=size)
        kind = envelope.get("requestType")
        if kind == "event":
            _require(grant, Scope.WRITE)
            envelope = await self._ledger.compute(organization_id, lambda: _read_envelope(text, decode_json), size=size)
            return await self._take_event(grant, server, envelope, size=size)
        if kind == "gatingStatus":
            _require(grant, Scope.READ)
            return await self._find_gating(request, grant, _read_key(envelope))
        if kind in ("ping", "pluginConfig"):
            return to_json(HTTPStatus.OK, {"success": True})
        raise _is_wrong(f"unsupported request type {_name(kind)}")

    async def _find_apps(self, server: str) -> Sequence[AppSecret]:
        """The connections of a server. Nothing is read from whoever names none."""
        apps = [app for app in await self._ledger.list_app_secrets(server) if app.grant.kind == JENKINS]
        if not apps:
            raise _is_wrong(NO_SERVER)
        return apps

    async def _authenticate(self, apps: Sequence[AppSecret], token: str) -> tuple[Grant, object]:
        """Who sent the token, and the envelope in it."""
        now, signers = self._ledger.now(), list[Grant]()

        def check() -> tuple[Grant, object]:
            app = apps[find_signer(token, [each.secret for each in apps])]
            signers.append(app.grant)
            claims = verify(token, app.secret, now=now, max_values=VALUES_LIMIT)
            _check_parties(claims)
            return app.grant, claims.get("request_body_json")

        try:
            return await self._ledger.compute(apps[0].grant.organization_id, check, size=len(token))
        except TokenRefused as error:
            log.info("A token of Jenkins was refused.", reason=str(error))
            raise _is_wrong(NOT_VERIFIED) from None
        finally:
            for one in signers:
                note_sender(one)

    async def _take_event(self, grant: Grant, server: str, envelope: Mapping[str, Any], *, size: int) -> Response:
        kind, payload = envelope.get("eventType"), envelope.get("payload")
        if kind not in ("deployment", "build"):
            raise _is_wrong(f"invalid event type: {_name(kind)}")
        if not isinstance(payload, dict):
            raise _is_wrong(NO_PAYLOAD)
        if kind == "build":
            return await self._ledger.compute(
                grant.organization_id, lambda: to_json(HTTPStatus.ACCEPTED, _accept_builds(payload)), size=size
            )
        sent = payload.get("properties")
        properties = {**(sent if isinstance(sent, dict) else {}), "cloudId": grant.organization_id, "jenkinsServerUuid": server}
        text = await self._ledger.compute(
            grant.organization_id, lambda: encode_json({**payload, "properties": properties}).decode(), size=size
        )
        return await self._submit(grant, text)


def _require(grant: Grant, scope: Scope) -> None:
    if scope not in grant.scopes:
        raise scope_is_missing(scope, is_app=False)


def _check_parties(claims: Mapping[str, Any]) -> None:
    audience = claims.get("aud")
    first = audience[0] if isinstance(audience, list) and audience else audience
    if claims.get("iss") != ISSUER or first != AUDIENCE:
        raise TokenRefused("its issuer or audience does not match")


def _read_envelope(text: object, decode: Callable[..., Any]) -> dict[str, Any]:
    """What ``decode`` makes of an envelope. The payload of an event is taken as it came: what it holds is judged with it."""
    try:
        envelope = decode(storable(text), max_values=VALUES_LIMIT) if isinstance(text, str) else None
    except UnwieldyJsonError as error:
        raise _is_wrong(f"The envelope must {error.wish}") from None
    except UnreadableJsonError:
        envelope = None
    if not isinstance(envelope, dict):
        raise _is_wrong(NOT_READABLE)
    return envelope


def _read_key(envelope: Mapping[str, Any]) -> DeploymentKey:
    pipeline, environment = envelope.get("pipelineId"), envelope.get("environmentId")
    sent = envelope.get("deploymentId")
    number = str(sent) if isinstance(sent, int | str) else ""
    if not isinstance(pipeline, str) or not isinstance(environment, str) or not _NUMBER.fullmatch(number):
        raise _is_wrong(NO_KEY)
    return DeploymentKey(pipeline, environment, int(number))


def _accept_builds(payload: Mapping[str, Any]) -> dict[str, Any]:
    """The builds API's answer. Builds are of no use to a ledger of deployments, and are not kept."""
    builds = payload.get("builds")
    found = [build for build in builds if isinstance(build, dict)] if isinstance(builds, list) else []
    return {
        "acceptedBuilds": [{name: build[name] for name in ("pipelineId", "buildNumber") if name in build} for build in found],
        "rejectedBuilds": [],
        "unknownIssueKeys": [],
    }


def _name(kind: object) -> str:
    """A word that was sent, cut when it is long; of anything else only that it is not there, or no text."""
    if kind is None:
        return "None"
    return storable(kind[:NAMED_LENGTH]) if isinstance(kind, str) else "that is not a string"


def _is_wrong(sentence: str) -> Fault:
    return Fault(HTTPStatus.BAD_REQUEST, sentence)


def _to_sentence(fault: Fault) -> Response:
    return Response(". ".join(fault.messages), int(fault.status), fault.headers, media_type="application/json")
