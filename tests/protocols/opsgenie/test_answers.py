from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from shipledger.ledger.deployment import Deployment
from shipledger.ledger.receipt import ReceiptState, Settlement
from shipledger.ledger.state import State, Tier
from shipledger.ledger.submission import Environment, Facts, Release, StateReport
from shipledger.ledger.verdict import Reason, Verdict, VerdictKind
from shipledger.protocols.opsgenie.answers import to_deployment, to_found_deployment, to_request_status

SAMPLES = Path(__file__).resolve().parents[2] / "contract" / "opsgenie"
STARTED_AT = datetime(2020, 3, 26, 14, 5, 7, 594_000, tzinfo=UTC)
COMPLETED_AT = datetime(2020, 3, 26, 14, 15, 7, 594_000, tzinfo=UTC)
ID = "7b25450b-c668-4eb4-b75c-77333ca1ada7"


def deployment(**overrides):
    values = {
        "organization_id": "acme",
        "deployment_id": ID,
        "source": "opsgenie",
        "version": 1,
        "recorded_at": STARTED_AT,
        "updated_at": STARTED_AT,
        "facts": Facts(
            external_id="build-77",
            environment=Environment(id="og-test", name="og-test", tier=Tier.TESTING, original_tier="Test"),
            started_at=STARTED_AT,
            releases=(
                Release(
                    repository="bitbucket.org/acme/shop",
                    commit="0c9135c",
                    original={"type": "bbc", "workspace": "acme", "workspace_type": "name", "slug": "shop"},
                ),
            ),
            title="Release 77",
        ),
        "orders": {},
        "report": StateReport(state=State.SUCCESSFUL, original="successful", order=(2, 0, 0), reported_at=COMPLETED_AT),
    }
    return Deployment(**(values | overrides))


def written(struct):
    return msgspec.json.decode(msgspec.json.encode(struct))


def test_get_answers_both_key_sets_of_the_environment():
    assert written(to_deployment(deployment())) == {
        "id": ID,
        "externalId": "build-77",
        "state": "successful",
        "environment": {
            "environmentType": "Test",
            "identifier": "og-test",
            "displayName": "og-test",
            "type": "Test",
            "id": "og-test",
        },
        "type": "api",
        "startedAt": "2020-03-26T14:05:07.594Z",
        "completedAt": "2020-03-26T14:15:07.594Z",
        "releases": [{"commit": {"sha": "0c9135c"}, "type": "bbc", "repository": {"repoSlug": "shop", "workspace": "acme"}}],
        "message": "Release 77",
    }


def page_order(name):
    """The members of a sample answer of the vendor's page, in its order."""
    sample = json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))
    return sample["response"]["body"]["data"]


@pytest.mark.parametrize("name", ["get-api-response", "get-pipelines-response"])
def test_get_answers_its_members_in_the_order_of_the_page(name):
    page = page_order(name)
    is_pipelines = page["type"] == "pipelines"
    answer = written(to_deployment(deployment(source="opsgenie-pipelines") if is_pipelines else deployment()))
    assert [member for member in answer if member in page] == [member for member in page if member in answer]
    assert list(answer["environment"]) == [*page["environment"], "type", "id"]
    assert list(answer["releases"][0]) == list(page["releases"][0])
    assert list(answer["releases"][0]["repository"]) == list(page["releases"][0]["repository"])


def test_search_answers_the_keys_of_create_and_no_releases():
    answer = written(to_found_deployment(deployment()))
    assert answer["environment"] == {"type": "Test", "id": "og-test", "displayName": "og-test"}
    assert "releases" not in answer


