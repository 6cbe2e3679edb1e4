"""What an app may say of itself."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shipledger.access.grant import Scope
from shipledger.access.signing_app import AppLinks
from shipledger.errors import Invalid
from shipledger.protocols.jira.descriptor import read_descriptor
from tests.support.project import ROOT

SAMPLE = json.loads((ROOT / "tests/contract/jira/connect-descriptor.json").read_text())["response"]["body"]
PROVIDER = SAMPLE["modules"]["jiraDeploymentInfoProvider"]
GATING = SAMPLE["modules"]["jiraDeploymentGating"]


def read(**changes: Any):
    return read_descriptor(json.dumps({**SAMPLE, **changes}).encode())


def test_the_sample_is_read():
    found = read()
    assert (found.app_key, found.name, found.has_deployment_module) == ("com.example.app", "Example deployment provider", True)
    assert found.scopes == {Scope.READ, Scope.WRITE, Scope.DELETE}
    assert found.links == AppLinks(
        base_url="https://app.example.com/connect",
        installed="/events/installed",
        uninstalled="/events/uninstalled",
        enabled="/events/enabled",
        disabled="/events/disabled",
        gating_callback="/callback",
        modules=(),
    )


def test_what_is_optional_may_be_missing_or_null():
    found = read(name=None, lifecycle=None, modules=None, apiMigrations=None, scopes=["ADMIN"])
    assert (found.name, found.has_deployment_module, found.scopes) == ("com.example.app", False, frozenset())
    assert found.links == AppLinks(base_url="https://app.example.com/connect", modules=())


def test_a_module_may_be_a_list_with_one():
    assert read(modules={"jiraDeploymentInfoProvider": [PROVIDER]}).has_deployment_module
    assert not read(modules={"jiraDeploymentInfoProvider": []}).has_deployment_module


def test_paths_begin_with_a_slash_and_a_base_does_not_end_with_one():
    found = read(baseUrl="https://app.example.com/", lifecycle={"installed": "installed?a=b"})
    assert found.links == AppLinks(
        base_url="https://app.example.com", installed="/installed?a=b", gating_callback="/callback", modules=()
    )


@pytest.mark.parametrize(
    "changes, place",
    [
        ({"key": None}, "key"),
        ({"key": "a b"}, "key"),
        ({"key": "k" * 81}, "key"),
        ({"baseUrl": None}, "baseUrl"),
        ({"baseUrl": "ftp://app.example.com"}, "baseUrl"),
        ({"baseUrl": "https://user@app.example.com"}, "baseUrl"),
        ({"baseUrl": "https://app.example.com/?a"}, "baseUrl"),
        ({"baseUrl": "https://[app"}, "baseUrl"),
        ({"authentication": {"type": "none"}}, "authentication.type"),
        ({"authentication": None}, "authentication.type"),
        ({"scopes": None}, "scopes"),
        ({"scopes": [1]}, "scopes"),
        ({"lifecycle": {"installed": "https://other.example.com/"}}, "lifecycle.installed"),
        ({"lifecycle": {"installed": "//other.example.com/"}}, "lifecycle.installed"),
        ({"lifecycle": {"enabled": "/../../admin"}}, "lifecycle.enabled"),
        ({"lifecycle": {"disabled": "/a b"}}, "lifecycle.disabled"),
        ({"lifecycle": {"uninstalled": 7}}, "lifecycle.uninstalled"),
        ({"modules": {"jiraDeploymentInfoProvider": [PROVIDER, PROVIDER]}}, "jiraDeploymentInfoProvider.key"),
        ({"modules": {"jiraDeploymentInfoProvider": {**PROVIDER, "key": "a_b"}}}, "jiraDeploymentInfoProvider.key"),
        ({"modules": {"jiraDeploymentInfoProvider": {**PROVIDER, "name": {}}}}, "jiraDeploymentInfoProvider.name.value"),
        ({"modules": {"jiraDeploymentInfoProvider": {**PROVIDER, "homeUrl": "/"}}}, "jiraDeploymentInfoProvider.homeUrl"),
        ({"modules": {"jiraDeploymentInfoProvider": {**PROVIDER, "logoUrl": 7}}}, "jiraDeploymentInfoProvider.logoUrl"),
        ({"modules": {"jiraDeploymentGating": {**GATING, "callback": {"type": "jwt"}}}}, "jiraDeploymentGating.callback.url"),
        ({"modules": {"jiraDeploymentGating": {**GATING, "callback": {"url": "/c"}}}}, "jiraDeploymentGating.callback.type"),
    ],
)
def test_what_is_wrong_is_named(changes, place):
    with pytest.raises(Invalid, match=f"`{place}`"):
        read(**changes)


@pytest.mark.parametrize("raw", [b"", b"[]", b"{", b"\xff", b"[" * 5_000, b"<html>"])
def test_what_is_no_object_is_refused(raw):
    with pytest.raises(Invalid, match="not a JSON object"):
        read_descriptor(raw)
