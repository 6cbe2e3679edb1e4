"""``POST /v1/organization/deployment``: what is read, what is refused, and what the record says."""

from __future__ import annotations

import asyncio
import json

import pytest

from shipledger.errors import Invalid
from shipledger.ledger.submission import Target
from shipledger.protocols.iftrue.branches import read_branch_rules
from tests.support.iftrue import TARGET, client_of, issue_token, report

REQUIRED = ("title", "branch", "commit_id", "repository_url", "member_id", "pull_request_number")
NODE = {"deployment_node_id": "node-1"}


async def post(client, **changes):
    return await client.post(TARGET, json=report(**changes))


@pytest.mark.parametrize("name", REQUIRED)
async def test_each_required_member_is_asked_for_by_name(iftrue, name):
    response = await post(iftrue, **{name: None})
    assert response.status_code == 422
    assert response.json() == {
        "statusCode": 422,
        "message": f"{name} should be provided",
        "error": "Unprocessable Entity",
        "errors": {name: "should be provided"},
    }


@pytest.mark.parametrize(
    "member, value, text",
    [
        ("title", " ", "should not be empty"),
        ("title", "x" * 1001, "should have at most 1000 characters"),
        ("title", ["x"], "should be a string"),
        ("title", "a\0b", "should not contain the character U+0000"),
        ("branch", "x" * 513, "should have at most 512 characters"),
        ("commit_id", "x" * 256, "should have at most 255 characters"),
        ("changelog", "x" * 100_001, "should have at most 100000 characters"),
        ("url", "x" * 4097, "should have at most 4096 characters"),
        ("deployment_duration", -1, "should be 0 or more"),
        ("deployment_duration", "soon", "should be a number"),
        ("deployment_duration", True, "should be a number"),
        ("deployment_duration", "NaN", "should be a number"),
        ("deployment_duration", 5_256_001, "should be at most 5256000"),
        ("is_fix", "yes", "should be true or false"),
        ("is_hotfix", 1, "should be true or false"),
        ("is_forced", [], "should be true or false"),
        ("commits_count", 5.5, "should be a whole number"),
        ("commits_count", -1, "should be 0 or more"),
        ("commits_count", int("9" * 310), "should be at most 2147483647"),
        ("deployment_duration", int("9" * 310), "should be at most 5256000"),
        ("pull_request_number", -int("9" * 310), "should be 0 or more"),
        ("pull_request_number", "", "should not be empty"),
        ("pull_request_number", "one", "should be a number"),
        ("repository_url", "shop", "should name a host and a repository"),
        ("repository_url", "https://github.com", "should name a host and a repository"),
        ("repository_url", "/srv/git/shop.git", "should name a host and a repository"),
        ("status", "done", "should be one of succes, in_progress, fail"),
        ("status", 5, "should be one of succes, in_progress, fail"),
        ("repository_url", "https://github.com/acme/shop", None),
    ],
)
async def test_each_wrong_member_has_its_own_text(iftrue, member, value, text):
    response = await post(iftrue, **{member: value})
    assert response.status_code == 422
    expected = {member: text} if text else {"deployment_node_id": "should be provided for a GitHub repository"}
    assert response.json()["errors"] == expected


@pytest.mark.parametrize(
    "sent, answered",
    [
        ({"status": "SUCCESS"}, {"status": "succes"}),
        ({"status": "failed"}, {"status": "fail"}),
        ({"status": None, "url": "", "changelog": ""}, {"status": "succes", "url": None, "changelog": None}),
        ({"pull_request_number": "78.0", "commits_count": 5.0}, {"commits_count": 5}),
        ({"is_fix": "True", "is_hotfix": "FALSE"}, {"is_fix": True, "is_hotfix": False}),
        ({"deployment_duration": 0.7}, {"deployment_duration": 42}),
        ({"deployment_duration": "0.01"}, {"deployment_duration": 0.6}),
        ({"deployment_duration": 0}, {"deployment_duration": 0}),
        ({"unknown": {"deep": [1]}, "member_id": 17}, {"title": "Release 77"}),
        ({"pull_request_number": 0}, {"title": "Release 77"}),
        ({"member_id": "AEF23F76-9e33-679d-a92c-ff7321f61bb8"}, {"pusher_id": "AEF23F76-9e33-679d-a92c-ff7321f61bb8"}),
    ],
)
async def test_variants_that_scripts_send_are_read(iftrue, sent, answered):
    response = await post(iftrue, **sent)
    assert response.status_code == 201
    assert {name: response.json()[name] for name in answered} == answered


