"""The real application, served by the real HTTP server on a real socket, inside the test's own event loop."""

from __future__ import annotations

import asyncio
import secrets
import shutil
import socket
from collections.abc import AsyncGenerator, AsyncIterator, Collection, Iterable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import uvicorn

from shipledger.access.issuing import Limits, issue_credential
from shipledger.access.people.roles import Role
from shipledger.access.people.session import cookie_name, form_token
from shipledger.app import build
from shipledger.catalog.organization import DEFAULT_SLUG
from shipledger.cli.link import link_below
from shipledger.clock import Clock
from shipledger.http.connection_limits import Bounds, bound_buffers
from shipledger.http.reading import bounded_protocol
from shipledger.lifecycle import App
from shipledger.protocols.registry import settings_type
from shipledger.store.key_file import load_token_keys
from shipledger.store.open import open_store
from tests.support.in_time import in_time
from tests.support.lent_databases import lent_ledger_database
from tests.support.people import add_person, sign_in
from tests.support.plain_http import no_certificates

SETTLED_WITHIN_SECONDS = 60.0
POOL_SIZE = 4
"""Each connection is a process of PostgreSQL. A small pool also shows sooner that somebody wants a second one from it."""


class Server:
    """A server that answers, with the application behind it. ``home`` is the slug of the organization that is meant.

    ``connections`` are those that are open, as uvicorn keeps them.
    """

    def __init__(self, app: App, port: int, home: str = DEFAULT_SLUG, *, connections: Collection[Any] = ()) -> None:
        self.app = app
        self.connections = connections
        self.port = port
        self.home = home
        self.cookies: dict[str, str] = {}

    @property
    def url(self) -> str:
        """The base URL."""
        return f"http://127.0.0.1:{self.port}"

    def at(self, home: str) -> Server:
        """The same server, for somebody who means another organization."""
        return Server(self.app, self.port, home)

    async def organization_id(self, slug: str | None = None) -> str:
        """The id of an organization, by default home, which is made when there is none of this slug."""
        slug = slug or self.home
        found = await self.app.store.find_organization(slug)
        return (found or await self.app.directory.create_organization(slug, slug.title())).organization_id

    async def issue(
        self,
        *scopes: str,
        kind: str = "opsgenie",
        organization: str | None = None,
        limits: Limits | None = None,
    ) -> str:
        """The secret of a new credential, with all rights unless ``scopes`` narrow them."""
        issued = issue_credential(
            organization_id=await self.organization_id(organization),
            kind=kind,
            name="test",
            now=self.app.clock.now(),
            randomness=secrets.token_bytes(8),
            scopes=frozenset(scopes),
            limits=limits,
        )
        await self.app.store.create_credential(issued.credential)
        return issued.secret

    async def count_deployments(self) -> int:
        """How many there are, once everything that was accepted has its verdict."""

        async def settled() -> None:
            while (await self.app.store.get_backlog()).pending:  # noqa: ASYNC110  the store has no signal for a test
                await asyncio.sleep(0.005)

        await in_time(settled(), "the verdict on what was accepted", seconds=SETTLED_WITHIN_SECONDS)
        return await self.app.store.count_deployments(await self.organization_id())

    @property
    def link(self) -> str:
        """The link that creates the first account."""
        return link_below(self.url, load_token_keys(self.app.settings))

    async def sign_in(
        self, role: Role = Role.ADMINISTRATOR, organization: str | None = None, *, name: str = ""
    ) -> dict[str, str]:
        """The cookies of a browser in which somebody with this role has signed in. Later clients send them, too."""
        organization_id = await self.organization_id(organization)
        store, clock = self.app.store, self.app.clock
        person = await add_person(store, organization_id, role, name=name, clock=clock)
        visit = await sign_in(store, person, organization_id, clock=clock)
        ledger_id = (await store.find_installation()).ledger_id
        self.cookies = {cookie_name(ledger_id, is_secure=False): visit.secret}
        return self.cookies

    @property
    def form_token(self) -> str:
        """What forms carry of who has signed in."""
        (secret,) = self.cookies.values()
        return form_token(secret)

    def client(self, key: str | None = None, *, headers: Mapping[str, str] | None = None, **options: Any) -> httpx2.AsyncClient:
        """A client of the Opsgenie API with a key, or of any with these headers.

        Unless it is given ``cookies``, it signs in where a page asks for that.
        """
        sent = {**(headers or {}), **({"Authorization": f"GenieKey {key}"} if key else {})}
        settings: dict[str, Any] = {
            "base_url": self.url,
            "timeout": 60,
            "trust_env": False,
            "verify": no_certificates(),
            **options,
        }
        client = httpx2.AsyncClient(headers=sent, **settings)
        if "cookies" not in options:
            client.auth = _SigningIn(self, client)
        return client


