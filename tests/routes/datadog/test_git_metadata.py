"""The three calls of ``datadog-ci git-metadata upload``."""

from __future__ import annotations

import asyncio
import gzip
import json
import os

import httpx2
import pytest

from shipledger.catalog.commit import PackState
from shipledger.protocols.datadog.git_metadata import PACK_LIMIT_BYTES
from tests.support.datadog import client_of, create_body, issue_keys
from tests.support.git import GitRepository, make_pack
from tests.support.project import ROOT
from tests.support.server import Server
from tests.support.uploads import PACKFILE, SEARCH, URL, known, packfile, pushed, search, upload_pack

FILES = "/api/v2/srcmap"
REPOSITORY = "git.example.com/team/checkout"
EVENT = {"type": "repository", "git_repository_url": URL, "git_commit_sha": "a" * 40, "cli_version": "5.25.0"}
SECONDS = 20


@pytest.fixture
def checkout(tmp_path):
    made = GitRepository(tmp_path / "checkout", remote=URL)
    made.commit("First change")
    made.commit("Second change")
    return made


async def upload(client, checkout, content: bytes | None = None, url: str = URL) -> httpx2.Response:
    return await upload_pack(client, checkout.pack() if content is None else content, checkout.commits[-1], url)


async def settled(server: Server, organization: str = "default") -> list:
    organization_id = await server.organization_id(organization)
    async with asyncio.timeout(SECONDS):
        while (await server.app.store.get_pack_backlog()).pending:  # noqa: ASYNC110  the store has no signal for a test
            await asyncio.sleep(0.01)
    return await server.app.store.list_packs(organization_id, limit=9)


async def test_the_sample_is_answered_to_the_letter(datadog):
    sample = json.loads((ROOT / "tests/contract/datadog/git-search-commits.json").read_text())
    answer = await datadog.post(sample["request"]["target"], json=sample["request"]["body"])
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == sample["response"]["body"]


async def test_commits_are_known_once_their_pack_is_indexed(server, datadog, checkout):
    first, second = checkout.commits
    assert await known(datadog, second, first) == []
    answer = await upload(datadog, checkout)
    assert (answer.status_code, answer.content) == (204, b"")
    (record,) = await settled(server)
    assert (record.state, record.pack.repository, record.pack.head) == (PackState.INDEXED, REPOSITORY, second)
    assert await known(datadog, second, "e" * 40, first) == [second, first]
    third = checkout.commit("Third change")
    await upload(datadog, checkout, checkout.pack(second))
    await settled(server)
    assert await known(datadog, third, second) == [third, second]


async def test_a_commit_whose_tree_comes_in_another_pack_is_known_then(server, datadog, checkout):
    head = checkout.commits[-1]
    tree = checkout.git("rev-parse", "HEAD^{tree}").decode().strip()
    await upload(datadog, checkout, checkout.pack_of([head]))
    await settled(server)
    assert await known(datadog, head) == []
    await upload(datadog, checkout, checkout.pack_of([tree]))
    await settled(server)
    assert await known(datadog, head) == [head]


async def test_parts_are_taken_in_any_order_chunked_and_zipped(server, datadog, checkout):
    head = checkout.commits[-1]
    form = httpx2.Request(
        "POST", "http://x", files={"packfile": packfile(checkout.pack(), head), "pushedSha": pushed(head.upper())}
    )
    content = gzip.compress(form.read())

    async def pieces():
        for first in range(0, len(content), 100):
            yield content[first : first + 100]

    headers = {"Content-Type": form.headers["content-type"], "Content-Encoding": "gzip"}
    answer = await datadog.post(PACKFILE, content=pieces(), headers=headers)
    assert answer.status_code == 204
    await settled(server)
    assert await known(datadog, head) == [head]


