"""Real proxies in front of the real server: those that people write down themselves, and the files of ``deploy``.

HAProxy in containers is that of systemd but for how it finds nodes, as another test says.
"""

from __future__ import annotations

import re
import shutil
import ssl
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest

from shipledger.access.people.passwords import Passwords
from tests.support import proxies
from tests.support.attack import Names, list_operations, list_requests
from tests.support.jira import deployment
from tests.support.jira_clients import SITE, fetch_token, issue_client
from tests.support.opsgenie import create_body
from tests.support.pen import new_pen
from tests.support.people import add_person
from tests.support.plain_http import no_certificates
from tests.support.project import DOCS, read
from tests.support.proxies import DEPLOY, NAME, running_proxy
from tests.support.server import Server, serving
from tests.support.site import Html
from tests.support.tls import make_certificate
from tools import draw_paths

NOTE = "Marzipan-Confidential"
BARE = (proxies.bare_nginx, proxies.bare_haproxy, proxies.bare_tcp)
SHIPPED = {
    "systemd/haproxy.cfg": ("https", proxies.shipped_haproxy_over_tls),
    "proxy/nginx.conf": ("https", proxies.shipped_nginx),
    "proxy/Caddyfile": ("https", proxies.shipped_caddy),
    "proxy/apache.conf": ("https", proxies.shipped_apache),
}
BODY_LIMITS = {
    "proxy/nginx.conf": (r"client_max_body_size (\d+)m;", 1),
    "proxy/Caddyfile": (r"max_size (\d+)MiB", 1),
    "proxy/apache.conf": (r"LimitRequestBody (\d+)", draw_paths.MEBIBYTE),
    "helm/shipledger/values.yaml": (r"proxy-body-size: (\d+)m", 1),
}
NAMES = Names("c68adbe0-2b09-4add-b08e-eb5797b31bc9", ("team/app 1",), ("p/environments/e/deployments/1",))
EMAIL, PASSWORD = "ada@example.com", "correct horse battery"
CLAIMED = {"X-Forwarded-For": "198.51.100.1", "X-Forwarded-Proto": "http", "Forwarded": "for=198.51.100.1;proto=http"}
"""What somebody may say of themselves, which proxies must not pass on."""

BROWSER = "127.0.0.2"
"""Where browsers are. The proxies are at 127.0.0.1."""

TEN_MEGABYTES = 10_000_000
LONG_HEAD_BYTES = 60_000


@pytest.fixture(scope="module")
async def served(tmp_path_factory: pytest.TempPathFactory, database_template: Path) -> AsyncIterator[Server]:
    """A server that goes by a name, with something to see."""
    database = Path(shutil.copy(database_template, tmp_path_factory.mktemp("served") / "shipledger.db"))
    async with serving(database, public_url=f"https://{NAME}", trusted_proxies="127.0.0.1") as server:
        pen = await new_pen(server.app.store, now=server.app.clock.now())
        await pen.record(at=server.app.clock.now(), title=NOTE)
        await pen.create_service("Checkout", at=server.app.clock.now())
        yield server


@pytest.fixture(scope="module", params=BARE, ids=lambda recipe: recipe.__name__)
async def bare(request, tmp_path_factory: pytest.TempPathFactory, served: Server) -> AsyncIterator[str]:
    """The address of a proxy that adds no header."""
    with running_proxy(request.param, tmp_path_factory.mktemp("bare"), served.port) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="module", params=SHIPPED)
async def shipped(request, tmp_path_factory: pytest.TempPathFactory, served: Server) -> AsyncIterator[httpx2.AsyncClient]:
    """A browser before a proxy of ``deploy``, which it knows by its name."""
    scheme, recipe = SHIPPED[request.param]
    folder = tmp_path_factory.mktemp("shipped")
    certificate = make_certificate(folder, [NAME])
    trusted = ssl.create_default_context(cafile=str(certificate)) if scheme == "https" else no_certificates()
    with running_proxy(recipe, folder, served.port) as port:

        async def call_by_name(request: httpx2.Request) -> None:
            request.headers["Host"] = f"{NAME}:{port}"
            request.extensions = {**request.extensions, "sni_hostname": NAME}

        async with httpx2.AsyncClient(
            base_url=f"{scheme}://127.0.0.1:{port}",
            transport=httpx2.AsyncHTTPTransport(verify=trusted, local_address=BROWSER, trust_env=False),
            timeout=60,
            event_hooks={"request": [call_by_name]},
        ) as client:
            yield client


