"""``shipledger deployments changes``: what a deployment brought in and took out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated

import msgspec
import typer

from shipledger.cli.completion import complete_deployments
from shipledger.cli.ledger import OpenLedger, with_ledger
from shipledger.cli.options import DEFAULT_ORGANIZATION, DatabaseOption, JsonOption, OrganizationOption
from shipledger.cli.output import print_json, print_line, print_note
from shipledger.cli.tables import print_table
from shipledger.errors import NotFound
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.submission import Target
from shipledger.ledger.titles import title_of
from shipledger.protocols.native.changes import to_changes
from shipledger.verbs.changes import ChangedCommit, Changes, find_changes
from shipledger.verbs.real_keys import to_key_words
from shipledger.web.pages.words import RANGES


def changes(
    deployment: Annotated[str, typer.Argument(metavar="ID", help="The deployment's id.", autocompletion=complete_deployments)],
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="How many commits of each side to list.")] = 100,
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the commits that a deployment brought in and took out, against what ran before it."""

    async def work(ledger: OpenLedger) -> tuple[Deployment, Changes]:
        owner = (await ledger.get_organization(organization)).organization_id
        found = await ledger.store.find_deployment(owner, Target(key=deployment.strip("{}").lower()))
        if found is None:
            raise NotFound("deployment", f"There is no deployment {deployment!r}; see `shipledger deployments list`.")
        words = to_key_words(ledger.settings.jira_denied_projects, ledger.settings.jira_allowed_projects)
        return found, await find_changes(ledger.store, found, words, limit=limit)

    found, changed = with_ledger(database, work)
    if as_json:
        print_json(msgspec.to_builtins(to_changes(changed)))
        return
    for line in _list_lines(found, changed):
        print_line(line)
    rows = [row for one in changed.repositories for row in (*_to_rows("in", one.brought_in), *_to_rows("out", one.taken_out))]
    print_table(("", "COMMIT", "AUTHOR", "ISSUES", "SUBJECT"), rows, empty="No commits came in, and none were taken out.")
    for one in changed.pull_requests:
        print_line(f"Pull request {one.repository}#{one.number} {one.facts.title or ''}".rstrip())
    _note_what_is_left_out(changed)


def _list_lines(deployment: Deployment, changed: Changes) -> Iterator[str]:
    yield title_of(deployment)
    for word, other in (("Previous", changed.lane.previous), ("Next", changed.lane.next)):
        if other is not None:
            yield f"{word} in its lane: {other.deployment_id} {title_of(other)} ({other.shown_state})"
    for one in changed.repositories:
        yield f"{one.range.repository}: {RANGES[one.range.range.reason]}"


def _to_rows(side: str, commits: Sequence[ChangedCommit]) -> Iterator[tuple[str, ...]]:
    for one in commits:
        subject = "" if one.commit is None else one.commit.subject
        yield side, one.commit_id[:12], one.author or "-", ", ".join(one.issue_keys) or "-", subject


def _note_what_is_left_out(changed: Changes) -> None:
    ranges = [(one.range.range, one) for one in changed.repositories]
    left = sum(len(found.brought_in) - len(one.brought_in) + len(found.taken_out) - len(one.taken_out) for found, one in ranges)
    if left:
        print_note(f"{left} older commits are not listed; see --limit.")
    if any(found.reason.startswith("unknown") or found.gaps for found, _ in ranges):
        print_note("Some commits are not known. Send them from a checkout: shipledger commits push")
