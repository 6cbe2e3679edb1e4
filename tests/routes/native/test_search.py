"""``GET /ledger/v1/search``: anything by a few words."""

from __future__ import annotations

import pytest

from shipledger.access.people.roles import Role
from tests.support.native import INCIDENTS, SHA, TARGET, client_of, deployment, incident, issue_token
from tests.support.people import add_person

SEARCH = "/ledger/v1/search"
OTHER_SHA = "0123abcd" + "4" * 32


def at(hour, minute=0):
    return f"2026-03-04T{hour:02}:{minute:02}:00Z"


def one(name, hour, **changes):
    """A deployment of an hour, with a commit of its own."""
    said = {
        "started_at": at(hour),
        "finished_at": at(hour, 5),
        "external_id": name,
        "title": f"Deployment {name}",
        "version": None,
        "releases": None,
    }
    return deployment(**{**said, **changes})


def commit(sha, repository="github.com/acme/checkout"):
    return [{"repository": repository, "commit": sha}]


async def search(client, q, **parameters):
    answer = await client.get(SEARCH, params={"q": q, **parameters})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def found(client, q, kind="deployment", **parameters):
    """The external ids, or names, of what is found of a kind, with what matched and whether exactly."""
    groups = {group["kind"]: group["results"] for group in (await search(client, q, **parameters))["groups"]}
    return [(hit["external_id"] or hit["name"], hit["matched"], hit["is_exact"]) for hit in groups.get(kind, ())]


STORY = [
    one("old", 8, version="1.4.2", title="Fix the login of guests", releases=commit(SHA)),
    one("new", 10, version="1.4.20", title="Login again", releases=commit(OTHER_SHA), actor="Jane Doe"),
    one(
        "stage",
        9,
        environment="staging",
        tier="staging",
        title="SHOP-7 Checkout in \N{LATIN SMALL LETTER A WITH DIAERESIS}",
        releases=commit(SHA),
    ),
    one("pay", 11, service="payments", title="Lognormal", releases=commit("f" * 40, "github.com/acme/pay")),
]


@pytest.mark.both_stores
async def test_each_kind_of_word_finds_what_it_names_exact_ones_first_then_the_newest(native):
    answer = (await native.post(TARGET, json=STORY)).json()
    ids = {one["external_id"]: one["id"] for one in answer["deployments"]}
    for q, expected in {
        "old": [("old", "external_id", True)],
        ids["pay"]: [("pay", "id", True)],
        ids["pay"].upper(): [("pay", "id", True)],
        SHA: [("stage", "commit", True), ("old", "commit", True)],
        OTHER_SHA[:4]: [("new", "commit", False)],
        OTHER_SHA[:11].upper(): [("new", "commit", False)],
        OTHER_SHA[:3]: [],
        "1.4.2": [("old", "version", True), ("new", "version", False)],
        "1.4.": [("new", "version", False), ("old", "version", False)],
        "shop-7": [("stage", "issue", True)],
        "login": [("new", "title", True), ("old", "title", True)],
        "LOG": [("pay", "title", False), ("new", "title", False), ("old", "title", False)],
        "guests login": [("old", "title", True)],
        "guests paylogin": [],
        "checkout a\N{COMBINING DIAERESIS}": [("stage", "title", True)],
        "nothing like it": [],
        "__": [],
        "' OR 1=1 --": [],
    }.items():
        assert await found(native, q) == expected, q
    for q, kind, expected in (
        ("chec", "service", [("checkout", "name", False)]),
        ("PAYMENTS", "service", [("payments", "name", True)]),
        ("doe", "person", [("Jane Doe", "name", False)]),
        ("jane doe", "person", [("Jane Doe", "name", True)]),
        ("acme/pay", "repository", [("github.com/acme/pay", "name", False)]),
        ("github.com/acme/pay", "repository", [("github.com/acme/pay", "name", True)]),
    ):
        assert await found(native, q, kind) == expected, q


async def test_a_commit_says_where_it_runs_and_where_it_ran(native):
    await native.post(TARGET, json=[*STORY, one("failed", 12, state="failed", releases=commit(OTHER_SHA))])
    said = (await search(native, SHA[:8]))["commit"]
    assert said["commit"] == SHA
    assert [
        (each["environment"], each["external_id"], each["is_running"], each["services"]) for each in said["environments"]
    ] == [
        ("staging", "stage", True, ["checkout"]),
        ("production", "old", False, ["checkout"]),
    ]
    said = (await search(native, OTHER_SHA))["commit"]
    assert [(each["external_id"], each["is_running"]) for each in said["environments"]] == [("new", True)]
    hits = (await search(native, "login"))["groups"][0]["results"]
    assert [(hit["external_id"], hit["is_running"], hit["commit"]) for hit in hits] == [
        ("new", True, OTHER_SHA),
        ("old", False, SHA),
    ]
    assert (await search(native, "lognormal"))["commit"] is None
    await native.post(TARGET, json=one("alike", 13, releases=commit("0123abce" + "4" * 32)))
    assert (await search(native, "0123abc"))["commit"] is None