async def test_all_spellings_of_one_repository_give_one_repository_id(iftrue):
    spellings = (
        "https://github.com/example/repo",
        "<https://github.com/example/repo.git>",
        "git@github.com:example/repo.git",
        "ssh://git@GitHub.com:22/example/repo/",
        "https://ci:secret@github.com/Example/Repo?x=1#y",
        "github.com/example/repo",
    )
    ids = {(await post(iftrue, repository_url=text, **NODE)).json()["repository_id"] for text in spellings}
    assert len(ids) == 1


async def test_the_user_and_password_of_a_repository_are_kept_nowhere(server, iftrue, database):
    response = await post(iftrue, repository_url="https://ci-user:not-a-real-token@git.example.com/acme/shop.git")
    record = await server.app.store.find_receipt(await server.organization_id(), response.headers["X-Request-Id"])
    assert json.loads(record.receipt.body)["repository_url"] == "https://git.example.com/acme/shop.git"
    for path in database.parent.glob("shipledger.db*"):
        assert b"not-a-real-token" not in path.read_bytes()


@pytest.mark.parametrize("said", [NODE, {}], ids=["with a node id", "without"])
async def test_in_progress_then_succes_is_one_record_whatever_arrives_first(iftrue, said):
    first = await post(iftrue, status="in_progress", **said)
    second = await post(iftrue, status="succes", url="https://example.com/77", **said)
    late = await post(iftrue, status="in_progress", **said)
    assert [first.status_code, second.status_code, late.status_code] == [201, 200, 200]
    assert first.json()["id"] == second.json()["id"] == late.json()["id"]
    assert late.json()["status"] == "succes"
    assert late.json()["url"] == "https://example.com/77"
    assert late.json()["created_at"] == first.json()["created_at"] < late.json()["updated_at"]
    assert second.json()["deployment_duration"] > 0


async def test_the_same_body_twice_is_one_record(iftrue):
    first, second = await post(iftrue), await post(iftrue)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["id"] == second.json()["id"]


async def test_equal_reports_at_once_are_one_record(iftrue):
    responses = await asyncio.gather(*(post(iftrue) for _ in range(8)))
    assert sorted(response.status_code for response in responses) == [200] * 7 + [201]
    assert len({response.json()["id"] for response in responses}) == 1


async def test_without_a_node_id_another_outcome_is_another_deployment(iftrue):
    first, second = await post(iftrue), await post(iftrue, status="fail")
    assert second.status_code == 201
    assert first.json()["id"] != second.json()["id"]


async def test_between_two_final_reports_of_one_node_the_later_wins(iftrue):
    first, second = await post(iftrue, **NODE), await post(iftrue, status="fail", **NODE)
    assert second.status_code == 200
    assert (first.json()["id"], second.json()["status"]) == (second.json()["id"], "fail")


@pytest.mark.parametrize("changes", [{"branch": "next"}, {"commit_id": "abc"}, {"pull_request_number": 1}])
async def test_another_branch_commit_or_pull_request_is_another_deployment(iftrue, changes):
    assert (await post(iftrue)).json()["id"] != (await post(iftrue, **changes)).json()["id"]


async def test_what_the_wire_says_is_kept_in_the_words_of_the_ledger(server, iftrue):
    response = await post(
        iftrue, changelog="SHOP-12 and PAY-7, not sha-256", deployment_duration=2, is_hotfix=True, status="fail", **NODE
    )
    organization_id = await server.organization_id()
    deployment = await server.app.store.find_deployment(organization_id, Target(key=response.json()["id"]))
    assert deployment.state == "failed"
    assert deployment.report.original == "fail"
    assert (deployment.ended_at - deployment.started_at).total_seconds() == 120
    assert deployment.environment.tier == "production"
    assert [release.repository for release in deployment.releases] == ["bitbucket.org/acme/shop"]
    assert deployment.issues == {"SHOP-12": "message", "PAY-7": "message"}
    assert (deployment.facts.actor, deployment.facts.pull_request, deployment.facts.is_hotfix) == ("octo-17", 77, True)


