"""``shipledger pull-request``: list pull requests of a server, show one, and record one."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shipledger.cli.moments import SinceOption, UntilOption
from shipledger.cli.options import DEFAULT_URL, JsonOption, UrlOption, new_app
from shipledger.cli.output import print_facts, print_json, print_line, print_note

if TYPE_CHECKING:
    from shipledger.cli.moments import Moment

PATH = "/ledger/v1/pull-requests"
_HELP = """List pull requests of a server, show one with the deployments that shipped it, and record one.

The token is read from SHIPLEDGER_TOKEN.

Examples:

\b
    shipledger pull-request list --repository github.com/acme/shop --state merged
    shipledger pull-request show 019cb3b1-0d3c-7d3e-9f6a-5d2c1b7a9e10
    shipledger pull-request record 17 --title "Add cart" --merged-at 2026-03-04T10:02:00Z --merge-commit 61445f3
"""
_NONE_FITS = "No matching pull requests. Omit an option, or look further back with --since."


class Standing(StrEnum):
    """How a pull request stands."""

    OPEN = "open"
    MERGED = "merged"
    CLOSED = "closed"


PatienceOption = Annotated[
    float, typer.Option("--patience", min=0, metavar="SECONDS", help="Total time for all calls, in seconds.")
]
TimeOption = Annotated[str, typer.Option(metavar="TIME", help="A time such as 2026-03-04T10:02:00Z.")]


def build() -> typer.Typer:
    """The commands."""
    app = new_app(_HELP)
    app.command("list")(list_page)
    app.command("show")(show)
    app.command("record")(record)
    return app


def list_page(
    repository: Annotated[str, typer.Option(help="Only of this repository: a clone URL or host/owner/name.")] = "",
    number: Annotated[str, typer.Option(help="Only with this number within its repository.")] = "",
    author: Annotated[str, typer.Option(help="Only by this author.")] = "",
    state: Annotated[Standing | None, typer.Option(help="Only in this state.")] = None,
    commit: Annotated[str, typer.Option(help="Only with a commit whose id begins so.")] = "",
    since: SinceOption = None,
    until: UntilOption = None,
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="How many to list.")] = 50,
    cursor: Annotated[str, typer.Option(help="Continue where the last list ended, with the same options.")] = "",
    url: UrlOption = DEFAULT_URL,
    patience: PatienceOption = 60.0,
    as_json: JsonOption = False,
) -> None:
    """List pull requests, the one opened last first."""
    from shipledger.cli.tables import print_table

    asked = {"repository": repository, "number": number, "author": author, "state": state or "", "commit": commit}
    period = _to_parameters(since, until)
    answer = _read(PATH, {**asked, **period, "limit": str(limit), "cursor": cursor}, url=url, patience=patience)
    if as_json:
        print_json(answer)
        return
    rows = [_to_row(one) for one in answer.get("pull_requests", ())]
    print_table(("ID", "REPOSITORY", "NUMBER", "STATE", "OPENED", "AUTHOR", "TITLE"), rows, empty=_NONE_FITS)
    if answer.get("next_cursor"):
        print_note(f"There are more: repeat the command with --cursor {answer['next_cursor']}")


def show(
    pull_request: Annotated[str, typer.Argument(metavar="ID", help="The pull request's id.")],
    url: UrlOption = DEFAULT_URL,
    patience: PatienceOption = 60.0,
    as_json: JsonOption = False,
) -> None:
    """Show a pull request, and the first deployment that brought it to each environment."""
    from shipledger.reporting.own_api import calls_with_token, path_of, read_page

    path = path_of(PATH, pull_request)
    with calls_with_token(url, patience_seconds=patience, note=print_note) as calls:
        answer = read_page(calls, path, {})
        shipped = read_page(calls, f"{path}/deployments", {})
    if as_json:
        print_json({**answer, **shipped})
        return
    print_facts([(name.replace("_", " "), _to_text(value)) for name, value in answer.items() if value not in (None, [])])
    for one in shipped["deployments"]:
        print_line(f"In {one['environment_name'] or one['environment'] or 'no environment'} since {one['since']}: {one['id']}")
    if not shipped["is_complete"]:
        print_note("Older deployments of this repository were not looked at.")


def record(
    number: Annotated[str, typer.Argument(help="The number within its repository.")],
    repository: Annotated[
        str, typer.Option(help="A clone URL or host/owner/name. Default: the repository of the CI job, else the remote origin.")
    ] = "",
    title: Annotated[str, typer.Option(help="The title.")] = "",
    description: Annotated[str, typer.Option(help="The description.")] = "",
    author: Annotated[str, typer.Option(help="Who wrote it.")] = "",
    link: Annotated[str, typer.Option(metavar="URL", help="Its address.")] = "",
    branch: Annotated[str, typer.Option(help="The branch that it comes from.")] = "",
    target_branch: Annotated[str, typer.Option(help="The branch that it goes to.")] = "",
    label: Annotated[list[str] | None, typer.Option(help="A label. Repeatable.")] = None,
    opened_at: TimeOption = "",
    reviewed_at: TimeOption = "",
    approved_at: TimeOption = "",
    merged_at: TimeOption = "",
    closed_at: TimeOption = "",
    head_commit: Annotated[str, typer.Option(help="The last commit of the branch.")] = "",
    merge_commit: Annotated[str, typer.Option(help="The commit on the target branch.")] = "",
    commit: Annotated[list[str] | None, typer.Option(help="A commit of the branch. Repeatable.")] = None,
    squash: Annotated[bool, typer.Option("--squash", help="The merge commit stands for all commits.")] = False,
    url: UrlOption = DEFAULT_URL,
    patience: PatienceOption = 60.0,
    as_json: JsonOption = False,
) -> None:
    """Record a pull request, or what is new of it. What is left out stays as it is."""
    from pathlib import Path

    from shipledger.cli.checkout import Checkout
    from shipledger.cli.commits import find_repository
    from shipledger.reporting.own_api import calls_with_token, send_record

    said = {
        "repository": find_repository(Checkout(Path.cwd()), repository),
        "number": number,
        "title": title,
        "description": description,
        "author": author,
        "url": link,
        "branch": branch,
        "target_branch": target_branch,
        "labels": label,
        "opened_at": opened_at,
        "reviewed_at": reviewed_at,
        "approved_at": approved_at,
        "merged_at": merged_at,
        "closed_at": closed_at,
        "head_commit": head_commit,
        "merge_commit": merge_commit,
        "commits": commit,
        "is_squash": squash,
    }
    body = {name: value for name, value in said.items() if value}
    with calls_with_token(url, patience_seconds=patience, note=print_note) as calls:
        answer, verdict = send_record(calls, PATH, body)
    if as_json:
        print_json(answer)
        return
    sentence = f" {verdict['sentence']}" if verdict.get("sentence") else ""
    print_line(f"{str(verdict['kind']).capitalize()}.{sentence}")


def _read(path: str, parameters: dict[str, str], *, url: str, patience: float) -> dict[str, Any]:
    from shipledger.reporting.own_api import calls_with_token, read_page

    with calls_with_token(url, patience_seconds=patience, note=print_note) as calls:
        return read_page(calls, path, {name: value for name, value in parameters.items() if value})


def _to_parameters(since: Moment | None, until: Moment | None) -> dict[str, str]:
    from datetime import timedelta

    from shipledger.cli.moments import to_period
    from shipledger.clock import Clock
    from shipledger.protocols.times import format_time

    period = to_period(since, until, now=Clock().now())
    return {
        "from": "" if period.since is None else format_time(period.since),
        "to": "" if period.until is None else format_time(period.until + timedelta(milliseconds=1)),
    }


def _to_row(one: dict[str, Any]) -> tuple[str, ...]:
    return tuple(str(one.get(name) or "") for name in ("id", "repository", "number", "state", "opened_at", "author", "title"))


def _to_text(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
