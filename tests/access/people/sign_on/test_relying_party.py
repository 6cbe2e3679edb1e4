"""Signing in at a provider: an honest one, one that lies, one that is slow or down, and browsers that forge what they bring."""

from __future__ import annotations

import asyncio
import base64
import hmac
import json
import time
from collections.abc import AsyncIterator, Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from msgspec import UNSET

from shipledger.access.people.roles import Role
from shipledger.access.people.sign_on import provider as provider_module
from shipledger.access.people.sign_on.configured import SignOn
from shipledger.access.people.sign_on.identity import Identity
from shipledger.access.people.sign_on.provider import FAILED_SECONDS, KEPT_SECONDS, SOONEST_SECONDS, Provider
from shipledger.access.people.sign_on.relying_party import RelyingParty
from shipledger.access.people.sign_on.round_trip import LASTS_SECONDS, SEALED_LIMIT
from shipledger.access.sealing import Seal
from shipledger.clock import Clock
from shipledger.errors import Denied, ShipledgerError, Unavailable
from shipledger.outgoing.calls import Caller
from shipledger.outgoing.networks import read_networks
from tests.support.lying_provider import CLIENT, CODE, SECRET, LyingProvider, lying_provider, make_key, symmetric_key

BACK = "https://ledger.example/login/callback"
ADA = {"subject": "person-1", "email": "ada@example.com", "name": "Ada"}


class Party:
    """A relying party before a provider, whose ``seconds`` have passed."""

    def __init__(self, provider: LyingProvider, *, secret: str = SECRET, roles: dict[str, Role] | None = None) -> None:
        self.provider = provider
        self.seconds = 0.0
        self.caller = Caller(read_networks("127.0.0.1"))
        self.box = Seal(lambda: [b"k" * 32])
        sign_on = SignOn(provider.issuer, CLIENT, secret, "Example", "openid email", "groups", roles or {}, "default")
        known = Provider(provider.issuer, self.caller, lambda: self.seconds)
        self.party = RelyingParty(sign_on, known, self.caller, self.box, Clock())

    async def depart(self, following: str = "/deployments") -> tuple[dict[str, str], str]:
        """What the provider is asked, and what the browser keeps."""
        departure = await self.party.depart(redirect_uri=BACK, following=following)
        asked = dict(parse_qsl(urlsplit(departure.url).query))
        self.provider.nonce = asked["nonce"]
        return asked, departure.kept

    async def go(self, **query: str) -> tuple[Identity, str]:
        """There and back."""
        asked, kept = await self.depart()
        return await self.party.arrive({"state": asked["state"], "code": CODE, **query}, [kept])


@pytest.fixture
async def party() -> AsyncIterator[Party]:
    async with lying_provider() as provider:
        made = Party(provider)
        yield made
        await made.caller.close()


async def test_somebody_comes_back_as_who_the_provider_says(party: Party) -> None:
    asked, kept = await party.depart("/deployments?state=failed")
    identity, following = await party.party.arrive({"state": asked["state"], "code": CODE}, [kept])
    assert identity == Identity(issuer=party.provider.issuer, **ADA)
    assert following == "/deployments?state=failed"
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == BACK
    (exchanged,) = party.provider.exchanged
    assert exchanged["code"] == CODE
    assert exchanged["redirect_uri"] == BACK
    basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
    assert f"authorization: basic {basic.lower()}" in exchanged["head"].lower()
    for secret in (exchanged["code_verifier"], asked["nonce"], asked["state"]):
        assert len(secret) >= 32
        assert secret not in kept
    assert exchanged["code_verifier"] != asked["code_challenge"]


async def test_each_departure_has_secrets_of_its_own(party: Party) -> None:
    one, other = await party.depart(), await party.depart()
    for name in ("state", "nonce", "code_challenge"):
        assert one[0][name] != other[0][name]
    with pytest.raises(Denied):
        await party.party.arrive({"state": other[0]["state"], "code": CODE}, [one[1]])


