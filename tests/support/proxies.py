"""Real proxies in front of a server: those of other people, who configure what they like, and those of ``deploy``."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.haproxy import SHIPPED, rewrite_addresses
from tests.support.missing import SYSTEM_PROGRAMS, require_package
from tests.support.postgres import find_free_port
from tests.support.project import ROOT, read

DEPLOY = ROOT / "deploy"
NAME = "deploy.example.com"
STARTED_WITHIN_SECONDS = 20.0
HAPROXY = "defaults\n    mode {mode}\n    timeout connect 5s\n    timeout client 60s\n    timeout server 60s\n"
NGINX = """
daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{}}
http {{
    access_log {folder}/access.log;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    {site}
}}
"""
APACHE = """
ServerName {name}
ServerRoot {folder}
PidFile {folder}/apache.pid
Listen 127.0.0.1:{port}
ErrorLog {folder}/error.log
DefaultRuntimeDir {folder}
{modules}
{site}
"""
APACHE_MODULES = (
    *("mpm_event", "authn_core", "authz_core", "headers", "setenvif", "ssl", "socache_shmcb", "proxy", "proxy_http"),
)


def bare_nginx(folder: Path, port: int, server_port: int) -> list[str]:
    """The server nginx with what its tutorial says."""
    return _nginx(folder, f"server {{ listen 127.0.0.1:{port}; location / {{ proxy_pass http://127.0.0.1:{server_port}; }} }}")


def bare_haproxy(folder: Path, port: int, server_port: int, *, mode: str = "http") -> list[str]:
    """HAProxy that adds no header; in the mode tcp it does not even look at the request."""
    text = f"{HAPROXY.format(mode=mode)}listen all\n    bind 127.0.0.1:{port}\n    server one 127.0.0.1:{server_port}\n"
    return _haproxy(folder, text)


def bare_tcp(folder: Path, port: int, server_port: int) -> list[str]:
    """A forwarder of connections."""
    return bare_haproxy(folder, port, server_port, mode="tcp")


def shipped_haproxy(folder: Path, port: int, server_port: int) -> list[str]:
    """HAProxy as it is in ``deploy``, without TLS. All of its nodes are one here."""
    return _haproxy(folder, rewrite_addresses(read(SHIPPED), port, [server_port] * 3))


def shipped_haproxy_over_tls(folder: Path, port: int, server_port: int) -> list[str]:
    """The same with the line for TLS that its file names, and with the certificate of the test."""
    text = read(SHIPPED)
    (line,) = re.findall(r"For TLS: (bind :443 ssl crt) \S+", text)
    bound = f"{line.replace(':443', f'127.0.0.1:{port}')} {folder / 'certificate.pem'}"
    return _haproxy(folder, rewrite_addresses(text, port, [server_port] * 3).replace(f"bind 127.0.0.1:{port}", bound))


def shipped_nginx(folder: Path, port: int, server_port: int) -> list[str]:
    """The server nginx as it is in ``deploy``, with the certificate of the test."""
    text = _rewrite(read(DEPLOY / "proxy" / "nginx.conf"), server_port)
    text = re.sub(r"/etc/nginx/\S+\.(?:pem|key)", str(folder / "certificate.pem"), text)
    return _nginx(folder, text.replace("listen 443 ssl", f"listen 127.0.0.1:{port} ssl"))


def shipped_caddy(folder: Path, port: int, server_port: int) -> list[str]:
    """Caddy as it is in ``deploy``, with the certificate of the test."""
    text = _rewrite(read(DEPLOY / "proxy" / "Caddyfile"), server_port)
    certificate = folder / "certificate.pem"
    text = text.replace(f"{NAME} {{", f"{NAME}:{port} {{\n\ttls {certificate} {certificate}\n\tbind 127.0.0.1", 1)
    settings = f"{{\n\tadmin off\n\tauto_https disable_redirects\n\tstorage file_system {folder / 'caddy'}\n}}\n"
    (folder / "Caddyfile").write_text(settings + text)
    return [_find_elsewhere("caddy"), "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]


def shipped_apache(folder: Path, port: int, server_port: int) -> list[str]:
    """Apache as it is in ``deploy``, with the certificate of the test."""
    program = _find_elsewhere("apache2")
    text = _rewrite(read(DEPLOY / "proxy" / "apache.conf"), server_port).replace("*:443", f"127.0.0.1:{port}")
    text = re.sub(r"/etc/apache2/\S+\.(?:pem|key)", str(folder / "certificate.pem"), text)
    site = text.replace("${APACHE_LOG_DIR}", str(folder))
    modules = "\n".join(f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so" for name in APACHE_MODULES)
    settings = APACHE.format(name=NAME, folder=folder, port=port, modules=modules, site=site)
    (folder / "apache.conf").write_text(settings)
    return [program, "-X", "-f", str(folder / "apache.conf")]


Recipe = Callable[[Path, int, int], Sequence[str]]
"""Writes a configuration into a folder, for a proxy at one port before a server at another; gives the command that starts it."""


@contextmanager
def running_proxy(recipe: Recipe, folder: Path, server_port: int) -> Iterator[int]:
    """The port of a proxy that takes connections."""
    port = find_free_port()
    command = recipe(folder, port, server_port)
    log = folder / "proxy.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd=folder, env=_environment(folder)
        )
    try:
        _wait_for(port, process, log)
        yield port
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _haproxy(folder: Path, text: str) -> list[str]:
    (folder / "haproxy.cfg").write_text(text)
    return [require_package("haproxy"), "-db", "-f", str(folder / "haproxy.cfg")]


def _nginx(folder: Path, site: str) -> list[str]:
    program = require_package("nginx")
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, site=site))
    return [program, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]


def _rewrite(text: str, server_port: int) -> str:
    assert "127.0.0.1:8080" in text
    return text.replace("127.0.0.1:8080", f"127.0.0.1:{server_port}")


def _find_elsewhere(name: str) -> str:
    """A program that `.ci/run` installs and that no other test needs: where it is missing, CI's own machine has it."""
    found = shutil.which(name) or shutil.which(name, path=SYSTEM_PROGRAMS)
    if found is None:
        pytest.skip(f"There is no {name} on this machine. Install it: apt-get update && apt-get install -y {name}")
    return found


def _environment(folder: Path) -> dict[str, str]:
    return {**os.environ, "HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + STARTED_WITHIN_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.02)
    raise AssertionError(f"The proxy did not start:\n{log.read_text()[-4_000:]}")
