"""``shipledger environment rules preview``: the effect of rules before they are applied."""

from __future__ import annotations

from typing import Annotated

import typer

from shipledger.catalog import retiering
from shipledger.catalog.retiering import TierMove
from shipledger.cli.ledger import OpenLedger, with_ledger
from shipledger.cli.options import DEFAULT_ORGANIZATION, DatabaseOption, JsonOption, OrganizationOption
from shipledger.cli.output import print_json, print_note
from shipledger.cli.tables import print_table
from shipledger.errors import Invalid
from shipledger.ledger.state import Tier


def preview_rules(
    pattern: Annotated[
        str | None, typer.Argument(help="A rule to try, as for `rules add`; without one, the rules as they are.")
    ] = None,
    tier: Annotated[Tier | None, typer.Argument(metavar="TIER", help="The tier of that rule.")] = None,
    position: Annotated[int, typer.Option(help="Position of that rule.", min=1)] = 1,
    default: Annotated[
        bool, typer.Option("--default", help="Try the rules of this version instead, as `rules reset` sets them.")
    ] = False,
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show which recorded deployments would change their tier, without changing them."""
    if (pattern is None) != (tier is None):
        raise Invalid("tier", "Pass both a pattern and a tier, such as: rules preview 'eu-*' production")

    async def work(ledger: OpenLedger) -> list[TierMove]:
        owner = (await ledger.get_organization(organization)).organization_id
        policy = await ledger.store.find_tier_policy(owner)
        if default:
            policy = retiering.reset_rules(policy)
        if pattern is not None and tier is not None:
            policy = retiering.add_rule(policy, pattern, tier, position=position)
        return await retiering.preview(ledger.store, owner, policy)

    moves = with_ledger(database, work)
    moving = sum(move.deployments for move in moves if not move.is_kept)
    if as_json:
        print_json({"environments": [_to_json(move) for move in moves], "deployments": moving})
        return
    rows = [
        (move.place.name, move.place.environment_id, move.place.tier.value, move.tier.value, str(move.deployments), _note(move))
        for move in moves
    ]
    print_table(("NAME", "ID", "IS", "BECOMES", "DEPLOYMENTS", "NOTE"), rows, empty="No deployment would change its tier.")
    print_note(f"{moving} deployments would change their tier. Nothing was changed.")


def _note(move: TierMove) -> str:
    return "guessed by an earlier version; only `environment set` changes it" if move.is_kept else "-"


def _to_json(move: TierMove) -> dict[str, object]:
    place = move.place
    return {
        "id": place.environment_id,
        "name": place.name,
        "is": place.tier,
        "becomes": move.tier,
        "deployments": move.deployments,
        "is_kept": move.is_kept,
    }
