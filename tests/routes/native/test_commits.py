"""``POST /ledger/v1/commits``, which of them are missing, and the range between two."""

from __future__ import annotations

import pytest

from tests.support.native import client_of, issue_token

PATH = "/ledger/v1/commits"
REPOSITORY = "github.com/acme/shop"
URL = "git@github.com:Acme/shop.git"
A, B, C, D = (digit * 40 for digit in "abcd")


def commit(commit_id: str, *parents: str, **changes):
    body = {
        "id": commit_id,
        "parents": list(parents),
        "authored_at": f"2026-03-0{ord(commit_id[0]) - 96}T10:00:00+01:00",
        "committed_at": f"2026-03-0{ord(commit_id[0]) - 96}T09:30:00Z",
        "author_name": "Ada Lovelace",
        "author_email": "Ada@Example.com",
        "message": f"SHOP-{ord(commit_id[0]) - 96} Change\n\nand why",
        "paths": [f"src/{commit_id[0]}.py"],
        **changes,
    }
    return {name: value for name, value in body.items() if value is not None}


async def send(native, *commits):
    answer = await native.post(PATH, json={"repository": URL, "commits": list(commits)})
    assert answer.status_code == 200, answer.text
    assert answer.json()["kept"] == len(commits)
    assert answer.headers["X-Request-Id"] == answer.json()["request_id"]


async def read_range(native, commit_id, before=None, **parameters):
    wanted = {"repository": REPOSITORY, "commit": commit_id, **({"before": before} if before else {}), **parameters}
    return (await native.get(f"{PATH}/range", params=wanted)).json()


def ids(commits):
    return [one["id"] for one in commits]


@pytest.mark.parametrize(
    "body",
    [
        commit(A, repository=URL),
        [commit(A, repository=URL)],
        {"repository": URL, "commits": [commit(A)]},
        {"commits": [commit(A, repository="https://github.com/ACME/Shop")]},
    ],
    ids=["one", "a list", "of one repository", "each with its own"],
)
async def test_commits_are_sent_alone_in_a_list_or_for_a_repository(native, body):
    assert (await native.post(PATH, json=body)).json()["kept"] == 1
    (found,) = (await read_range(native, A))["brought_in"]
    assert found == {
        "id": A,
        "parents": [],
        "subject": "SHOP-1 Change",
        "author_name": "Ada Lovelace",
        "authored_at": "2026-03-01T09:00:00.000Z",
        "committed_at": "2026-03-01T09:30:00.000Z",
        "is_merge": False,
        "paths": ["src/a.py"],
    }


@pytest.mark.both_stores
async def test_a_range_tells_what_was_brought_in_and_taken_out(native):
    await send(native, commit(A), commit(B, A), commit(C, A), commit(D, B, C))
    forward = await read_range(native, D[:7], B.upper()[:9])
    assert (forward["reason"], ids(forward["brought_in"]), forward["taken_out"]) == ("forward", [D, C], [])
    assert [one["is_merge"] for one in forward["brought_in"]] == [True, False]
    back = await read_range(native, A, D)
    assert (back["reason"], back["brought_in"], ids(back["taken_out"])) == ("rollback", [], [D, C, B])
    assert (await read_range(native, B, C))["reason"] == "diverged"
    assert (await read_range(native, B, B))["reason"] == "same_commit"
    assert (await read_range(native, "e" * 40, B))["reason"] == "unknown_commit"
    assert (await read_range(native, B, "e" * 40))["reason"] == "unknown_commit_before"
    assert (await read_range(native, B))["reason"] == "first_deployment"
    some = await read_range(native, D, A, limit=1)
    assert (some["brought_in_count"], ids(some["brought_in"])) == (3, [D])


@pytest.mark.both_stores
async def test_what_is_missing_is_what_has_no_parents_yet(native):
    await send(native, commit(B, A), commit(C, parents=None))
    asked = {"repository": REPOSITORY, "commits": [A, B, C, B]}
    missing = (await native.post(f"{PATH}/missing", json=asked)).json()
    assert (missing["repository"], missing["missing"]) == (REPOSITORY, [A, C])
    assert (await read_range(native, B, C))["reason"] == "unknown_commit_before"
    assert (await read_range(native, B, "f" * 40))["gaps"] == []
    await send(native, commit(C, B))
    assert (await read_range(native, C, B))["reason"] == "forward"
    await send(native, commit(D))
    assert (await read_range(native, C, D))["gaps"] == [A]


@pytest.mark.both_stores
async def test_a_commit_that_is_sent_again_is_replaced_and_stays_one(native):
    await send(native, commit(A), commit(A, message="Not this"), commit(A, message="But this"))
    await send(native, commit(A, message="Or rather this"))
    (found,) = (await read_range(native, A))["brought_in"]
    assert found["subject"] == "Or rather this"


async def test_commits_of_another_organization_are_not_there(native, place):
    await send(native, commit(A), commit(B, A))
    async with client_of(place, await issue_token(place, organization="commits-rival")) as rival:
        assert (await read_range(rival, B, A))["reason"] == "unknown_commit"
        missing = (await rival.post(f"{PATH}/missing", json={"repository": REPOSITORY, "commits": [A]})).json()
    assert missing["missing"] == [A]


@pytest.mark.parametrize(
    "body, member",
    [
        ({}, "id"),
        ([], "body"),
        ("x", "body"),
        ({"repository": URL, "commits": []}, "commits"),
        ({"repository": URL, "commits": "x"}, "commits"),
        ({"repository": URL, "commits": ["x"]}, "commits[0]"),
        ({"repository": "shop", "commits": [commit(A)]}, "repository"),
        ({"commits": [commit(A)]}, "commits[0].repository"),
        (commit("abc", repository=URL), "id"),
        (commit(A, "abc", repository=URL), "parents[0]"),
        (commit(A, repository=URL, parents="x"), "parents[0]"),
        (commit(A, repository=URL, parents={}), "parents[0]"),
        (commit(A, repository=URL, parents=[A] * 101), "parents"),
        (commit(A, repository=URL, authored_at="yesterday"), "authored_at"),
        (commit(A, repository=URL, authored_at=None), "authored_at"),
        (commit(A, repository=URL, paths=[{}]), "paths[0]"),
        (commit(A, repository=URL, paths=["x" * 5_000]), "paths[0]"),
        ([commit(A, repository=URL)] * 1_001, "body"),
    ],
)
async def test_a_wrong_member_is_named_and_nothing_is_kept(native, body, member):
    answer = await native.post(PATH, json=body)
    assert (answer.status_code, member in answer.json()["errors"]) == (422, True), answer.text
    assert (await read_range(native, A, B))["reason"] == "unknown_commit"


@pytest.mark.parametrize(
    "parameters, member",
    [
        ({}, "repository"),
        ({"repository": REPOSITORY}, "commit"),
        ({"repository": "shop", "commit": A}, "repository"),
        ({"repository": REPOSITORY, "commit": "abc"}, "commit"),
        ({"repository": REPOSITORY, "commit": A, "before": "abc"}, "before"),
        ({"repository": REPOSITORY, "commit": A, "limit": "0"}, "limit"),
        ({"repository": REPOSITORY, "commit": A, "sort": "x"}, "sort"),
    ],
)
async def test_a_wrong_parameter_is_named(native, parameters, member):
    answer = await native.get(f"{PATH}/range", params=parameters)
    assert (answer.status_code, list(answer.json()["errors"])[:1]) == (422, [member])
