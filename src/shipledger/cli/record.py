"""``shipledger record``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from shipledger.cli.exit_codes import ExitCode
from shipledger.cli.options import JsonOption, new_app
from shipledger.cli.output import print_json, print_line, print_note
from shipledger.cli.report import EnvironmentType, Report, ReportedState, Wishes
from shipledger.errors import Invalid

if TYPE_CHECKING:
    from shipledger.cli.delivery import Delivery


def build() -> typer.Typer:
    """The command."""
    app = new_app("Record a deployment from a CI job.")
    app.command("record")(record)
    return app


def record(
    state: Annotated[ReportedState, typer.Option(help="How far the deployment has come.")] = ReportedState.SUCCESSFUL,
    environment: Annotated[str, typer.Option(help="Where it went, such as production. Default: what the CI system says.")] = "",
    environment_name: Annotated[str, typer.Option(help="Its name for people. Default: the environment.")] = "",
    environment_type: Annotated[
        EnvironmentType | None, typer.Option(help="What it is for. Default: from the CI system or a well-known name.")
    ] = None,
    repository: Annotated[str, typer.Option(help="A clone URL or host/owner/name. Default: the repository of the CI job.")] = "",
    commit: Annotated[str, typer.Option(help="The commit deployed. Default: the commit of the CI job.")] = "",
    release: Annotated[
        list[str] | None, typer.Option(metavar="REPOSITORY@COMMIT", help="A further repository deployed; repeat for several.")
    ] = None,
    external_id: Annotated[
        str,
        typer.Option(
            "--external-id",
            help="Identifies the deployment: a later call with the same one updates it. Default: the CI run and environment.",
        ),
    ] = "",
    started_at: Annotated[
        str, typer.Option(metavar="TIME", help="When it began. Default: what an earlier call or the CI system said, else now.")
    ] = "",
    completed_at: Annotated[
        str, typer.Option(metavar="TIME", help="When it ended. Default: now, if the state is successful or failed.")
    ] = "",
    message: Annotated[str, typer.Option(help="One line for people.")] = "",
    description: Annotated[str, typer.Option(help="More for people.")] = "",
    link: Annotated[str, typer.Option(metavar="URL", help="Where the deployment ran. Default: the CI run.")] = "",
    url: Annotated[
        str, typer.Option(envvar="SHIPLEDGER_URL", metavar="URL", help="The server.", show_default=False)
    ] = "http://127.0.0.1:8080",
    wait: Annotated[bool, typer.Option("--wait", help="Wait until it is settled, and fail when it is rejected.")] = False,
    patience: Annotated[
        float, typer.Option(min=0, metavar="SECONDS", help="How long to go on trying, and waiting, altogether.")
    ] = 60.0,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print what would be sent, and send nothing.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Record a deployment from a CI job, without curl. The key is read from SHIPLEDGER_API_KEY.

    What the options leave open is taken from the variables of GitHub, Gitea and Forgejo Actions, GitLab CI, Bitbucket
    Pipelines, CircleCI, Azure Pipelines, Buildkite, Woodpecker, Drone and Jenkins.
    """
    import os

    from shipledger.cli.ci_systems import read_ci_run
    from shipledger.cli.report import find_renamed_repositories, make_report, to_body
    from shipledger.clock import Clock

    wishes = Wishes(
        state=state,
        environment=environment,
        environment_name=environment_name,
        environment_type=environment_type,
        repository=repository,
        commit=commit,
        releases=tuple(release or ()),
        external_id=external_id,
        started_at=started_at,
        completed_at=completed_at,
        message=message,
        description=description,
        link=link,
    )
    report = make_report(wishes, read_ci_run(os.environ), Clock().now())
    for repository_name, recorded_name in find_renamed_repositories(report):
        print_note(
            f"Note: {repository_name} is recorded as {recorded_name}, because this API knows only Bitbucket Cloud. "
            f"Map that name: shipledger service map-repository SERVICE {recorded_name}"
        )
    if dry_run:
        print_json(to_body(report))
        return
    _deliver(report, url=url, is_waiting=wait, patience_seconds=patience, as_json=as_json)


def _deliver(report: Report, *, url: str, is_waiting: bool, patience_seconds: float, as_json: bool) -> None:
    import os

    from shipledger.cli.delivery import Delivery

    api_key = os.environ.get("SHIPLEDGER_API_KEY", "").strip()
    if not api_key:
        raise Invalid("api_key", "Put a key into SHIPLEDGER_API_KEY; `shipledger credential create opsgenie` makes one.")
    delivery = Delivery(url=url, api_key=api_key, patience_seconds=patience_seconds, note=print_note)
    try:
        _send(delivery, report, is_waiting=is_waiting, as_json=as_json)
    finally:
        delivery.close()


def _send(delivery: Delivery, report: Report, *, is_waiting: bool, as_json: bool) -> None:
    from shipledger.cli.report import to_body

    answer: dict[str, object] = {"request_id": delivery.send(to_body(_with_known_start(delivery, report)))}
    if report.external_id:
        answer["external_id"] = report.external_id
    is_success = True
    sentence = f"Accepted as request {answer['request_id']}."
    if is_waiting:
        outcome = delivery.wait_for_outcome(str(answer["request_id"]))
        is_success = outcome.is_success
        answer |= {"is_success": is_success, "status": outcome.status, "deployment_id": outcome.deployment_id}
        sentence = f"{outcome.status}: {outcome.deployment_id}" if is_success else f"Rejected: {outcome.status}."
    if as_json:
        print_json(answer)
    elif is_success:
        print_line(sentence)
    else:
        print_note(sentence)
    if not is_success:
        raise typer.Exit(ExitCode.PROBLEM)


def _with_known_start(delivery: Delivery, report: Report) -> Report:
    """The end of a deployment whose start was recorded by an earlier call keeps that start."""
    from msgspec.structs import replace

    from shipledger.cli.report import FINAL_STATES

    if report.is_start_given or not report.external_id or report.state not in FINAL_STATES:
        return report
    started_at = delivery.find_start(report.external_id, report.environment_id)
    return report if started_at is None else replace(report, started_at=started_at)
