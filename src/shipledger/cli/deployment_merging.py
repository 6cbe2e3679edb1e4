"""``shipledger deployments merge`` and ``split``: two records that tell of one deployment become one, and two again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, TypeAlias

import msgspec
import typer
from msgspec import Struct, structs

from shipledger.cli.completion import complete_deployments
from shipledger.cli.ledger import OpenLedger, with_ledger
from shipledger.cli.options import DEFAULT_ORGANIZATION, DatabaseOption, JsonOption, OrganizationOption
from shipledger.cli.output import print_json, print_line, print_note, to_text
from shipledger.cli.tables import print_table
from shipledger.duties.duplicates import Duplicates
from shipledger.errors import Conflict, Invalid, NotFound
from shipledger.ledger.actor import Actor, ActorKind
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.fold import forget_witness
from shipledger.ledger.merging import find_obstacle, find_split_obstacle
from shipledger.ledger.splitting_runs import list_runs
from shipledger.ledger.submission import Merge, Separate, Split, Target
from shipledger.ledger.verdict import Verdict, VerdictKind
from shipledger.ledger.witnesses import combine, list_sources
from shipledger.protocols.native.duplicates import (
    DEFAULT_DAYS,
    DEFAULT_LIMIT,
    DEFAULT_SECONDS,
    MOST_DAYS,
    MOST_PAIRS,
    MOST_SECONDS,
    to_duplicates,
)
from shipledger.protocols.native.merging_bodies import REASON_LIMIT
from shipledger.protocols.native.merging_wire import to_sources, to_witness, to_words
from shipledger.verbs.duplicates import LOOKED_AT, FoundDuplicates


class Run(Struct, frozen=True):
    """A run of which a record tells: the times of its first and its last report, and how many it has."""

    first_at: datetime
    last_at: datetime
    reports: int


_MERGE, _SPLIT = (Actor(ActorKind.COMMAND, f"deployments {word}") for word in ("merge", "split"))
_SOURCE = "shipledger"

FromArgument: TypeAlias = Annotated[
    str, typer.Argument(metavar="ID", help="The record that no list shows any more.", autocompletion=complete_deployments)
]
IntoArgument: TypeAlias = Annotated[
    str, typer.Argument(metavar="INTO", help="The deployment that both become.", autocompletion=complete_deployments)
]
ReasonOption: TypeAlias = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why, for people.")]
DryRunOption: TypeAlias = Annotated[bool, typer.Option("--dry-run", help="Only show what would change.")]


def merge(
    deployment: FromArgument,
    into: IntoArgument,
    reason: ReasonOption = "",
    dry_run: DryRunOption = False,
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Merge two records that tell of the same deployment.

    INTO has the fields of both then. Each record is still found by its own id. `deployments split` undoes it.
    """
    _check_reason(reason, is_dry_run=dry_run)

    async def work(ledger: OpenLedger) -> tuple[Deployment, str]:
        owner = (await ledger.get_organization(organization)).organization_id
        record, host = await _get(ledger, owner, deployment), await _get(ledger, owner, into)
        if dry_run:
            _refuse(find_obstacle(record, host, host.deployment_id))
            others = [one for one in host.told[1:] if one.deployment_id != record.deployment_id]
            return combine(host.alone, [*others, record]), ""
        asked = Merge(source=_SOURCE, target=Target(key=record.deployment_id), into=host.deployment_id, reason=reason)
        (verdict,) = await ledger.ask(owner, [asked], operation="merge-deployment", actor=_MERGE)
        _refuse(verdict)
        merged = f"{record.deployment_id} is shown as part of {host.deployment_id} now."
        return await _get(ledger, owner, host.deployment_id), verdict.sentence or merged

    host, sentence = with_ledger(database, work)
    _print(host, sentence, as_json=as_json)


