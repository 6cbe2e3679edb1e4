"""``GET /ledger/v1/compare``: two environments, or two moments of one."""

from __future__ import annotations

import pytest

from tests.support.native import TARGET, deployment

COMPARE = "/ledger/v1/compare"
REPOSITORY = "github.com/acme/shop"
IDS = [f"{number + 1:04x}".ljust(40, "0") for number in range(6)]
ASIDE = "f" * 40


def deploy(name, environment, commit, hour=10, **changes):
    said = {
        "external_id": name,
        "environment": environment,
        "version": name,
        "started_at": f"2026-03-04T{hour:02}:00:00Z",
        "finished_at": f"2026-03-04T{hour:02}:05:00Z",
        "releases": [{"repository": REPOSITORY, "commit": commit}] if commit else [],
    }
    return deployment(**{**said, **changes})


async def push(native):
    told = [
        {
            "id": one,
            "parents": IDS[:place][-1:],
            "authored_at": f"2026-03-03T08:0{place}:00Z",
            "message": f"SHIP-{place} Change | <b>{place}</b>\N{RIGHT-TO-LEFT OVERRIDE}",
            "author_name": "Ada" if place % 2 else "Bob",
        }
        for place, one in enumerate(IDS)
    ]
    told.append({**told[-1], "id": ASIDE, "parents": [IDS[1]], "message": "SHIP-77 Hotfix", "author_name": "Eve"})
    assert (await native.post("/ledger/v1/commits", json={"repository": REPOSITORY, "commits": told})).status_code == 200


async def read(native, **parameters):
    answer = await native.get(COMPARE, params=parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()


STORY = [
    deploy("p0", "production", IDS[0], hour=8),
    deploy("p", "production", ASIDE),
    deploy("s", "staging", IDS[4]),
    deploy("bare-p", "production", "", service="bare"),
    deploy("bare-s", "staging", "", service="bare"),
    deploy("one", "staging", IDS[1], service="lonely"),
    deploy("same-p", "production", "e" * 40, service="even"),
    deploy("same-s", "staging", "e" * 40, service="even"),
    deploy("lost-p", "production", "d" * 40, service="lost"),
    deploy("lost-s", "staging", "c" * 40, service="lost"),
]


@pytest.mark.both_stores
async def test_it_lists_what_lies_between_two_environments(native):
    await push(native)
    await native.post(TARGET, json=STORY)
    found = await read(native, left="production", right="STAGING")
    differences = {one["service"]: one["difference"] for one in found["services"]}
    assert differences == {
        "bare": "unknown",
        "checkout": "different",
        "even": "same",
        "lonely": "only_right",
        "lost": "different",
    }
    of_service = {one["service"]: one for one in found["services"]}
    (one,) = of_service["checkout"]["repositories"]
    assert (one["reason"], one["commit_left"], one["commit_right"], one["is_cut"]) == ("diverged", ASIDE, IDS[4], False)
    assert [each["id"] for each in one["brought_in"]] == [IDS[4], IDS[3], IDS[2]]
    assert [each["id"] for each in one["taken_out"]] == [ASIDE]
    assert of_service["lost"]["repositories"][0]["reason"] == "unknown_commit"
    assert (found["issues"], found["people"], found["unread_count"]) == (
        ["SHIP-4", "SHIP-3", "SHIP-2", "SHIP-77"],
        ["Bob", "Ada", "Eve"],
        0,
    )
    cut = await read(native, left="production", right="staging", limit=1)
    assert (cut["issues"], cut["unread_count"]) == (["SHIP-4", "SHIP-77"], 2)


async def test_it_compares_two_moments_of_one_environment(native):
    await push(native)
    await native.post(TARGET, json=STORY)
    found = await read(native, left="production", left_at="2026-03-04T09:00:00Z", service="checkout")
    (one,) = found["services"]
    assert (one["left"]["version"], one["right"]["version"]) == ("p0", "p")
    assert one["repositories"][0]["brought_in_count"] == 2
    long_ago = await read(native, left="production", left_at="0001-01-01", right_at="9999-12-31", service="checkout")
    assert [each["difference"] for each in long_ago["services"]] == ["only_right"]
    same = await read(native, left="staging", right="staging")
    assert {each["difference"] for each in same["services"]} == {"same"}


async def test_it_is_markdown_too_in_which_nothing_is_markup(native):
    await push(native)
    await native.post(TARGET, json=STORY)
    asked = {"left": "production", "right": "staging"}
    answer = await native.get(COMPARE, params={**asked, "format": "markdown"})
    assert answer.headers["content-type"].startswith("text/markdown")
    text = answer.text
    assert text == (await native.get(COMPARE, params=asked, headers={"Accept": "text/markdown"})).text
    assert text.startswith("# production → staging\n\n4 of 5 services differ.\nIssues: SHIP-4, SHIP-3, SHIP-2, SHIP-77\n")
    assert f"- `{IDS[4][:10]}` SHIP-4 Change \\| \\<b\\>4\\</b\\>, Bob" in text
    assert "Nobody has sent the commit on the right" in text
    assert "shipledger commits push" in text
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in text


@pytest.mark.parametrize(
    "parameters, status, member",
    [
        ({}, 422, "left"),
        ({"left": "a", "left_at": "yesterday"}, 422, "left_at"),
        ({"left": "a" * 10_000}, 422, "left"),
        ({"left": "a", "limit": "1001"}, 422, "limit"),
        ({"left": "a", "format": "pdf"}, 422, "format"),
        ({"left": "a", "service": "nobody"}, 404, None),
    ],
)
async def test_wrong_parameters_are_named(native, parameters, status, member):
    refused = await native.get(COMPARE, params=parameters)
    assert refused.status_code == status
    assert list(refused.json().get("errors", {})) == ([member] if member else [])


async def test_an_environment_that_nobody_knows_has_nothing(native):
    await native.post(TARGET, json=STORY[:2])
    found = await read(native, left="\N{RIGHT-TO-LEFT OVERRIDE}<script>", right="production")
    assert [one["difference"] for one in found["services"]] == ["only_right"]
    assert (await read(native, left="a", right="b"))["services"] == []


async def test_a_version_that_looks_like_an_item_of_a_list_is_text_in_markdown(native):
    await native.post(TARGET, json=[deploy("1. a", "production", ""), deploy("- b", "staging", "")])
    for sides, line in (
        (("production", "staging"), "1\\. a → \\- b"),
        (("staging", "production"), "\\- b → 1\\. a"),
    ):
        asked = dict(zip(("left", "right"), sides, strict=True), format="markdown")
        text = (await native.get(COMPARE, params=asked)).text
        assert line in text.splitlines()
        assert "1 of 1 services differs." in text
