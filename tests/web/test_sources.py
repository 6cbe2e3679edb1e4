"""``/sources``: the credentials of an organization, what they are used for, and the forms that issue and end them."""

from __future__ import annotations

import re

import httpx2
import pytest

from shipledger.access.authenticator import Authenticator
from shipledger.access.people.roles import Role
from shipledger.access.people.session import form_token
from shipledger.access.use import UseCounter
from shipledger.access.use_writing import UseWriting
from shipledger.ledger.actor import Actor, ActorKind
from tests.support.people import sources_of
from tests.support.site import COOKIE, LOCAL, Site

OURS = {"Origin": LOCAL, "Sec-Fetch-Site": "same-origin"}
WISH = {"kind": "native", "name": "GitHub <b>acme</b> \u202e", "may-write": "yes"}
SECRET = re.compile(r"Bearer ([\w-]{43})")


async def post(site: Site, path: str, role: Role = Role.ADMINISTRATOR, **fields: str) -> httpx2.Response:
    visit = await site.visit_of(role)
    data = {"form_token": form_token(visit.secret), **fields}
    return await site.ask("POST", path, headers=OURS, cookies={COOKIE: visit.secret}, data=data)


async def use(site: Site, secret: str, *statuses: int) -> None:
    """Requests with a credential, as a server counts them."""
    grant = await Authenticator(site.store, lambda: 0.0).authenticate(secret)
    assert grant is not None
    counter = UseCounter()
    for status in statuses:
        counter.note(grant, status=status, address="192.0.2.7", now=site.clock.now())
    await UseWriting(site.store, counter).write()


@pytest.mark.both_stores
async def test_a_source_is_created_heard_replaced_and_ended_and_each_step_names_the_person(site: Site) -> None:
    made = await post(site, "/sources", **WISH)
    (secret,) = set(SECRET.findall(made.text.replace("&#39;", "'")))
    assert (made.status_code, made.headers["Cache-Control"]) == (200, "no-store")
    assert f"{LOCAL}/ledger/v1/deployments" in made.text
    assert all(title in made.text for title in ("GitHub Actions", "GitLab CI", "Jenkins", "Bitbucket Pipelines"))
    source, *_ = await sources_of(site.store, site.clock).list_sources(site.pen.organization_id)
    path = f"/sources/{source.credential.credential_id}"
    waiting = await site.poll(path)
    assert ("Waiting for the first request" in waiting.text, secret in waiting.text) == (True, False)
    await use(site, secret, 201, 422)
    heard = await site.poll(path)
    assert ("192.0.2.7" in heard.text, "hx-trigger" in heard.text) == (True, False)
    listed = await site.get("/sources", role=Role.VIEWER)
    assert all(words in listed.text for words in ("&lt;b&gt;acme", "last with 422", "Heard"))
    assert (secret in listed.text, "New source" in listed.text) == (False, False)
    successor = await post(site, f"{path}/rotate")
    assert set(SECRET.findall(successor.text.replace("&#39;", "'"))).isdisjoint({secret})
    assert (await post(site, f"{path}/revoke")).status_code == 409
    assert (await post(site, f"{path}/revoke", sure="yes")).status_code == 303
    assert (await post(site, f"{path}/revoke", sure="yes")).status_code == 404
    entries = await site.store.list_entries_of("issuance", site.pen.organization_id, source.credential.credential_id)
    person = (await site.visit_of(Role.ADMINISTRATOR)).person
    assert [one.actor for one in entries] == [Actor(ActorKind.PERSON, person.person_id)] * 2
    assert "Revoked" in (await site.get(path)).text
    assert not any(secret in str(one) for one in entries)


@pytest.mark.parametrize(
    "wrong, said",
    [
        ({"name": ""}, "1 to 200 characters"),
        ({"name": "x" * 10_000}, "1 to 200 characters"),
        ({"kind": "telepathy"}, "no kind of credential"),
        ({"kind": "datadog-application"}, "needs an API key"),
        ({"may-write": ""}, "Choose what the credential may do"),
        ({"kind": "opsgenie", "may-approve": "yes"}, "cannot have this right: approve"),
        ({"kind": "native", "may-administer": "yes"}, "credential create --scope administer native"),
    ],
)
async def test_what_cannot_be_meant_is_said_and_what_was_typed_stays(one_site: Site, wrong: dict[str, str], said: str) -> None:
    refused = await post(one_site, "/sources", **{**WISH, **wrong})
    assert (refused.status_code, said in refused.text, refused.text.count('id="fault"')) == (422, True, 1)


async def test_only_administrators_change_sources_and_nobody_those_of_others(one_site: Site) -> None:
    assert (await post(one_site, "/sources", Role.APPROVER, **WISH)).status_code == 403
    for path in ("/sources/nothing/rotate", "/sources/nothing/revoke"):
        assert (await post(one_site, path, sure="yes")).status_code == 404
    assert (await one_site.get("/sources/nothing")).status_code == 404


@pytest.mark.parametrize("kind", ["opsgenie", "datadog", "iftrue", "jira-oauth", "jira-connect", "jenkins"])
async def test_every_kind_has_something_to_paste_with_its_secret(one_site: Site, kind: str) -> None:
    made = await post(one_site, "/sources", **{**WISH, "name": kind, "kind": kind})
    (shown,) = re.findall(r'id="new-secret">(.*?)</div></div>\s', made.text, re.DOTALL)
    assert any(made.text.count(secret) >= 2 for secret in re.findall(r"<code>([^<]{20,})</code>", shown))