def split(
    deployment: Annotated[
        str, typer.Argument(metavar="ID", help="The record that was merged.", autocompletion=complete_deployments)
    ],
    reason: ReasonOption = "",
    dry_run: DryRunOption = False,
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Undo merge: the record is a deployment of its own again, and no rule merges the two again."""
    _check_reason(reason, is_dry_run=dry_run)

    async def work(ledger: OpenLedger) -> tuple[Deployment, str]:
        owner = (await ledger.get_organization(organization)).organization_id
        record = await _get(ledger, owner, deployment)
        if dry_run:
            _refuse(find_split_obstacle(record))
            return forget_witness(await _get(ledger, owner, record.merged_into), record.deployment_id), ""
        asked = Split(source=_SOURCE, target=Target(key=record.deployment_id), reason=reason)
        (verdict,) = await ledger.ask(owner, [asked], operation="split-deployment", actor=_SPLIT)
        _refuse(verdict)
        parted = f"{record.deployment_id} is a deployment of its own again."
        return await _get(ledger, owner, record.merged_into or record.deployment_id), parted

    host, sentence = with_ledger(database, work)
    _print(host, sentence, as_json=as_json)


def split_runs(
    deployment: Annotated[
        str, typer.Argument(metavar="ID", help="The deployment that has several runs.", autocompletion=complete_deployments)
    ],
    reason: ReasonOption = "",
    dry_run: DryRunOption = False,
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Part the runs that an earlier version recorded as one deployment; `shipledger doctor` lists these."""
    _check_reason(reason, is_dry_run=dry_run)

    async def work(ledger: OpenLedger) -> tuple[list[Run], str]:
        owner = (await ledger.get_organization(organization)).organization_id
        record = await _get(ledger, owner, deployment)
        history = await ledger.store.list_entries(owner, record.deployment_id)
        groups = list_runs(record.alone.as_reported, history)
        runs = [Run(min(one.at for one in group), max(one.at for one in group), len(group)) for group in groups if group]
        if dry_run:
            return runs, ""
        asked = Split(source=_SOURCE, target=Target(key=record.deployment_id), reason=reason, of_runs=True)
        (verdict,) = await ledger.ask(owner, [asked], operation="split-runs", actor=_SPLIT)
        _refuse(verdict)
        moved = [one.submission for one in await ledger.store.list_entries(owner, record.deployment_id)]
        ids = [one.other_ids for one in moved if isinstance(one, Separate)][-1]
        return runs, f"The other runs are deployments of their own now: {', '.join(ids)}."

    runs, sentence = with_ledger(database, work)
    if as_json:
        print_json({"runs": [structs.asdict(one) for one in runs], "sentence": sentence, "is_dry_run": dry_run})
        return
    print_table(
        ("FIRST REPORT FOR", "LAST REPORT FOR", "REPORTS"),
        [(to_text(one.first_at), to_text(one.last_at), str(one.reports)) for one in runs],
        empty="No report of it has a time.",
    )
    if sentence:
        print_line(sentence)
    else:
        print_note("Dry run: nothing was changed.")


def duplicates(
    within: Annotated[
        int, typer.Option(min=1, max=MOST_SECONDS, help="How far apart their ends may be, in seconds.")
    ] = DEFAULT_SECONDS,
    days: Annotated[int, typer.Option(min=1, max=MOST_DAYS, help="Of what was recorded in so many days.")] = DEFAULT_DAYS,
    limit: Annotated[int, typer.Option(min=1, max=MOST_PAIRS, help="How many pairs to list.")] = DEFAULT_LIMIT,
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """List records that seem to tell of one deployment: what the setting merge_within_seconds would merge."""

    async def work(ledger: OpenLedger) -> FoundDuplicates:
        owner = (await ledger.get_organization(organization)).organization_id
        since = ledger.clock.now() - timedelta(days=days)
        found = await Duplicates(ledger.store).list_pairs(
            owner, after=(since, ""), within=timedelta(seconds=within), limit=LOOKED_AT
        )
        return FoundDuplicates(found.pairs, found.looked_at, found.is_complete)

    found = to_duplicates(with_ledger(database, work), limit)
    if as_json:
        print_json(msgspec.to_builtins(found))
        return
    rows = [
        (one.record.id, one.record.source, one.into.id, one.into.source, one.commit[:12], f"{one.seconds_apart:g} s")
        for one in found.pairs
    ]
    print_table(
        ("ID", "PROTOCOL", "INTO", "PROTOCOL", "COMMIT", "APART"), rows, empty="No two records seem to be one deployment."
    )
    print_note(f"{found.count} of {found.looked_at} records would be merged. Nothing was changed.")
    if not found.is_complete:
        print_note(f"Only the first {found.looked_at} records were looked at; ask for fewer --days.")


def _check_reason(reason: str, *, is_dry_run: bool) -> None:
    if not reason.strip() and not is_dry_run:
        raise Invalid("reason", "Say why with --reason TEXT, or see what would change with --dry-run.")
    if len(reason) > REASON_LIMIT:
        raise Invalid("reason", f"A reason may have at most {REASON_LIMIT:,} characters.")


async def _get(ledger: OpenLedger, owner: str, deployment_id: str) -> Deployment:
    found = await ledger.store.find_deployment(owner, Target(key=deployment_id.strip("{}").lower()))
    if found is None:
        raise NotFound("deployment", f"There is no deployment {deployment_id!r}; see `shipledger deployments list`.")
    return found


def _refuse(verdict: Verdict | None) -> None:
    if verdict is not None and verdict.kind is VerdictKind.REJECTED:
        raise Conflict(verdict.reason, verdict.sentence)


def _print(host: Deployment, sentence: str, *, as_json: bool) -> None:
    sources = list_sources(host)
    if as_json:
        told = {"witnesses": list(map(to_witness, host.told)), "sources": to_sources(host)}
        print_json({"id": host.deployment_id, **msgspec.to_builtins(told), "is_dry_run": not sentence})
        return
    protocols = [one.source for one in host.told]
    called = {one.deployment_id: one.source if protocols.count(one.source) == 1 else one.deployment_id for one in host.told}
    print_line(
        f"{host.deployment_id} is told by {', '.join(f'{one.source} ({one.deployment_id})' for one in host.told) or host.source}."
    )
    for name, one in sources.items():
        for other, value in one.others:
            print_line(
                f"{name}: {called[one.given_by[0]] if one.given_by else 'nobody'} counts; {called[other]} says {to_words(value)}."
            )
    if sentence:
        print_line(sentence)
    else:
        print_note("Dry run: nothing was changed.")
