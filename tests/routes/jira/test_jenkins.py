"""``POST /jenkins/webtrigger``: the webhook of the Jenkins plugin 2.x."""

from __future__ import annotations

import json
import secrets
import time
from datetime import timedelta
from typing import Any

import httpx2
import jwt
import pytest

from shipledger.access.credential import Credential
from shipledger.access.grant import Scope
from shipledger.access.issuing import Limits, issue_credential
from shipledger.access.sealing import Seal
from shipledger.access.signing_app import SigningApp
from shipledger.ledger.submission import Target
from shipledger.protocols.jira.jenkins import NO_SERVER, NOT_READABLE, NOT_VERIFIED
from shipledger.protocols.jira.paths import DeploymentKey
from shipledger.protocols.jira.translate import to_target
from shipledger.store.key_file import load_sealing_keys
from tests.routes.jira.test_samples import JENKINS, SAMPLES, assert_answers, send
from tests.support.hostile import VALUES, choose, list_places, write
from tests.support.jira import associated, deployment
from tests.support.server import Server

UUID = "7d1f6c9e-4a0b-4f57-9c55-2f1f0f6f7a10"
SECRET = "jenkins-test-secret-0000000000000"
TARGET = f"/jenkins/webtrigger?jenkins_server_uuid={UUID}"


async def connect(
    server: Server,
    *scopes: Scope,
    kind: str = "jenkins",
    uuid: str = UUID,
    limits: Limits | None = None,
) -> Credential:
    """A connection with the id and the secret of the samples."""
    issued = issue_credential(
        organization_id=await server.organization_id(),
        kind=kind,
        name="Jenkins",
        now=server.app.clock.now(),
        randomness=secrets.token_bytes(8),
        scopes=frozenset(scopes),
        limits=limits,
    )
    sealed = Seal(lambda: load_sealing_keys(server.app.settings)).seal(SECRET)
    owner = {"organization_id": issued.credential.organization_id, "credential_id": issued.credential.credential_id}
    await server.app.store.create_signing_app(issued.credential, SigningApp(**owner, app_key=uuid, sealed_secret=sealed))
    return issued.credential


def wrap(envelope: object, *, secret: str = SECRET, algorithm: str = "HS256", **claims: Any) -> str:
    """An envelope as the plugin signs it."""
    now = int(time.time())
    text = envelope if isinstance(envelope, str) else json.dumps(envelope)
    body = {"iss": "jenkins-plugin", "aud": "jenkins-forge-app", "iat": now, "exp": now + 300, "request_body_json": text}
    return jwt.encode({**body, **claims}, secret, algorithm=algorithm)


async def post(server: Server, token: str, target: str = TARGET) -> httpx2.Response:
    async with server.client() as client:
        return await client.post(target, content=token, headers={"Content-Type": "application/jwt"})


def event(kind: str = "deployment", **payload: Any) -> dict[str, Any]:
    return {"requestType": "event", "eventType": kind, "payload": {"properties": {"source": "jenkins"}, **payload}}


@pytest.mark.parametrize("name", JENKINS)
async def test_a_recorded_envelope_is_answered_as_it_says(server, monkeypatch, name):
    await connect(server)
    sample = SAMPLES[name]
    claims = jwt.decode(sample["request"]["body_text"], options={"verify_signature": False})
    shift = sample["verify"]["at"] - int(time.time())
    now = server.app.clock.now
    monkeypatch.setattr(server.app.clock, "now", lambda: now() + timedelta(seconds=shift))
    assert claims["iss"] == "jenkins-plugin"
    async with server.client() as client:
        for given in sample.get("given", ()):
            assert_answers(await send(client, SAMPLES[given], TARGET), SAMPLES[given])
        assert_answers(await send(client, sample, sample["request"]["target"]), sample)


async def test_a_deployment_can_be_asked_for_at_once_and_carries_its_server(server):
    credential = await connect(server)
    sent = deployment(pipeline={"id": "-140", "displayName": "shop", "url": "https://jenkins.example.com/job/shop/"})
    answer = await post(server, wrap(event(deployments=[sent])))
    assert answer.status_code == 202
    assert len(answer.json()["acceptedDeployments"]) == 1
    key = {"pipelineId": "-140", "environmentId": "prod", "deploymentId": "41"}
    gating = await post(server, wrap({"requestType": "gatingStatus", **key}))
    assert gating.status_code == 200
    assert (gating.json()["gatingStatus"], gating.json()["details"]) == ("invalid", [])
    target = to_target(credential.credential_id, DeploymentKey("-140", "prod", 41))
    stored = await server.app.store.find_deployment(credential.organization_id, target)
    assert stored.facts.properties == {
        "source": "jenkins",
        "cloudId": credential.organization_id,
        "jenkinsServerUuid": UUID,
    }
    assert (await server.app.store.find_deployment(credential.organization_id, Target(key="x"))) is None


async def test_a_refused_deployment_is_told_as_submit_tells_it(server):
    await connect(server)
    answer = await post(server, wrap(event(deployments=[deployment(**associated("issueKeys", "UTF-8"))])))
    assert answer.status_code == 202
    assert answer.json()["rejectedDeployments"][0]["errors"][0]["message"] == "No valid associations found for deployment"


