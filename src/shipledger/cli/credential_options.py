"""The options of ``credential create`` that protocols declare: how Typer reads them, and which kind has which."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from enum import Enum
from typing import Annotated, Any, TypeAlias

import typer

from shipledger.errors import Invalid
from shipledger.protocols.declaration import CredentialKind, Option, OptionForm, Wanted
from shipledger.protocols.registry import list_kinds

TIME_FORMATS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ"]

Command: TypeAlias = Callable[..., None]


def with_declared_options(create: Command, *, before: str) -> Command:
    """``create`` as Typer is to see it: ``kind`` has the kinds as choices, and their options come ``before`` one of its own.

    ``create`` gets the kind, and in ``given`` the values of the declared options by name.
    """
    kinds = {kind.name: kind for kind in list_kinds()}
    options = _list_options(kinds.values())

    def command(**values: Any) -> None:
        given = {name: values.pop(name) for name in options}
        create(**{**values, "kind": kinds[values["kind"].value], "given": given})

    parameters = []
    for parameter in inspect.signature(create, eval_str=True).parameters.values():
        if parameter.name == before:
            parameters += [_to_parameter(option) for option in options.values()]
        if parameter.name == "kind":
            about = typer.Argument(help="Which protocol the credential is for.")
            parameters.append(parameter.replace(annotation=Annotated[_to_choices("CredentialKind", kinds), about]))
        elif parameter.name != "given":
            parameters.append(parameter)
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # as functools.wraps sets it
    command.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    command.__doc__ = create.__doc__
    return command


def read_wanted(kind: CredentialKind, given: Mapping[str, Any]) -> Wanted:
    """The values of the options of ``kind``. Raises Invalid if one was given that this kind does not have."""
    wanted = {}
    for option in _list_options(list_kinds()).values():
        value = _read(option, given[option.name])
        if any(option.name == own.name for own in kind.options):
            wanted[option.name] = value
        elif value:
            raise Invalid(option.name, f"{option.flag} applies to {option.applies_to} only.")
    return wanted


def _list_options(kinds: Any) -> dict[str, Option]:
    """The options of all kinds by name, each once."""
    options: dict[str, Option] = {}
    for kind in kinds:
        options = {option.name: option for option in kind.options} | options
    return options


def _read(option: Option, value: Any) -> Any:
    if option.choices:
        return "" if value is None else value.value
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value


def _to_parameter(option: Option) -> inspect.Parameter:
    annotation: Any = Annotated[str, typer.Option(option.flag, help=option.help)]
    default: Any = ""
    if option.form is OptionForm.FLAG:
        annotation, default = Annotated[bool, typer.Option(option.flag, help=option.help)], False
    elif option.form is OptionForm.TIME:
        annotation = Annotated[datetime | None, typer.Option(option.flag, formats=TIME_FORMATS, help=option.help)]
        default = None
    elif option.choices:
        choices: Any = _to_choices(option.name, option.choices)
        annotation, default = Annotated[choices | None, typer.Option(option.flag, help=option.help)], None
    return inspect.Parameter(option.name, inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=annotation, default=default)


def _to_choices(name: str, words: Any) -> Any:
    """An enumeration, which is what Typer takes as choices."""
    return Enum(name, {word: word for word in words})
