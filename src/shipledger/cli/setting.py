"""``shipledger setting``: the settings of an organization, its teams, services and pipelines."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Any, TypeAlias, TypeVar

import typer
from msgspec import Struct

from shipledger.catalog.organization_settings.forms import to_words
from shipledger.catalog.organization_settings.in_force import InForce
from shipledger.catalog.organization_settings.losing import Loss
from shipledger.catalog.organization_settings.model import ScopeKind
from shipledger.catalog.organization_settings.reading import NamedScope, get_setting
from shipledger.catalog.organization_settings.words import describe
from shipledger.cli.changes import print_changes
from shipledger.cli.completion import complete_services, complete_settings, complete_teams
from shipledger.cli.ledger import OpenLedger, with_ledger
from shipledger.cli.options import DEFAULT_ORGANIZATION, DatabaseOption, JsonOption, OrganizationOption, new_app
from shipledger.cli.output import print_facts, print_json, print_line, print_note, to_text
from shipledger.cli.tables import print_table
from shipledger.errors import Invalid
from shipledger.ledger.actor import Actor, ActorKind, parse_actor
from shipledger.ledger.aggregate import RecordEntry
from shipledger.verbs.actor_names import actor_name, find_actor_names

T = TypeVar("T")

KeyArgument: TypeAlias = Annotated[
    str, typer.Argument(metavar="KEY", help="The key of the setting.", autocompletion=complete_settings)
]
TeamOption: TypeAlias = Annotated[
    str, typer.Option("--team", metavar="TEAM", help="Of a team that a service has.", autocompletion=complete_teams)
]
ServiceOption: TypeAlias = Annotated[
    str,
    typer.Option("--service", metavar="SERVICE", help="Of a service, by id, slug or name.", autocompletion=complete_services),
]
PipelineOption: TypeAlias = Annotated[
    str, typer.Option("--pipeline", metavar="PIPELINE", help="Of a pipeline, by the name or id that its sender gives it.")
]

DryRunOption: TypeAlias = Annotated[
    bool, typer.Option("--dry-run", help="Change nothing; only say what a shorter retention would erase for good.")
]

_HELP = """Settings of an organization, inherited by its teams, services and pipelines.

The first of these that sets a value wins: the pipeline, the service, its team, the organization, the settings of the
installation, the default.
"""


class _Shown(Struct, frozen=True):
    """A setting in force, what people call its source, and who set it."""

    found: InForce
    source: str
    who: str


def build() -> typer.Typer:
    """The commands."""
    app = new_app(_HELP)
    app.command("list")(list_all)
    app.command("get")(get)
    app.command("set")(set_value)
    app.command("unset")(unset)
    app.command("history")(history)
    return app


def list_all(
    team: TeamOption = "",
    service: ServiceOption = "",
    pipeline: PipelineOption = "",
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """List every setting with the value in force and where it comes from."""
    place, shown = _look("", _scope_of(team, service, pipeline), organization, database)
    if as_json:
        print_json({"scope": place.words, "settings": [_to_json(one) for one in shown]})
        return
    rows = [(one.found.setting.key, to_words(one.found.value) or "-", one.source) for one in shown]
    print_table(("KEY", "VALUE", "FROM"), rows, empty="No settings.")


def get(
    key: KeyArgument,
    team: TeamOption = "",
    service: ServiceOption = "",
    pipeline: PipelineOption = "",
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show a setting: its value in force, where that comes from, and what it is about."""
    setting = get_setting(key)
    _, (one,) = _look(key, _scope_of(team, service, pipeline), organization, database)
    if as_json:
        print_json(_to_json(one))
        return
    facts = [
        ("value", to_words(one.found.value) or "-"),
        ("from", one.source),
        ("about", setting.description),
        ("accepts", setting.form.accepts),
        ("affects", setting.affects),
        ("set for", ", ".join(setting.scopes)),
        ("right", setting.right),
    ]
    changed = [("changed", f"{to_text(one.found.at)} by {one.who}")] if one.found.at else []
    print_facts([*facts[:2], *changed, *facts[2:]])


