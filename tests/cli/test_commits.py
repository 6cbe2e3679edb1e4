"""``shipledger commits push`` from real checkouts, against the real program."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.support.commands import Commands, Done
from tests.support.git import GitRepository
from tests.support.plain_http import no_certificates
from tests.support.program import RunningServer


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    running = RunningServer(tmp_path_factory.mktemp("commits"))
    try:
        running.start()
        yield running
    finally:
        running.close()


@pytest.fixture(scope="module")
def token(ledger: RunningServer) -> str:
    return ledger.create_credential("native")["token"]


@pytest.fixture
def checkout(tmp_path: Path) -> GitRepository:
    """Three commits and a merge, in a repository that no other test uses."""
    made = GitRepository(tmp_path / "work", remote=f"git@github.com:Acme/{tmp_path.name}.git")
    made.commit("First", **{"src/a.py": "1"})
    made.commit("SHOP-7 Second\n\nwith Ümlauts", **{"src/a.py": "2", "docs/b c.md": "2"})
    made.git("checkout", "--quiet", "-b", "side", "HEAD^")
    made.commit("Side", side="3")
    made.git("checkout", "--quiet", "main")
    made.git("merge", "--quiet", "--no-ff", "-m", "Merge", "side")
    return made


Push = Callable[..., Done]


@pytest.fixture
def push(cli: Commands, ledger: RunningServer, token: str, monkeypatch: pytest.MonkeyPatch) -> Push:
    def run(folder: Path, *arguments: str, code: int = 0, **variables: str) -> Done:
        monkeypatch.chdir(folder)
        environment = {"SHIPLEDGER_URL": ledger.url, "SHIPLEDGER_TOKEN": token, **variables}
        return cli("commits", "push", *arguments, environment=environment, code=code)

    return run


@pytest.fixture
def read_range(ledger: RunningServer, token: str) -> Callable[..., Any]:
    def read(repository: str, commit: str, before: str) -> Any:
        answer = httpx2.get(
            f"{ledger.url}/ledger/v1/commits/range",
            params={"repository": repository, "commit": commit, "before": before},
            headers={"Authorization": f"Bearer {token}"},
            trust_env=False,
            verify=no_certificates(),
        )
        return answer.raise_for_status().json()

    return read


def test_what_the_server_lacks_is_sent_once(push: Push, checkout: GitRepository, read_range: Callable[..., Any]) -> None:
    first = push(checkout.folder, "--json").json
    assert (first["sent"], first["known"], first["is_shallow"], first["missing_parents"]) == (4, 0, False, [])
    assert push(checkout.folder, "--json").json["sent"] == 0
    checkout.commit("Fourth", **{"src/d.py": "4"})
    assert "Sent 1 commit of" in push(checkout.folder).out

    found = read_range(first["repository"], checkout.commits[-1], checkout.commits[1])
    assert (found["reason"], found["taken_out"], found["gaps"]) == ("forward", [], [])
    assert [(one["subject"], one["paths"], one["is_merge"]) for one in found["brought_in"]] == [
        ("Fourth", ["src/d.py"], False),
        ("Merge", None, True),
        ("Side", ["side"], False),
    ]
    second = read_range(first["repository"], checkout.commits[1], checkout.commits[0])["brought_in"][0]
    assert (second["subject"], second["author_name"]) == ("SHOP-7 Second", "Ada Author")
    assert second["paths"] == ["docs/b c.md", "src/a.py"]
    assert second["authored_at"] < second["committed_at"]


def test_what_a_shallow_clone_lacks_is_told_until_somebody_sends_it(
    push: Push, checkout: GitRepository, tmp_path: Path, read_range: Callable[..., Any]
) -> None:
    checkout.commit("Fourth")
    shallow = tmp_path / "shallow"
    checkout.git("clone", "--quiet", "--depth=2", f"file://{checkout.folder}", str(shallow))
    name = f"github.com/acme/{tmp_path.name}"
    told = push(shallow, "--repository", name, "--json")
    merge = checkout.git("rev-parse", "HEAD^").decode().strip()
    assert (told.json["sent"], told.json["is_shallow"]) == (2, True)
    assert sorted(told.json["missing_parents"]) == sorted(checkout.git("rev-parse", "HEAD^^1", "HEAD^^2").decode().split())
    assert "shallow" in told.err
    assert "fetch-depth: 0" in told.err
    assert sorted(read_range(name, merge, checkout.commits[0])["gaps"]) == []

    assert push(checkout.folder, "--repository", name, "--json").json["sent"] == 3
    again = push(shallow, "--repository", name, "--json")
    assert (again.json["sent"], again.json["missing_parents"], "shallow" in again.err) == (0, [], False)


def test_a_push_that_was_cut_is_finished_by_the_next(push: Push, checkout: GitRepository) -> None:
    assert push(checkout.folder, checkout.commits[0], "--json").json["sent"] == 1
    finished = push(checkout.folder, "--json").json
    assert (finished["sent"], finished["known"]) == (3, 1)


@pytest.mark.parametrize(
    "arguments, variables, code, sentence",
    [
        (["nowhere"], {}, 2, "This checkout has no commit 'nowhere'."),
        (["--", "--all"], {}, 2, "This checkout has no commit '--all'."),
        (["--repository", "shop"], {}, 2, "'shop' names no repository."),
        ([], {"SHIPLEDGER_TOKEN": ""}, 2, "Set SHIPLEDGER_TOKEN to a token"),
        ([], {"SHIPLEDGER_TOKEN": "wrong"}, 1, "Check SHIPLEDGER_TOKEN."),
    ],
)
def test_a_mistake_is_told_with_what_to_do(
    push: Push, checkout: GitRepository, arguments: list[str], variables: dict[str, str], code: int, sentence: str
) -> None:
    assert sentence in push(checkout.folder, *arguments, code=code, **variables).err


def test_a_folder_without_a_checkout_is_told(push: Push, tmp_path: Path) -> None:
    told = push(tmp_path, "--repository", "github.com/acme/shop", code=2).err
    assert "git cannot read the checkout" in told
    assert "not a git repository" in told
