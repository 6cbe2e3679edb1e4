"""What CI systems say about the job that runs."""

from __future__ import annotations

import pytest

from shipledger.cli.ci_run import CiRun, read_ci_run
from shipledger.cli.ci_systems import CI_SYSTEMS, CiSystem

SHA = "61445f308944af8f665326c29c02f16a4c3b0019"

_ACTIONS = {
    "CI": "true",
    "GITHUB_ACTIONS": "true",
    "GITHUB_SERVER_URL": "https://github.com",
    "GITHUB_REPOSITORY": "acme/shop",
    "GITHUB_SHA": SHA,
    "GITHUB_REF_NAME": "v2.4.1",
    "GITHUB_REF_TYPE": "tag",
    "GITHUB_RUN_ID": "77",
    "GITHUB_RUN_NUMBER": "7",
    "GITHUB_RUN_ATTEMPT": "2",
    "GITHUB_JOB": "deploy",
    "GITHUB_ACTOR": "octocat",
    "GITHUB_TRIGGERING_ACTOR": "hubot",
}
_FORGE = {**_ACTIONS, "GITHUB_SERVER_URL": "https://codeberg.org", "GITEA_ACTIONS": "true", "GITHUB_TRIGGERING_ACTOR": ""}


def _on_a_forge(system: str) -> CiRun:
    return CiRun(
        system=system,
        server="codeberg.org",
        run_id="77",
        attempt="2",
        job="deploy",
        repository="https://codeberg.org/acme/shop",
        commit=SHA,
        version="v2.4.1",
        url="https://codeberg.org/acme/shop/actions/runs/7",
        actor="octocat",
    )


