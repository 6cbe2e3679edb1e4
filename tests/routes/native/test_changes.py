"""``GET /ledger/v1/deployments/{id}/changes``."""

from __future__ import annotations

import pytest

from tests.support.native import TARGET, client_of, deployment, issue_token

REPOSITORY = "github.com/acme/shop"
IDS = {name: name * 40 for name in "abcdef"}
PARENTS = {"a": "", "b": "a", "c": "b", "d": "c", "e": "a"}
"""a ← b ← c ← d, and e beside b."""


async def tell_commits(native, **more):
    commits = [
        {
            "id": IDS[one],
            "parents": [IDS[up] for up in ups],
            "authored_at": f"2026-03-0{place + 1}T08:00:00Z",
            "message": f"SHIP-{place + 1} SHA-256 Change {one}",
            "author_name": "Ada" if one in "bd" else "Bob",
        }
        for place, (one, ups) in enumerate(PARENTS.items())
    ]
    sent = {"repository": REPOSITORY, "commits": commits}
    assert (await native.post("/ledger/v1/commits", json=sent)).status_code == 200


def deploy(name, hour, commit, **changes):
    said = {"started_at": f"2026-03-04T{hour:02}:00:00Z", "finished_at": f"2026-03-04T{hour:02}:05:00Z"}
    releases = [{"repository": REPOSITORY, "commit": commit}] if commit else []
    return deployment(**{"external_id": name, "releases": releases, "version": name, "title": None, **said, **changes})


async def record(native, *told):
    made = (await native.post(TARGET, json=list(told))).json()["deployments"]
    return {one["external_id"]: one["id"] for one in made}


async def read(native, deployment_id, **parameters):
    answer = await native.get(f"{TARGET}/{deployment_id}/changes", params=parameters)
    assert answer.status_code == 200
    return answer.json()


@pytest.mark.both_stores
async def test_commits_issues_authors_and_neighbours_against_what_ran_before(native):
    await tell_commits(native)
    told = [
        deploy("first", 8, IDS["a"]),
        deploy("failed", 9, IDS["d"], state="failed"),
        deploy("second", 10, IDS["c"][:9]),
        deploy("other", 10, IDS["b"], environment="staging", tier="staging"),
        deploy("back", 11, IDS["a"]),
        deploy("branch", 12, IDS["e"]),
        deploy("unknown", 13, IDS["f"]),
        deploy("running", 14, IDS["d"], state="in_progress", finished_at=None),
    ]
    shuffled = [told[place] for place in (4, 0, 7, 5, 2, 6, 3, 1)]
    made = await record(native, *shuffled)
    names = {one: name for name, one in made.items()} | {None: None}
    seen = {}
    for name, deployment_id in made.items():
        found = await read(native, deployment_id)
        (one,) = found["repositories"]
        seen[name] = (
            names[(found["lane"]["previous"] or {"id": None})["id"]],
            names[(found["lane"]["next"] or {"id": None})["id"]],
            one["reason"],
            "".join(each["id"][0] for each in one["brought_in"]),
            "".join(each["id"][0] for each in one["taken_out"]),
        )
        assert (one["brought_in_count"], one["taken_out_count"]) == (len(seen[name][3]), len(seen[name][4]))
    assert seen == {
        "first": (None, "failed", "first_deployment", "a", ""),
        "failed": ("first", "second", "forward", "dcb", ""),
        "second": ("failed", "back", "forward", "cb", ""),
        "other": (None, None, "first_deployment", "b", ""),
        "back": ("second", "branch", "rollback", "", "cb"),
        "branch": ("back", "unknown", "forward", "e", ""),
        "unknown": ("branch", "running", "unknown_commit", "f", ""),
        "running": ("unknown", None, "unknown_commit_before", "d", ""),
    }
    second = await read(native, made["second"])
    assert (second["issues"], second["authors"]) == (["SHIP-3", "SHIP-2"], ["Bob", "Ada"])
    (one,) = second["repositories"]
    assert one["deployment_before"]["id"] == made["first"]
    assert one["commit_before"] == IDS["a"]
    assert [(each["subject"], each["issues"]) for each in one["brought_in"]] == [
        ("SHIP-3 SHA-256 Change c", ["SHIP-3"]),
        ("SHIP-2 SHA-256 Change b", ["SHIP-2"]),
    ]
    some = (await read(native, made["second"], limit="1"))["repositories"][0]
    assert (some["brought_in_count"], len(some["brought_in"])) == (2, 1)


async def test_a_repository_without_a_service_has_a_lane_of_its_own(native):
    await tell_commits(native)
    made = await record(native, deploy("first", 8, IDS["a"], service=None), deploy("second", 9, IDS["b"], service=None))
    found = await read(native, made["second"])
    assert found["lane"]["previous"]["id"] == made["first"]
    assert [one["reason"] for one in found["repositories"]] == ["forward"]


async def test_a_removed_neighbour_and_one_without_commits_do_not_count(native):
    await tell_commits(native)
    made = await record(native, deploy("first", 8, IDS["a"]), deploy("bare", 9, ""), deploy("second", 10, IDS["b"]))
    assert (await read(native, made["second"]))["repositories"][0]["deployment_before"] is None
    bare = await read(native, made["bare"])
    assert (bare["repositories"], bare["issues"], bare["lane"]["next"]["id"]) == ([], [], made["second"])


async def test_what_is_not_there_or_of_others_is_not_found_and_a_wrong_limit_is_refused(native, place):
    made = await record(native, deploy("first", 8, IDS["a"]))
    path = f"{TARGET}/{made['first']}/changes"
    for limit in ("0", "1001", "x"):
        refused = await native.get(path, params={"limit": limit})
        assert (refused.status_code, list(refused.json()["errors"])) == (422, ["limit"])
    assert (await native.get(f"{TARGET}/none/changes")).status_code == 404
    async with client_of(place, await issue_token(place, organization="changes-rival")) as rival:
        assert (await rival.get(path)).status_code == 404
