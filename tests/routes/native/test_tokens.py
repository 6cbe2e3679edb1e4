"""Personal tokens at our own API: they act for their person, with no more rights than the person has at that moment."""

from __future__ import annotations

import asyncio
import json
import secrets
from datetime import timedelta

import pytest
from msgspec.structs import replace

from shipledger.access.credential import hash_secret
from shipledger.access.issuing import IssuedCredential, Limits
from shipledger.access.people.membership.model import Member
from shipledger.access.people.person import Person
from shipledger.access.people.roles import Role
from shipledger.access.people.tokens import PREFIX, TokenWish, make_token
from shipledger.errors import Invalid, NotFound
from shipledger.ledger.actor import Actor, ActorKind, personal_id
from tests.support.native import TARGET, client_of, deployment, issue_token
from tests.support.people import TESTER, add_person, doorkeeper_of, members_of, tokens_of
from tests.support.server import Server

pytestmark = pytest.mark.both_stores
ALL = ("read", "write", "configuration")


async def make(
    place: Server, person: Person, *scopes: str, organization: str | None = None, limits: Limits | None = None
) -> IssuedCredential:
    wish = TokenWish(
        name="nightly",
        scopes=frozenset(scopes or ALL),
        expires_at=place.app.clock.now() + timedelta(days=30),
        limits=limits or Limits(),
    )
    tokens, owner = tokens_of(place.app.store, place.app.clock), await place.organization_id(organization)
    return await tokens.issue(owner, person.person_id, wish, randomness=secrets.token_bytes(8), by=TESTER)


async def join(place: Server, role: Role = Role.EDITOR) -> Person:
    return await add_person(place.app.store, await place.organization_id(), role, name="Ada", clock=place.app.clock)


async def membership(place: Server, person: Person) -> Member:
    found = await place.app.store.find_member(await place.organization_id(), person.person_id)
    assert found is not None
    return found


async def statuses(place: Server, token: str) -> tuple[int, int]:
    """Of a call that reads, and of one that writes."""
    async with client_of(place, token) as client:
        body = deployment(external_id=secrets.token_hex(4))
        return (await client.get(TARGET)).status_code, (await client.post(TARGET, json=body)).status_code