JOBS: dict[str, tuple[dict[str, str], CiRun]] = {
    "github": (
        _ACTIONS,
        CiRun(
            system="github",
            server="github.com",
            run_id="77",
            attempt="2",
            is_attempt_told=True,
            job="deploy",
            repository="https://github.com/acme/shop",
            commit=SHA,
            version="v2.4.1",
            url="https://github.com/acme/shop/actions/runs/77/attempts/2",
            actor="hubot",
        ),
    ),
    "gitea": (_FORGE, _on_a_forge("gitea")),
    "forgejo": ({**_FORGE, "FORGEJO_ACTIONS": "true"}, _on_a_forge("forgejo")),
    "gitlab": (
        {
            "CI": "true",
            "GITLAB_CI": "true",
            "CI_SERVER_URL": "https://gitlab.com",
            "CI_PROJECT_URL": "https://gitlab.com/acme/team/shop",
            "CI_COMMIT_SHA": SHA,
            "CI_COMMIT_TAG": "v2.4.1",
            "CI_JOB_ID": "9",
            "CI_JOB_URL": "https://gitlab.com/acme/team/shop/-/jobs/9",
            "CI_PIPELINE_ID": "77",
            "CI_ENVIRONMENT_NAME": "review/one",
            "CI_ENVIRONMENT_TIER": "staging",
            "CI_JOB_STARTED_AT": "2026-03-04T10:02:00Z",
            "GITLAB_USER_LOGIN": "anna",
        },
        CiRun(
            system="gitlab",
            server="gitlab.com",
            run_id="77",
            job="9",
            repository="https://gitlab.com/acme/team/shop",
            commit=SHA,
            version="v2.4.1",
            url="https://gitlab.com/acme/team/shop/-/jobs/9",
            actor="anna",
            environment="review/one",
            tier="staging",
            job_started_at="2026-03-04T10:02:00Z",
        ),
    ),
    "bitbucket": (
        {
            "CI": "true",
            "BITBUCKET_BUILD_NUMBER": "77",
            "BITBUCKET_STEP_RUN_NUMBER": "2",
            "BITBUCKET_STEP_UUID": "{9}",
            "BITBUCKET_STEP_TRIGGERER_UUID": "{anna}",
            "BITBUCKET_REPO_FULL_NAME": "acme/shop",
            "BITBUCKET_COMMIT": SHA,
            "BITBUCKET_DEPLOYMENT_ENVIRONMENT": "production",
        },
        CiRun(
            system="bitbucket",
            server="bitbucket.org/acme/shop",
            run_id="77",
            attempt="2",
            job="{9}",
            repository="bitbucket.org/acme/shop",
            commit=SHA,
            url="https://bitbucket.org/acme/shop/pipelines/results/77",
            actor="{anna}",
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
            "CIRCLE_BUILD_NUM": "77",
            "CIRCLE_WORKFLOW_ID": "8ab9",
            "CIRCLE_USERNAME": "anna",
        },
        CiRun(
            system="circleci",
            run_id="8ab9",
            is_attempt_told=True,
            job="77",
            repository="git@github.com:acme/shop.git",
            commit=SHA,
            url="https://circleci.com/gh/acme/shop/77",
            actor="anna",
        ),
    ),
    "azure": (
        {
            "TF_BUILD": "True",
            "BUILD_REPOSITORY_URI": "https://dev.azure.com/acme/_git/shop",
            "BUILD_SOURCEVERSION": SHA,
            "SYSTEM_COLLECTIONURI": "https://dev.azure.com/acme/",
            "SYSTEM_TEAMPROJECT": "Web Shop",
            "SYSTEM_STAGEATTEMPT": "2",
            "BUILD_BUILDID": "77",
            "BUILD_REQUESTEDFOR": "Anna",
            "ENVIRONMENT_NAME": "prod",
        },
        CiRun(
            system="azure",
            server="dev.azure.com/acme",
            run_id="77",
            attempt="2",
            is_attempt_told=True,
            repository="https://dev.azure.com/acme/_git/shop",
            commit=SHA,
            url="https://dev.azure.com/acme/Web%20Shop/_build/results?buildId=77",
            actor="Anna",
            environment="prod",
        ),
    ),
    "azure release": (
        {
            "TF_BUILD": "True",
            "RELEASE_RELEASEID": "5",
            "RELEASE_ATTEMPTNUMBER": "3",
            "RELEASE_ENVIRONMENTNAME": "prod",
            "RELEASE_RELEASEWEBURL": "https://dev.azure.com/acme/shop/_release?releaseId=5",
            "BUILD_BUILDID": "77",
            "BUILD_REPOSITORY_URI": "https://dev.azure.com/acme/_git/shop",
            "BUILD_SOURCEVERSION": SHA,
            "SYSTEM_TEAMFOUNDATIONCOLLECTIONURI": "https://dev.azure.com/acme/",
        },
        CiRun(
            system="azure",
            server="dev.azure.com/acme",
            run_id="release-5",
            attempt="3",
            is_attempt_told=True,
            repository="https://dev.azure.com/acme/_git/shop",
            commit=SHA,
            url="https://dev.azure.com/acme/shop/_release?releaseId=5",
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
            "BUILDKITE_RETRY_COUNT": "1",
            "BUILDKITE_JOB_ID": "0191",
        },
        CiRun(
            system="buildkite",
            run_id="0190",
            attempt="1",
            job="0191",
            repository="git@github.com:acme/shop.git",
            commit=SHA,
            url="https://buildkite.com/acme/shop/builds/77",
        ),
    ),
    "woodpecker": (
        {
            "CI": "woodpecker",
            "DRONE": "true",
            "CI_SYSTEM_URL": "https://ci.codeberg.org",
            "CI_REPO": "acme/shop",
            "CI_REPO_URL": "https://codeberg.org/acme/shop",
            "CI_COMMIT_SHA": SHA,
            "CI_PIPELINE_URL": "https://ci.codeberg.org/repos/1/pipeline/77",
            "CI_PIPELINE_NUMBER": "77",
            "CI_PIPELINE_DEPLOY_TARGET": "production",
        },
        CiRun(
            system="woodpecker",
            server="ci.codeberg.org/acme/shop",
            run_id="77",
            is_attempt_told=True,
            repository="https://codeberg.org/acme/shop",
            commit=SHA,
            url="https://ci.codeberg.org/repos/1/pipeline/77",
            environment="production",
        ),
    ),
    "harness": (
        {
            "CI": "true",
            "DRONE": "true",
            "DRONE_BUILD_NUMBER": "77",
            "DRONE_REPO": "acme/shop",
            "DRONE_REPO_LINK": "https://git.example.com/acme/shop",
            "DRONE_COMMIT_SHA": SHA,
            "DRONE_BUILD_LINK": "https://app.harness.io/77",
            "HARNESS_EXECUTION_ID": "exec-9",
            "HARNESS_STAGE_ID": "deploy",
        },
        CiRun(
            system="harness",
            run_id="exec-9",
            is_attempt_told=True,
            job="deploy",
            repository="https://git.example.com/acme/shop",
            commit=SHA,
            url="https://app.harness.io/77",
        ),
    ),
    "drone": (
        {
            "CI": "true",
            "DRONE": "true",
            "DRONE_SYSTEM_HOST": "drone.example.com",
            "DRONE_REPO": "acme/shop",
            "DRONE_REPO_LINK": "https://git.example.com/acme/shop",
            "DRONE_COMMIT_SHA": SHA,
            "DRONE_BUILD_LINK": "https://drone.example.com/acme/shop/77",
            "DRONE_BUILD_NUMBER": "77",
            "DRONE_DEPLOY_TO": "production",
        },
        CiRun(
            system="drone",
            server="drone.example.com/acme/shop",
            run_id="77",
            is_attempt_told=True,
            repository="https://git.example.com/acme/shop",
            commit=SHA,
            url="https://drone.example.com/acme/shop/77",
            environment="production",
        ),
    ),
    "semaphore": (
        {
            "CI": "true",
            "SEMAPHORE": "true",
            "SEMAPHORE_PIPELINE_ID": "ea3e",
            "SEMAPHORE_WORKFLOW_ID": "0dd9",
            "SEMAPHORE_ORGANIZATION_URL": "https://acme.semaphoreci.com",
            "SEMAPHORE_GIT_URL": "git@github.com:acme/shop.git",
            "SEMAPHORE_GIT_SHA": SHA,
            "SEMAPHORE_PIPELINE_PROMOTED_BY": "anna",
        },
        CiRun(
            system="semaphore",
            run_id="ea3e",
            is_attempt_told=True,
            repository="git@github.com:acme/shop.git",
            commit=SHA,
            url="https://acme.semaphoreci.com/workflows/0dd9",
            actor="anna",
        ),
    ),
    "travis": (
        {
            "CI": "true",
            "TRAVIS": "true",
            "TRAVIS_BUILD_ID": "77",
            "TRAVIS_JOB_ID": "78",
            "TRAVIS_COMMIT": SHA,
            "TRAVIS_REPO_SLUG": "acme/shop",
            "TRAVIS_BUILD_WEB_URL": "https://app.travis-ci.com/acme/shop/builds/77",
        },
        CiRun(system="travis", run_id="77", job="78", commit=SHA, url="https://app.travis-ci.com/acme/shop/builds/77"),
    ),
    "codebuild": (
        {
            "CODEBUILD_BUILD_ID": "shop:b1e6",
            "CODEBUILD_SOURCE_REPO_URL": "https://github.com/acme/shop.git",
            "CODEBUILD_RESOLVED_SOURCE_VERSION": SHA,
            "CODEBUILD_INITIATOR": "anna",
            "AWS_REGION": "eu-west-1",
        },
        CiRun(
            system="codebuild",
            server="eu-west-1",
            run_id="shop:b1e6",
            is_attempt_told=True,
            repository="https://github.com/acme/shop.git",
            commit=SHA,
            actor="anna",
        ),
    ),
    "teamcity": (
        {
            "TEAMCITY_VERSION": "2025.07",
            "TEAMCITY_PROJECT_NAME": "Shop",
            "TEAMCITY_BUILDCONF_NAME": "Deploy",
            "BUILD_NUMBER": "2.4.1",
            "BUILD_VCS_NUMBER": SHA,
        },
        CiRun(system="teamcity", server="Shop/Deploy", run_id="2.4.1", commit=SHA),
    ),
    "jenkins": (
        {
            "JENKINS_URL": "https://ci:secret@jenkins.example.com/ci/",
            "GIT_URL": "https://bitbucket.org/acme/shop.git",
            "GIT_COMMIT": SHA,
            "BUILD_URL": "https://jenkins.example.com/ci/job/shop/77/",
            "JOB_NAME": "deploy/shop",
            "BUILD_NUMBER": "77",
        },
        CiRun(
            system="jenkins",
            server="jenkins.example.com/ci",
            run_id="deploy/shop/77",
            is_attempt_told=True,
            repository="https://bitbucket.org/acme/shop.git",
            commit=SHA,
            url="https://jenkins.example.com/ci/job/shop/77/",
        ),
    ),
}


@pytest.mark.parametrize("job", JOBS)
def test_a_job_is_recognized_and_read(job: str) -> None:
    variables, run = JOBS[job]

    assert read_ci_run(variables) == run


def test_every_system_has_a_job_here() -> None:
    assert {run.system for _, run in JOBS.values()} == {system.name for system in CI_SYSTEMS}


def test_outside_any_ci_system_nothing_is_known() -> None:
    assert read_ci_run({"PATH": "/usr/bin", "CI": "true", "GITHUB_ACTIONS": "false"}) == CiRun()


@pytest.mark.parametrize("marker", CI_SYSTEMS, ids=lambda system: system.variable)
def test_a_job_that_says_nothing_but_its_system_is_no_fault(marker: CiSystem) -> None:
    run = read_ci_run({marker.variable: marker.value or "true"})

    assert run.system == marker.name
    assert not run.repository


def test_a_run_without_the_number_of_its_attempt_tells_no_attempts() -> None:
    assert read_ci_run({**_ACTIONS, "GITHUB_RUN_ATTEMPT": ""}).is_attempt_told is False


def test_a_branch_is_no_version() -> None:
    assert read_ci_run({**_ACTIONS, "GITHUB_REF_TYPE": "branch"}).version == ""