def mapping_of(repository: str) -> dict[str, str]:
    return {"service": "checkout", "repository": repository, "action": "map"}


async def list_mapped(server: Server) -> list[str]:
    organization_id = await server.organization_id()
    return [mapping.repository for mapping in await server.app.store.list_mappings(organization_id)]


async def add_ada(server: Server) -> None:
    """Somebody who signs in with a password."""
    if await server.app.store.find_person_by_email(EMAIL) is None:
        person = await add_person(server.app.store, await server.organization_id(), email=EMAIL, clock=server.app.clock)
        await server.app.store.refresh_password(person.person_id, await Passwords().hash(PASSWORD))


async def sign_in(browser: httpx2.AsyncClient, origin: str) -> httpx2.Response:
    """The answer to the form that signs in."""
    fields = {"email": EMAIL, "password": PASSWORD, "next": "/deployments"}
    return await browser.post("/login", data=fields, headers={"Origin": origin, **CLAIMED})


async def map_repository(browser: httpx2.AsyncClient, repository: str, origin: str) -> httpx2.Response:
    """The answer to the form of a service's page."""
    token = Html((await browser.get("/services/checkout")).text).all("input", name="form_token")[0]["value"]
    return await browser.post("/repositories", data={**mapping_of(repository), "form_token": token}, headers={"Origin": origin})


async def test_behind_a_proxy_that_adds_no_header_nothing_is_shown_or_changed_without_a_session(bare: str, served: Server):
    async with httpx2.AsyncClient(base_url=bare, trust_env=False, verify=no_certificates()) as stranger:
        for path in ("/", "/deployments", "/requests", "/services/checkout", "/repositories", "/ledger/docs", "/nowhere"):
            answer = await stranger.get(path)
            assert answer.headers["Location"].startswith("/login"), path
            assert NOTE not in answer.text
        sent = {"Origin": bare, "Sec-Fetch-Site": "same-origin"}
        answer = await stranger.post("/repositories", data=mapping_of("acme/stolen"), headers=sent)
        assert answer.headers["Location"] == "/login"
    assert not [repository for repository in await list_mapped(served) if "stolen" in repository]


async def test_behind_a_proxy_that_adds_no_header_people_sign_in(bare: str, served: Server):
    await add_ada(served)
    async with httpx2.AsyncClient(base_url=bare, trust_env=False, verify=no_certificates()) as browser:
        signed_in = await sign_in(browser, bare)
        if signed_in.status_code == 403:  # the proxy puts a name of its own into Host
            assert "public_url must be the address shown in the browser" in signed_in.text
            signed_in = await sign_in(browser, f"https://{NAME}")
        assert (signed_in.status_code, urlsplit(signed_in.headers["Location"]).path) == (303, "/deployments")
        assert NOTE in (await browser.get("/deployments")).text


async def test_every_prefix_of_the_table_is_reached_through_the_files_of_deploy(shipped: httpx2.AsyncClient, served: Server):
    """As if there were no proxy: who has no key, or asks for what is not there, is refused by the API in its own words."""
    by_call = {(operation.route.method, operation.route.path): operation for operation in list_operations()}
    async with served.client(headers={"Host": NAME}, cookies={}) as direct:
        for opening in draw_paths.list_openings():
            calls = [by_call[call] for call in opening.calls[:1]]
            known = [next(iter(list_requests(call, NAMES, NAMES.organization_id, ["any"]))) for call in calls]
            targets = [(sent.method, sent.target) for sent in known]
            for method, target in (*targets, ("POST", f"{opening.prefix}/no/such%2Fpath")):
                expected, found = [await client.request(method, target) for client in (direct, shipped)]
                assert found.status_code == expected.status_code, f"{method} {target}: {found.text}"
                assert found.headers.get("content-type") == expected.headers.get("content-type"), target
                assert found.text[:20] == expected.text[:20], target