@pytest.mark.parametrize(
    "methods,place", [(["client_secret_post"], "client_secret="), (["private_key_jwt"], "authorization: basic")]
)
async def test_the_client_proves_itself_as_the_provider_wants(party: Party, methods: list[str], place: str) -> None:
    party.provider.description = {"token_endpoint_auth_methods_supported": methods}
    await party.go()
    (exchanged,) = party.provider.exchanged
    assert ("client_secret" in exchanged) == (place == "client_secret=")
    assert ("authorization: basic" in exchanged["head"].lower()) == (place != "client_secret=")


async def test_a_client_without_a_secret_sends_none(party: Party) -> None:
    made = Party(party.provider, secret="")
    await made.go()
    (exchanged,) = party.provider.exchanged
    assert exchanged["client_id"] == CLIENT
    assert "client_secret" not in exchanged
    assert "authorization" not in exchanged["head"].lower()
    await made.caller.close()


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _set(**claims: Any) -> Callable[[LyingProvider], None]:
    return lambda provider: provider.claims.update(claims)


def _sign_with_the_secret(provider: LyingProvider) -> None:
    provider.signs = symmetric_key(SECRET)
    provider.header = {"alg": "HS256"}


def _sign_with_the_public_key(provider: LyingProvider) -> None:
    def change(token: str) -> str:
        header = _encode(json.dumps({"alg": "HS256", "kid": "first"}).encode())
        signed = f"{header}.{token.split('.')[1]}"
        secret = provider.key.as_pem(private=False)
        return f"{signed}.{_encode(hmac.digest(secret, signed.encode(), 'sha256'))}"

    provider.change_token = change


def _sign_with_another(provider: LyingProvider) -> None:
    provider.signs = make_key("first", 1)


def _publish_a_secret(provider: LyingProvider) -> None:
    _sign_with_the_secret(provider)
    provider.keys = [{"kty": "oct", "kid": "first", "k": _encode(SECRET.encode())}]
    provider.description = {"id_token_signing_alg_values_supported": ["HS256", "none"]}


def _leave_out_the_signature(provider: LyingProvider) -> None:
    def change(token: str) -> str:
        header = _encode(json.dumps({"alg": "none", "kid": "first"}).encode())
        return f"{header}.{token.split('.')[1]}."

    provider.change_token = change


def _swap_the_payload(provider: LyingProvider) -> None:
    other = _encode(json.dumps({"sub": "somebody else"}).encode())
    provider.change_token = lambda token: ".".join([token.split(".")[0], other, token.split(".")[2]])


def _use_an_encryption_key(provider: LyingProvider) -> None:
    provider.keys = [{**provider.key.as_dict(private=False), "use": "enc"}]


NOW = int(time.time())
LIES: dict[str, Callable[[LyingProvider], None]] = {
    "another issuer": _set(iss="http://evil.example"),
    "no issuer": _set(iss=UNSET),
    "another audience": _set(aud="another client"),
    "an audience among which we are not": _set(aud=["one", "two"]),
    "no audience": _set(aud=UNSET),
    "several audiences and no authorized party": _set(aud=["another", CLIENT], azp="another"),
    "another authorized party": _set(azp="another client"),
    "an old token": _set(iat=NOW - 3_600, exp=NOW - 120),
    "no end": _set(exp=UNSET),
    "an end that is no number": _set(exp="tomorrow"),
    "a token of tomorrow": _set(nbf=NOW + 86_400),
    "made tomorrow": _set(iat=NOW + 86_400),
    "another nonce": _set(nonce="another"),
    "no nonce": _set(nonce=UNSET),
    "nobody": _set(sub=UNSET),
    "an empty subject": _set(sub=""),
    "a subject that is no text": _set(sub=["a"]),
    "a long subject": _set(sub="x" * 513),
    "another access token": _set(at_hash="AAAAAAAAAAAAAAAAAAAAAA"),
    "a signature by the client's secret": _sign_with_the_secret,
    "a signature by the public key as a secret": _sign_with_the_public_key,
    "a published secret": _publish_a_secret,
    "a signature by another key": _sign_with_another,
    "no signature": _leave_out_the_signature,
    "another payload": _swap_the_payload,
    "a key for encryption": _use_an_encryption_key,
    "no token": lambda provider: setattr(provider, "change_token", lambda _: ""),
    "a long token": lambda provider: setattr(provider, "change_token", lambda token: token + "A" * 70_000),
    "half a token": lambda provider: setattr(provider, "change_token", lambda token: token[:50]),
    "no ASCII": lambda provider: setattr(provider, "change_token", lambda token: f"é{token}"),
}


