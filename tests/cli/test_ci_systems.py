"""What CI systems say about the job that runs."""

from __future__ import annotations

import pytest

from shipledger.cli.ci_systems import CI_SYSTEMS, CiRun, read_ci_run

SHA = "61445f308944af8f665326c29c02f16a4c3b0019"

JOBS: dict[str, tuple[dict[str, str], CiRun]] = {
    "github": (
        {
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_REPOSITORY": "acme/shop",
            "GITHUB_SHA": SHA,
            "GITHUB_RUN_ID": "77",
            "GITHUB_RUN_ATTEMPT": "2",
        },
        CiRun(
            system="github",
            repository="https://github.com/acme/shop",
            commit=SHA,
            url="https://github.com/acme/shop/actions/runs/77",
            run_id="77-2",
        ),
    ),
    "gitlab": (
        {
            "CI": "true",
            "GITLAB_CI": "true",
            "CI_PROJECT_URL": "https://gitlab.com/acme/team/shop",
            "CI_COMMIT_SHA": SHA,
            "CI_JOB_URL": "https://gitlab.com/acme/team/shop/-/jobs/9",
            "CI_PIPELINE_ID": "77",
            "CI_ENVIRONMENT_NAME": "review/one",
            "CI_ENVIRONMENT_TIER": "staging",
            "CI_JOB_STARTED_AT": "2026-03-04T10:02:00Z",
        },
        CiRun(
            system="gitlab",
            repository="https://gitlab.com/acme/team/shop",
            commit=SHA,
            url="https://gitlab.com/acme/team/shop/-/jobs/9",
            run_id="77",
            environment="review/one",
            environment_type="staging",
            started_at="2026-03-04T10:02:00Z",
        ),
    ),
    "bitbucket": (
        {
            "CI": "true",
            "BITBUCKET_BUILD_NUMBER": "77",
            "BITBUCKET_REPO_FULL_NAME": "acme/shop",
            "BITBUCKET_COMMIT": SHA,
            "BITBUCKET_DEPLOYMENT_ENVIRONMENT": "production",
        },
        CiRun(
            system="bitbucket",
            repository="bitbucket.org/acme/shop",
            commit=SHA,
            url="https://bitbucket.org/acme/shop/pipelines/results/77",
            run_id="acme/shop-77",
            environment="production",
        ),
    ),
    "circleci": (
        {
            "CI": "true",
            "CIRCLECI": "true",
            "CIRCLE_REPOSITORY_URL": "git@github.com:acme/shop.git",
            "CIRCLE_SHA1": SHA,
            "CIRCLE_BUILD_URL": "https://circleci.com/gh/acme/shop/77",
            "CIRCLE_WORKFLOW_ID": "8ab9",
        },
        CiRun(
            system="circleci",
            repository="git@github.com:acme/shop.git",
            commit=SHA,
            url="https://circleci.com/gh/acme/shop/77",
            run_id="8ab9",
        ),
    ),
    "azure": (
        {
            "TF_BUILD": "True",
            "BUILD_REPOSITORY_URI": "https://dev.azure.com/acme/_git/shop",
            "BUILD_SOURCEVERSION": SHA,
            "SYSTEM_COLLECTIONURI": "https://dev.azure.com/acme/",
            "SYSTEM_TEAMPROJECT": "Web Shop",
            "BUILD_BUILDID": "77",
            "ENVIRONMENT_NAME": "prod",
        },
        CiRun(
            system="azure",
            repository="https://dev.azure.com/acme/_git/shop",
            commit=SHA,
            url="https://dev.azure.com/acme/Web%20Shop/_build/results?buildId=77",
            run_id="77",
            environment="prod",
        ),
    ),
    "buildkite": (
        {
            "CI": "true",
            "BUILDKITE": "true",
            "BUILDKITE_REPO": "git@github.com:acme/shop.git",
            "BUILDKITE_COMMIT": SHA,
            "BUILDKITE_BUILD_URL": "https://buildkite.com/acme/shop/builds/77",
            "BUILDKITE_BUILD_ID": "0190",
        },
        CiRun(
            system="buildkite",
            repository="git@github.com:acme/shop.git",
            commit=SHA,
            url="https://buildkite.com/acme/shop/builds/77",
            run_id="0190",
        ),
    ),
    "woodpecker": (
        {
            "CI": "woodpecker",
            "DRONE": "true",
            "CI_REPO": "acme/shop",
            "CI_REPO_URL": "https://codeberg.org/acme/shop",
            "CI_COMMIT_SHA": SHA,
            "CI_PIPELINE_URL": "https://ci.codeberg.org/repos/1/pipeline/77",
            "CI_PIPELINE_NUMBER": "77",
            "CI_PIPELINE_DEPLOY_TARGET": "production",
        },
        CiRun(
            system="woodpecker",
            repository="https://codeberg.org/acme/shop",
            commit=SHA,
            url="https://ci.codeberg.org/repos/1/pipeline/77",
            run_id="acme/shop-77",
            environment="production",
        ),
    ),
    "drone": (
        {
            "CI": "true",
            "DRONE": "true",
            "DRONE_REPO": "acme/shop",
            "DRONE_REPO_LINK": "https://git.example.com/acme/shop",
            "DRONE_COMMIT_SHA": SHA,
            "DRONE_BUILD_LINK": "https://drone.example.com/acme/shop/77",
            "DRONE_BUILD_NUMBER": "77",
            "DRONE_DEPLOY_TO": "production",
        },
        CiRun(
            system="drone",
            repository="https://git.example.com/acme/shop",
            commit=SHA,
            url="https://drone.example.com/acme/shop/77",
            run_id="acme/shop-77",
            environment="production",
        ),
    ),
    "jenkins": (
        {
            "JENKINS_URL": "https://jenkins.example.com/",
            "GIT_URL": "https://bitbucket.org/acme/shop.git",
            "GIT_COMMIT": SHA,
            "BUILD_URL": "https://jenkins.example.com/job/shop/77/",
            "JOB_NAME": "shop",
            "BUILD_NUMBER": "77",
        },
        CiRun(
            system="jenkins",
            repository="https://bitbucket.org/acme/shop.git",
            commit=SHA,
            url="https://jenkins.example.com/job/shop/77/",
            run_id="shop-77",
        ),
    ),
}


@pytest.mark.parametrize("system", [system.name for system in CI_SYSTEMS])
def test_a_job_is_recognized_and_read(system: str) -> None:
    variables, run = JOBS[system]

    assert read_ci_run(variables) == run


def test_outside_any_ci_system_nothing_is_known() -> None:
    assert read_ci_run({"PATH": "/usr/bin", "CI": "true", "GITHUB_ACTIONS": "false"}) == CiRun()


@pytest.mark.parametrize("system", [system.name for system in CI_SYSTEMS])
def test_a_job_that_says_nothing_but_its_system_is_no_fault(system: str) -> None:
    marker = next(one for one in CI_SYSTEMS if one.name == system)

    assert read_ci_run({marker.variable: marker.value or "true"}) == CiRun(system=system)