async def test_ten_megabytes_and_a_long_head_pass_through_the_files_of_deploy(shipped: httpx2.AsyncClient, served: Server):
    token = await fetch_token(served, *await issue_client(served))
    body = httpx2.Request("POST", "http://any", json={"deployments": [deployment()]}).content
    answer = await shipped.post(
        f"{SITE}/bulk",
        content=body.ljust(TEN_MEGABYTES),
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    assert answer.status_code == 202, answer.text
    assert (await shipped.get("/healthz", headers={"X-Long": "x" * LONG_HEAD_BYTES})).status_code == 200
    too_large = await shipped.post("/v2/deployments", content=b" " * TEN_MEGABYTES, headers=await authorize(served))
    assert too_large.status_code == 413
    assert too_large.json().keys() >= {"message", "requestId"}


async def authorize(server: Server) -> dict[str, str]:
    return {"Authorization": f"GenieKey {await server.issue()}", "Content-Type": "application/json"}


async def test_a_slash_within_an_identifier_passes_through_the_files_of_deploy(shipped: httpx2.AsyncClient, served: Server):
    headers = await authorize(served)
    external_id = f"team/app {shipped.base_url.port}"
    assert (await shipped.post("/v2/deployments", json=create_body(externalId=external_id), headers=headers)).status_code == 202
    await served.count_deployments()
    path = f"/v2/deployments/{external_id.replace('/', '%2F').replace(' ', '%20')}?identifierType=api"
    assert (await shipped.get(path, headers=headers)).json()["data"]["externalId"] == external_id


async def test_people_sign_in_through_the_files_of_deploy(shipped: httpx2.AsyncClient, served: Server):
    await add_ada(served)
    shipped.cookies.clear()
    assert (await shipped.get("/deployments")).status_code == 303
    origin = f"{shipped.base_url.scheme}://{NAME}:{shipped.base_url.port}"
    signed_in = await sign_in(shipped, origin)
    assert signed_in.status_code == 303, signed_in.text
    for cookie in signed_in.headers.get_list("Set-Cookie"):
        assert ("; Secure" in cookie, cookie.startswith("__Host-")) == (True, True)
    assert NOTE in (await shipped.get("/deployments")).text
    repository = f"acme/shop-{shipped.base_url.port}"
    answer = await map_repository(shipped, repository, origin)
    assert answer.status_code == 303, answer.text
    assert f"bitbucket.org/{repository}" in await list_mapped(served)
    person = await served.app.store.find_person_by_email(EMAIL)
    newest = (await served.app.store.list_sessions(person.person_id))[0]
    assert newest.address == BROWSER, "what the proxy says, and not what the browser says of itself"


async def test_no_browser_can_say_that_it_speaks_tls_to_a_proxy_without(tmp_path: Path, served: Server):
    await add_ada(served)
    with running_proxy(proxies.shipped_haproxy, tmp_path, served.port) as port:
        fields = {"email": EMAIL, "password": PASSWORD}
        url = f"http://127.0.0.1:{port}"
        sent = {"Origin": url, "X-Forwarded-Proto": "https", "Forwarded": "proto=https"}
        async with httpx2.AsyncClient(base_url=url, trust_env=False, verify=no_certificates()) as browser:
            signed_in = await browser.post("/login", data=fields, headers=sent)
    assert signed_in.status_code == 303, signed_in.text
    assert not [cookie for cookie in signed_in.headers.get_list("Set-Cookie") if "Secure" in cookie]


async def test_what_tells_of_the_inside_is_kept_by_the_files_of_deploy(shipped: httpx2.AsyncClient):
    shipped.cookies.clear()
    for path in (*draw_paths.INSIDE_PATHS, "/readyz?why", "/%6detrics", "/ready%7a", "//metrics", "/x/../metrics"):
        answer = await shipped.get(f"{shipped.base_url}".rstrip("/") + path)
        assert answer.status_code == (403 if path in draw_paths.INSIDE_PATHS else answer.status_code), path
        assert answer.status_code in {303, 400, 403}, path
        assert "shipledger_receipts" not in answer.text, path
        assert "ready" not in answer.text, path


@pytest.mark.parametrize("file", BODY_LIMITS)
def test_every_file_of_a_proxy_has_the_limit_of_the_table(file: str):
    pattern, unit = BODY_LIMITS[file]
    assert [int(found) / unit for found in re.findall(pattern, read(DEPLOY / file))] == [draw_paths.proxy_body_limit_mebibytes()]


def test_the_page_of_paths_and_limits_is_that_of_the_routes():
    page = read(DOCS / "reference" / "paths.md")
    assert page == draw_paths.redraw(page, draw_paths.DRAWINGS), "run `python -m tools.draw_paths`"
    shown = re.findall(r"^\| `(/[^`]*)`", page, re.MULTILINE)
    assert {"/v1", "/v2", "/api", "/rest", "/jira", "/oauth", "/_edge", "/deployments/0.1"} <= set(shown)
