"""``shipledger record``."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Annotated

import typer

from shipledger.cli.exit_codes import ExitCode
from shipledger.cli.options import DEFAULT_URL, JsonOption, UrlOption, new_app
from shipledger.cli.output import print_json, print_line, print_note
from shipledger.cli.report import ReportedState, SaidTier, Wishes
from shipledger.errors import Invalid
from shipledger.protocols.registry import list_reporters

if TYPE_CHECKING:
    from shipledger.cli.sending import Secret
    from shipledger.reporting.report import Report
    from shipledger.reporting.server_calls import Outcome


def build() -> typer.Typer:
    """The command."""
    app = new_app("Record a deployment from a CI job.")
    others = " ".join(reporter.help for reporter in list_reporters() if reporter.help)
    app.command("record", help=f"{inspect.getdoc(record)} {others}")(record)
    return app


def record(
    state: Annotated[ReportedState, typer.Option(help="State of the deployment.")] = ReportedState.SUCCESSFUL,
    environment: Annotated[str, typer.Option(help="Environment, such as production. Default: from the CI system.")] = "",
    environment_name: Annotated[str, typer.Option(help="Display name of the environment. Default: the environment.")] = "",
    tier: Annotated[
        SaidTier | None,
        typer.Option("--tier", "--environment-type", help="Tier of the environment. Default: from the CI system or the name."),
    ] = None,
    service: Annotated[str, typer.Option(help="The deployed service. Distinguishes the jobs of a matrix.")] = "",
    version: Annotated[str, typer.Option(help="The deployed version. Default: the tag of the CI job.")] = "",
    repository: Annotated[str, typer.Option(help="A clone URL or host/owner/name. Default: the repository of the CI job.")] = "",
    commit: Annotated[str, typer.Option(help="The deployed commit. Default: the commit of the CI job.")] = "",
    release: Annotated[
        list[str] | None, typer.Option(metavar="REPOSITORY@COMMIT", help="Another deployed repository. Repeatable.")
    ] = None,
    external_id: Annotated[
        str,
        typer.Option(
            "--external-id",
            help="Identifies the deployment; a later call with the same id updates it. "
            "Default: CI system, run, attempt, service or repository, and environment.",
        ),
    ] = "",
    started_at: Annotated[
        str, typer.Option(metavar="TIME", help="Start. Default: from an earlier call or the CI system, else now.")
    ] = "",
    completed_at: Annotated[str, typer.Option(metavar="TIME", help="End. Default: now, for a final state.")] = "",
    actor: Annotated[str, typer.Option(help="Who deployed. Default: who started the CI run.")] = "",
    message: Annotated[str, typer.Option(help="One-line summary.")] = "",
    description: Annotated[str, typer.Option(help="Longer description.")] = "",
    link: Annotated[str, typer.Option(metavar="URL", help="Link to the deployment. Default: the CI run.")] = "",
    url: UrlOption = DEFAULT_URL,
    wait: Annotated[bool, typer.Option("--wait", help="Wait for the verdict; fail if the report is rejected.")] = False,
    patience: Annotated[
        float, typer.Option(min=0, metavar="SECONDS", help="Total time for retries and waiting, in seconds.")
    ] = 60.0,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print what would be sent without sending it.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Record a deployment from a CI job. The token is read from SHIPLEDGER_TOKEN.

    Missing options are filled in from the environment of GitHub, Gitea and Forgejo Actions, GitLab CI, Bitbucket
    Pipelines, CircleCI, Azure Pipelines, Buildkite, Woodpecker, Harness, Drone, Semaphore, Travis CI, AWS CodeBuild,
    TeamCity and Jenkins.
    """
    import os

    from shipledger.cli.ci_run import read_ci_run
    from shipledger.cli.report import make_report
    from shipledger.cli.sending import find_secret
    from shipledger.clock import Clock

    wishes = Wishes(
        state=state,
        environment=environment,
        environment_name=environment_name,
        tier=tier,
        service=service,
        version=version,
        repository=repository,
        commit=commit,
        releases=tuple(release or ()),
        external_id=external_id,
        started_at=started_at,
        completed_at=completed_at,
        message=message,
        description=description,
        link=link,
        actor=actor,
    )
    secret = find_secret(os.environ)
    report = make_report(wishes, read_ci_run(os.environ), Clock().now(), host=secret.reporter.default_host)
    if dry_run:
        print_json(secret.reporter.load().to_body(report))
        return
    _deliver(secret, report, url=url, is_waiting=wait, patience_seconds=patience, as_json=as_json)


def _deliver(secret: Secret, report: Report, *, url: str, is_waiting: bool, patience_seconds: float, as_json: bool) -> None:
    from shipledger.cli.sending import send

    if not secret.text:
        raise Invalid("token", "Set SHIPLEDGER_TOKEN to a token; `shipledger credential create native --name CI` creates one.")
    outcome = send(secret, report, url=url, is_waiting=is_waiting, patience_seconds=patience_seconds, note=print_note)
    _print(report, outcome, is_waiting=is_waiting, as_json=as_json)
    if not outcome.is_success:
        raise typer.Exit(ExitCode.PROBLEM)


def _print(report: Report, outcome: Outcome, *, is_waiting: bool, as_json: bool) -> None:
    if as_json:
        answer: dict[str, object] = {"request_id": outcome.request_id}
        if report.external_id:
            answer["external_id"] = report.external_id
        if outcome.is_settled or is_waiting:
            told = {"is_success": outcome.is_success, "status": outcome.status, "deployment_id": outcome.deployment_id}
            answer |= told
        print_json(answer)
    elif not outcome.is_settled:
        print_line(f"Accepted as request {outcome.request_id}.")
    elif outcome.is_success:
        print_line(f"{outcome.status}: {outcome.deployment_id}")
    else:
        print_note(f"Rejected: {outcome.status}.")
