"""Send a report through the API that the secret belongs to."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping

from msgspec import Struct

from shipledger.errors import Denied, Invalid, ShipledgerError
from shipledger.protocols.registry import list_reporters
from shipledger.reporting.report import Report
from shipledger.reporting.reporter import Reporter
from shipledger.reporting.server_calls import Outcome, ServerCalls, is_sendable


class Secret(Struct, frozen=True):
    """The job's secret, and how to deliver with it: through the API that the variable is for, where it was found."""

    text: str
    reporter: Reporter


def find_secret(environment: Mapping[str, str]) -> Secret:
    """The first secret in the environment, by preference; an empty one of the preferred API if there is none."""
    found = [Secret(environment.get(one.variable, "").strip(), one) for one in list_reporters()]
    return next((secret for secret in found if secret.text), found[0])


def send(
    secret: Secret, report: Report, *, url: str, is_waiting: bool, patience_seconds: float, note: Callable[[str], None]
) -> Outcome:
    """The outcome of a report that the server has stored. Raises Denied, Refused, NotFound, Unavailable and Invalid.

    If the presumed API refuses the secret, the others are tried: people confuse the variables.
    """
    _check(secret)
    variable = secret.reporter.variable

    def send_over(reporter: Reporter) -> Outcome:
        delivery, authorization = reporter.load(), f"{reporter.scheme} {secret.text}"
        calls = ServerCalls(url=url, authorization=authorization, patience_seconds=patience_seconds, note=note)
        try:
            outcome = delivery.deliver(calls, report, is_waiting=is_waiting, variable=variable)
        finally:
            calls.close()
        for one in delivery.list_notes(report, outcome):
            note(one)
        return outcome

    try:
        return send_over(secret.reporter)
    except Denied as refused:
        for other in list_reporters():
            if other != secret.reporter:
                with contextlib.suppress(ShipledgerError):
                    return send_over(other)
        raise refused from None


def _check(secret: Secret) -> None:
    if not is_sendable(secret.text):
        raise Invalid(
            "secret",
            f"{secret.reporter.variable} is neither a token nor a key. "
            "Copy it again, as printed by `shipledger credential create`.",
        )
