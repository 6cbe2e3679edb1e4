"""``shipledger environment``: the tiers and the names of environments."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, TypeAlias

import typer

from shipledger.catalog import retiering
from shipledger.catalog.environments import list_unseen
from shipledger.catalog.tier_contract import TierPlace
from shipledger.catalog.tiering.model import KIND, SUBJECT
from shipledger.catalog.tiering.words import describe_all
from shipledger.catalog.tiers import TierPolicy
from shipledger.cli.changes import print_changes
from shipledger.cli.completion import complete_environments, complete_rules
from shipledger.cli.environment_names import DryRunOption, alias, rename, show, unalias
from shipledger.cli.ledger import OpenLedger, with_ledger
from shipledger.cli.options import DEFAULT_ORGANIZATION, DatabaseOption, JsonOption, OrganizationOption, new_app
from shipledger.cli.output import print_json, print_line, print_note, show_progress
from shipledger.cli.tables import print_table
from shipledger.cli.tier_change import TierChange
from shipledger.cli.tier_preview import preview_rules
from shipledger.ledger.actor import Actor, ActorKind
from shipledger.ledger.aggregate import RecordEntry
from shipledger.ledger.state import Tier

EnvironmentArgument: TypeAlias = Annotated[
    str,
    typer.Argument(
        metavar="ENVIRONMENT", help="Its id, or a name for all environments with that name.", autocompletion=complete_environments
    ),
]
TierArgument: TypeAlias = Annotated[
    Tier, typer.Argument(metavar="TIER", help="production, staging, testing, development or unmapped.")
]

_ACTOR = Actor(ActorKind.COMMAND, "environment")

_HELP = """Set the tiers of environments, and say which names mean one environment.

The first of these wins: the tier from `set`; the sender's tier; the first rule that matches the name; unmapped. A change also
applies to earlier deployments, and running servers show it at once. The sender's tier is kept and returns when the change is
undone.

Case and spaces around a name do not matter. `alias` says that another name means the same environment. What was recorded
under each name then counts as one environment everywhere, and each sender still gets back the name that it sent.
"""


def build() -> typer.Typer:
    """The commands."""
    app = new_app(_HELP)
    app.command("list")(list_all)
    app.command("show")(show)
    app.command("alias")(alias)
    app.command("unalias")(unalias)
    app.command("rename")(rename)
    app.command("set")(set_tier)
    app.command("unset")(unset_tier)
    app.command("apply")(apply)
    app.command("history")(history)
    rules = new_app("Derive tiers from environment names: patterns in order, first match wins.")
    rules.command("list")(list_rules)
    rules.command("preview")(preview_rules)
    rules.command("add")(add_rule)
    rules.command("remove")(remove_rule)
    rules.command("reset")(reset_rules)
    app.add_typer(rules, name="rules")
    return app


def history(
    organization: OrganizationOption = DEFAULT_ORGANIZATION, database: DatabaseOption = None, as_json: JsonOption = False
) -> None:
    """Show who changed rules for tiers, tiers set by hand and names of environments, when and how; oldest first."""

    async def work(ledger: OpenLedger) -> tuple[list[RecordEntry], dict[str, str]]:
        owner = (await ledger.get_organization(organization)).organization_id
        entries = await ledger.store.list_entries_of(KIND, owner, SUBJECT)
        return entries, await ledger.name_actors(owner, entries)

    entries, names = with_ledger(database, work)
    print_changes(entries, describe_all(entries), names, as_json=as_json, empty="Nobody has changed rules, tiers or names.")


def list_all(
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    unmapped: Annotated[bool, typer.Option("--unmapped", help="Only environments without a known tier.")] = False,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """List every environment seen in deployments, with its tier, where the tier comes from, and what it is another name of."""

    async def work(ledger: OpenLedger) -> tuple[list[TierPlace], TierPolicy]:
        owner = await ledger.get_organization(organization)
        places = await ledger.store.list_tier_places(owner.organization_id)
        return places, await ledger.store.find_tier_policy(owner.organization_id)

    places, policy = with_ledger(database, work)
    places = [*places, *list_unseen(policy, places)]
    shown = [place for place in places if not unmapped or place.tier is Tier.UNMAPPED]
    if as_json:
        print_json({"environments": [_to_json(place, policy) for place in shown]})
        return
    rows = [
        (place.tier.value, place.name, place.environment_id or "-", _why(place, policy), policy.names.find(place.name) or "-")
        for place in shown
    ]
    print_table(("TIER", "NAME", "ID", "WHY", "ANOTHER NAME OF"), rows, empty="No deployment uses such an environment yet.")


def set_tier(
    environment: EnvironmentArgument,
    tier: TierArgument,
    dry_run: DryRunOption = False,
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Set an environment's tier, overriding senders and rules."""
    _change(lambda policy: retiering.pin(policy, environment, tier), organization, database, dry_run=dry_run, as_json=as_json)