async def test_of_a_changelog_that_names_very_many_issues_the_first_are_kept_and_the_verdict_says_so(server, iftrue):
    response = await post(iftrue, changelog=" ".join(f"SHOP-{number}" for number in range(1, 602)), **NODE)
    organization_id = await server.organization_id()
    deployment_id = response.json()["id"]
    deployment = await server.app.store.find_deployment(organization_id, Target(key=deployment_id))
    assert deployment.issue_keys == tuple(f"SHOP-{number}" for number in range(1, 501))
    (written,) = await server.app.store.list_verdicts(organization_id, deployment_id)
    assert "more than 500 issues" in written.verdict.sentence


async def test_github_enterprise_needs_a_node_id_where_the_operator_says_so(serve):
    async with serve(iftrue_github_hosts="git.acme.example, other.example") as server:
        _, token = await issue_token(server)
        async with client_of(server, token) as client:
            response = await post(client, repository_url="https://Git.acme.example/acme/shop")
            assert response.json()["errors"] == {"deployment_node_id": "should be provided for a GitHub repository"}
            assert (await post(client, repository_url="https://git.acme.example/acme/shop", **NODE)).status_code == 201


@pytest.mark.parametrize("content", [b"", b"{", b'"\xff"', b"nope"])
async def test_what_is_not_json_is_refused(iftrue, content):
    response = await iftrue.post(TARGET, content=content)
    assert response.status_code == 400
    assert response.json() == {"statusCode": 400, "message": "Request body is not valid JSON", "error": "Bad Request"}


@pytest.mark.parametrize("content", [b"[]", b"5", b"null", b"[" * 600 + b"]" * 600])
async def test_json_that_is_no_object_is_refused(iftrue, content):
    response = await iftrue.post(TARGET, content=content)
    assert response.status_code == 422
    assert set(response.json()["errors"]) == {"body"}


async def test_a_large_body_and_a_wrong_type_are_refused(iftrue):
    large = await iftrue.post(TARGET, content=b" " * (1024 * 1024 + 1))
    assert (large.status_code, large.json()["message"]) == (413, "Request body is larger than 1 MiB")
    form = await iftrue.post(TARGET, data={"title": "x"})
    assert form.status_code == 415
    assert "application/json" in form.json()["message"]
    untyped = await iftrue.post(TARGET, content=json.dumps(report()))
    assert untyped.status_code == 201


async def test_other_methods_and_paths_are_named(iftrue):
    wrong_method = await iftrue.get(TARGET)
    assert (wrong_method.status_code, wrong_method.headers["Allow"]) == (405, "POST")
    assert "GET" in wrong_method.json()["message"]
    wrong_path = await iftrue.post(f"{TARGET}/77", json=report())
    assert wrong_path.status_code == 404
    assert f"{TARGET}/77" in wrong_path.json()["message"]
    assert (await iftrue.post(f"{TARGET}/", json=report())).status_code == 201


async def test_the_operator_says_which_branches_mean_another_environment(serve):
    async with serve(iftrue_branch_environments="develop=staging, release/*=uat") as server:
        _, token = await issue_token(server)
        organization_id = await server.organization_id()
        async with client_of(server, token) as client:
            for branch, expected in (("develop", "staging"), ("release/7", "uat"), ("main", "production")):
                made = (await post(client, branch=branch)).json()["id"]
                deployment = await server.app.store.find_deployment(organization_id, Target(key=made))
                assert (deployment.environment.name, deployment.environment.tier) == (
                    expected,
                    "testing" if expected == "uat" else expected,
                )


@pytest.mark.parametrize("rules", ["develop", "develop=", "=staging", "a=b,c"])
def test_a_rule_that_is_none_stops_the_start(rules):
    with pytest.raises(Invalid):
        read_branch_rules(rules)
