"""The vendor's command ``datadog-ci``, as it comes from its registry, run against a server behind TLS on loopback."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.support import packages
from tests.support.tls import make_certificate, tls_in_front

SITE = "ledger.test"
RUN_SECONDS = 60

_HOOK = """
const dns = require('dns');
const lookup = dns.lookup;
dns.lookup = (name, options, done) =>
  lookup(name.endsWith('.SITE') ? '127.0.0.1' : name, options, done);
""".replace("SITE", SITE)
"""Finds the made-up site on this machine."""


def require() -> list[str]:
    """What to run."""
    folder = packages.require_node_packages("datadog-ci")
    return [packages.require_node(), str(folder / "node_modules" / "@datadog" / "datadog-ci" / "dist" / "bundle.js")]


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
