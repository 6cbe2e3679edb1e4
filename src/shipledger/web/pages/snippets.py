"""Ready-to-paste steps for CI systems, for each kind of credential. Pure.

A step reads the secret from a variable of its CI system; only the first call has it in place, to try it at once.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from shipledger.clock import EPOCH
from shipledger.shell_words import quoted, quoted_lines

_MOMENT = "%Y-%m-%dT%H:%M:%SZ"
NO_SECRET = "YOUR-SECRET"  # noqa: S105  it stands where a secret would


class Snippet(Struct, frozen=True):
    """Something to paste. ``hint``: where, and what it expects."""

    title: str
    hint: str
    text: str


class Said(Struct, frozen=True):
    """What a call says of a deployment: values, or variables that a shell fills in. ``started_at`` in the form of the API."""

    run: str
    repository: str
    workspace: str
    slug: str
    commit: str
    state: str
    started_at: datetime
    service: str = "my-service"


class Call(Struct, frozen=True):
    """How one API is called. ``secret``: the name that it has among what is shown of a credential, and in a CI system."""

    path: str
    secret: str
    variable: str
    header: str
    body: Callable[[Said], dict[str, Any]]
    states: tuple[str, str] = ("successful", "failed")


def _native(said: Said) -> dict[str, Any]:
    release = {"repository": said.repository, "commit": said.commit}
    return {
        "external_id": said.run,
        "service": said.service,
        "environment": "production",
        "state": said.state,
        "releases": [release],
    }


def _opsgenie(said: Said) -> dict[str, Any]:
    moment = f"{said.started_at:{_MOMENT}}"
    return {
        "state": said.state,
        "message": said.service,
        "externalId": said.run,
        "startedAt": moment,
        "completedAt": moment,
        "environment": {"type": "Production", "id": "production", "displayName": "Production"},
        "releases": [
            {
                "repository": {"workspace": {"identifier": said.workspace}, "repoSlug": said.slug},
                "commit": {"sha": said.commit},
            }
        ],
    }


def _datadog(said: Said) -> dict[str, Any]:
    seconds = int(said.started_at.timestamp())
    attributes = {
        "service": said.service,
        "env": "production",
        "started_at": seconds,
        "finished_at": seconds,
        "git": {"repository_url": f"https://{said.repository}", "commit_sha": said.commit},
    }
    return {"data": {"attributes": attributes}}


def _iftrue(said: Said) -> dict[str, Any]:
    return {
        "title": said.service,
        "branch": "main",
        "commit_id": said.commit,
        "member_id": "you",
        "pull_request_number": 1,
        "repository_url": f"https://bitbucket.org/{said.workspace}/{said.slug}",
    }


CALLS: Mapping[str, Call] = {
    "native": Call("/ledger/v1/deployments", "token", "SHIPLEDGER_TOKEN", "Authorization: Bearer ", _native),
    "opsgenie": Call("/v2/deployments", "api_key", "OPSGENIE_API_KEY", "Authorization: GenieKey ", _opsgenie),
    "datadog": Call("/api/v2/dora/deployment", "api_key", "DD_API_KEY", "DD-API-KEY: ", _datadog),
    "iftrue": Call("/v1/organization/deployment", "token", "IFTRUE_TOKEN", "Authorization: Bearer ", _iftrue),
}
"""The APIs that a job calls with one secret."""

_FIRST = Said(
    run="first-1",
    repository="github.com/my-team/my-app",
    workspace="my-team",
    slug="my-app",
    commit="61445f308944af8f665326c29c02f16a4c3b0019",
    state="successful",
    started_at=EPOCH,
)
_ALL_CI = ("native", "opsgenie")
"""Kinds whose body can be filled in by the shell of a job alone. The others need times or numbers that only a script has."""


def list_snippets(kind: str, url: str, shown: Mapping[str, str], now: datetime) -> list[Snippet]:
    """What to paste for a credential of ``kind`` at the server at ``url``. What is not in ``shown`` has placeholders."""
    call = CALLS.get(kind)
    if call is not None:
        steps = _list_steps(call, url) if kind in _ALL_CI else []
        return [_first_call(call, url, shown.get(call.secret, NO_SECRET), now), *steps]
    if kind == "jira-oauth":
        return [_jira_client(url, shown)]
    if kind == "jenkins":
        path = shown.get("webhook_url", "/jenkins/webtrigger?jenkins_server_uuid=YOUR-SERVER")
        address = path if path.startswith("http") else f"{url}{path}"
        text = f"Webhook URL: {address}\nSecret: {shown.get('secret', NO_SECRET)}"
        return [Snippet("Jenkins", "In the plugin Atlassian Jira Software Cloud, under Manage Jenkins, as a new site.", text)]
    if kind == "jira-connect":
        told = {name: shown.get(name, f"YOUR-{name.upper()}") for name in ("app_key", "client_key", "shared_secret")}
        text = "\n".join(f"{name}: {value}" for name, value in told.items())
        return [Snippet("Connect app", f"What the app signs its requests to {url} with.", text)]
    return []


def _first_call(call: Call, url: str, secret: str, now: datetime) -> Snippet:
    said = replace(_FIRST, state=call.states[0], started_at=now)
    text = (
        f"curl -sS --fail-with-body {quoted(url + call.path)} \\\n"
        f"  -H {quoted(call.header + secret)} \\\n"
        "  -H 'Content-Type: application/json' \\\n"
        f"  -d {quoted_lines(json.dumps(call.body(said), indent=2))}"
    )
    return Snippet("Try it with curl", "Records one deployment, and this page turns green.", text)


def _list_steps(call: Call, url: str) -> list[Snippet]:
    variable, (good, bad) = call.variable, call.states
    return [
        Snippet(
            "GitHub Actions",
            f"Store the secret as {variable} under Settings, Secrets and variables, Actions. This follows the step that deploys.",
            "- name: Record the deployment\n"
            "  if: ${{ !cancelled() }}\n"
            "  env:\n"
            f"    {variable}: ${{{{ secrets.{variable} }}}}\n"
            f"    STATE: ${{{{ job.status == 'success' && '{call.states[0]}' || '{call.states[1]}' }}}}\n"
            "  run: |\n"
            + _script(
                call,
                url,
                run="$GITHUB_RUN_ID-$GITHUB_RUN_ATTEMPT",
                repository="github.com/$GITHUB_REPOSITORY",
                workspace="$GITHUB_REPOSITORY_OWNER",
                slug="${GITHUB_REPOSITORY#*/}",
                commit="$GITHUB_SHA",
                state="$STATE",
                indent=4,
            ),
        ),
        Snippet(
            "GitLab CI",
            f"Store the secret as {variable} under Settings, CI/CD, Variables, masked. This job runs after your job deploy.",
            "record-deployment:\n"
            "  stage: .post\n"
            "  needs: [deploy]\n"
            "  script:\n"
            "    - |\n"
            + _script(
                call,
                url,
                run="$CI_PIPELINE_ID",
                repository="$CI_SERVER_HOST/$CI_PROJECT_PATH",
                workspace="$CI_PROJECT_NAMESPACE",
                slug="$CI_PROJECT_NAME",
                commit="$CI_COMMIT_SHA",
                state=call.states[0],
                indent=6,
            ),
        ),
        Snippet(
            "Jenkins",
            f"Store the secret as a credential of the kind Secret text, with the id {variable}.",
            "post {\n"
            "  always {\n"
            f"    withCredentials([string(credentialsId: '{variable}', variable: '{variable}')]) {{\n"
            f"      withEnv([\"STATE=${{currentBuild.currentResult == 'SUCCESS' ? '{good}' : '{bad}'}}\"]) {{\n"
            "        sh '''\n"
            + _script(
                call,
                url,
                run="$BUILD_TAG",
                repository="${GIT_URL#https://}",
                workspace="my-team",
                slug="my-app",
                commit="$GIT_COMMIT",
                state="$STATE",
                indent=0,
            )
            + "\n        '''\n      }\n    }\n  }\n}",
        ),
        Snippet(
            "Bitbucket Pipelines",
            f"Store the secret as {variable} under Repository settings, Repository variables, secured. This ends the step that "
            "deploys.",
            "after-script:\n"
            "  - |\n"
            f'    STATE={call.states[0]}; [ "$BITBUCKET_EXIT_CODE" = 0 ] || STATE={call.states[1]}\n'
            + _script(
                call,
                url,
                run="$BITBUCKET_BUILD_NUMBER",
                repository="bitbucket.org/$BITBUCKET_REPO_FULL_NAME",
                workspace="$BITBUCKET_WORKSPACE",
                slug="$BITBUCKET_REPO_SLUG",
                commit="$BITBUCKET_COMMIT",
                state="$STATE",
                indent=4,
            ),
        ),
    ]


def _script(call: Call, url: str, *, indent: int, **said: str) -> str:
    """Lines of a shell: the body is a here-document, in which the shell fills in its variables."""
    body = json.dumps(call.body(Said(**said, started_at=EPOCH))).replace(f"{EPOCH:{_MOMENT}}", f"$(date -u +{_MOMENT})")
    proof = f'-H "{call.header}${call.variable}"'
    first = f"curl -sS --fail-with-body {quoted(url + call.path)} {proof} -H 'Content-Type: application/json' -d @- <<EOF"
    return "\n".join(" " * indent + line for line in (first, body, "EOF"))


def _jira_client(url: str, shown: Mapping[str, str]) -> Snippet:
    client, secret = shown.get("client_id", "YOUR-CLIENT-ID"), shown.get("client_secret", NO_SECRET)
    cloud = shown.get("cloud_id", "YOUR-CLOUD-ID")
    wish = {"audience": "api.atlassian.com", "grant_type": "client_credentials", "client_id": client, "client_secret": secret}
    deployment = {
        "deploymentSequenceNumber": 1,
        "updateSequenceNumber": 1,
        "associations": [{"associationType": "issueIdOrKeys", "values": ["EXAMPLE-1"]}],
        "displayName": "First deployment",
        "url": "https://ci.example.com/1",
        "description": "Hello, ledger",
        "lastUpdated": "2026-01-01T00:00:00Z",
        "state": "successful",
        "pipeline": {"id": "first", "displayName": "First", "url": "https://ci.example.com"},
        "environment": {"id": "production", "displayName": "Production", "type": "production"},
    }
    text = (
        f"ACCESS_TOKEN=$(curl -sS --fail-with-body {quoted(f'{url}/oauth/token')} -H 'Content-Type: application/json' \\\n"
        f'  -d {quoted(json.dumps(wish))} | sed \'s/.*"access_token":"\\([^"]*\\)".*/\\1/\')\n'
        f"curl -sS --fail-with-body {quoted(f'{url}/jira/deployments/0.1/cloud/{cloud}/bulk')} \\\n"
        "  -H \"Authorization: Bearer $ACCESS_TOKEN\" -H 'Content-Type: application/json' \\\n"
        f"  -d {quoted_lines(json.dumps({'deployments': [deployment]}, indent=2))}"
    )
    return Snippet("Try it with curl", "Exchanges the secret for a token of 15 minutes, and records one deployment.", text)
