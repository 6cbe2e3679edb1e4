"""The Development Information API: what it tells of commits is kept, under every prefix, without anybody's address."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from shipledger.erasure.eraser import Eraser
from shipledger.ledger.authors import hash_address
from tests.support.jira import associated, deployment
from tests.support.jira_clients import SITE, connect_client, fetch_token, get_until, issue_client
from tests.support.site import Html

DEVINFO = "/rest/devinfo/0.10"
SHA, MERGE_SHA, LAST_SHA = "a" * 40, "B" * 40, "c" * 64
SHOP = "github.com/Acme/shop"
EMAIL = "Jane.Doe@Example.com"


def commit(commit_id=SHA, **changes):
    members = {
        "id": commit_id,
        "issueKeys": ["SHIP-1", "UTF-8"],
        "updateSequenceId": 3,
        "flags": [],
        "message": "SHIP-1 Add a cart\n\nAnd a test.",
        "author": {"name": "Jane Doe", "email": EMAIL, "username": "jane", "avatar": "https://example.com/jane.png"},
        "fileCount": 2,
        "url": f"https://github.com/Acme/shop/commit/{commit_id}",
        "files": [
            {"path": "cart.py", "url": "https://x.example", "changeType": "ADDED", "linesAdded": 7, "linesRemoved": 0},
            {"url": "https://nowhere.example"},
        ],
        "authorTimestamp": "2026-03-04T05:06:07+01:00",
        "displayId": str(commit_id)[:7],
    }
    return {name: value for name, value in (members | changes).items() if value is not None}


def repository(**changes):
    members = {
        "id": "601234567",
        "name": "Acme/shop",
        "url": "https://github.com/Acme/shop",
        "updateSequenceId": 9,
        "commits": [commit()],
    }
    return members | changes


def branch(**changes):
    last = commit(LAST_SHA, message="Last")
    return {
        "id": "b1",
        "issueKeys": ["SHIP-1"],
        "updateSequenceId": 1,
        "name": "cart",
        "url": "https://x.example",
        "lastCommit": last,
        **changes,
    }


async def tell(client, *repositories, at=DEVINFO, **more):
    answer = await client.post(f"{at}/bulk", json={"repositories": list(repositories), **more})
    assert answer.status_code == 202, answer.text
    return answer.json()


async def known(server, commit_id=SHA, repo=SHOP):
    found = await server.app.store.find_commits(await server.organization_id(), repo, [commit_id.lower()])
    return found[0] if found else None


async def test_what_is_told_of_a_commit_is_kept_without_the_address_of_its_author(place):
    async with await connect_client(place) as client:
        answer = await tell(
            client, repository(), preventTransitions=True, operationType="BACKFILL", providerMetadata={"product": "x"}
        )
    assert answer == {
        "acceptedDevinfoEntities": {"601234567": {"commits": [SHA], "branches": [], "pullRequests": []}},
        "failedDevinfoEntities": {},
        "unknownIssueKeys": ["UTF-8"],
        "unknownAssociations": [],
    }
    found = await known(place)
    assert (found.parents, found.tree, found.committed_at, found.subject) == ((), "", None, "SHIP-1 Add a cart")
    telling = found.telling
    assert telling.message == "SHIP-1 Add a cart\n\nAnd a test."
    assert (telling.author_name, telling.author_hash) == ("Jane Doe", hash_address(await place.organization_id(), EMAIL))
    assert [(one.path, one.kind, one.lines_added, one.lines_removed) for one in telling.files] == [("cart.py", "added", 7, 0)]
    assert (telling.file_count, telling.is_merge, telling.issue_keys) == (2, False, ("SHIP-1",))
    assert telling.authored_at.isoformat() == "2026-03-04T04:06:07+00:00"


async def test_no_file_of_the_ledger_holds_an_address(server, database: Path):
    async with await connect_client(server) as client:
        await tell(client, repository(branches=[branch()]))
    assert await known(server, LAST_SHA)
    for file in database.parent.glob(f"{database.name}*"):
        assert EMAIL.lower().encode() not in file.read_bytes().lower()


async def test_each_entity_is_judged_by_itself(place):
    wrong = [
        commit("d" * 40, message=None),
        commit("e" * 40, issueKeys=["UTF-8"]),
        commit("no/id", url=None),
        commit("f" * 40, issueKeys=None),
        commit(7, authorTimestamp="yesterday"),
    ]
    told = repository(
        commits=[commit(), commit(MERGE_SHA, flags=["MERGE_COMMIT"], author=None, files=None, message="m" * 2000), *wrong],
        branches=[branch(), branch(id="b2", lastCommit=None)],
        pullRequests=[
            {
                "id": "p1",
                "issueKeys": ["SHIP-1"],
                "updateSequenceId": 1,
                "status": "OPEN",
                "title": "t",
                "url": "u",
                "lastUpdate": "x",
            },
            {"id": "p2"},
        ],
    )
    async with await connect_client(place) as client:
        answer = await tell(client, told, repository(id=None, commits=[commit("9" * 40)]))
    assert answer["acceptedDevinfoEntities"] == {
        "601234567": {"commits": [SHA, MERGE_SHA], "branches": ["b1"], "pullRequests": ["p1"]}
    }
    failed = answer["failedDevinfoEntities"]
    assert failed[""]["errorMessages"] == [{"message": "'id' is required"}]
    assert {one["id"]: [error["message"] for error in one["errorMessages"]] for one in failed["601234567"]["commits"]} == {
        "d" * 40: ["'message' is required"],
        "e" * 40: ["No valid associations found"],
        "no/id": ["'id' must have 1 to 1024 letters, digits and characters of '~.-_'"],
        "f" * 40: ["One of 'issueKeys' or 'associations' is required"],
        "7": ["'authorTimestamp' must be an ISO 8601 date-time"],
    }
    assert [one["id"] for one in failed["601234567"]["branches"]] == ["b2"]
    assert [one["id"] for one in failed["601234567"]["pullRequests"]] == ["p2"]
    merge = (await known(place, MERGE_SHA)).telling
    assert (merge.is_merge, len(merge.message), merge.author_name, merge.author_hash, merge.files) == (True, 1024, "", "", ())
    assert (await known(place, LAST_SHA)).subject == "Last"
    assert await known(place, "9" * 40) is None


async def test_every_prefix_tells_reads_and_forgets(place):
    cloud = await place.organization_id()
    ats = (
        DEVINFO,
        f"/jira/devinfo/0.1/cloud/{cloud}",
        f"/jira/devinfo/0.10/cloud/{cloud}",
        f"/ex/jira/{cloud.upper()}{DEVINFO}",
        "/devinfo/0.10",
    )
    async with await connect_client(place) as client, await connect_client(place) as other:
        for at in ats:
            await tell(client, repository(id="a/b"), at=at, properties={"installation": 7})
            stored = (await client.get(f"{at}/repository/a%2Fb")).json()
            assert (stored["name"], stored["updateSequenceId"]) == ("Acme/shop", 9)
            (sent,) = stored["commits"]
            assert (sent["id"], sent["message"], sent["author"]) == (SHA, commit()["message"], {"name": "Jane Doe"})
            for query, is_there in (
                ("installation=7", True),
                ("installation=8", False),
                ("installation=7&_updateSequenceId=8", False),
            ):
                answer = await client.get(f"{at}/existsByProperties?{query}")
                assert answer.json() == {"hasDataMatchingProperties": is_there}
            assert (await other.get(f"{at}/repository/a%2Fb")).status_code == 404
            assert (await other.delete(f"{at}/bulkByProperties?installation=7")).status_code == 202
            assert (await client.delete(f"{at}/repository/a%2Fb/commit/{SHA}?_updateSequenceId=2")).status_code == 202
            assert await known(place)
            assert (await client.delete(f"{at}/repository/a%2Fb/commit/{SHA}")).status_code == 202
            assert await known(place) is None
            await tell(client, repository(id="a/b"), at=at)
            assert (await client.delete(f"{at}/bulkByProperties?installation=7")).status_code == 202
            assert (await client.get(f"{at}/repository/a%2Fb")).status_code == 404
            assert await known(place) is None
            for path, status in (("repository/x/issue/y", 404), ("repository/x?_updateSequenceId=y", 400), ("repository/x", 202)):
                assert (await client.delete(f"{at}/{path}")).status_code == status


@pytest.mark.parametrize("wrong", [{}, {"repositories": []}, {"repositories": [7]}, {"repositories": [repository()] * 101}])
async def test_a_body_that_cannot_be_read_is_refused_as_a_whole(place, wrong):
    async with await connect_client(place) as client:
        answer = await client.post(f"{DEVINFO}/bulk", json=wrong)
        assert (answer.status_code, [*answer.json()[0]]) == (400, ["message"])


async def test_a_number_of_a_repository_is_its_name_once_its_sender_has_told_the_address(place):
    credential, secret = await issue_client(place)
    headers = {"Authorization": f"Bearer {await fetch_token(place, credential, secret)}"}
    brought = associated("commit", {"commitHash": SHA, "repositoryId": "601234567"})
    async with place.client(headers=headers) as client, await connect_client(place) as other:
        await tell(client, repository())
        await client.post(f"{SITE}/bulk", json={"deployments": [deployment(**brought)]})
        await other.post(f"{SITE}/bulk", json={"deployments": [deployment(deploymentSequenceNumber=42, **brought)]})
        for who, number in ((client, 41), (other, 42)):
            await get_until(who, f"{SITE}/pipelines/storefront/environments/prod/deployments/{number}")
        found = await place.app.store.list_repositories(await place.organization_id())
        assert {one.repository for one in found} == {SHOP, "601234567"}


async def test_the_page_of_a_deployment_tells_of_its_commit(server):
    brought = associated("commit", {"commitHash": SHA, "repositoryId": "https://github.com/acme/shop.git"})
    async with await connect_client(server) as client:
        await tell(client, repository())
        await client.post(f"{SITE}/bulk", json={"deployments": [deployment(**brought)]})
        await get_until(client, f"{SITE}/pipelines/storefront/environments/prod/deployments/41")
        link = next(one for one in Html((await client.get("/deployments")).text).links() if one.startswith("/deployments/"))
        text = Html((await client.get(link)).text).text
        assert "SHIP-1 Add a cart" in text
        assert "Jane Doe" in text


async def test_what_a_credential_told_goes_with_it(server):
    credential, secret = await issue_client(server)
    headers = {"Authorization": f"Bearer {await fetch_token(server, credential, secret)}"}
    async with server.client(headers=headers) as client, await connect_client(server) as other:
        await tell(client, repository(commits=[commit(), commit(MERGE_SHA)]))
        await tell(other, repository(commits=[commit(MERGE_SHA, message="Theirs")]))
    erased = await Eraser(server.app.store, server.app.clock, grace_seconds=0).erase_credential(
        await server.organization_id(), credential.credential_id
    )
    assert erased.commits == 1
    assert await known(server) is None
    assert (await known(server, MERGE_SHA)).telling.message == "Theirs"
    assert await server.app.store.list_told_repositories(await server.organization_id(), credential.credential_id) == []


async def test_many_senders_at_once_tell_of_one_commit(server):
    async with await connect_client(server) as client:
        told = [repository(id=str(number), commits=[commit(updateSequenceId=number)]) for number in range(12)]
        await asyncio.gather(*(tell(client, one) for one in told))
        assert (await known(server)).telling.message