@pytest.mark.both_stores
async def test_a_commit_that_was_not_deployed_itself_says_where_a_later_one_brought_it(native):
    ids = {name: name * 40 for name in "abcd"}
    parents = {"a": [], "b": ["a"], "c": ["b"], "d": ["c"]}
    commits = [
        {"id": ids[name], "parents": [ids[up] for up in ups], "authored_at": "2026-03-01T08:00:00Z"}
        for name, ups in parents.items()
    ]
    sent = {"repository": "github.com/acme/checkout", "commits": commits}
    assert (await native.post("/ledger/v1/commits", json=sent)).status_code == 200
    told = [
        one("first", 8, releases=commit(ids["a"])),
        one("later", 9, releases=commit(ids["c"])),
        one("stage", 9, environment="staging", tier="staging", releases=commit(ids["c"])),
        one("back", 10, environment="staging", tier="staging", releases=commit(ids["a"])),
    ]
    await native.post(TARGET, json=told)
    said = (await search(native, ids["b"].upper()))["commit"]
    assert (said["commit"], said["is_part"]) == (ids["b"], True)
    assert [(each["external_id"], each["is_running"]) for each in said["environments"]] == [("later", True), ("stage", False)]
    assert (await search(native, ids["b"][:7]))["commit"] == said, "as pages shorten it"
    assert {each["part_of"] for each in said["environments"]} == {ids["c"]}
    said = (await search(native, ids["a"]))["commit"]
    assert (said["is_part"], [(each["external_id"], each["is_running"], each["part_of"]) for each in said["environments"]]) == (
        False,
        [("later", True, ids["c"]), ("back", True, None)],
    ), "what runs has it behind it"
    assert (await search(native, ids["c"]))["commit"]["is_part"] is False
    assert (await search(native, ids["d"]))["commit"] == {"commit": ids["d"], "is_part": True, "environments": []}
    assert (await search(native, "e" * 40))["commit"] is None


@pytest.mark.both_stores
async def test_incidents_pull_requests_and_requests_are_found(native):
    told = (await native.post(INCIDENTS, json=incident(title="Checkout is down", external_id="inc-77"))).json()
    sent = {"repository": "github.com/acme/shop", "number": 12, "title": "Mend the till", "commits": [SHA]}
    assert (await native.post("/ledger/v1/pull-requests", json=sent)).status_code in (200, 201)
    for q, kind, expected in (
        ("down checkout", "incident", [("inc-77", "title", True)]),
        ("inc-77", "incident", [("inc-77", "external_id", True)]),
        ("#1", "incident", [("inc-77", "number", True)]),
        (told["id"], "incident", [("inc-77", "id", True)]),
        ("github.com/acme/shop#12", "pull_request", [("Mend the till", "number", True)]),
        ("mend", "pull_request", [("Mend the till", "title", True)]),
        (SHA[:9], "pull_request", [("Mend the till", "commit", False)]),
        (told["request_id"], "request", [(told["request_id"], "id", True)]),
        (told["request_id"][:13], "request", [(told["request_id"], "id", False)]),
    ):
        assert (await found(native, q, kind))[-1:] == expected, q


async def test_a_person_is_found_once_by_the_account_and_by_what_senders_call_them(native, place):
    owner = await place.organization_id()
    ada = await add_person(place.app.store, owner, Role.EDITOR, email="ada-search@example.com", name="Ada Searcher")
    await native.post(TARGET, json=[one("hers", 8, actor="ADA-search@example.com"), one("other", 9, actor="adamant")])
    for q, expected in (
        ("ada searcher", [("Ada Searcher", "name", True)]),
        ("ada-search@example.com", [("Ada Searcher", "name", True)]),
        ("searcher", [("Ada Searcher", "name", False)]),
        ("ada", [("adamant", "name", False), ("Ada Searcher", "name", False)]),
    ):
        assert await found(native, q, "person") == expected, q
    (group,) = (await search(native, "searcher", kind="person"))["groups"]
    assert (group["results"][0]["id"], group["results"][0]["at"]) == (ada.person_id, "2026-03-04T08:00:00.000Z")