async def test_what_a_token_records_has_the_person_as_actor_and_the_token_in_its_receipt(place: Server):
    ada = await join(place)
    made = await make(place, ada)
    process = await asyncio.create_subprocess_exec(
        *("curl", "--silent", "--show-error", "--noproxy", "*", "-H", f"Authorization: Bearer {made.secret}"),
        *("-H", "Content-Type: application/json", "-d", json.dumps(deployment()), f"{place.url}{TARGET}"),
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await process.communicate()
    written = json.loads(out)
    assert made.secret.startswith(PREFIX)
    owner = await place.organization_id()
    (entry,) = await place.app.store.list_entries(owner, written["id"])
    receipt = await place.app.store.find_receipt(owner, entry.receipt_id)
    assert entry.actor == Actor(ActorKind.PERSON, ada.person_id)
    assert receipt is not None
    assert receipt.receipt.credential_id == made.credential.credential_id
    async with client_of(place, made.secret) as client:
        assert (await client.post("/ledger/v1/services", json={"name": "Checkout"})).status_code in {200, 201}
    await place.app.use_writing.write()
    (own,) = await tokens_of(place.app.store, place.app.clock).list_own(ada.person_id)
    assert own.use is not None
    assert (own.use.address, own.use.requests_in_day, own.use.refused_in_day) == ("127.0.0.1", 2, 0)


async def test_a_wallboard_that_may_only_read_is_told_so_when_it_writes(place: Server):
    ada = await join(place, Role.ADMINISTRATOR)
    async with client_of(place, (await make(place, ada, "read")).secret) as client:
        assert (await client.get(TARGET)).status_code == 200
        refused = await client.post(TARGET, json=deployment())
    assert (refused.status_code, refused.json()["detail"]) == (403, "This token lacks the right to write.")


async def test_a_token_never_has_more_rights_than_its_person_has_now(place: Server):
    ada, owner, store = await join(place), await place.organization_id(), place.app.store
    members = members_of(store, place.app.clock)
    with pytest.raises(Invalid, match="does not have: approve, administer"):
        await make(place, ada, "read", "approve", "administer")
    token = (await make(place, ada)).secret
    assert await statuses(place, token) == (200, 201)
    await members.change(owner, await membership(place, ada), role=Role.VIEWER, by=TESTER)
    assert await statuses(place, token) == (200, 403)
    await members.change(owner, await membership(place, ada), role=Role.EDITOR, by=TESTER)
    assert await statuses(place, token) == (200, 201)
    await members.set_disabled(ada.email, is_disabled=True)
    assert await statuses(place, token) == (401, 401)
    await members.set_disabled(ada.email, is_disabled=False)
    other = (await make(place, ada)).secret
    await members.remove(owner, await membership(place, ada), by=TESTER)
    assert await statuses(place, other) == (401, 401)
    with pytest.raises(NotFound):
        await make(place, ada)


async def test_a_token_ends_with_its_time_its_revocation_or_a_new_password_by_link(place: Server):
    ada, store, clock = await join(place), place.app.store, place.app.clock
    first, second, old = await make(place, ada), await make(place, ada), make_token()
    ended = {"expires_at": clock.now(), "secret_hash": hash_secret(old), "credential_id": personal_id(ada.person_id, "old")}
    await store.create_credential(replace(first.credential, **ended))
    assert await statuses(place, old) == (401, 401)
    await tokens_of(store, clock).revoke(ada.person_id, first.credential.credential_id, by=TESTER)
    entries = await store.list_entries_of("issuance", await place.organization_id(), first.credential.credential_id)
    assert [one.actor for one in entries] == [TESTER, TESTER]
    assert await statuses(place, first.secret) == (401, 401)
    assert await statuses(place, second.secret) == (200, 201)
    doorkeeper = doorkeeper_of(store, clock)
    await doorkeeper.choose_password(await doorkeeper.make_link(await place.organization_id(), ada.person_id), "correct horse 1")
    assert await statuses(place, second.secret) == (401, 401)


async def test_a_token_of_another_organization_or_protocol_opens_nothing(place: Server):
    ada = await join(place)
    token = (await make(place, ada)).secret
    async with client_of(place, token) as ours:
        written = await ours.post(TARGET, json=deployment())
    await add_person(place.app.store, await place.organization_id("rival"), Role.EDITOR, email=ada.email, clock=place.app.clock)
    async with client_of(place, (await make(place, ada, organization="rival")).secret) as theirs:
        assert (await theirs.get(written.headers["Location"])).status_code == 404
    async with place.client(token) as opsgenie:
        assert (await opsgenie.get("/v2/deployments/search")).status_code == 403
    for wrong in (make_token(), f"{token}x", token[:-1], PREFIX, f"{token[:-1]}{'1' if token[-1] == '0' else '0'}"):
        assert await statuses(place, wrong) == (401, 401)


async def test_a_token_sees_those_of_its_person_and_can_end_itself(place: Server):
    ada, bob = await join(place), await join(place)
    first, second = [await make(place, ada), await make(place, ada, "read")]
    await make(place, bob)
    async with client_of(place, second.secret) as client:
        (mine, other) = (await client.get("/ledger/v1/tokens")).json()["tokens"]
        assert (mine["id"], mine["scopes"], mine["is_current"]) == (second.credential.credential_id, ["read"], True)
        assert (other["id"], other["is_current"]) == (first.credential.credential_id, False)
        assert (await client.delete("/ledger/v1/tokens/current")).status_code == 204
        assert (await client.get(TARGET)).status_code == 401
    assert await statuses(place, first.secret) == (200, 201)
    async with client_of(place, await issue_token(place)) as credential:
        assert (await credential.get("/ledger/v1/tokens")).status_code == 403


async def test_a_token_that_calls_too_often_is_throttled(place: Server):
    made = await make(place, await join(place), limits=Limits(requests_per_minute=2))
    async with client_of(place, made.secret) as client:
        assert [(await client.get(TARGET)).status_code for _ in range(3)] == [200, 200, 429]
