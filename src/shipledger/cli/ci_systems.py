"""CI systems: how to detect each, and which of its variables hold what. One declared table.

How each system counts re-runs decides what distinguishes two deployments:
docs/how-to/record-from-ci.md#what-tells-two-deployments-apart.
"""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Struct

Templates: TypeAlias = tuple[str, ...]
"""Alternatives, best first. The first whose variables are all set wins."""


class CiSystem(Struct, frozen=True, kw_only=True):
    """How to detect a CI system (``variable`` is set, and equals ``value`` if given) and read its variables.

    ``run_id`` and ``attempt`` are the same for all jobs of one attempt of a run. ``tells_attempts``: one of them changes
    whenever anything is re-run. Where a system counts per job only, ``attempt`` is informational and attempts are
    distinguished by their times.
    """

    name: str
    variable: str
    value: str = ""
    server: Templates = ()
    run_id: Templates
    attempt: Templates = ()
    tells_attempts: bool = False
    job: Templates = ()
    repository: Templates = ()
    commit: Templates = ()
    version: Templates = ()
    url: Templates = ()
    actor: Templates = ()
    environment: Templates = ()
    tier: Templates = ()
    job_started_at: Templates = ()


_ACTIONS_REPOSITORY = ("{GITHUB_SERVER_URL}/{GITHUB_REPOSITORY}", "github.com/{GITHUB_REPOSITORY}")
_ACTIONS_TAG = ("{GITHUB_REF_NAME} if GITHUB_REF_TYPE=tag",)
_ACTIONS_ACTOR = ("{GITHUB_TRIGGERING_ACTOR}", "{GITHUB_ACTOR}")


def _compatible_with_github(name: str, variable: str) -> CiSystem:
    """A forge that also sets GitHub's variables. For a long time it counted attempts per job."""
    return CiSystem(
        name=name,
        variable=variable,
        server=("{GITHUB_SERVER_URL}",),
        run_id=("{GITHUB_RUN_ID}",),
        attempt=("{GITHUB_RUN_ATTEMPT}",),
        job=("{GITHUB_JOB}",),
        repository=_ACTIONS_REPOSITORY,
        commit=("{GITHUB_SHA}",),
        version=_ACTIONS_TAG,
        url=("{GITHUB_SERVER_URL}/{GITHUB_REPOSITORY}/actions/runs/{GITHUB_RUN_NUMBER}",),
        actor=_ACTIONS_ACTOR,
    )


