"""The secrets of an app after one was changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from shipledger.access.signing_app import OVERLAP, SigningApp, check_app_key
from shipledger.clock import JUMP
from shipledger.errors import Invalid

NOW = datetime(2026, 3, 4, 10, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    "until, is_good",
    [
        (NOW + OVERLAP + JUMP, True),
        (NOW + OVERLAP + JUMP + SECOND, False),
        (NOW + OVERLAP, True),
        (NOW + SECOND, True),
        (NOW, False),
        (NOW - timedelta(days=800), False),
        (NOW + timedelta(days=800), False),  # it was changed while the clock was ahead
    ],
)
def test_the_secret_before_is_good_for_a_while(until: datetime, is_good: bool) -> None:
    app = SigningApp(
        organization_id="acme",
        credential_id="1",
        app_key="com.example.app",
        sealed_secret=b"new",
        previous_sealed_secret=b"old",
        previous_until=until,
    )
    assert app.list_sealed_secrets(NOW) == ([b"new", b"old"] if is_good else [b"new"])


@pytest.mark.parametrize("text", ["a", "com.example.app", "A-1_b", "k" * 80])
def test_an_app_key_is_taken(text: str) -> None:
    assert check_app_key(text) == text


@pytest.mark.parametrize("text", ["", "k" * 81, "a b", "a/b", "é", "a\n"])
def test_what_cannot_be_one_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="1 to 80"):
        check_app_key(text)