def set_value(
    key: KeyArgument,
    value: Annotated[str, typer.Argument(metavar="VALUE", help="Its new value. Several words are separated by commas.")],
    dry_run: DryRunOption = False,
    team: TeamOption = "",
    service: ServiceOption = "",
    pipeline: PipelineOption = "",
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Set a setting for the organization, or for a team, a service or a pipeline."""
    values = {key: get_setting(key).form.read(value)}
    if dry_run:
        _print_losses(values, _scope_of(team, service, pipeline), organization, database, as_json=as_json)
        return
    _change(values, "set", _scope_of(team, service, pipeline), organization, database, as_json=as_json)


def unset(
    key: KeyArgument,
    team: TeamOption = "",
    service: ServiceOption = "",
    pipeline: PipelineOption = "",
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Undo `set`: what is inherited counts again."""
    get_setting(key)
    _change({key: None}, "unset", _scope_of(team, service, pipeline), organization, database, as_json=as_json)


def history(
    team: TeamOption = "",
    service: ServiceOption = "",
    pipeline: PipelineOption = "",
    organization: OrganizationOption = DEFAULT_ORGANIZATION,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """List who changed the settings of the organization, or of a team, a service or a pipeline, and when."""
    asked = _scope_of(team, service, pipeline)

    async def work(ledger: OpenLedger, owner: str) -> tuple[Sequence[RecordEntry], dict[str, str]]:
        desk = ledger.organization_settings
        found = await desk.list_changes(owner, (await desk.find_scope(owner, *asked)).scope)
        return found, await ledger.name_actors(owner, found)

    entries, names = _run(work, organization, database)
    described = [describe(one.submission) for one in entries]
    print_changes(entries, described, names, as_json=as_json, empty="Nobody has set anything here.")


def _scope_of(team: str, service: str, pipeline: str) -> tuple[ScopeKind, str]:
    named = {ScopeKind.TEAM: team, ScopeKind.SERVICE: service, ScopeKind.PIPELINE: pipeline}
    given = [(kind, name) for kind, name in named.items() if name]
    if len(given) > 1:
        raise Invalid("scope", "Give at most one of --team, --service and --pipeline.")
    return given[0] if given else (ScopeKind.ORGANIZATION, "")


def _look(key: str, asked: tuple[ScopeKind, str], organization: str, database: str | None) -> tuple[NamedScope, Sequence[_Shown]]:
    async def work(ledger: OpenLedger, owner: str) -> tuple[NamedScope, Sequence[_Shown]]:
        found = await ledger.organization_settings.find_scope(owner, *asked)
        return found, await _show(ledger, owner, found, key)

    return _run(work, organization, database)


async def _show(ledger: OpenLedger, owner: str, found: NamedScope, key: str) -> list[_Shown]:
    desk = ledger.organization_settings
    in_force = await desk.list_in_force(owner, found.place, key=key)
    actors = [parse_actor(one.by) for one in in_force]
    names = await find_actor_names(ledger.store, owner, actors)
    return [
        _Shown(one, await desk.name_source(owner, one), actor_name(actor, names))
        for one, actor in zip(in_force, actors, strict=True)
    ]


def _print_losses(
    values: dict[str, Any], asked: tuple[ScopeKind, str], organization: str, database: str | None, *, as_json: bool
) -> None:
    async def work(ledger: OpenLedger, owner: str) -> Sequence[Loss]:
        found = await ledger.organization_settings.find_scope(owner, *asked)
        return await ledger.organization_settings.list_losses(owner, found.scope, values, now=ledger.clock.now())

    losses = _run(work, organization, database)
    if as_json:
        print_json({"erases": [_loss_to_json(one) for one in losses], "is_dry_run": True})
        return
    for one in losses:
        print_line(one.sentence)
    print_note("Dry run: nothing was changed." if losses else "Nothing would be erased. Dry run: nothing was changed.")


def _change(
    values: dict[str, Any],
    word: str,
    asked: tuple[ScopeKind, str],
    organization: str,
    database: str | None,
    *,
    as_json: bool,
) -> None:
    (key,) = values

    async def work(ledger: OpenLedger, owner: str) -> tuple[NamedScope, bool, _Shown]:
        desk = ledger.organization_settings
        found = await desk.find_scope(owner, *asked)
        is_new = await desk.change(owner, found.scope, values, by=Actor(ActorKind.COMMAND, f"setting {word}"))
        (shown,) = await _show(ledger, owner, found, key)
        return found, is_new, shown

    found, is_new, shown = _run(work, organization, database)
    if as_json:
        print_json(_to_json(shown) | {"changed": is_new})
        return
    sentence = "is now" if is_new else "is already"
    print_line(f"{key} {sentence} {to_words(shown.found.value) or '-'} for {_spoken(found)}, from: {shown.source}.")


def _spoken(found: NamedScope) -> str:
    return f"the {found.words}"


def _run(work: Callable[[OpenLedger, str], Awaitable[T]], organization: str, database: str | None) -> T:
    async def run(ledger: OpenLedger) -> T:
        return await work(ledger, (await ledger.get_organization(organization)).organization_id)

    return with_ledger(database, run)


def _to_json(one: _Shown) -> dict[str, Any]:
    setting = one.found.setting
    return {
        "key": setting.key,
        "value": one.found.value,
        "source": one.source,
        "changed_at": one.found.at,
        "changed_by": one.found.by or None,
        "type": setting.form.type,
        "accepts": setting.form.accepts,
        "scopes": setting.scopes,
        "description": setting.description,
        "affects": setting.affects,
        "right": setting.right,
    }


def _loss_to_json(one: Loss) -> dict[str, Any]:
    return {"key": one.key, "count": one.count, "until": one.until, "begins_at": one.begins_at, "sentence": one.sentence}
