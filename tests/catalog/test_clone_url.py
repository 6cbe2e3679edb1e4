"""Every spelling of a clone URL gives one canonical name, and none lets a credential through."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipledger.catalog.clone_url import read_clone_url, to_clone_url


@pytest.mark.parametrize(
    "text, name",
    [
        ("https://github.com/organization/example-repository", "github.com/organization/example-repository"),
        ("https://user:secret@github.com/acme/shop.git", "github.com/acme/shop"),
        ("https://x-access-token:tok@GitHub.com/Acme/Shop.git/", "github.com/Acme/Shop"),
        ("git@github.com:acme/shop.git", "github.com/acme/shop"),
        ("ssh://git@github.com:22/acme/shop.git", "github.com/acme/shop"),
        ("git://git.example.org/a/b", "git.example.org/a/b"),
        ("git://git.example.org:9418/a/b", "git.example.org/a/b"),
        ("HTTPS://git.example.org/a/b", "git.example.org/a/b"),
        ("https://gitlab.example.com:8443/group/sub/repo.git", "gitlab.example.com:8443/group/sub/repo"),
        ("https://org@dev.azure.com/org/project/_git/repo", "dev.azure.com/org/project/_git/repo"),
        ("git@ssh.dev.azure.com:v3/org/project/repo", "dev.azure.com/org/project/_git/repo"),
        ("ssh://git@bitbucket.org/ws/repo.git?x=1#frag", "bitbucket.org/ws/repo"),
        ("github.com/acme/shop", "github.com/acme/shop"),
        ("file:///srv/git/shop.git", "local/shop"),
        ("/srv/git/shop.git", "local/shop"),
        ("C:\\git\\shop", "local/shop"),
        (" <https://bitbucket.org/acme/shop.git> ", "bitbucket.org/acme/shop"),
        ("git@host:owner/name.git", "host/owner/name"),
        ("user:secret@github.com/acme/shop", "github.com/acme/shop"),
        ("user@corp.example:secret@github.com:acme/shop", "github.com/acme/shop"),
        ("localhost:3000/acme/shop", "localhost:3000/acme/shop"),
        ("https://[2001:db8::1]:8443/acme/shop", "[2001:db8::1]:8443/acme/shop"),
        ("https://dev.azure.com/org/My%20Project/_git/repo", "dev.azure.com/org/My Project/_git/repo"),
        ("https://github.com/acme/shop.git.git", "github.com/acme/shop.git"),
        ("codecommit::cn-north-1://me@shop", "git-codecommit.cn-north-1.amazonaws.com.cn/v1/repos/shop"),
        ("codecommit::us-east-1://shop", "git-codecommit.us-east-1.amazonaws.com/v1/repos/shop"),
        ("git@github.com:4096/pets.git", "github.com/4096/pets"),
        ("github.com:4096/pets.git", "github.com/4096/pets"),
        ("git@git.example.com:22/pets.git", "git.example.com/22/pets"),
        ("git.example.com:8443/acme/pets", "git.example.com:8443/acme/pets"),
        ("ssh://git@git.example.com:2222/acme/shop.git", "git.example.com/acme/shop"),
        ("git+ssh://git@git.example.com:2222/acme/shop.git", "git.example.com/acme/shop"),
        ("ssh://git@ssh.github.com:443/acme/shop.git", "github.com/acme/shop"),
        ("git@ssh.github.com:acme/shop.git", "github.com/acme/shop"),
        ("https://www.github.com/acme/shop", "github.com/acme/shop"),
        ("ssh://git@altssh.gitlab.com:443/group/sub/shop.git", "gitlab.com/group/sub/shop"),
        ("ssh://git@altssh.bitbucket.org:443/acme/shop.git", "bitbucket.org/acme/shop"),
        ("https://org.visualstudio.com/project/_git/repo", "dev.azure.com/org/project/_git/repo"),
        ("https://Org.VisualStudio.com/DefaultCollection/project/_git/repo", "dev.azure.com/org/project/_git/repo"),
        ("https://org.visualstudio.com/_git/repo", "dev.azure.com/org/repo/_git/repo"),
        ("https://dev.azure.com/org/_git/repo", "dev.azure.com/org/repo/_git/repo"),
        ("org@vs-ssh.visualstudio.com:v3/org/project/repo", "dev.azure.com/org/project/_git/repo"),
        ("ssh://org@vs-ssh.visualstudio.com:22/v3/org/project/repo", "dev.azure.com/org/project/_git/repo"),
        ("https://ssh.github.com:8443/acme/shop", "ssh.github.com:8443/acme/shop"),
        ("https://org.visualstudio.com/project", "org.visualstudio.com/project"),
    ],
)
def test_each_form_of_a_clone_url_has_its_canonical_name(text, name):
    assert read_clone_url(text) == name
    assert read_clone_url(to_clone_url(name)) == name


@pytest.mark.parametrize(
    "text",
    [
        "",
        "shop",
        "acme/shop",
        "https://github.com",
        "https://github.com/",
        "https:///acme/shop",
        "https://user:12/34@github.com/acme/shop",
        "https://user:se/cret@github.com/acme/shop",
        "https://github.com:port/acme/shop",
        "ftp://github.com/acme/shop",
        "javascript://github.com/acme",
        "https://github.com/acme/sh\x00op",
        "https://git hub.com/acme/shop",
        "file:///",
        "..",
        "hg::https://host/acme/shop",
        "ext::sh -c cat",
        "codecommit::eu-central-1",
        "codecommit://profile@shop",
        "s3://bucket/acme/shop",
    ],
)
def test_what_names_no_repository_has_no_canonical_name(text):
    assert read_clone_url(text) is None


@given(st.text(alphabet="abc/:@?#%[] .", max_size=12), st.sampled_from(["https://", "ssh://", ""]))
def test_a_password_never_comes_through(password, scheme):
    name = read_clone_url(f"{scheme}user:SECRET{password}SECRET@github.com/acme/shop.git")
    assert name is None or "SECRET" not in name.removeprefix("local/")


@given(st.text())
def test_any_text_has_a_name_or_none(text):
    name = read_clone_url(text)
    assert name is None or read_clone_url(to_clone_url(name)) == name
