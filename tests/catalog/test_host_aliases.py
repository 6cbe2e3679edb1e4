from __future__ import annotations

import pytest

from shipledger.catalog.clone_url import read_clone_url
from shipledger.catalog.host_aliases import read_host_aliases
from shipledger.errors import Invalid

ALIASES = read_host_aliases("git.corp=github.corp:8443, bitbucket.corp/scm = bitbucket.corp,OLD.example=new.example")


@pytest.mark.parametrize(
    "url, name",
    [
        ("git@git.corp:team/app.git", "github.corp:8443/team/app"),
        ("ssh://git@git.corp:2222/team/app.git", "github.corp:8443/team/app"),
        ("https://ci:secret@GitHub.corp:8443/team/app", "github.corp:8443/team/app"),
        ("https://github.corp/team/app", "github.corp/team/app"),
        ("https://bitbucket.corp/scm/proj/app.git", "bitbucket.corp/proj/app"),
        ("ssh://git@bitbucket.corp:7999/proj/app.git", "bitbucket.corp/proj/app"),
        ("https://bitbucket.corp/scmx/app.git", "bitbucket.corp/scmx/app"),
        ("https://old.example/A/b", "new.example/A/b"),
        ("https://git.corp.example/team/app", "git.corp.example/team/app"),
        ("git@github.com:team/app", "github.com/team/app"),
    ],
)
def test_every_name_of_a_host_is_the_one_that_is_set(url: str, name: str) -> None:
    read = read_clone_url(url)
    assert read is not None
    assert ALIASES.rename(read) == name
    assert ALIASES.rename(name) == name


@pytest.mark.parametrize(
    "text",
    [
        "git.corp",
        "=github.corp",
        "git.corp=",
        "git.corp=a b",
        "user@git.corp=x.corp",
        "a.corp=b.corp, b.corp=c.corp",
        "a.corp=a.corp/b",
    ],
)
def test_what_is_no_alias_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="repository_host_aliases"):
        read_host_aliases(text)


def test_no_aliases_change_nothing() -> None:
    assert read_host_aliases(" , ").rename("git.corp/team/app") == "git.corp/team/app"
