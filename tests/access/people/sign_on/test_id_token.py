"""The times in an ID token."""

from __future__ import annotations

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from shipledger.access.people.sign_on.id_token import LEEWAY_SECONDS, read_id_token
from shipledger.errors import Denied

NOW = 1_800_000_000
KEY = ECKey.generate_key("P-256", {"kid": "first", "use": "sig"})
CLAIMS = {"iss": "https://idp.example", "aud": "us", "sub": "person-1", "nonce": "once", "iat": NOW, "exp": NOW + 300}


@pytest.mark.parametrize(
    "claim, away, is_good",
    [
        ("exp", -LEEWAY_SECONDS + 1, True),
        ("exp", -LEEWAY_SECONDS, False),
        ("iat", LEEWAY_SECONDS, True),
        ("iat", LEEWAY_SECONDS + 1, False),
        ("nbf", LEEWAY_SECONDS, True),
        ("nbf", LEEWAY_SECONDS + 1, False),
    ],
)
def test_clocks_may_differ_by_a_minute_and_no_more(claim: str, away: int, is_good: bool) -> None:
    assert LEEWAY_SECONDS == 60
    text = jwt.encode({"alg": "ES256", "kid": "first"}, {**CLAIMS, claim: NOW + away}, KEY)

    def read() -> str:
        claims = read_id_token(
            text,
            keys={"keys": [KEY.as_dict(private=False)]},
            issuer="https://idp.example",
            client_id="us",
            nonce="once",
            now=NOW,
        )
        return str(claims["sub"])

    if is_good:
        assert read() == "person-1"
    else:
        with pytest.raises(Denied):
            read()