def unset_tier(
    environment: EnvironmentArgument,
    dry_run: DryRunOption = False,
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Undo `set`: the tier comes from senders and rules again."""
    _change(lambda policy: retiering.unpin(policy, environment), organization, database, dry_run=dry_run, as_json=as_json)


def apply(
    organization: OrganizationOption = DEFAULT_ORGANIZATION, database: DatabaseOption = None, as_json: JsonOption = False
) -> None:
    """Finish an interrupted change. A running server also does this within minutes."""
    _change(None, organization, database, dry_run=False, as_json=as_json)


def list_rules(
    organization: OrganizationOption = DEFAULT_ORGANIZATION, database: DatabaseOption = None, as_json: JsonOption = False
) -> None:
    """List the rules in the order they are tried."""

    async def work(ledger: OpenLedger) -> TierPolicy:
        owner = await ledger.get_organization(organization)
        return await ledger.store.find_tier_policy(owner.organization_id)

    policy = with_ledger(database, work)
    if as_json:
        print_json({"rules": policy.rules})
        return
    rows = [(str(position), rule.tier.value, rule.pattern) for position, rule in enumerate(policy.rules, start=1)]
    print_table(("POSITION", "TIER", "PATTERN"), rows, empty="No rules: only the senders' tiers count.")


def add_rule(
    pattern: Annotated[
        str,
        typer.Argument(
            help="Matched against the whole name, ignoring case: * is any text, ? any character. "
            "word:prod|live matches names that contain one of these words.",
        ),
    ],
    tier: TierArgument,
    position: Annotated[int, typer.Option(help="Position in the list; 1 is tried first.", min=1)] = 1,
    dry_run: DryRunOption = False,
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Add a rule. It applies to environments whose senders give no tier."""
    _change(
        lambda policy: retiering.add_rule(policy, pattern, tier, position=position),
        organization,
        database,
        dry_run=dry_run,
        as_json=as_json,
    )


def remove_rule(
    position: Annotated[int, typer.Argument(help="The position, from `rules list`.", autocompletion=complete_rules)],
    dry_run: DryRunOption = False,
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Remove a rule."""
    _change(lambda policy: retiering.remove_rule(policy, position), organization, database, dry_run=dry_run, as_json=as_json)


def reset_rules(
    dry_run: DryRunOption = False,
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Restore the default rules. Tiers given with `set` stay."""
    _change(retiering.reset_rules, organization, database, dry_run=dry_run, as_json=as_json)


def _change(
    change: Callable[[TierPolicy], TierPolicy] | None,
    organization: str,
    database: str | None,
    *,
    dry_run: bool,
    as_json: bool,
) -> None:
    async def work(ledger: OpenLedger) -> TierChange:
        owner = await ledger.get_organization(organization)
        before = await ledger.store.find_tier_policy(owner.organization_id)
        after = before if change is None else change(before)
        stale = await retiering.list_stale(ledger.store, owner.organization_id, after)
        changes = tuple((place, retiering.tier_by(after, place)) for place in stale)
        if dry_run:
            return TierChange(changes=changes, deployments=None)
        if after is not before:
            await retiering.save_policy(ledger, owner.organization_id, before, after, by=_ACTOR)
        with show_progress("Applying") as advance:
            changed = await retiering.apply_policy(ledger.store, owner.organization_id, advance=advance)
        return TierChange(changes=changes, deployments=changed)

    _print_change(with_ledger(database, work), as_json=as_json)


def _print_change(done: TierChange, *, as_json: bool) -> None:
    if as_json:
        print_json(done.to_json())
        return
    rows: Sequence[Sequence[str]] = [
        (place.name, place.environment_id, place.tier.value, tier.value) for place, tier in done.changes
    ]
    print_table(("NAME", "ID", "WAS", "IS"), rows, empty="No environment changes its tier.")
    if done.deployments is None:
        print_note("Dry run: nothing was changed.")
    else:
        print_line(f"{done.deployments} deployments changed their tier.")


def _why(place: TierPlace, policy: TierPolicy) -> str:
    if policy.find_pin(place.environment_id, place.name) is not None:
        return "set by hand"
    if place.said is not Tier.UNMAPPED:
        return "from the sender"
    rule = policy.find_rule(place.name)
    return "no rule matches" if rule is None else f"rule {policy.rules.index(rule) + 1}"


def _to_json(place: TierPlace, policy: TierPolicy) -> dict[str, object]:
    return {
        "id": place.environment_id,
        "name": place.name,
        "tier": place.tier,
        "said_tier": place.said,
        "why": _why(place, policy),
        "alias_of": policy.names.find(place.name),
    }
