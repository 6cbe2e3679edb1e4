from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from msgspec import UNSET

from shipledger.clock import to_microseconds
from shipledger.ledger.decide import Situation, decide
from shipledger.ledger.identity import derive_id, new_id
from shipledger.ledger.receipt import Receipt
from shipledger.ledger.state import State, Tier
from shipledger.ledger.submission import Amend, ChangeState, RecordDeployment, Target
from shipledger.protocols.opsgenie.answers import to_deployment
from shipledger.protocols.opsgenie.translate import interpret, to_target
from shipledger.protocols.opsgenie.vocabulary import STATE_WORDS, STATES, TIER_WORDS, TIERS
from tests.protocols.opsgenie.bodies_for_tests import create_body, release, valid_creates

ACCEPTED_AT = datetime(2026, 3, 4, 10, 0, 0, 1, tzinfo=UTC)
RECEIPT_ID = new_id(ACCEPTED_AT, bytes(8))
ID = "7b25450b-c668-4eb4-b75c-77333ca1ada7"
STARTED_AT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


def receipt(body, operation="create", receipt_id=RECEIPT_ID, **parameters):
    return Receipt("acme", receipt_id, "credential", "opsgenie", operation, parameters, json.dumps(body), ACCEPTED_AT)


def record(**overrides) -> RecordDeployment:
    (submission,) = interpret(receipt(create_body(**overrides)))
    assert isinstance(submission, RecordDeployment)
    return submission


def change(body, identifier=ID, identifier_type="id", operation="update-state"):
    (submission,) = interpret(receipt(body, operation, identifier=identifier, identifierType=identifier_type))
    return submission


def identity_of(**overrides):
    (alias,) = record(**overrides).identities
    return alias


def test_every_word_of_a_table_has_a_translation_in_both_directions():
    assert set(STATE_WORDS) == set(State)
    assert set(TIER_WORDS) == set(Tier)
    assert set(STATE_WORDS.values()) == set(STATES)
    assert set(TIER_WORDS.values()) == set(TIERS)
    assert all(STATE_WORDS[state] == word for word, state in STATES.items())
    assert all(TIER_WORDS[tier] == word for word, tier in TIERS.items())


def test_a_create_says_what_it_holds():
    submission = record(
        completedAt="2026-03-04T05:16:07Z", message="Release 77", description="Weekly", reference="https://ci.example.com/77"
    )
    facts = submission.facts
    assert submission.source == "opsgenie"
    assert submission.deployment_id == derive_id(RECEIPT_ID, 0, "deployment")
    assert (facts.external_id, facts.title, facts.description) == ("build-77", "Release 77", "Weekly")
    assert (facts.url, submission.assumed.started_at) == ("https://ci.example.com/77", STARTED_AT)
    assert (facts.environment.id, facts.environment.name, facts.environment.tier) == ("prod", "Production", Tier.PRODUCTION)
    assert facts.environment.original_tier == "Production"
    assert submission.order == (to_microseconds(ACCEPTED_AT),)
    assert submission.required_workspaces == ("bitbucket.org/acme",)
    (only,) = facts.releases
    assert (only.repository, only.commit) == ("bitbucket.org/acme/shop", "0c9135c")
    assert only.original == {"type": "bbc", "workspace": "acme", "workspace_type": "name", "slug": "shop"}


def test_what_a_create_leaves_out_says_nothing():
    facts = record(externalId="", message="", description=None).facts
    assert facts.external_id is UNSET
    assert facts.title is UNSET
    assert facts.description is UNSET
    assert facts.url is UNSET


def test_an_environment_without_a_display_name_is_called_by_its_id():
    assert record(environment={"type": "Test", "id": "eu", "displayName": ""}).facts.environment.name == "eu"


def test_a_repository_given_by_uuid_has_a_canonical_name_and_keeps_the_words_of_its_sender():
    workspace = {"identifier": "{0A4FB641-0c65-44ab-bb4f-64a44bada7be}", "type": "bbcUuid"}
    slug = "{33838c22-5066-425e-8a23-4a6699011119}"
    submission = record(releases=[release(repository={"workspace": workspace, "repoSlug": slug})])
    (only,) = submission.facts.releases
    name = "bitbucket.org/0a4fb641-0c65-44ab-bb4f-64a44bada7be"
    assert only.repository == f"{name}/33838c22-5066-425e-8a23-4a6699011119"
    assert (only.original["workspace"], only.original["slug"]) == (workspace["identifier"], slug)
    assert submission.required_workspaces == (name,)
    assert submission.workspace_originals == {name: f"uuid: {workspace['identifier']}"}


