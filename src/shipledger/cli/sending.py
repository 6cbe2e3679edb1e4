"""Send a report over the API that the secret at hand is for."""

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
    """An API that a report can be sent over. ``default_host``: where repositories are that are given without one."""

    scheme: str
    deliver: Callable[..., Outcome]
    default_host: str = ""


NATIVE = Api(scheme="Bearer", deliver=delivery_native.deliver)
OPSGENIE = Api(scheme="GenieKey", deliver=delivery_opsgenie.deliver, default_host=DEFAULT_HOST)


class Secret(Struct, frozen=True):
    """What the job proves itself with, and the API that it should be for. ``variable`` is where it was found."""

    text: str
    variable: str
    api: Api


def find_secret(environment: Mapping[str, str]) -> Secret:
    """The token, else the Opsgenie key, that the environment holds; an empty token when it holds neither."""
    token = environment.get(delivery_native.VARIABLE, "").strip()
    key = environment.get(delivery_opsgenie.VARIABLE, "").strip()
    if key and not token:
        return Secret(text=key, variable=delivery_opsgenie.VARIABLE, api=OPSGENIE)
    return Secret(text=token, variable=delivery_native.VARIABLE, api=NATIVE)


def to_body(api: Api, report: Report) -> dict[str, Any]:
    """What would be sent, as far as it is known without asking the server. Raises Invalid."""
    if api is NATIVE:
        return report_native.to_body(report)
    return report_opsgenie.to_body(report, report.started_at or report.job_started_at or report.told_at)


def send(
    secret: Secret, report: Report, *, url: str, is_waiting: bool, patience_seconds: float, note: Callable[[str], None]
) -> Outcome:
    """What became of a report that is durable on the server now. Raises Denied, Refused, NotFound, Unavailable and Invalid.

    A secret that is refused by the API that it should be for is tried on the other one: people take one variable for the other.
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
            "secret", f"{secret.variable} is no token and no key; copy it again as `shipledger credential create` printed it."
        )


def _advise(api: Api, report: Report, outcome: Outcome, note: Callable[[str], None]) -> None:
    """What people have to know or do, so that the deployment is found where they look for it."""
    if api is OPSGENIE:
        for repository, recorded in find_renamed_repositories(report):
            note(
                f"Note: {repository} is recorded as {recorded}, because Opsgenie's API knows only Bitbucket Cloud. "
                f"{report_opsgenie.BETTER} Until then, map that name: "
                f"{command('service map-repository', 'SERVICE', recorded)}"
            )
    elif outcome.has_no_service and report.releases:
        repository = report.releases[0][0]
        note(
            f"Note: {repository} does not belong to a service yet, and no --service was given. "
            f"Map it: {command('service map-repository', 'SERVICE', repository)}"
        )
