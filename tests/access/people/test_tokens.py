"""Personal tokens: what is recorded of them, what is known of their use, and when they are good."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from shipledger.access.grant import Scope
from shipledger.access.issuance.model import KIND, ReportIssued, ReportRevoked
from shipledger.access.people.roles import Role
from shipledger.access.people.tokens import TokenWish
from shipledger.access.trace import tracing
from shipledger.access.use import Use
from shipledger.clock import Clock
from shipledger.errors import NotFound
from shipledger.store.contract import Store
from shipledger.store.open import open_store
from tests.support.pen import new_pen
from tests.support.people import TESTER, add_person, members_of, tokens_of

MONTH = timedelta(days=30)


@pytest.fixture
async def store(database: Path) -> AsyncIterator[Store]:
    opened = await open_store(f"sqlite:///{database}")
    yield opened
    await opened.close()


async def test_a_token_has_entries_its_use_is_told_in_each_organization_and_it_ends_once(store: Store) -> None:
    now, tokens = Clock().now(), tokens_of(store)
    ours, theirs = [(await new_pen(store, now=now, slug=slug)).organization_id for slug in ("ours", "theirs")]
    person = await add_person(store, ours, Role.EDITOR, email="ada@example.com")
    await members_of(store).invite(theirs, "ada@example.com", role=Role.EDITOR, by=TESTER)
    wish = TokenWish(name="  laptop \n of Ada ", scopes=frozenset({Scope.WRITE, Scope.READ}), expires_at=now + MONTH)
    made = {
        owner: await tokens.issue(owner, person.person_id, wish, randomness=bytes(7) + bytes([number]), by=TESTER)
        for number, owner in enumerate((ours, theirs))
    }
    for owner, issued in made.items():
        told = issued.credential.credential_id
        hour = now.replace(minute=0, second=0, microsecond=0)
        await store.add_uses(owner, [Use(owner, told, hour_at=hour, seen_at=now, address=owner[:20], requests=3)])
        (entry,) = await store.list_entries_of(KIND, owner, told)
        assert entry.submission == ReportIssued(
            told, "personal", "laptop of Ada", scopes=("read", "write"), expires_at=issued.credential.expires_at
        )
        assert entry.actor == TESTER
    listed = await tokens.list_own(person.person_id)
    assert {one.credential.organization_id: one.use.address for one in listed if one.use} == {owner: owner[:20] for owner in made}
    issued = made[ours]
    assert await tokens.authenticate(issued.secret) is not None
    assert (await tokens.revoke(person.person_id, issued.credential.credential_id, by=TESTER)).organization_id == ours
    with tracing() as trace:
        assert await tokens.authenticate(issued.secret) is None
    assert trace.sender is not None
    assert trace.sender.credential_id == issued.credential.credential_id, "who was refused is known"
    assert await tokens.authenticate(made[theirs].secret) is not None
    entries = await store.list_entries_of(KIND, ours, issued.credential.credential_id)
    assert [type(one.submission) for one in entries] == [ReportIssued, ReportRevoked]
    for token_id in (issued.credential.credential_id, "none"):
        with pytest.raises(NotFound):
            await tokens.revoke(person.person_id, token_id, by=TESTER)


async def test_a_credential_is_good_until_it_is_revoked_or_expires(store: Store) -> None:
    now = Clock().now()
    owner = (await new_pen(store, now=now)).organization_id
    person = await add_person(store, owner, Role.EDITOR)
    wish = TokenWish(name="laptop", scopes=frozenset({Scope.READ}), expires_at=now + MONTH)
    token = (await tokens_of(store).issue(owner, person.person_id, wish, randomness=bytes(8), by=TESTER)).credential
    lasting = replace(token, expires_at=None)
    for one, is_good in (
        (token, True),
        (lasting, True),
        (replace(token, expires_at=now), False),
        (replace(token, revoked_at=now), False),
        (replace(lasting, revoked_at=now), False),
    ):
        assert one.is_live(now) is is_good