CI_SYSTEMS: tuple[CiSystem, ...] = (
    _compatible_with_github("forgejo", "FORGEJO_ACTIONS"),  # before Gitea, whose variable its runner sets too
    _compatible_with_github("gitea", "GITEA_ACTIONS"),
    CiSystem(
        name="github",
        variable="GITHUB_ACTIONS",
        server=("{GITHUB_SERVER_URL}",),
        run_id=("{GITHUB_RUN_ID}",),
        attempt=("{GITHUB_RUN_ATTEMPT}",),  # of the run: "re-run failed jobs" counts it up for all jobs
        tells_attempts=True,
        job=("{GITHUB_JOB}",),
        repository=_ACTIONS_REPOSITORY,
        commit=("{GITHUB_SHA}",),
        version=_ACTIONS_TAG,
        url=(
            "{GITHUB_SERVER_URL}/{GITHUB_REPOSITORY}/actions/runs/{GITHUB_RUN_ID}/attempts/{GITHUB_RUN_ATTEMPT}",
            "{GITHUB_SERVER_URL}/{GITHUB_REPOSITORY}/actions/runs/{GITHUB_RUN_ID}",
        ),
        actor=_ACTIONS_ACTOR,
    ),
    CiSystem(
        name="gitlab",  # retry, and the environment's rollback and re-deploy: a new job in the old pipeline
        variable="GITLAB_CI",
        server=("{CI_SERVER_URL}", "{CI_SERVER_HOST}"),
        run_id=("{CI_PIPELINE_ID}",),
        attempt=("{CI_JOB_RETRY_COUNT}",),
        job=("{CI_JOB_ID}",),
        repository=("{CI_PROJECT_URL}", "{CI_SERVER_HOST}/{CI_PROJECT_PATH}"),
        commit=("{CI_COMMIT_SHA}",),
        version=("{CI_COMMIT_TAG}",),
        url=("{CI_JOB_URL}", "{CI_PIPELINE_URL}"),
        actor=("{GITLAB_USER_LOGIN}",),
        environment=("{CI_ENVIRONMENT_NAME}",),
        tier=("{CI_ENVIRONMENT_TIER}",),
        job_started_at=("{CI_JOB_STARTED_AT}",),
    ),
    CiSystem(
        name="bitbucket",  # "rerun failed steps" and "redeploy" keep the number of the build and count by step
        variable="BITBUCKET_BUILD_NUMBER",
        server=("bitbucket.org/{BITBUCKET_REPO_FULL_NAME}",),
        run_id=("{BITBUCKET_BUILD_NUMBER}",),
        attempt=("{BITBUCKET_STEP_RUN_NUMBER}",),
        job=("{BITBUCKET_STEP_UUID}",),
        repository=("bitbucket.org/{BITBUCKET_REPO_FULL_NAME}",),
        commit=("{BITBUCKET_COMMIT}",),
        version=("{BITBUCKET_TAG}",),
        url=("https://bitbucket.org/{BITBUCKET_REPO_FULL_NAME}/pipelines/results/{BITBUCKET_BUILD_NUMBER}",),
        actor=("{BITBUCKET_STEP_TRIGGERER_UUID}",),
        environment=("{BITBUCKET_DEPLOYMENT_ENVIRONMENT}",),
    ),
    CiSystem(
        name="circleci",  # "rerun from start" and "from failed" make a new workflow
        variable="CIRCLECI",
        run_id=("{CIRCLE_WORKFLOW_ID}",),
        tells_attempts=True,
        job=("{CIRCLE_WORKFLOW_JOB_ID}", "{CIRCLE_BUILD_NUM}"),
        repository=("{CIRCLE_REPOSITORY_URL}",),
        commit=("{CIRCLE_SHA1}",),
        version=("{CIRCLE_TAG}",),
        url=("{CIRCLE_BUILD_URL}",),
        actor=("{CIRCLE_USERNAME}",),
    ),
    CiSystem(
        name="azure",  # a classic release: its BUILD_BUILDID is that of what is released, so it comes before the builds
        variable="RELEASE_RELEASEID",
        server=("{SYSTEM_TEAMFOUNDATIONCOLLECTIONURI}", "{SYSTEM_COLLECTIONURI}"),
        run_id=("release-{RELEASE_RELEASEID}",),
        attempt=("{RELEASE_ATTEMPTNUMBER}",),  # of the stage: "redeploy" counts it up
        tells_attempts=True,
        job=("{SYSTEM_JOBID}",),
        repository=("{BUILD_REPOSITORY_URI}",),
        commit=("{BUILD_SOURCEVERSION}",),
        url=("{RELEASE_RELEASEWEBURL}",),
        actor=("{RELEASE_DEPLOYMENT_REQUESTEDFOR}", "{RELEASE_REQUESTEDFOR}"),
        environment=("{RELEASE_ENVIRONMENTNAME}",),
    ),
    CiSystem(
        name="azure",
        variable="TF_BUILD",
        server=("{SYSTEM_COLLECTIONURI}", "{SYSTEM_TEAMFOUNDATIONCOLLECTIONURI}"),
        run_id=("{BUILD_BUILDID}",),
        attempt=("{SYSTEM_STAGEATTEMPT}",),  # of the stage: "rerun failed jobs" and "rerun stage" count it up
        tells_attempts=True,
        job=("{SYSTEM_JOBID}",),
        repository=("{BUILD_REPOSITORY_URI}",),
        commit=("{BUILD_SOURCEVERSION}",),
        url=("{SYSTEM_COLLECTIONURI}{SYSTEM_TEAMPROJECT}/_build/results?buildId={BUILD_BUILDID}",),
        actor=("{BUILD_REQUESTEDFOR}",),
        environment=("{ENVIRONMENT_NAME}",),
    ),
    CiSystem(
        name="buildkite",  # "rebuild" makes a new build; "retry" a new job in the old one
        variable="BUILDKITE",
        run_id=("{BUILDKITE_BUILD_ID}",),
        attempt=("{BUILDKITE_RETRY_COUNT}",),
        job=("{BUILDKITE_JOB_ID}",),
        repository=("{BUILDKITE_REPO}",),
        commit=("{BUILDKITE_COMMIT}",),
        version=("{BUILDKITE_TAG}",),
        url=("{BUILDKITE_BUILD_URL}",),
        actor=("{BUILDKITE_UNBLOCKER}", "{BUILDKITE_BUILD_CREATOR}"),
    ),
    CiSystem(
        name="woodpecker",  # before Drone, whose variables older ones set too; "restart" makes a new pipeline
        variable="CI",
        value="woodpecker",
        server=("{CI_SYSTEM_URL}/{CI_REPO}", "{CI_REPO}"),
        run_id=("{CI_PIPELINE_NUMBER}",),
        tells_attempts=True,
        job=("{CI_WORKFLOW_NAME}",),
        repository=("{CI_REPO_URL}", "{CI_REPO_CLONE_URL}"),
        commit=("{CI_COMMIT_SHA}",),
        version=("{CI_COMMIT_TAG}",),
        url=("{CI_PIPELINE_URL}",),
        actor=("{CI_PIPELINE_AUTHOR}",),
        environment=("{CI_PIPELINE_DEPLOY_TARGET}",),
    ),
    CiSystem(
        name="harness",  # before Drone, whose variables it sets too, with numbers that count by pipeline
        variable="HARNESS_EXECUTION_ID",
        run_id=("{HARNESS_EXECUTION_ID}",),  # every run and retry is a new execution
        tells_attempts=True,
        job=("{HARNESS_STAGE_ID}",),
        repository=("{DRONE_REPO_LINK}", "{DRONE_GIT_HTTP_URL}"),
        commit=("{DRONE_COMMIT_SHA}",),
        version=("{DRONE_TAG}",),
        url=("{DRONE_BUILD_LINK}",),
        actor=("{HARNESS_USER_ID}",),
    ),
    CiSystem(
        name="drone",  # "restart", "promote" and "rollback" make a new build
        variable="DRONE",
        server=("{DRONE_SYSTEM_HOST}/{DRONE_REPO}", "{DRONE_REPO}"),
        run_id=("{DRONE_BUILD_NUMBER}",),
        tells_attempts=True,
        job=("{DRONE_STAGE_NAME}",),
        repository=("{DRONE_REPO_LINK}", "{DRONE_GIT_HTTP_URL}"),
        commit=("{DRONE_COMMIT_SHA}",),
        version=("{DRONE_TAG}",),
        url=("{DRONE_BUILD_LINK}",),
        actor=("{DRONE_BUILD_TRIGGER}",),
        environment=("{DRONE_DEPLOY_TO}",),
    ),
    CiSystem(
        name="semaphore",  # "rerun" makes a new workflow, "rebuild" and a promotion a new pipeline
        variable="SEMAPHORE",
        run_id=("{SEMAPHORE_PIPELINE_ID}",),
        tells_attempts=True,
        job=("{SEMAPHORE_JOB_ID}",),
        repository=("{SEMAPHORE_GIT_URL}",),
        commit=("{SEMAPHORE_GIT_SHA}",),
        version=("{SEMAPHORE_GIT_TAG_NAME}",),
        url=("{SEMAPHORE_ORGANIZATION_URL}/workflows/{SEMAPHORE_WORKFLOW_ID}",),
        actor=("{SEMAPHORE_PIPELINE_PROMOTED_BY}", "{SEMAPHORE_WORKFLOW_TRIGGERED_BY}"),
    ),
    CiSystem(
        name="travis",  # "restart" keeps the ids of build and job, and counts nothing
        variable="TRAVIS",
        run_id=("{TRAVIS_BUILD_ID}",),
        job=("{TRAVIS_JOB_ID}",),
        commit=("{TRAVIS_COMMIT}",),
        version=("{TRAVIS_TAG}",),
        url=("{TRAVIS_BUILD_WEB_URL}",),
    ),
    CiSystem(
        name="codebuild",  # "retry" makes a new build
        variable="CODEBUILD_BUILD_ID",
        server=("{AWS_REGION}",),
        run_id=("{CODEBUILD_BUILD_ID}",),
        tells_attempts=True,
        repository=("{CODEBUILD_SOURCE_REPO_URL}",),
        commit=("{CODEBUILD_RESOLVED_SOURCE_VERSION}",),
        url=("{CODEBUILD_PUBLIC_BUILD_URL}",),
        actor=("{CODEBUILD_INITIATOR}",),
    ),
    CiSystem(
        name="teamcity",  # its numbers are what the project's format makes of them, so they may repeat
        variable="TEAMCITY_VERSION",
        server=("{TEAMCITY_PROJECT_NAME}/{TEAMCITY_BUILDCONF_NAME}",),
        run_id=("{BUILD_NUMBER}",),
        commit=("{BUILD_VCS_NUMBER}",),
        url=("{BUILD_URL}",),
    ),
    CiSystem(
        name="jenkins",  # last: other systems may run where Jenkins left its variables
        variable="JENKINS_URL",
        server=("{JENKINS_URL}",),
        run_id=("{JOB_NAME}/{BUILD_NUMBER}",),  # "rebuild", "replay" and "restart from stage" make a new build
        tells_attempts=True,
        job=("{STAGE_NAME}",),
        repository=("{GIT_URL}", "{GIT_URL_1}"),
        commit=("{GIT_COMMIT}",),
        version=("{TAG_NAME}",),
        url=("{RUN_DISPLAY_URL}", "{BUILD_URL}"),
        actor=("{BUILD_USER_ID}",),
    ),
)
