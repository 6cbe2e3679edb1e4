"""A real HAProxy with the configuration that is shipped, its addresses rewritten to a test's own."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import httpx2

from tests.support.missing import require_package
from tests.support.plain_http import no_certificates
from tests.support.postgres import find_free_port
from tests.support.project import ROOT, read

SHIPPED = ROOT / "deploy" / "systemd" / "haproxy.cfg"
READY_SECONDS = 15.0


class HAProxy:
    """A running HAProxy before nodes at some ports."""

    def __init__(self, folder: Path, ports: Sequence[int]) -> None:
        self.port = find_free_port()
        self.log = folder / "haproxy.log"
        configuration = folder / "haproxy.cfg"
        configuration.write_text(rewrite_addresses(read(SHIPPED), self.port, ports))
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [require_package("haproxy"), "-db", "-f", configuration], stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    @property
    def url(self) -> str:
        """The base URL."""
        return f"http://127.0.0.1:{self.port}"

    def wait_until(self, path: str, status: int, headers: Mapping[str, str] | None = None) -> httpx2.Response:
        """The first answer with that status."""
        deadline = time.monotonic() + READY_SECONDS
        while True:
            try:
                answer = httpx2.get(f"{self.url}{path}", headers=headers, trust_env=False, verify=no_certificates())
            except httpx2.TransportError:
                answer = httpx2.Response(0, text="no answer")
            if answer.status_code == status:
                return answer
            assert time.monotonic() < deadline, f"{answer.status_code} {answer.text}\n{self.log.read_text()}"
            time.sleep(0.05)

    def close(self) -> None:
        """Make sure that it is gone."""
        self._process.kill()
        self._process.wait()


def rewrite_addresses(text: str, port: int, ports: Sequence[int]) -> str:
    """Without the change of user, which asks for root, and with other addresses."""
    text = re.sub(r"^    (?:user|group) .*\n", "", text, flags=re.MULTILINE).replace("bind :8080", f"bind 127.0.0.1:{port}")
    for shipped, node in zip((8081, 8082, 8083), ports, strict=True):
        text = text.replace(f"127.0.0.1:{shipped}", f"127.0.0.1:{node}")
    return text