@pytest.mark.parametrize(
    "token",
    [
        wrap({"requestType": "ping"}, secret="another-secret-that-is-long-enough-00"),
        wrap({"requestType": "ping"}, secret=SECRET * 2, algorithm="HS512"),
        wrap({"requestType": "ping"}, exp=int(time.time()) - 60),
        wrap({"requestType": "ping"}, iss="somebody"),
        wrap({"requestType": "ping"}, aud="another-app"),
        wrap({"requestType": "ping"}, aud=["another-app", "jenkins-forge-app"]),
        "",
        "not.a.token",
        "ÿ",
    ],
)
async def test_a_token_that_proves_nothing_is_refused_in_a_sentence(server, token):
    await connect(server)
    answer = await post(server, token)
    assert (answer.status_code, answer.text) == (400, NOT_VERIFIED)
    assert answer.headers["content-type"] == "application/json"


async def test_an_audience_may_be_a_list(server):
    await connect(server)
    assert (await post(server, wrap({"requestType": "ping"}, aud=["jenkins-forge-app"]))).json() == {"success": True}


@pytest.mark.parametrize("target", ["/jenkins/webtrigger", "/jenkins/webtrigger?jenkins_server_uuid=%00", f"{TARGET}0"])
async def test_an_unknown_server_is_refused_in_a_sentence(server, target):
    await connect(server)
    answer = await post(server, wrap({"requestType": "ping"}), target)
    assert (answer.status_code, answer.text) == (400, NO_SERVER)


@pytest.mark.parametrize(
    "envelope, status, sentence",
    [
        ("[]", 400, NOT_READABLE),
        ("{", 400, NOT_READABLE),
        ({}, 400, "unsupported request type None"),
        ({"requestType": "event", "eventType": "flag", "payload": {}}, 400, "invalid event type: flag"),
        ({"requestType": "event", "eventType": "deployment"}, 400, "The event has no payload"),
        (event(deployments=[]), 400, "'deployments' must hold 1 to 100 elements"),
        ({"requestType": "gatingStatus", "pipelineId": "p"}, 400, "gatingStatus needs pipelineId, environmentId"),
        ({"requestType": "gatingStatus", "pipelineId": "p", "environmentId": "e", "deploymentId": "1"}, 404, "No data found"),
    ],
)
async def test_an_envelope_that_cannot_be_used_is_refused_in_a_sentence(server, envelope, status, sentence):
    await connect(server)
    answer = await post(server, wrap(envelope))
    assert answer.status_code == status
    assert answer.text.startswith(sentence)


async def test_a_connection_that_may_only_read_sends_no_event(server):
    await connect(server, Scope.READ)
    answer = await post(server, wrap(event(deployments=[deployment()])))
    assert (answer.status_code, "WRITE" in answer.text) == (403, True)


async def test_neither_an_app_nor_a_connection_is_taken_for_the_other(server):
    await connect(server, kind="jira-connect")
    assert (await post(server, wrap({"requestType": "ping"}))).text == NO_SERVER
    await connect(server, uuid="only-jenkins")
    known = await server.app.store.list_signing_apps_of(await server.organization_id())
    assert {app.app_key: by.kind for by, app in known} == {UUID: "jira-connect", "only-jenkins": "jenkins"}


async def test_no_value_in_an_envelope_is_a_fault_of_the_server(server):
    await connect(server)
    asked = {"requestType": "gatingStatus", "pipelineId": "storefront", "environmentId": "prod", "deploymentId": "41"}
    places = [(envelope, at) for envelope in (event(deployments=[]), asked) for at in list_places(envelope)]
    values = [*VALUES.items()]
    cases = [
        (f"{values[value][0]} at {places[place][1]}", write(*places[place], values[value][1]))
        for place, value in choose(len(places), len(values), stride=7, start=0)
    ]
    async with server.client() as client:
        for name, text in cases:
            answer = await client.post(TARGET, content=wrap(text), headers={"Content-Type": "application/jwt"})
            assert answer.status_code < 500, f"{name}: {answer.status_code} {answer.text}"


async def test_half_a_character_in_an_event_is_replaced_and_told(server):
    await connect(server)
    odd, sound = deployment(label="v\ud83d"), deployment(deploymentSequenceNumber=42)
    answer = await post(server, wrap(event(deployments=[odd, sound])))
    assert len(answer.json()["acceptedDeployments"]) == 2
    await server.count_deployments()
    settlement = await server.app.store.find_settlement(await server.organization_id(), answer.headers["X-Request-Id"])
    told = "label contained half a character, replaced by U+FFFD."
    assert [verdict.sentence for verdict in settlement.verdicts] == [told, ""]


async def test_a_revoked_connection_is_refused(server):
    credential = await connect(server)
    now = server.app.clock.now()
    await server.app.store.revoke_credential(credential.organization_id, credential.credential_id, now=now)
    assert (await post(server, wrap({"requestType": "ping"}))).text == NO_SERVER


async def test_a_connection_that_calls_too_often_is_throttled(place):
    await connect(place, limits=Limits(requests_per_second=1))
    answers = [await post(place, wrap({"requestType": "ping"})) for _ in range(8)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert {answer.text for answer in refused} == {"Too many requests"}
    assert {answer.headers["Retry-After"] for answer in refused} == {"1"}