async def test_an_author_with_an_account_is_found_once_and_a_namesake_besides(native, place):
    owner = await place.organization_id()
    await add_person(place.app.store, owner, Role.EDITOR, email="grace@example.com", name="Grace Hopper")
    repository = "github.com/acme/checkout"
    known = {
        "parents": [],
        "authored_at": at(7),
        "committed_at": at(7),
        "message": "Change",
        "paths": [],
        "author_name": "Grace Hopper",
    }
    commits = [{**known, "id": SHA, "author_email": "grace@example.com"}]
    answer = await native.post("/ledger/v1/commits", json={"repository": repository, "commits": commits})
    assert answer.json()["kept"] == 1, answer.text
    await native.post(TARGET, json=[one("hers", 8, actor=None, releases=commit(SHA))])
    assert await found(native, "grace", "person") == [("Grace Hopper", "name", False)]
    again = [{**known, "id": OTHER_SHA, "author_email": "another@example.com"}]
    await native.post("/ledger/v1/commits", json={"repository": repository, "commits": again})
    await native.post(TARGET, json=[one("namesake", 9, actor=None, releases=commit(OTHER_SHA))])
    assert len(await found(native, "grace", "person")) == 2


async def test_pages_of_one_kind_follow_each_other_and_a_table_has_all_kinds(native):
    await native.post(
        TARGET, json=[one(f"n{number}", number, title="kettle" if number % 2 else "kettledrum") for number in range(1, 8)]
    )
    names, cursor = [], None
    while True:
        more = {"cursor": cursor} if cursor else {}
        (group,) = (await search(native, "kettle", kind="deployment", limit=3, **more))["groups"]
        names += [hit["external_id"] for hit in group["results"]]
        cursor = group["next_cursor"]
        if cursor is None:
            break
    assert names == ["n7", "n5", "n3", "n1", "n6", "n4", "n2"]
    (group,) = (await search(native, "kettle", limit=3))["groups"]
    followed = await search(native, "kettle", kind="deployment", limit=3, cursor=group["next_cursor"])
    assert followed["groups"][0]["results"][0]["external_id"] == "n1"
    table = await native.get(SEARCH, params={"q": "n1", "format": "csv"})
    assert table.text.splitlines()[1].split(",")[0] == "deployment"


async def test_what_cannot_be_looked_for_is_refused_by_name(native):
    for parameters, member in (
        ({}, "q"),
        ({"q": ""}, "q"),
        ({"q": " x "}, "q"),
        ({"q": "%"}, "q"),
        ({"q": "\N{RIGHT-TO-LEFT OVERRIDE}a\N{POP DIRECTIONAL FORMATTING}"}, "q"),
        ({"q": "x" * 201}, "q"),
        ({"q": "x" * 10_000}, "q"),
        ({"q": "a\0bc"}, "q"),
        ({"q": "login", "kind": "spell"}, "kind"),
        ({"q": "login", "limit": "101"}, "limit"),
        ({"q": "login", "cursor": "x"}, "cursor"),
        ({"q": "login", "wrong": "x"}, "wrong"),
    ):
        answer = await native.get(SEARCH, params=parameters)
        assert answer.status_code == 422, parameters
        assert answer.json()["errors"][member].startswith(("should ", "is not a parameter")), answer.text


async def test_odd_texts_are_found_as_they_were_sent(native):
    odd = {
        "script": "<script>alert('x')</script> pwned",
        "bidi": "\N{RIGHT-TO-LEFT OVERRIDE}gnp.exe hidden\N{POP DIRECTIONAL FORMATTING}",
        "long": "kettle" * 1_000,
        "quotes": 'O\'Brien "quoted" 100%_done\\',
    }
    await native.post(
        TARGET, json=[one(name, hour, title=title[:900]) for hour, (name, title) in enumerate(odd.items(), start=1)]
    )
    for q, name in (
        ("alert pwned", "script"),
        ("hidden", "bidi"),
        ("kettlekettle", "long"),
        ("o'brien", "quotes"),
        ("done", "quotes"),
    ):
        assert [hit[0] for hit in await found(native, q)] == [name], q
    assert await found(native, "100%") == [("quotes", "title", True)]
    assert await found(native, "___") == []


async def test_another_organization_finds_nothing(native, place):
    answer = (await native.post(TARGET, json=STORY[:1])).json()["deployments"][0]
    async with client_of(place, await issue_token(place, organization="rival")) as rival:
        for q in ("old", SHA, "login", "1.4.2", answer["id"], "checkout", "octocat"):
            assert (await search(native, q))["groups"] != [], q
            assert (await search(rival, q))["groups"] == [], q
    async with client_of(place, None) as nobody:
        assert (await nobody.get(SEARCH, params={"q": "old"})).status_code == 401
    async with client_of(place, await issue_token(place, "write")) as writer:
        assert (await writer.get(SEARCH, params={"q": "old"})).status_code == 403
