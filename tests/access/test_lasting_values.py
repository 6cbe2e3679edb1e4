"""What is derived from keys and ids is kept, in ledgers and in browsers, so no release may derive it otherwise."""

from __future__ import annotations

from shipledger.access.credential import hash_secret
from shipledger.access.people.device import device_in
from shipledger.access.people.session import cookie_name
from shipledger.access.people.session import hash_secret as hash_session
from shipledger.access.tokens import Claims, TokenKeys, read_token
from shipledger.protocols.datadog.credentials import application_key_id
from tests.support.factories import moment

OLD, NEW = b"o" * 32, b"n" * 32


def test_a_secret_has_the_hash_that_was_kept() -> None:
    assert hash_secret("s3cret").hex() == "1ec1c26b50d5d3c58d9583181af8076655fe00756bf7285940ba3670f99fcba0"


def test_an_application_key_has_the_id_that_was_kept() -> None:
    assert application_key_id("01900000-0000-7000-8000-000000000000") == "01900000-0000-7000-9bf7-79479d913a41"


def test_a_browser_that_is_signed_in_stays_so() -> None:
    assert cookie_name("acme", is_secure=False) == "shipledger_session_822b33ad"
    assert cookie_name("acme", is_secure=True) == "__Host-shipledger_session_822b33ad"
    assert hash_session("a secret").hex() == "984ca5162200734c592148f1820b71057f098573d138666b48663e4e30cd8d3a"
    assert (
        device_in("YWRldmljZQ.BdvqY1QirVPZoJ3ZS-RtN1WX", TokenKeys(current=NEW, previous=OLD), "ada@example.com") == "YWRldmljZQ"
    )


TOKEN = (
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."
    "eyJpc3MiOiJzaGlwbGVkZ2VyIiwic3ViIjoiY2kiLCJvcmciOiJhY21lIiwiaWF0IjoxNzcyNDQzODAwfQ."
    "5ok4A4OfHYWZuf86sANfCvVuS9BUdR4mesg3fjtXQII"
)


def test_a_token_that_was_handed_out_is_good() -> None:
    assert read_token(TokenKeys(current=OLD), TOKEN, moment(0)) == Claims(organization_id="acme", credential_id="ci")
