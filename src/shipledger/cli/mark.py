"""``shipledger mark``: say by hand how a deployment went, and what caused an incident."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import typer

from shipledger.cli.options import DEFAULT_URL, JsonOption, UrlOption, new_app
from shipledger.cli.output import print_json, print_line, print_note
from shipledger.errors import Invalid

_HELP = """Say by hand how a deployment went, and what caused an incident.

The token is read from SHIPLEDGER_TOKEN and needs the write right. Marks are undone with --withdraw.

Examples:

\b
    shipledger mark deployment 019cb3b1-0d3c-7d3e-9f6a-5d2c1b7a9e10 --change-failure --note "Payments failed"
    shipledger mark incident 019cb3b2-51aa-7c11-8d1e-0c9a4e1f2b33 --caused-by 019cb3b1-0d3c-7d3e-9f6a-5d2c1b7a9e10
    shipledger mark incident 019cb3b2-51aa-7c11-8d1e-0c9a4e1f2b33 --withdraw caused_by --not-caused-by-deployment
"""


class OfDeployment(StrEnum):
    """A mark of a deployment."""

    CHANGE_FAILURE = "change_failure"
    UNPLANNED = "unplanned"
    REMEDIATION = "remediation"
    NOTE = "note"


class OfIncident(StrEnum):
    """A mark of an incident."""

    CAUSED_BY = "caused_by"
    ROOT_CAUSE = "root_cause"
    POTENTIAL_CAUSES = "potential_causes"
    NOT_CAUSED_BY_DEPLOYMENT = "not_caused_by_deployment"
    DUPLICATE_OF = "duplicate_of"
    NOTE = "note"


class Remedy(StrEnum):
    """How a failed change was remedied."""

    ROLLBACK = "rollback"
    ROLLFORWARD = "rollforward"


PatienceOption = Annotated[
    float, typer.Option("--patience", min=0, metavar="SECONDS", help="Total time for all calls, in seconds.")
]


def build() -> typer.Typer:
    """The commands."""
    app = new_app(_HELP)
    app.command("deployment")(mark_deployment)
    app.command("incident")(mark_incident)
    return app


def mark_deployment(
    deployment: Annotated[str, typer.Argument(metavar="ID", help="The deployment's id.")],
    change_failure: Annotated[
        bool | None, typer.Option("--change-failure/--no-change-failure", help="Whether it needed immediate intervention.")
    ] = None,
    unplanned: Annotated[
        bool | None, typer.Option("--unplanned/--planned", help="Whether it was made because of an incident.")
    ] = None,
    remediation: Annotated[str, typer.Option(metavar="ID", help="The deployment that remedied it.")] = "",
    by: Annotated[Remedy | None, typer.Option(help="How it was remedied.")] = None,
    note: Annotated[str, typer.Option(help="A note for people.")] = "",
    withdraw: Annotated[list[OfDeployment] | None, typer.Option(help="A mark to take back. Repeatable.")] = None,
    url: UrlOption = DEFAULT_URL,
    patience: PatienceOption = 60.0,
    as_json: JsonOption = False,
) -> None:
    """Say how a deployment went."""
    if by is not None and not remediation:
        raise Invalid("by", "--by needs --remediation ID, the deployment that remedied it.")
    said: dict[str, Any] = {
        "change_failure": change_failure,
        "unplanned": unplanned,
        "remediation": _without_none({"deployment": remediation, "type": by}) if remediation else None,
        "note": note or None,
    }
    _mark("deployments", deployment, said, withdraw or [], url=url, patience=patience, as_json=as_json)


def mark_incident(
    incident: Annotated[str, typer.Argument(metavar="ID", help="The incident's id.")],
    caused_by: Annotated[list[str] | None, typer.Option(metavar="ID", help="A deployment that caused it. Repeatable.")] = None,
    root_cause: Annotated[
        str, typer.Option(metavar="REPOSITORY@COMMIT", help="The commit that caused it: host/owner/name@id.")
    ] = "",
    potential_cause: Annotated[
        list[str] | None,
        typer.Option(metavar="CAUSE", help="A deployment or REPOSITORY@COMMIT that may have caused it. Repeatable."),
    ] = None,
    not_caused_by_deployment: Annotated[
        bool | None, typer.Option("--not-caused-by-deployment", help="No deployment caused it.")
    ] = None,
    duplicate_of: Annotated[str, typer.Option(metavar="ID", help="The incident that this one repeats.")] = "",
    note: Annotated[str, typer.Option(help="A note for people.")] = "",
    withdraw: Annotated[list[OfIncident] | None, typer.Option(help="A mark to take back. Repeatable.")] = None,
    url: UrlOption = DEFAULT_URL,
    patience: PatienceOption = 60.0,
    as_json: JsonOption = False,
) -> None:
    """Say what caused an incident."""
    said: dict[str, Any] = {
        "caused_by": caused_by or None,
        "root_cause": _read_commit(root_cause, "--root-cause") if root_cause else None,
        "potential_causes": [_read_commit(one, "--potential-cause") if "@" in one else one for one in potential_cause or ()]
        or None,
        "not_caused_by_deployment": not_caused_by_deployment,
        "duplicate_of": duplicate_of or None,
        "note": note or None,
    }
    _mark("incidents", incident, said, withdraw or [], url=url, patience=patience, as_json=as_json)


def _read_commit(text: str, option: str) -> dict[str, str]:
    repository, _, commit = text.rpartition("@")
    if not repository or not commit:
        raise Invalid("cause", f"{option} {text!r} names no commit; write it like github.com/acme/shop@61445f3.")
    return {"repository": repository, "commit": commit}


def _without_none(said: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in said.items() if value is not None}


def _mark(
    path: str,
    record_id: str,
    said: dict[str, Any],
    withdrawn: list[OfDeployment] | list[OfIncident],
    *,
    url: str,
    patience: float,
    as_json: bool,
) -> None:
    from shipledger.cli.marking import send_marks
    from shipledger.reporting.own_api import path_of

    body: dict[str, Any] = _without_none(said)
    both = sorted(body.keys() & {str(one) for one in withdrawn})
    if both:
        raise Invalid("withdraw", f"{both[0]} cannot be said and withdrawn at once.")
    body.update((str(one), None) for one in withdrawn)
    if not body:
        raise Invalid("marks", "Nothing is said. Give an option such as --note, or --withdraw.")
    record = send_marks(path_of(f"/ledger/v1/{path}", record_id), body, url=url, patience_seconds=patience, note=print_note)
    if as_json:
        print_json(record)
    else:
        verdict = record["verdict"]
        print_line(f"{verdict['kind'].capitalize()}. {verdict['sentence'] or ''}".rstrip())
