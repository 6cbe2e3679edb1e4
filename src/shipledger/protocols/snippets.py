"""Ready-to-paste steps for CI systems, which protocols declare for their kinds of credentials. Pure.

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
from shipledger.protocols.declaration import ListSnippets
from shipledger.shell_words import quoted, quoted_lines
from shipledger.verbs.sources import Snippet

MOMENT = "%Y-%m-%dT%H:%M:%SZ"
"""How a moment is written in UTC, in Python and for ``date``."""
NO_SECRET = "YOUR-SECRET"  # noqa: S105  it stands where a secret would


class Said(Struct, frozen=True):
    """What a call says of a deployment: values, or variables that a shell fills in. ``started_at`` in the form of the API."""

    run: str
    repository: str
    workspace: str
    slug: str
    commit: str
    state: str
    started_at: datetime


class Call(Struct, frozen=True):
    """How one API is called. ``secret``: the name that it has among what is shown of a credential, and in a CI system."""

    path: str
    secret: str
    variable: str
    header: str
    body: Callable[[Said], dict[str, Any]]


SERVICE = "my-service"
_GOOD, _BAD = "successful", "failed"
"""The states that a step tells, which all of these APIs know."""

_FIRST = Said(
    run="first-1",
    repository="github.com/my-team/my-app",
    workspace="my-team",
    slug="my-app",
    commit="61445f308944af8f665326c29c02f16a4c3b0019",
    state=_GOOD,
    started_at=EPOCH,
)


def call_of(call: Call, *, in_every_ci: bool = False) -> ListSnippets:
    """What to paste for an API that a job calls with one secret.

    ``in_every_ci``: the shell of a job alone can fill its body in. Others need times or numbers that only a script has.
    """

    def list_snippets(url: str, shown: Mapping[str, str], now: datetime) -> list[Snippet]:
        steps = _list_steps(call, url) if in_every_ci else []
        return [_first_call(call, url, shown.get(call.secret, NO_SECRET), now), *steps]

    return list_snippets


def _first_call(call: Call, url: str, secret: str, now: datetime) -> Snippet:
    said = replace(_FIRST, started_at=now)
    text = (
        f"curl -sS --fail-with-body {quoted(url + call.path)} \\\n"
        f"  -H {quoted(call.header + secret)} \\\n"
        "  -H 'Content-Type: application/json' \\\n"
        f"  -d {quoted_lines(json.dumps(call.body(said), indent=2))}"
    )
    return Snippet("Try it with curl", "Records one deployment, and this page turns green.", text)


def _list_steps(call: Call, url: str) -> list[Snippet]:
    variable = call.variable
    return [
        Snippet(
            "GitHub Actions",
            f"Store the secret as {variable} under Settings, Secrets and variables, Actions. This follows the step that deploys.",
            "- name: Record the deployment\n"
            "  if: ${{ !cancelled() }}\n"
            "  env:\n"
            f"    {variable}: ${{{{ secrets.{variable} }}}}\n"
            f"    STATE: ${{{{ job.status == 'success' && '{_GOOD}' || '{_BAD}' }}}}\n"
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
                state=_GOOD,
                indent=6,
            ),
        ),
        Snippet(
            "Jenkins",
            f"Store the secret as a credential of the kind Secret text, with the id {variable}.",
            "post {\n"
            "  always {\n"
            f"    withCredentials([string(credentialsId: '{variable}', variable: '{variable}')]) {{\n"
            f"      withEnv([\"STATE=${{currentBuild.currentResult == 'SUCCESS' ? '{_GOOD}' : '{_BAD}'}}\"]) {{\n"
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
            f'    STATE={_GOOD}; [ "$BITBUCKET_EXIT_CODE" = 0 ] || STATE={_BAD}\n'
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
    body = json.dumps(call.body(Said(**said, started_at=EPOCH))).replace(f"{EPOCH:{MOMENT}}", f"$(date -u +{MOMENT})")
    proof = f'-H "{call.header}${call.variable}"'
    first = f"curl -sS --fail-with-body {quoted(url + call.path)} {proof} -H 'Content-Type: application/json' -d @- <<EOF"
    return "\n".join(" " * indent + line for line in (first, body, "EOF"))
