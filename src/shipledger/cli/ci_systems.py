"""What CI systems say about the job that runs: one declared table, from their variables to our words. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec import Struct

Templates = tuple[str, ...]
"""Alternatives, best first: the first one all of whose variables are set is used."""


class CiSystem(Struct, frozen=True, kw_only=True):
    """How to recognize a CI system (``variable`` set, and equal to ``value`` if one is named) and read its variables.

    ``run_id`` must be the same for all jobs of a run and another one when the run is repeated.
    """

    name: str
    variable: str
    value: str = ""
    repository: Templates
    commit: Templates
    url: Templates
    run_id: Templates
    environment: Templates = ()
    environment_type: Templates = ()
    started_at: Templates = ()


class CiRun(Struct, frozen=True):
    """What is known of the run; empty where the CI system says nothing."""

    system: str = ""
    repository: str = ""
    commit: str = ""
    url: str = ""
    run_id: str = ""
    environment: str = ""
    environment_type: str = ""
    started_at: str = ""


CI_SYSTEMS: tuple[CiSystem, ...] = (
    CiSystem(
        name="github",  # Gitea and Forgejo Actions set the same variables
        variable="GITHUB_ACTIONS",
        repository=("{GITHUB_SERVER_URL}/{GITHUB_REPOSITORY}", "github.com/{GITHUB_REPOSITORY}"),
        commit=("{GITHUB_SHA}",),
        url=("{GITHUB_SERVER_URL}/{GITHUB_REPOSITORY}/actions/runs/{GITHUB_RUN_ID}",),
        run_id=("{GITHUB_RUN_ID}-{GITHUB_RUN_ATTEMPT}", "{GITHUB_RUN_ID}"),
    ),
    CiSystem(
        name="gitlab",
        variable="GITLAB_CI",
        repository=("{CI_PROJECT_URL}", "{CI_SERVER_HOST}/{CI_PROJECT_PATH}"),
        commit=("{CI_COMMIT_SHA}",),
        url=("{CI_JOB_URL}", "{CI_PIPELINE_URL}"),
        run_id=("{CI_PIPELINE_ID}",),
        environment=("{CI_ENVIRONMENT_NAME}",),
        environment_type=("{CI_ENVIRONMENT_TIER}",),
        started_at=("{CI_JOB_STARTED_AT}",),
    ),
    CiSystem(
        name="bitbucket",
        variable="BITBUCKET_BUILD_NUMBER",
        repository=("bitbucket.org/{BITBUCKET_REPO_FULL_NAME}",),
        commit=("{BITBUCKET_COMMIT}",),
        url=("https://bitbucket.org/{BITBUCKET_REPO_FULL_NAME}/pipelines/results/{BITBUCKET_BUILD_NUMBER}",),
        run_id=("{BITBUCKET_REPO_FULL_NAME}-{BITBUCKET_BUILD_NUMBER}",),
        environment=("{BITBUCKET_DEPLOYMENT_ENVIRONMENT}",),
    ),
    CiSystem(
        name="circleci",
        variable="CIRCLECI",
        repository=("{CIRCLE_REPOSITORY_URL}",),
        commit=("{CIRCLE_SHA1}",),
        url=("{CIRCLE_BUILD_URL}",),
        run_id=("{CIRCLE_WORKFLOW_ID}",),
    ),
    CiSystem(
        name="azure",
        variable="TF_BUILD",
        repository=("{BUILD_REPOSITORY_URI}",),
        commit=("{BUILD_SOURCEVERSION}",),
        url=("{SYSTEM_COLLECTIONURI}{SYSTEM_TEAMPROJECT}/_build/results?buildId={BUILD_BUILDID}",),
        run_id=("{BUILD_BUILDID}-{SYSTEM_STAGEATTEMPT}", "{BUILD_BUILDID}"),
        environment=("{ENVIRONMENT_NAME}",),
    ),
    CiSystem(
        name="buildkite",
        variable="BUILDKITE",
        repository=("{BUILDKITE_REPO}",),
        commit=("{BUILDKITE_COMMIT}",),
        url=("{BUILDKITE_BUILD_URL}",),
        run_id=("{BUILDKITE_BUILD_ID}",),
    ),
    CiSystem(
        name="woodpecker",  # before Drone, whose variables older ones set too
        variable="CI",
        value="woodpecker",
        repository=("{CI_REPO_URL}", "{CI_REPO_CLONE_URL}"),
        commit=("{CI_COMMIT_SHA}",),
        url=("{CI_PIPELINE_URL}",),
        run_id=("{CI_REPO}-{CI_PIPELINE_NUMBER}",),
        environment=("{CI_PIPELINE_DEPLOY_TARGET}",),
    ),
    CiSystem(
        name="drone",
        variable="DRONE",
        repository=("{DRONE_REPO_LINK}", "{DRONE_GIT_HTTP_URL}"),
        commit=("{DRONE_COMMIT_SHA}",),
        url=("{DRONE_BUILD_LINK}",),
        run_id=("{DRONE_REPO}-{DRONE_BUILD_NUMBER}",),
        environment=("{DRONE_DEPLOY_TO}",),
    ),
    CiSystem(
        name="jenkins",  # last: other systems may run where Jenkins left its variables
        variable="JENKINS_URL",
        repository=("{GIT_URL}", "{GIT_URL_1}"),
        commit=("{GIT_COMMIT}",),
        url=("{RUN_DISPLAY_URL}", "{BUILD_URL}"),
        run_id=("{JOB_NAME}-{BUILD_NUMBER}",),
    ),
)

_VARIABLE = re.compile(r"\{(\w+)\}")


def read_ci_run(environment: Mapping[str, str]) -> CiRun:
    """What the CI system in whose job this program runs says; empty outside any."""
    for system in CI_SYSTEMS:
        if _is_running(system, environment):
            return CiRun(
                system=system.name,
                repository=_fill(system.repository, environment),
                commit=_fill(system.commit, environment),
                url=_fill(system.url, environment).replace(" ", "%20"),
                run_id=_fill(system.run_id, environment),
                environment=_fill(system.environment, environment),
                environment_type=_fill(system.environment_type, environment),
                started_at=_fill(system.started_at, environment),
            )
    return CiRun()


def _is_running(system: CiSystem, environment: Mapping[str, str]) -> bool:
    found = environment.get(system.variable, "")
    return found == system.value if system.value else found.lower() not in {"", "false", "0"}


def _fill(templates: Templates, environment: Mapping[str, str]) -> str:
    for template in templates:
        if all(environment.get(name) for name in _VARIABLE.findall(template)):
            return _VARIABLE.sub(lambda found: environment[found.group(1)], template)
    return ""