def test_a_deployment_of_bitbucket_pipelines_is_answered_as_the_vendor_does():
    uuid = "{e4daecfb-9d84-5711-b49d-eae11a99d3e9}"
    facts = Facts(
        external_id=uuid,
        environment=Environment(id="{e5cfd278-1d21-47f2-bd64-423ea00fdd60}", name="production", tier=Tier.PRODUCTION),
        started_at=STARTED_AT,
        original={
            "created_on": "2020-03-26T14:05:01.000Z",
            "full_name": "acme/notifications",
            "commit_message": "Delete the rule\n\nfor everybody",
        },
    )
    imported = deployment(source="opsgenie-pipelines", facts=facts, is_managed_elsewhere=True)
    answer = written(to_deployment(imported))
    assert (answer["type"], answer["externalId"]) == ("pipelines", uuid)
    assert answer["environment"]["identifier"] == "{e5cfd278-1d21-47f2-bd64-423ea00fdd60}"
    assert answer["createdOn"] == "2020-03-26T14:05:01.000Z"
    assert answer["fullname"] == "acme/notifications"
    assert answer["deployableName"] == "Delete the rule"
    assert answer["commitMessage"] == "Delete the rule\n\nfor everybody"
    assert written(to_found_deployment(imported))["type"] == "pipelines"


def test_a_deployment_of_another_protocol_has_every_member_that_is_always_there():
    report = StateReport(state=State.ROLLED_BACK, original="rolled_back", order=(1,))
    facts = Facts(releases=(Release(repository="github.com/acme/shop", commit="0c9135c"),))
    answer = written(to_deployment(deployment(source="jira", facts=facts, report=report)))
    assert (answer["type"], answer["state"], answer["externalId"]) == ("api", "failed", ID)
    assert answer["startedAt"] == "2020-03-26T14:05:07.594Z"
    assert answer["environment"]["type"] == "Test"
    assert answer["releases"] == [
        {"commit": {"sha": "0c9135c"}, "type": "github.com", "repository": {"repoSlug": "shop", "workspace": "acme"}}
    ]
    assert "completedAt" not in answer
    assert "message" not in answer


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("tier", list(Tier))
def test_every_state_and_tier_of_the_ledger_has_a_word(state, tier):
    report = StateReport(state=state, original="?", order=(1,))
    facts = Facts(environment=Environment(id="e", name="e", tier=tier))
    answer = written(to_found_deployment(deployment(facts=facts, report=report)))
    assert answer["state"] in {"initial", "started", "successful", "failed"}
    assert answer["environment"]["type"] in {"Test", "Staging", "Production"}


def settlement(operation, verdict):
    return Settlement("r", "opsgenie", operation, ReceiptState.SETTLED, STARTED_AT, COMPLETED_AT, (verdict,))


@pytest.mark.parametrize(
    "operation, action, status",
    [
        ("create", "Create", "Deployment successfully created"),
        ("update-state", "Update State", "Deployment State updated successfully"),
        ("update", "Update", "Deployment updated successfully"),
    ],
)
@pytest.mark.parametrize("kind", [VerdictKind.APPLIED, VerdictKind.DUPLICATE, VerdictKind.SUPERSEDED])
def test_whatever_was_understood_is_a_success(operation, action, status, kind):
    assert written(to_request_status(settlement(operation, Verdict(kind=kind, deployment_id=ID)))) == {
        "action": action,
        "processedAt": "2020-03-26T14:15:07.594Z",
        "isSuccess": True,
        "status": status,
        "deploymentId": ID,
    }


@pytest.mark.parametrize(
    "reason, subject, status",
    [
        (Reason.UNKNOWN_DEPLOYMENT, "x", "Deployment does not exist"),
        (Reason.UNKNOWN_WORKSPACE, "name: opsgenie", "Bitbucket Integration with name: opsgenie not found"),
        (Reason.MANAGED_ELSEWHERE, "", "Update is not supported for pipelines deployments"),
    ],
)
def test_a_rejection_has_the_vendors_words_and_no_deployment_id(reason, subject, status):
    verdict = Verdict(kind=VerdictKind.REJECTED, deployment_id=ID, reason=reason, subject=subject)
    answer = to_request_status(settlement("update", verdict))
    assert (answer.is_success, answer.status, answer.deployment_id) == (False, status, "")


def test_a_quarantined_request_is_answered_as_failed_by_us():
    quarantined = Settlement("r", "opsgenie", "create", ReceiptState.QUARANTINED, STARTED_AT, failure="KeyError: secret")
    answer = to_request_status(quarantined)
    assert not answer.is_success
    assert "secret" not in answer.status
    assert answer.processed_at == "2020-03-26T14:05:07.594Z"
