"""Programs of others that tests drive from outside, installed once into the cache from the pins in tests/clients/packages.

What is missing (Node, npm, a network) skips the test and names the command to run; with CI set it fails it.

The pins have hashes and no address (docs/adr/0005). To change one: `uv pip compile --universal --python-version 3.11
--generate-hashes --no-emit-index-url --no-header` writes a .txt, and `npm install --package-lock-only
--omit-lockfile-registry-resolved` the lock of a changed package.json.
"""

from __future__ import annotations

import hashlib
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.support.missing import give_up
from tests.support.project import ROOT

PINS = ROOT / "tests" / "clients" / "packages"
CACHE = ROOT / ".cache" / "clients"
INSTALL_SECONDS = 150
NODE_MAJOR = 20
TIMEOUT = pytest.mark.timeout(300)
"""For tests that may have to install something first."""


def require_python(name: str) -> str:
    """The Python of an environment of its own with what ``name``.txt pins."""
    pins = PINS / f"{name}.txt"
    folder = _folder(name, pins)
    python = str(folder / "bin" / "python")
    uv = ROOT / ".cache" / "uv" / "bin" / "uv"
    _install(
        folder,
        ["make", "-C", str(ROOT), ".cache/uv/ready"],
        [str(uv), "venv", "--quiet", "--clear", "--python", sys.executable, str(folder)],
        [str(uv), "pip", "sync", "--quiet", "--python", python, "--require-hashes", str(pins)],
    )
    return python


def require_node_packages(name: str) -> Path:
    """A folder whose ``node_modules`` has what ``name``/package-lock.json pins."""
    lock = PINS / name / "package-lock.json"
    folder = _folder(name, lock)
    _install(folder, [sys.executable, "-m", "tests.support.node_archives", str(lock), str(folder)])
    return folder


def require_node() -> str:
    """A Node that is new enough: the machine's, or one of our own. Debian 12 has 18, on which datadog-ci hangs."""
    if found := shutil.which("node"):
        told = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout
        if int(told.removeprefix("v").split(".")[0]) >= NODE_MAJOR:
            return found
    installed = sorted(require_node_packages("node").glob("node_modules/node-*/bin/node"))
    return str(installed[0]) if installed else give_up(f"There is no Node {NODE_MAJOR} on this machine. Install it.")


def environment() -> dict[str, str]:
    """The environment without proxies, for a program that is to reach this machine alone."""
    return {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}


def _folder(name: str, pins: Path) -> Path:
    return CACHE / f"{name}-{hashlib.sha256(pins.read_bytes()).hexdigest()[:12]}"


def _install(folder: Path, *commands: Sequence[str]) -> None:
    ready = folder / "ready"
    if ready.exists():
        return
    for command in commands:
        try:
            subprocess.run(command, check=True, capture_output=True, text=True, timeout=INSTALL_SECONDS, cwd=ROOT)
        except (subprocess.SubprocessError, OSError) as error:
            script = " && ".join(shlex.join(each) for each in [["cd", str(ROOT)], *commands, ["touch", str(ready)]])
            give_up(f"{folder.name} is not installed ({error}). Run: {script}")
    ready.touch()