async def test_every_spelling_of_a_repository_is_one_and_no_password_is_kept(server, datadog, checkout, database):
    head = checkout.commits[-1]
    await upload(datadog, checkout, url="https://user:hunter2@git.example.com/team/checkout")
    await settled(server)
    assert await known(datadog, head, url="git@git.example.com:Team/checkout.git") == [head]
    answer = await datadog.post(SEARCH, json=search(head, url="https://user:hunter2@git.example.com/team/checkout"))
    assert answer.json()["meta"] == {"repository_url": URL}
    for path in database.parent.glob("shipledger.db*"):
        assert path.is_dir() or b"hunter2" not in path.read_bytes()


async def test_another_organization_sees_nothing_of_it(server, datadog, checkout):
    await upload(datadog, checkout)
    await settled(server)
    async with client_of(server, await issue_keys(server, organization="rival")) as rival:
        assert await known(rival, *checkout.commits) == []


async def test_the_deployment_page_tells_the_commit(server, datadog, checkout):
    head = checkout.commits[-1]
    git = {"repository_url": URL, "commit_sha": head}
    created = await datadog.post("/api/v2/dora/deployment", json=create_body(git=git))
    assert created.status_code == 200
    await upload(datadog, checkout)
    await settled(server)
    page = await datadog.get(f"/deployments/{created.json()['data']['id']}")
    assert "Second change" in page.text
    assert 'datetime="2026-03-05T08:41:30' in page.text


async def test_the_api_key_is_enough_and_needed(server, anonymous, checkout):
    keys = await issue_keys(server)
    async with client_of(server, {"DD-API-KEY": keys["DD-API-KEY"]}) as client:
        assert await known(client, "a" * 40) == []
    for path in (SEARCH, PACKFILE, FILES):
        answer = await anonymous.post(path, content=b"not looked at")
        assert (answer.status_code, answer.json()) == (403, {"errors": ["Forbidden"]})


async def test_the_list_of_files_is_taken(datadog):
    files = {
        "event": ("event", json.dumps(EVENT), "application/json"),
        "repository": (
            "repository",
            json.dumps({"data": [{"files": ["a"], "hash": "a" * 40}], "version": 1}),
            "application/json",
        ),
    }
    answer = await datadog.post(FILES, files=files)
    assert (answer.status_code, answer.json()) == (202, {})
    files["event"] = ("event", json.dumps({**EVENT, "type": "js_sourcemap"}), "application/json")
    assert (await datadog.post(FILES, files=files)).status_code == 400


@pytest.mark.parametrize(
    "body, pointer",
    [
        ({}, "/meta/repository_url"),
        ({"meta": [], "data": []}, "/meta/repository_url"),
        (search("a" * 40, url="https://"), "/meta/repository_url"),
        (search("a" * 40, url="\0"), "/meta/repository_url"),
        ({"meta": {"repository_url": URL}}, "/data"),
        ({"meta": {"repository_url": URL}, "data": {}}, "/data"),
        (search(*["a" * 40] * 10_001), "/data"),
        (search("a" * 40, "a" * 39), "/data/1/id"),
        (search("g" * 40), "/data/0/id"),
        ({"meta": {"repository_url": URL}, "data": ["a" * 40]}, "/data/0/id"),
    ],
)
async def test_a_question_that_cannot_be_used_is_400(datadog, body, pointer):
    answer = await datadog.post(SEARCH, json=body)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["source"]["pointer"] == pointer


