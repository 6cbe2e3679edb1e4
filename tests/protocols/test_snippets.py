"""What is ready to paste works: the steps for each CI are run by a real shell with the variables of that CI."""

from __future__ import annotations

import asyncio
import html
import os
import re
import textwrap

import pytest

from shipledger.deployments.listing import DeploymentFilter
from shipledger.protocols.registry import list_kinds
from tests.support.server import Server

CI = {
    "GitHub Actions": {
        "GITHUB_RUN_ID": "77",
        "GITHUB_RUN_ATTEMPT": "1",
        "GITHUB_REPOSITORY": "acme/shop",
        "GITHUB_REPOSITORY_OWNER": "acme",
        "GITHUB_SHA": "a" * 40,
        "STATE": "failed",
    },
    "GitLab CI": {
        "CI_PIPELINE_ID": "78",
        "CI_SERVER_HOST": "gitlab.com",
        "CI_PROJECT_PATH": "acme/shop",
        "CI_PROJECT_NAMESPACE": "acme",
        "CI_PROJECT_NAME": "shop",
        "CI_COMMIT_SHA": "b" * 40,
    },
    "Jenkins": {
        "BUILD_TAG": "jenkins-shop-79",
        "GIT_URL": "https://github.com/acme/shop.git",
        "GIT_COMMIT": "c" * 40,
        "STATE": "failed",
    },
    "Bitbucket Pipelines": {
        "BITBUCKET_BUILD_NUMBER": "80",
        "BITBUCKET_EXIT_CODE": "1",
        "BITBUCKET_REPO_FULL_NAME": "acme/shop",
        "BITBUCKET_WORKSPACE": "acme",
        "BITBUCKET_REPO_SLUG": "shop",
        "BITBUCKET_COMMIT": "d" * 40,
    },
}
VARIABLES = {"native": "SHIPLEDGER_TOKEN", "opsgenie": "OPSGENIE_API_KEY"}


def script_in(text: str) -> str:
    """The lines of a step that a shell runs: those of curl and its here-document, and one before that sets the state."""
    lines = text.splitlines()
    ends = next(place for place, line in enumerate(lines) if line.strip() == "EOF")
    begins = next(place for place, line in enumerate(lines) if line.strip().startswith(("curl", "STATE=")))
    return textwrap.dedent("\n".join(lines[begins : ends + 1])) + "\n"


async def run(script: str, **variables: str) -> None:
    environment = {"PATH": os.environ["PATH"], "no_proxy": "*", **variables}
    process = await asyncio.create_subprocess_exec(
        "sh", "-c", script, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, error = await process.communicate()
    assert process.returncode == 0, (script, out, error)


@pytest.mark.parametrize("kind", VARIABLES)
async def test_every_step_records_a_deployment_with_what_its_ci_knows(place: Server, kind: str) -> None:
    secret = await place.issue(kind=kind)
    declared = next(one for one in list_kinds() if one.name == kind)
    first, *steps = declared.list_snippets(place.url, {}, place.app.clock.now())
    assert [one.title for one in steps] == list(CI)
    await run(first.text.replace("YOUR-SECRET", secret))
    for step in steps:
        await run(script_in(step.text), **CI[step.title], **{VARIABLES[kind]: secret})
    assert await place.count_deployments() == 1 + len(CI)
    found = await place.app.store.list_deployments(await place.organization_id(), DeploymentFilter(limit=10))
    states = {one.facts.external_id: str(one.state) for one in found}
    assert states["77-1"] == "failed"
    assert states["78"] == "successful"
    assert {release.repository for one in found for release in one.facts.releases or ()} == (
        {"github.com/my-team/my-app", "github.com/acme/shop", "gitlab.com/acme/shop", "bitbucket.org/acme/shop"}
        if kind == "native"
        else {"bitbucket.org/my-team/my-app", "bitbucket.org/acme/shop"}
    )


@pytest.mark.parametrize("kind", ["datadog", "jira-oauth", "iftrue"])
async def test_the_first_call_that_the_page_shows_records_a_deployment(server: Server, kind: str) -> None:
    await server.sign_in()
    fields = {"form_token": server.form_token, "kind": kind, "name": "CI", "may-write": "yes"}
    async with server.client(headers={"Origin": server.url}) as client:
        made = await client.post("/sources", data=fields)
    (call,) = re.findall(r'id="snippet-1".*?<code>(.*?)</code>', made.text, re.DOTALL)
    await run(html.unescape(call))
    assert await server.count_deployments() == 1