class _SigningIn(httpx2.Auth):
    """Signs an administrator in when a page asks for that, as a person does; most tests ask for no page."""

    def __init__(self, server: Server, client: httpx2.AsyncClient) -> None:
        self._server = server
        self._client = client

    async def async_auth_flow(self, request: httpx2.Request) -> AsyncGenerator[httpx2.Request, httpx2.Response]:
        self._present(request)
        answer = yield request
        path = answer.headers["Location"] if answer.has_redirect_location else answer.url.path
        if path.partition("?")[0] == "/login" and request.url.path != "/login" and not self._server.cookies:
            await self._server.sign_in()
            self._present(request)
            yield request

    def _present(self, request: httpx2.Request) -> None:
        if self._server.cookies:
            self._client.cookies.update(self._server.cookies)  # for what it is redirected to
            request.headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self._server.cookies.items())


async def make_template(database: Path) -> Path:
    """An empty database at the newest schema, to be copied: making one takes longer than most tests."""
    store = await open_store(f"sqlite:///{database}")
    await store.close()
    return database


def files_of(database: Path | str, folder: Path) -> dict[str, Any]:
    """Settings that keep in ``folder`` what belongs beside a database, where that is no file."""
    if isinstance(database, Path):
        return {}
    return {"token_key": "a key of tests, which no installation has", "git_folder": str(folder / "git")}


@asynccontextmanager
async def serving(database: Path | str, *, clock: Clock | None = None, **settings: Any) -> AsyncIterator[Server]:
    """A server over ``database``, a SQLite file or the URL of any database. ``settings`` override the defaults."""
    url = database if isinstance(database, str) else f"sqlite:///{database}"
    app = await build(settings_type()(database_url=url, port=0, **{"database_pool_size": POOL_SIZE, **settings}), clock=clock)
    # asyncio turns Nagle's algorithm off, which costs 40 ms a request, only where the socket names its protocol.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    bound_buffers(listener)
    listener.listen(512)
    try:
        await app.start()
        config = uvicorn.Config(
            app.asgi,
            lifespan="off",
            http=bounded_protocol(Bounds(seconds=app.settings.request_timeout_seconds, connections=10_000), app.budget),  # type: ignore[arg-type]  # as in the program
            access_log=False,
            log_config=None,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=5,
            timeout_keep_alive=60,  # a client that stalls on a busy machine must not send into a connection that closes
        )
        http = _Http(config)
        task = asyncio.create_task(http.serve(sockets=[listener]))
        await http.has_started.wait()
        try:
            yield Server(app, listener.getsockname()[1], connections=http.server_state.connections)
        finally:  # after a failure too: what goes on would take sockets of the servers of later tests
            app.refuse_writes()
            http.has_to_stop.set()
            await task
    finally:
        listener.close()
        await in_time(app.stop())


@asynccontextmanager
async def serving_module(store: str, folder: Path, template: Path) -> AsyncIterator[Server]:
    """A server over an empty database in ``store``, sqlite or postgres, for all tests of a module."""
    if store == "sqlite":
        async with serving(Path(shutil.copy(template, folder / "shipledger.db"))) as server:
            yield server
    else:
        async with lent_ledger_database() as url, serving(url, **files_of(url, folder)) as server:
            yield server


class _Http(uvicorn.Server):
    """uvicorn without its signal handlers, which tells when it is started and stops at once.

    uvicorn looks ten times a second whether it should stop, and again whether it may: most of the time of most tests.
    """

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.has_started = asyncio.Event()
        self.has_to_stop = asyncio.Event()

    async def startup(self, sockets: Iterable[socket.socket] | None = None) -> None:
        await super().startup(list(sockets or ()))
        self.has_started.set()

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        await self._serve(sockets)

    async def main_loop(self) -> None:
        await self.on_tick(0)
        await self.has_to_stop.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        async with asyncio.timeout(5):
            while self.server_state.connections or self.server_state.tasks:  # noqa: ASYNC110  uvicorn offers no event
                await asyncio.sleep(0.001)