async def test_a_lie_lets_nobody_in(party: Party) -> None:
    for name, lie in LIES.items():
        party.provider.stop_lying()
        party.seconds += KEPT_SECONDS
        assert (await party.go())[0].subject == "person-1"
        lie(party.provider)
        party.seconds += KEPT_SECONDS
        try:
            found = await party.go()
        except Denied:
            continue
        pytest.fail(f"{name} was believed: {found}")


@pytest.mark.parametrize("seconds", [{"iat": 40, "nbf": 40}, {"iat": -300, "exp": -30}])
async def test_clocks_may_differ_by_a_minute(party: Party, seconds: dict[str, int]) -> None:
    now = int(time.time())
    party.provider.claims = {claim: now + away for claim, away in seconds.items()}
    identity, _ = await party.go()
    assert identity.subject == "person-1"


async def test_one_of_several_audiences_is_enough_if_the_token_was_made_for_us(party: Party) -> None:
    party.provider.claims = {"aud": ["another", CLIENT], "azp": CLIENT}
    assert (await party.go())[0].subject == "person-1"


@pytest.mark.parametrize(
    "claims,email",
    [
        ({"email_verified": False}, ""),
        ({"email_verified": UNSET}, ""),
        ({"email_verified": "true"}, ""),
        ({"email_verified": 1}, ""),
        ({"email": ["ada@example.com"]}, ""),
        ({"email": "x" * 600}, ""),
        ({}, "ada@example.com"),
    ],
)
async def test_only_a_verified_address_counts(party: Party, claims: dict[str, Any], email: str) -> None:
    party.provider.claims = claims
    assert (await party.go())[0].email == email


@pytest.mark.parametrize(
    "given,groups",
    [(["sre", 7, None, "dev"], ("sre", "dev")), ("sre", ("sre",)), ({"sre": 1}, ()), (None, ()), (["x" * 600], ())],
)
async def test_groups_are_read_whatever_their_shape(party: Party, given: Any, groups: tuple[str, ...]) -> None:
    party.provider.claims = {"groups": given}
    assert (await party.go())[0].groups == groups


async def test_what_the_token_leaves_out_is_asked_for_and_never_wins(party: Party) -> None:
    party.provider.claims = {"email": UNSET, "email_verified": UNSET}
    party.provider.userinfo = {"sub": "person-1", "email": "ada@example.org", "email_verified": True, "name": "Another"}
    identity, _ = await party.go()
    assert (identity.email, identity.name) == ("ada@example.org", "Ada")
    party.provider.userinfo["sub"] = "person-2"
    with pytest.raises(Denied, match="two people"):
        await party.go()


async def test_a_rotated_key_is_found_without_a_restart(party: Party) -> None:
    await party.go()
    party.provider.keys = [party.provider.key, another := make_key("second")]
    party.provider.signs, party.provider.header = another, {"kid": "second"}
    with pytest.raises(Denied, match="does not publish"):
        await party.go()
    assert party.provider.asked.count("/keys") == 1
    party.seconds = SOONEST_SECONDS
    assert (await party.go())[0].subject == "person-1"
    assert party.provider.asked.count("/keys") == 2
    party.provider.keys = [another]
    party.seconds += KEPT_SECONDS
    await party.go()
    assert party.provider.asked.count("/keys") == 3


async def test_other_published_keys_do_no_harm(party: Party) -> None:
    strange = [{"kty": "EC", "crv": "P-999", "kid": "a", "x": "!", "y": "?"}, {"kty": "OKP"}, {"kid": "first"}, 7, None, "key"]
    party.provider.keys = [*strange, party.provider.key]
    assert (await party.go())[0].subject == "person-1"


