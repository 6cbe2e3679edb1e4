"""The secrets of an app after one was changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from shipledger.access.connect_app import OVERLAP, ConnectApp

NOW = datetime(2026, 3, 4, 10, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    "until, is_good",
    [
        (NOW + OVERLAP, True),
        (NOW + SECOND, True),
        (NOW, False),
        (NOW - timedelta(days=800), False),
        (NOW + timedelta(days=800), False),  # it was changed while the clock was ahead
    ],
)
def test_the_secret_before_is_good_for_a_while(until: datetime, is_good: bool) -> None:
    app = ConnectApp(
        organization_id="acme",
        credential_id="1",
        app_key="com.example.app",
        sealed_secret=b"new",
        previous_sealed_secret=b"old",
        previous_until=until,
    )
    assert app.list_sealed_secrets(NOW) == ([b"new", b"old"] if is_good else [b"new"])
