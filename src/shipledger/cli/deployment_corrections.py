"""``shipledger deployments correct``, ``undo`` and ``corrections``: put right by hand what was reported wrongly."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from shipledger.cli.options import DEFAULT_URL, JsonOption, UrlOption
from shipledger.cli.output import print_json, print_line, print_note
from shipledger.cli.tables import print_table
from shipledger.errors import Invalid
from shipledger.ledger.state import State

IdArgument = Annotated[str, typer.Argument(metavar="ID", help="The deployment's id.")]
PatienceOption = Annotated[
    float, typer.Option("--patience", min=0, metavar="SECONDS", help="Total time for all calls, in seconds.")
]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Only show what would move.")]
SeenOption = Annotated[
    int | None,
    typer.Option("--seen", min=0, metavar="VERSION", help="Refuse if somebody else has corrected it since this version."),
]


def correct(
    deployment: IdArgument,
    reason: Annotated[str, typer.Option(help="Why.")],
    started_at: Annotated[str, typer.Option(metavar="TIME", help="When it started.")] = "",
    finished_at: Annotated[str, typer.Option(metavar="TIME", help="When it first succeeded, else when it ended.")] = "",
    state: Annotated[State | None, typer.Option(help="How it stands in truth.")] = None,
    environment: Annotated[str, typer.Option(metavar="ENVIRONMENT", help="Where it went: an id or a name.")] = "",
    service: Annotated[
        list[str] | None, typer.Option(metavar="SERVICE", help="What was deployed: an id, slug or name. Repeatable.")
    ] = None,
    version: Annotated[str, typer.Option(help="Its version.")] = "",
    title: Annotated[str, typer.Option(help="Its title.")] = "",
    release: Annotated[
        list[str] | None, typer.Option(metavar="REPOSITORY@COMMIT", help="A commit that was deployed. Repeatable.")
    ] = None,
    remove: Annotated[bool, typer.Option("--remove", help="It never happened.")] = False,
    seen: SeenOption = None,
    dry_run: DryRunOption = False,
    url: UrlOption = DEFAULT_URL,
    patience: PatienceOption = 60.0,
    as_json: JsonOption = False,
) -> None:
    """Correct a deployment by hand. It holds whatever reports say later, until it is undone."""
    said: dict[str, Any] = {
        "started_at": started_at,
        "finished_at": finished_at,
        "state": state,
        "environment": environment,
        "services": service,
        "version": version,
        "title": title,
        "releases": [_read_release(one) for one in release or ()],
        "removed": remove,
    }
    body = {name: value for name, value in said.items() if value}
    if not body:
        raise Invalid("correction", "Nothing is corrected. Give an option such as --finished-at, or --remove.")
    _send("POST", deployment, {**body, "reason": reason}, seen, url, patience, dry_run=dry_run, as_json=as_json)


def undo(
    deployment: IdArgument,
    correction: Annotated[
        str, typer.Argument(metavar="CORRECTION", help="The correction's id; see `shipledger deployments corrections`.")
    ],
    reason: Annotated[str, typer.Option(help="Why.")] = "",
    seen: SeenOption = None,
    dry_run: DryRunOption = False,
    url: UrlOption = DEFAULT_URL,
    patience: PatienceOption = 60.0,
    as_json: JsonOption = False,
) -> None:
    """Take a correction back: what held before it holds again."""
    body = {"reason": reason} if reason else {}
    _send("DELETE", deployment, body, seen, url, patience, correction=correction, dry_run=dry_run, as_json=as_json)


def corrections(
    deployment: IdArgument,
    url: UrlOption = DEFAULT_URL,
    patience: PatienceOption = 60.0,
    as_json: JsonOption = False,
) -> None:
    """List the corrections of a deployment, and what was reported."""
    from shipledger.reporting.corrections import read_corrections

    _print_all(read_corrections(deployment, url=url, patience_seconds=patience, note=print_note), as_json=as_json)


def _send(
    method: str,
    deployment: str,
    body: dict[str, Any],
    seen: int | None,
    url: str,
    patience: float,
    *,
    correction: str = "",
    dry_run: bool,
    as_json: bool,
) -> None:
    from shipledger.reporting.corrections import send_correction

    answer = send_correction(
        method,
        deployment,
        body,
        correction=correction,
        seen=seen,
        is_dry_run=dry_run,
        url=url,
        patience_seconds=patience,
        note=print_note,
    )
    if not dry_run:
        if not as_json:
            print_line(f"{'Corrected' if method == 'POST' else 'Undone'}: {answer['correction']}")
        _print_all(answer, as_json=as_json)
    elif as_json:
        print_json(answer)
    else:
        _print_preview(answer)


def _print_all(answer: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(answer)
        return
    rows = [(one["field"], _write(one["reported"]["value"]), _write(one["value"])) for one in answer["fields"]]
    print_table(("FIELD", "REPORTED", "CORRECTED"), rows, empty="Nothing of it is corrected.")
    made = [
        (one["id"], one["at"], ", ".join(one["values"]), "undone" if one["undone"] else "holds", one["reason"])
        for one in answer["corrections"]
    ]
    if made:
        print_line("")
        print_table(("CORRECTION", "AT", "FIELDS", "", "REASON"), made, empty="")
    print_line(f"Version {answer['version']}.")


def _print_preview(answer: dict[str, Any]) -> None:
    fields = [(one["field"], _write(one["before"]), _write(one["after"])) for one in answer["fields"]]
    print_table(("FIELD", "NOW", "THEN"), fields, empty="Nothing would change.")
    for lane in answer["lanes"]:
        print_line(f"{lane['service']} in {lane['environment']}: {_head(lane['before'])} -> {_head(lane['after'])}")
    for issue in answer["issues"]:
        was, becomes = ", ".join(issue["before"]) or "nowhere", ", ".join(issue["after"]) or "nowhere"
        print_line(f"{issue['issue']} released in: {was} -> {becomes}")
    place = answer["place"]
    if place["before"] != place["after"]:
        print_line(f"Place in lists: {place['before'] or 'none'} -> {place['after'] or 'none'}")
    print_note("Nothing was recorded.")


def _head(head: dict[str, Any] | None) -> str:
    return "nothing" if head is None else f"{head['version'] or head['external_id']} since {head['since']}"


def _write(value: Any) -> str:
    if isinstance(value, dict):
        return f"{value['repository']}@{value['commit']}" if "commit" in value else str(value.get("name") or value.get("id"))
    if isinstance(value, list):
        return ", ".join(map(_write, value)) or "-"
    return "-" if value is None else str(value)


def _read_release(text: str) -> dict[str, str]:
    repository, _, commit = text.rpartition("@")
    if not repository or not commit:
        raise Invalid("release", f"--release {text!r} names no commit; write it like github.com/acme/shop@61445f3.")
    return {"repository": repository, "commit": commit}
