"""``shipledger commits``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from shipledger.cli.options import DEFAULT_URL, JsonOption, UrlOption, new_app
from shipledger.cli.output import print_json, print_line, print_note
from shipledger.errors import Invalid

if TYPE_CHECKING:
    from shipledger.cli.checkout import Checkout
    from shipledger.cli.commit_push import Pushed

MANY = 1_000


def build() -> typer.Typer:
    """The commands."""
    app = new_app("Send the commits of a checkout.")
    app.callback()(_commits)
    app.command("push")(push)
    return app


def _commits() -> None:
    """Send the commits of a checkout."""


def push(
    revision: Annotated[str, typer.Argument(help="The commit, branch or tag up to which commits are sent.")] = "HEAD",
    repository: Annotated[
        str, typer.Option(help="A clone URL or host/owner/name. Default: the repository of the CI job, else the remote origin.")
    ] = "",
    limit: Annotated[int, typer.Option(min=1, help="How many commits to look at, from the newest.")] = 10_000,
    url: UrlOption = DEFAULT_URL,
    patience: Annotated[float, typer.Option(min=0, metavar="SECONDS", help="Total time for all calls, in seconds.")] = 300.0,
    as_json: JsonOption = False,
) -> None:
    """Send the commits that the server does not have yet, with their parents, authors, messages and changed files.

    Run it in a checkout, before or after recording the deployment. The token is read from SHIPLEDGER_TOKEN.
    Authors' addresses are stored only as hashes. What a shallow clone lacks is reported.
    """
    from pathlib import Path

    from shipledger.cli.checkout import Checkout
    from shipledger.cli.commit_push import push_commits
    from shipledger.reporting.own_api import calls_with_token

    with calls_with_token(url, patience_seconds=patience, note=print_note) as calls:
        checkout = Checkout(Path.cwd())
        name = find_repository(checkout, repository)
        pushed = push_commits(calls, checkout, name, revision, limit=limit, advance=_tell_progress)
    _print(pushed, as_json=as_json)


def find_repository(checkout: Checkout, wanted: str) -> str:
    """The canonical name of a repository that is named, else of the CI job's, else of the checkout's. Raises Invalid."""
    import os

    from shipledger.catalog.clone_url import read_clone_url
    from shipledger.cli.ci_run import read_ci_run

    sent = wanted or read_ci_run(os.environ).repository or checkout.find_remote()
    repository = read_clone_url(sent) if sent else None
    if repository is None:
        found = f"{sent!r} names no repository. " if sent else "This checkout has no remote origin. "
        raise Invalid("repository", f"{found}Name the repository: --repository github.com/acme/shop.")
    return repository


def _tell_progress(sent: int, count: int) -> None:
    if count > MANY:
        print_note(f"Sent {sent:,} of {count:,} commits.")


def _print(pushed: Pushed, *, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "repository": pushed.repository,
                "sent": pushed.sent,
                "known": pushed.known,
                "is_shallow": pushed.is_shallow,
                "missing_parents": pushed.missing_parents,
            }
        )
    else:
        print_line(f"Sent {_count(pushed.sent, 'commit')} of {pushed.repository}; {pushed.known:,} were known.")
    if pushed.missing_parents:
        lacking = _count(len(pushed.missing_parents), "parent")
        print_note(
            f"Note: this clone is shallow, and the server lacks {lacking} of its oldest commits. "
            "Ranges that reach them are incomplete. Fetch them with `git fetch --unshallow` (GitHub Actions: `fetch-depth: 0`) "
            "and push again."
        )


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
