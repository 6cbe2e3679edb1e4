"""The files in ``deploy`` fit the program, the documentation, and each other."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from shipledger.cli.main import build
from shipledger.protocols.registry import settings_type
from shipledger.settings import PREFIX, Settings
from tests.support.missing import require_package
from tests.support.program import PROGRAM
from tests.support.project import DOCS, ROOT, read

DEPLOY = ROOT / "deploy"
FILES = sorted(path for path in DEPLOY.rglob("*") if path.is_file())
UNIT = DEPLOY / "systemd" / "shipledger@.service"
OF_COMPOSE = {"SHIPLEDGER_PORT"}
"""Where the balancer listens on the host; no node hears of it."""

VARIABLES = {f"{PREFIX}{name.upper()}" for name in settings_type().__struct_fields__}
COMPOSE: Any = yaml.safe_load(read(DEPLOY / "compose" / "compose.yaml"))


def list_variables(path: Path) -> set[str]:
    return set(re.findall(rf"\b{PREFIX}[A-Z_]+\b", read(path)))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(DEPLOY)))
def test_every_variable_that_is_named_is_a_setting(path: Path) -> None:
    assert list_variables(path) - OF_COMPOSE <= VARIABLES


def test_the_variables_of_the_compose_file_are_the_ones_of_its_example() -> None:
    asked = set(re.findall(r"\$\{(\w+)", read(DEPLOY / "compose" / "compose.yaml")))
    offered = set(re.findall(r"^(\w+)=", read(DEPLOY / "compose" / "env.example"), re.MULTILINE))
    assert asked == offered


def test_nodes_in_containers_are_given_settings_and_longer_to_stop_than_they_take() -> None:
    node = COMPOSE["services"]["node"]
    assert node["environment"].keys() <= VARIABLES
    assert float(node["stop_grace_period"].removesuffix("s")) > Settings().shutdown_grace_seconds
    assert (DEPLOY / "compose" / node["build"]["context"] / node["build"]["dockerfile"]).is_file()


def test_the_two_balancers_differ_only_in_how_they_find_nodes() -> None:
    def strip(folder: str) -> list[str]:
        text = read(DEPLOY / folder / "haproxy.cfg").partition("\ndefaults\n")[2]
        text = re.sub(r"\nresolvers containers\n(?:    .*\n)+", "", text)
        return [line for line in text.splitlines() if not re.match(r"    server", line)]

    assert strip("compose") == strip("systemd")


@pytest.mark.parametrize("folder", ["compose", "systemd"])
def test_haproxy_takes_its_configuration_without_a_warning(folder: str) -> None:
    done = run(require_package("haproxy"), "-c", "-dW", "-f", DEPLOY / folder / "haproxy.cfg")
    assert done.returncode == 0, done.stderr


def test_systemd_knows_every_line_of_the_unit(tmp_path: Path) -> None:
    assert shutil.which("systemd-analyze"), "Install it: apt-get update && apt-get install -y systemd"
    unit = tmp_path / "shipledger@8081.service"
    unit.write_text(read(UNIT).replace("/opt/shipledger/.venv/bin/shipledger", str(PROGRAM)))
    done = run("systemd-analyze", "verify", "--man=no", unit)
    assert str(unit) not in done.stderr, done.stderr
    assert "shipledger" not in done.stderr, done.stderr


def test_the_unit_starts_the_program_with_options_that_it_has() -> None:
    program, command, *options = re.findall(r"^ExecStart=(.+)$", read(UNIT), re.MULTILINE)[0].replace("%i", "8081").split()
    assert program.endswith("/shipledger")
    found: Any = typer.main.get_command(build())
    assert found.commands[command].load().make_context(command, options).params["port"] == 8081


def test_the_unit_gives_a_node_longer_to_stop_than_it_takes() -> None:
    seconds = re.findall(r"^TimeoutStopSec=(\d+)$", read(UNIT), re.MULTILINE)
    assert [float(one) > Settings().shutdown_grace_seconds for one in seconds] == [True]


@pytest.mark.parametrize("page", [ROOT / "README.md", *sorted((DOCS / "how-to").glob("*.md"))], ids=lambda page: page.name)
def test_every_file_of_deploy_that_is_to_be_installed_is_there(page: Path) -> None:
    for named in re.findall(r"(?<![\w/])deploy/[\w./@-]+", read(page)):
        assert (ROOT / named).exists(), f"{page.name} names {named}"


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False)
