"""Every setting, command, option and exit code is documented, and nothing documented is missing."""

from __future__ import annotations

import re
from enum import Enum
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest
import typer
from prometheus_client.parser import text_string_to_metric_families

from shipledger.cli.ci_systems import CI_SYSTEMS
from shipledger.cli.exit_codes import MEANINGS
from shipledger.cli.main import build
from shipledger.forwarding.message import Result
from shipledger.ledger.verdict import VerdictKind
from shipledger.observability.metrics import Metrics
from shipledger.protocols.registry import settings_type
from shipledger.settings import PREFIX
from tests.support.commands import list_commands
from tests.support.project import DOCS, read

SETTINGS = read(DOCS / "reference" / "settings.md")
COMMANDS = read(DOCS / "reference" / "cli.md")
METRICS = DOCS / "reference" / "metrics.md"

Settings = settings_type()

ROW = re.compile(r"^\| `(?P<name>[^`]+)`(?P<rest>.*)\|$", re.MULTILINE)
SECTION = re.compile(r"^##+ (?P<title>shipledger.*)$", re.MULTILINE)


def list_sections() -> dict[str, str]:
    """The documentation of each command by its full name."""
    places = [*SECTION.finditer(COMMANDS)]
    ends = [place.start() for place in places[1:]] + [len(COMMANDS)]
    return {place["title"]: COMMANDS[place.end() : end] for place, end in zip(places, ends, strict=True)}


def list_parameters(command: Any) -> set[str]:
    """The names of a command's arguments and the long names of its options."""
    return {
        next((name for name in parameter.opts if name.startswith("--")), parameter.metavar or parameter.name.upper())
        for parameter in command.params
        if parameter.name != "help"
    }


def list_choices(parameter: Any) -> list[str]:
    """The words that an argument or an option takes, when it takes no others."""
    descriptor = getattr(parameter, "type_descriptor", None)
    annotation = getattr(descriptor, "annotation", None)
    return [choice.value for choice in annotation] if isinstance(annotation, type) and issubclass(annotation, Enum) else []


def list_measures() -> dict[str, set[str]]:
    """Every measure of a server that has something to count, as Prometheus names it, with its labels."""
    metrics = Metrics(with_process=False)
    metrics.observe_accepted("opsgenie")
    metrics.observe_settled(VerdictKind.APPLIED)
    metrics.observe_request("opsgenie", "/v2/deployments", 202, 0.001)
    metrics.watch_queue("intake", lambda: 0)
    metrics.set_packs(pending=0, refused=0)
    metrics.set_outbox(pending=0, given_up=0, oldest_age_seconds=0, open_targets=0)
    metrics.observe_attempt(Result.DELIVERED)
    return {
        family.name + ("_total" if family.type == "counter" else ""): {*family.samples[0].labels} - {"le"}
        for family in text_string_to_metric_families(metrics.render().decode())
        if not family.name.endswith("_created")
    }


CALLABLE = list_commands()
DOCUMENTED = list_sections()


def test_every_setting_is_documented_and_no_other() -> None:
    documented = [row["name"] for row in ROW.finditer(SETTINGS)]

    assert sorted(documented) == sorted(Settings.__struct_fields__)


@pytest.mark.parametrize("name", Settings.__struct_fields__)
def test_a_setting_is_documented_with_its_variable_its_default_and_its_choices(name: str) -> None:
    rest = next(row["rest"] for row in ROW.finditer(SETTINGS) if row["name"] == name)
    default = getattr(Settings(), name)
    annotation = get_type_hints(Settings)[name]
    choices = get_args(annotation) if get_origin(annotation) is Literal else ()

    assert f"`{PREFIX}{name.upper()}`" in rest
    assert all(f"`{choice}`" in rest for choice in choices)
    if name != "database_url":
        assert f"| `{default:g}` |" in rest if isinstance(default, float) else f"| `{default}` |" in rest or "| empty |" in rest


def test_choices_are_seen_by_these_tests() -> None:
    parameters = {parameter.name: parameter for parameter in CALLABLE["shipledger record"].params}

    assert list_choices(parameters["state"]) == ["initial", "started", "successful", "failed", "cancelled", "rolled_back"]


def test_every_command_has_a_section_and_no_other() -> None:
    groups = {name.rpartition(" ")[0] for name in CALLABLE if name.count(" ") > 1}

    assert set(DOCUMENTED) == set(CALLABLE) | groups


@pytest.mark.parametrize("name", CALLABLE)
def test_every_argument_and_option_of_a_command_is_documented_and_no_other(name: str) -> None:
    documented = {row["name"].split()[0] for row in ROW.finditer(DOCUMENTED[name])}

    assert documented == list_parameters(CALLABLE[name])


@pytest.mark.parametrize("name", CALLABLE)
def test_every_option_has_a_help_text_and_every_choice_is_documented(name: str) -> None:
    for parameter in CALLABLE[name].params:
        assert getattr(parameter, "help", "-"), f"{parameter.name} says nothing"
        for choice in list_choices(parameter):
            assert f"`{choice}`" in DOCUMENTED[name]


def test_the_summary_in_the_list_of_commands_is_the_commands_own() -> None:
    program: Any = typer.main.get_command(build())

    for deferred in program.commands.values():
        own = deferred.load().help
        assert own
        assert not own.startswith(" ")


def test_every_exit_code_is_documented_in_its_words() -> None:
    documented = {row["name"]: row["rest"].strip("| ") for row in ROW.finditer(COMMANDS) if row["name"].isdigit()}

    assert documented == {str(code.value): meaning for code, meaning in MEANINGS.items()}


def test_every_measure_is_documented_with_its_labels_and_no_other() -> None:
    documented = {row["name"]: set(re.findall(r"`([^`]+)`", row["rest"].split("|")[2])) for row in ROW.finditer(read(METRICS))}

    assert documented == list_measures()


def test_every_ci_system_is_named() -> None:
    assert [system.name for system in CI_SYSTEMS if system.name not in COMMANDS.lower()] == []
