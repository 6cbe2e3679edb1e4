"""The vendor's command ``datadog-ci``, as it comes from its registry, run against a server behind TLS on loopback."""

from __future__ import annotations

import asyncio
import os
import platform
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.support.project import ROOT
from tests.support.tls import make_certificate, tls_in_front

VERSION = "5.25.0"
NODE_MAJOR = 20
OWN_NODE = f"node-linux-{'arm64' if platform.machine() in {'aarch64', 'arm64'} else 'x64'}"
OWN_NODE_VERSION = "20.18.0"
SITE = "ledger.test"
INSTALL_SECONDS = 110
RUN_SECONDS = 60

_HOOK = """
const dns = require('dns');
const lookup = dns.lookup;
dns.lookup = (name, options, done) =>
  lookup(name.endsWith('.SITE') ? '127.0.0.1' : name, options, done);
""".replace("SITE", SITE)
"""Finds the made-up site on this machine."""


def install() -> list[str] | None:
    """What to run; it is fetched once. None without Node, npm or a network."""
    if not shutil.which("node") or not shutil.which("npm"):
        return None
    folder = ROOT / ".cache" / "datadog-ci" / VERSION
    script = folder / "node_modules" / "@datadog" / "datadog-ci" / "dist" / "bundle.js"
    own_node = folder / "node_modules" / OWN_NODE / "bin" / "node"
    has_node = _is_new_enough()
    if not script.exists() or not (has_node or own_node.exists()):
        packages = [f"@datadog/datadog-ci@{VERSION}", *([] if has_node else [f"{OWN_NODE}@{OWN_NODE_VERSION}"])]
        folder.mkdir(parents=True, exist_ok=True)
        options = ("--prefix", str(folder), "--no-audit", "--no-fund", "--ignore-scripts", "--no-save")
        try:
            subprocess.run(
                ["npm", "install", *options, *packages], cwd=folder, check=True, capture_output=True, timeout=INSTALL_SECONDS
            )
        except (subprocess.SubprocessError, OSError):
            return None
    return ["node" if has_node else str(own_node), str(script)]


def _is_new_enough() -> bool:
    """Whether the machine's Node can run the command. Debian 12 has 18, on which the command hangs."""
    told = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout
    return int(told.removeprefix("v").split(".")[0] or 0) >= NODE_MAJOR


async def run(command: Sequence[str], port: int, checkout: Path, keys: Mapping[str, str], *arguments: str) -> tuple[int, str]:
    """The exit code of the command in a checkout, and all that it wrote, with its site set to the server on ``port``."""
    folder = checkout.parent
    hook = folder / "hook.js"
    hook.write_text(_HOOK)
    certificate = make_certificate(folder, [f"api.{SITE}", f"sourcemap-intake.{SITE}"])
    async with tls_in_front(port, certificate) as tls_port:
        process = await asyncio.create_subprocess_exec(
            *command,
            *arguments,
            cwd=checkout,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(folder),  # the command writes to git's global configuration
                "DD_API_KEY": keys["DD-API-KEY"],
                "DD_SITE": f"{SITE}:{tls_port}",
                "NODE_OPTIONS": f"--require {hook}",
                "NODE_EXTRA_CA_CERTS": str(certificate),
            },
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        try:
            async with asyncio.timeout(RUN_SECONDS):
                written, _ = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
    return process.returncode or 0, written.decode()