@pytest.mark.parametrize(
    "files, reason",
    [
        ({}, "content type"),
        ({"packfile": packfile(b"PACK")}, '"pushedSha" is required'),
        ({"pushedSha": pushed("a" * 40)}, '"packfile" is required'),
        ({"pushedSha": (None, "["), "packfile": packfile(b"PACK")}, "JSON object"),
        ({"pushedSha": (None, "[" * 600 + "]" * 600), "packfile": packfile(b"PACK")}, "nested"),
        ({"pushedSha": pushed("short"), "packfile": packfile(b"PACK")}, "full id"),
        ({"pushedSha": pushed("a" * 40, "no repository"), "packfile": packfile(b"PACK")}, "clone URL"),
        ({"pushedSha": pushed("a" * 40), "packfile": packfile(b"")}, "not a git pack"),
        ({"pushedSha": pushed("a" * 40), "packfile": packfile(b"zip" * 99)}, "not a git pack"),
        ({"pushedSha": pushed("a" * 40), "packfile": packfile(make_pack(count=10**9))}, "1000000000 objects"),
        ({"pushedSha": pushed("a" * 40), "packfile": packfile(make_pack((3, b"x"))[:-1])}, "checksum"),
        ({"pushedSha": pushed("a" * 40), "packfile": packfile(bytes(PACK_LIMIT_BYTES + 1))}, "larger than"),
        ({"pushedSha": pushed("a" * 40), "packfile": packfile(bytes(PACK_LIMIT_BYTES + 10**6))}, "larger than"),
    ],
)
async def test_an_upload_that_cannot_be_used_is_400(server, datadog, files, reason):
    answer = await datadog.post(PACKFILE, files=files)
    assert answer.status_code == 400
    assert reason in answer.json()["errors"][0]["detail"]
    assert {record.state for record in await settled(server)} <= {PackState.REFUSED}


@pytest.mark.parametrize(
    "encoding, content", [("gzip", b"no gzip"), ("gzip", gzip.compress(b"x" * 99, mtime=0)[:-9]), ("deflate", b"no deflate")]
)
async def test_a_body_that_cannot_be_unpacked_is_400(datadog, encoding, content):
    headers = {"Content-Type": "multipart/form-data; boundary=x", "Content-Encoding": encoding}
    assert (await datadog.post(PACKFILE, content=content, headers=headers)).status_code == 400


async def test_a_zip_bomb_is_400(datadog):
    headers = {"Content-Type": "multipart/form-data; boundary=x", "Content-Encoding": "gzip"}
    answer = await datadog.post(PACKFILE, content=gzip.compress(bytes(100 * 2**20)), headers=headers)
    assert answer.status_code == 400
    assert "more than 100 times its length" in answer.json()["errors"][0]["detail"]


async def test_a_pack_that_git_refuses_is_set_aside_and_the_next_one_is_indexed(server, datadog, checkout):
    assert (await upload(datadog, checkout, make_pack((0, b"nonsense")))).status_code == 204
    assert (await upload(datadog, checkout)).status_code == 204
    indexed, refused = await settled(server)
    assert (indexed.state, refused.state) == (PackState.INDEXED, PackState.REFUSED)
    assert refused.failure.startswith("git cannot read it: ")


async def test_people_see_which_packs_were_refused_and_why(server, datadog, checkout, commands):
    assert (await upload(datadog, checkout, b"zip" * 99)).status_code == 400
    assert (await upload(datadog, checkout, make_pack((0, b"nonsense")))).status_code == 204
    await upload(datadog, checkout)
    await settled(server)
    page = (await datadog.get("/packs?state=refused")).text
    assert page.count(REPOSITORY) >= 2
    assert "the packfile is not a git pack" in page
    assert "git cannot read it" in page
    assert "Indexed</td>" in (await datadog.get("/packs")).text
    metrics = (await datadog.get("/metrics")).text
    assert 'shipledger_git_packs{state="refused"} 2.0' in metrics
    listed = await asyncio.to_thread(commands, "packs", "--state", "refused", "--json")
    assert [one["failure"][:16] for one in listed.json["packs"]] == ["git cannot read ", "the packfile is "]


async def test_without_git_a_pack_is_kept_until_there_is_one(server, datadog, checkout, monkeypatch):
    content, path = checkout.pack(), os.environ["PATH"]
    monkeypatch.setenv("PATH", os.devnull)
    assert (await upload(datadog, checkout, content)).status_code == 204
    await server.app.indexer.index_pending()
    assert await known(datadog, *checkout.commits) == []
    assert (await server.app.store.get_pack_backlog()).pending == 1
    monkeypatch.setenv("PATH", path)
    await server.app.indexer.index_pending()
    assert set(await known(datadog, *checkout.commits)) == set(checkout.commits)