@pytest.mark.parametrize(
    "state, completed_at, phase, event_at",
    [
        ("initial", None, 0, STARTED_AT),
        ("started", "0001-01-01T00:00:00Z", 1, STARTED_AT),
        ("started", "2026-03-04T05:10:00Z", 1, datetime(2026, 3, 4, 5, 10, tzinfo=UTC)),
        ("successful", "2019-11-07T14:44:02Z", 2, datetime(2019, 11, 7, 14, 44, 2, tzinfo=UTC)),
    ],
)
def test_the_state_of_a_create_ranks_by_phase_and_the_time_of_its_event(state, completed_at, phase, event_at):
    report = record(state=state, completedAt=completed_at).state
    assert report.order == (phase, to_microseconds(event_at), 0)
    assert report.original == state
    assert report.reported_at == (event_at if completed_at and not completed_at.startswith("0001") else None)


def test_failed_outranks_successful_at_one_time():
    body = {"state": "failed", "completedAt": "2026-03-04T05:10:00Z"}
    assert change(body).state.order > change(body | {"state": "successful"}).state.order


def test_a_state_update_with_the_zero_time_counts_when_it_arrived():
    submission = change({"state": "successful", "completedAt": "0001-01-01T00:00:00Z"})
    assert isinstance(submission, ChangeState)
    assert submission.state.reported_at == ACCEPTED_AT
    assert submission.state.order == (2, to_microseconds(ACCEPTED_AT), 0)


def test_an_update_clears_with_an_empty_string_and_leaves_what_is_absent():
    submission = change({"message": "", "description": None, "externalId": "", "reference": ""}, operation="update")
    assert isinstance(submission, Amend)
    assert submission.facts.title is None
    assert submission.facts.url is None
    assert submission.facts.description is UNSET
    assert submission.facts.external_id is UNSET
    assert submission.facts.started_at is UNSET


@pytest.mark.parametrize("written", [ID, ID.upper(), f"{{{ID}}}", f"{{{ID.upper()}}}"])
def test_a_uuid_names_one_deployment_however_it_is_written(written):
    assert to_target(written, "id") == Target(key=ID)
    assert to_target(written, "api") == Target(scope="opsgenie:external", key=ID)
    assert to_target(written, "pipelines") == Target(scope="opsgenie-pipelines:external", key=ID)


def test_an_external_id_that_is_no_uuid_is_compared_exactly():
    assert to_target("Build/77", "api") == Target(scope="opsgenie:external", key="Build/77")
    assert to_target("{Build}", "api") == Target(scope="opsgenie:external", key="{Build}")


SAME = [
    {"state": "successful", "message": "again", "completedAt": "2026-03-04T06:00:00Z"},
    {"startedAt": "2027-01-01T00:00:00Z"},
    {"environment": {"type": "Test", "id": "prod"}},
    {"releases": [release(), release()]},
    {"releases": [release(repository={"workspace": "ACME", "repoSlug": "Shop"})]},
]
OTHER = [
    {"externalId": "build-78"},
    {"externalId": None},
    {"environment": {"type": "Production", "id": "prod-eu"}},
    {"releases": [release(commit={"sha": "0c9135d"})]},
    {"releases": [release(), release(commit={"sha": "0c9135d"})]},
]


@pytest.mark.parametrize("overrides", SAME)
def test_a_create_with_the_same_id_environment_and_releases_is_of_the_same_series(overrides):
    assert record(**overrides).series == record().series


def test_a_create_with_the_same_start_is_the_same_run():
    assert identity_of(startedAt="2026-03-04T06:06:07+01:00", state="failed") == identity_of()
    assert identity_of(startedAt="2026-03-04T05:06:08Z") != identity_of()


@pytest.mark.parametrize("overrides", OTHER)
def test_a_create_that_differs_in_id_environment_or_releases_is_another_deployment(overrides):
    assert record(**overrides).series != record().series


def test_without_an_external_id_the_start_recognizes_a_repeat():
    same = identity_of(externalId=None, startedAt="2026-03-04T06:06:07+01:00", state="failed")
    assert identity_of(externalId="") == same
    assert identity_of(externalId=None, startedAt="2026-03-04T05:06:08Z") != same


def test_the_order_of_releases_does_not_matter_to_identity():
    one, other = release(), release(commit={"sha": "ffff"})
    assert identity_of(releases=[one, other]) == identity_of(releases=[other, one])


@given(valid_creates())
def test_every_valid_create_becomes_a_deployment_that_can_be_answered(body):
    arrived = receipt(body, receipt_id=str(uuid.uuid4()))
    (submission,) = interpret(arrived)
    assert interpret(arrived) == (submission,)
    assert msgspec.json.decode(msgspec.json.encode(submission), type=RecordDeployment) == submission
    decision = decide(Situation(None), arrived, 0, submission, ACCEPTED_AT)
    answer = msgspec.to_builtins(to_deployment(decision.deployment))
    assert answer["state"] == body["state"]
    assert answer["externalId"] == (body.get("externalId") or answer["id"])
    assert answer["environment"]["type"] == body["environment"]["type"]
    assert [item["commit"]["sha"] for item in answer["releases"]] == [item["commit"]["sha"] for item in body["releases"]]
    for name in ("message", "description"):
        assert answer.get(name) == (body.get(name) or None)
