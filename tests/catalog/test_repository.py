from __future__ import annotations

import pytest

from shipledger.catalog.repository import canonical_repository
from shipledger.errors import Invalid

UUIDS = "33838c22-5066-425e-8a23-4a6699011119", "0a4fb641-0c65-44ab-bb4f-64a44bada7be"


@pytest.mark.parametrize(
    "spelling,name",
    [
        ("acme/shop", "bitbucket.org/acme/shop"),
        (" acme/shop.git ", "bitbucket.org/acme/shop"),
        (f"{{{UUIDS[0].upper()}}}/{{{UUIDS[1]}}}", f"bitbucket.org/{UUIDS[0]}/{UUIDS[1]}"),
        ("bitbucket.org/Acme/Shop", "bitbucket.org/Acme/Shop"),
        ("https://user:secret@GitHub.com/acme/shop.git/", "github.com/acme/shop"),
        ("git@github.com:acme/shop.git", "github.com/acme/shop"),
        ("ssh://git@github.com:22/acme/shop.git", "github.com/acme/shop"),
        ("git@ssh.dev.azure.com:v3/org/project/repo", "dev.azure.com/org/project/_git/repo"),
        ("https://gitlab.example.com:8443/group/sub/repo.git", "gitlab.example.com:8443/group/sub/repo"),
        ("<https://github.com/example/repo>", "github.com/example/repo"),
    ],
)
def test_every_spelling_of_a_repository_gives_its_canonical_name(spelling, name):
    assert canonical_repository(spelling) == name
    assert canonical_repository(name) == name


@pytest.mark.parametrize("text", ["", "shop", "acme/", "https://", "https://github.com", "acme/shop?x", "user:secret@acme/sh@op"])
def test_what_names_no_repository_is_refused(text):
    with pytest.raises(Invalid, match="is not a repository"):
        canonical_repository(text)