@pytest.mark.parametrize(
    "description",
    [
        {"issuer": "http://evil.example"},
        {"issuer": UNSET},
        {"token_endpoint": UNSET},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"jwks_uri": "file:///etc/passwd"},
    ],
)
async def test_a_provider_that_describes_itself_wrongly_is_not_used(party: Party, description: dict[str, Any]) -> None:
    party.provider.description = description
    with pytest.raises(Unavailable):
        await party.depart()
    party.provider.description = {}
    party.seconds += FAILED_SECONDS
    await party.depart()


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/token", "/keys"])
@pytest.mark.parametrize("way", [500, 404, "garbage", "hang"])
async def test_a_provider_that_is_down_or_slow_is_said_to_be_so(
    party: Party, path: str, way: int | str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provider_module, "WITHIN_SECONDS", 0.2)
    monkeypatch.setattr("shipledger.access.people.sign_on.relying_party.WITHIN_SECONDS", 0.2)
    party.provider.ways = {path: way}
    with pytest.raises(ShipledgerError) as raised:
        await asyncio.wait_for(party.go(), 20)
    assert isinstance(raised.value, Unavailable) or (path, way) == ("/token", 404)
    monkeypatch.undo()
    party.provider.ways = {}
    party.seconds += FAILED_SECONDS
    assert (await party.go())[0].subject == "person-1"


async def test_many_who_wait_for_a_provider_that_hangs_wait_once(party: Party, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provider_module, "WITHIN_SECONDS", 1.0)
    party.provider.ways = {"/.well-known/openid-configuration": "hang"}
    found = await asyncio.gather(*(party.depart() for _ in range(50)), return_exceptions=True)
    assert [type(one) for one in found] == [Unavailable] * 50
    assert len(party.provider.asked) == 1


async def test_an_answer_is_bound_to_the_browser_and_to_its_time(party: Party, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, kept = await party.depart()
    for query, cookie in [
        ({"state": "another", "code": CODE}, kept),
        ({"code": CODE}, kept),
        ({"state": "\udc80", "code": CODE}, kept),
        ({"state": asked["state"], "code": CODE}, ""),
        ({"state": asked["state"], "code": CODE}, kept[:-2]),
        ({"state": asked["state"], "code": CODE}, "é"),
        ({"state": asked["state"], "code": CODE}, party.box.seal("{}").decode()),
        ({"state": asked["state"]}, kept),
        ({"state": asked["state"], "error": "access_denied", "error_description": "<b>evil</b>"}, kept),
        ({"state": asked["state"], "code": CODE, "iss": "http://evil.example"}, kept),
    ]:
        with pytest.raises(Denied) as raised:
            await party.party.arrive(query, [cookie])
        assert "evil" not in raised.value.message
    assert party.provider.exchanged == []
    later = Clock().now().timestamp() + LASTS_SECONDS
    monkeypatch.setattr(RelyingParty, "_now", lambda _: int(later) + 1)
    with pytest.raises(Denied, match="too long"):
        await party.party.arrive({"state": asked["state"], "code": CODE}, [kept])


async def test_what_another_site_puts_beside_it_does_no_harm(party: Party) -> None:
    asked, kept = await party.depart()
    (_, other) = await party.depart()
    party.provider.nonce = asked["nonce"]
    found, _ = await party.party.arrive({"state": asked["state"], "code": CODE}, ["", "evil", other, kept])
    assert found.subject == "person-1"


async def test_a_provider_that_says_its_name_must_say_it(party: Party) -> None:
    party.provider.description = {"authorization_response_iss_parameter_supported": True}
    with pytest.raises(Denied, match="not from the identity provider"):
        await party.go()
    assert (await party.go(iss=party.provider.issuer))[0].subject == "person-1"


async def test_a_long_path_to_go_on_to_is_left_out(party: Party) -> None:
    asked, kept = await party.depart("/deployments?text=" + "x" * 5_000)
    assert len(kept) <= SEALED_LIMIT
    assert (await party.party.arrive({"state": asked["state"], "code": CODE}, [kept]))[1] == "/"
