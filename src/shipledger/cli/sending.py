"""Send a report through the API that the secret belongs to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from shipledger.catalog.repository import DEFAULT_HOST
from shipledger.cli import delivery_native, delivery_opsgenie, report_native, report_opsgenie
from shipledger.cli.report import Report
from shipledger.cli.report_opsgenie import find_renamed_repositories
from shipledger.cli.server_calls import Outcome, ServerCalls
from shipledger.errors import Denied, Invalid, ShipledgerError
from shipledger.shell_words import command


class Api(Struct, frozen=True):
    """An API for reports. ``default_host`` is for repositories given without a host."""

    scheme: str
    deliver: Callable[..., Outcome]
    default_host: str = ""


NATIVE = Api(scheme="Bearer", deliver=delivery_native.deliver)
OPSGENIE = Api(scheme="GenieKey", deliver=delivery_opsgenie.deliver, default_host=DEFAULT_HOST)


class Secret(Struct, frozen=True):
    """The job's secret and its presumed API. ``variable`` is where it was found."""

    text: str
    variable: str
    api: Api


def find_secret(environment: Mapping[str, str]) -> Secret:
    """The token, else the Opsgenie key, from the environment; an empty token if neither is set."""
    token = environment.get(delivery_native.VARIABLE, "").strip()
    key = environment.get(delivery_opsgenie.VARIABLE, "").strip()
    if key and not token:
        return Secret(text=key, variable=delivery_opsgenie.VARIABLE, api=OPSGENIE)
    return Secret(text=token, variable=delivery_native.VARIABLE, api=NATIVE)


def to_body(api: Api, report: Report) -> dict[str, Any]:
    """What would be sent, as far as known without asking the server. Raises Invalid."""
    if api is NATIVE:
        return report_native.to_body(report)
    return report_opsgenie.to_body(report, report.started_at or report.job_started_at or report.told_at)


def send(
    secret: Secret, report: Report, *, url: str, is_waiting: bool, patience_seconds: float, note: Callable[[str], None]
) -> Outcome:
    """The outcome of a report that the server has stored. Raises Denied, Refused, NotFound, Unavailable and Invalid.

    If the presumed API refuses the secret, the other is tried: people confuse the two variables.
    """
    _check(secret)

    def send_over(api: Api) -> Outcome:
        authorization = f"{api.scheme} {secret.text}"
        calls = ServerCalls(url=url, authorization=authorization, patience_seconds=patience_seconds, note=note)
        try:
            outcome = api.deliver(calls, report, is_waiting=is_waiting, variable=secret.variable)
        finally:
            calls.close()
        _advise(api, report, outcome, note)
        return outcome

    try:
        return send_over(secret.api)
    except Denied as refused:
        try:
            return send_over(OPSGENIE if secret.api is NATIVE else NATIVE)
        except ShipledgerError:
            raise refused from None


def _check(secret: Secret) -> None:
    if not secret.text.isascii() or not secret.text.isprintable() or " " in secret.text:
        raise Invalid(
            "secret",
            f"{secret.variable} is neither a token nor a key. Copy it again, as printed by `shipledger credential create`.",
        )


def _advise(api: Api, report: Report, outcome: Outcome, note: Callable[[str], None]) -> None:
    """Advise what to do so that the deployment shows up under its service."""
    if api is OPSGENIE:
        for repository, recorded in find_renamed_repositories(report):
            note(
                f"Note: {repository} is recorded as {recorded}, because the Opsgenie API only knows Bitbucket Cloud. "
                f"{report_opsgenie.BETTER} Until then, map the recorded name: "
                f"{command('service map-repository', 'SERVICE', recorded)}"
            )
    elif outcome.has_no_service and report.releases:
        repository = report.releases[0][0]
        note(
            f"Note: {repository} is not mapped to a service, and no --service was given. "
            f"Map it: {command('service map-repository', 'SERVICE', repository)}"
        )
