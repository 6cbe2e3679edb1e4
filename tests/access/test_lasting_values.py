"""What is derived from keys and ids is kept, in ledgers and in browsers, so no release may derive it otherwise."""

from __future__ import annotations

from shipledger.access.credential import hash_secret
from shipledger.access.page_secret import derive_page_secrets, find_presented
from shipledger.access.tokens import Claims, TokenKeys, read_token
from shipledger.protocols.datadog.credentials import application_key_id
from tests.support.factories import moment

OLD, NEW = b"o" * 32, b"n" * 32


def test_a_secret_has_the_hash_that_was_kept() -> None:
    assert hash_secret("s3cret").hex() == "1ec1c26b50d5d3c58d9583181af8076655fe00756bf7285940ba3670f99fcba0"


def test_an_application_key_has_the_id_that_was_kept() -> None:
    assert application_key_id("01900000-0000-7000-8000-000000000000") == "01900000-0000-7000-9bf7-79479d913a41"


def test_a_browser_that_was_let_in_is_let_in_again() -> None:
    secrets = derive_page_secrets(TokenKeys(current=NEW, previous=OLD))
    presented = find_presented(secrets, "tGYUltqfx8lPg9lmp7o19IwPJeVTPIZ4il0EcA5OZ-E")
    assert presented is secrets[1]
    assert presented.cookie == "shipledger_pages_57c06eac"
    assert find_presented(secrets[:1], presented.value) is None


TOKEN = (
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."
    "eyJpc3MiOiJzaGlwbGVkZ2VyIiwic3ViIjoiY2kiLCJvcmciOiJhY21lIiwiaWF0IjoxNzcyNDQzODAwfQ."
    "5ok4A4OfHYWZuf86sANfCvVuS9BUdR4mesg3fjtXQII"
)


def test_a_token_that_was_handed_out_is_good() -> None:
    assert read_token(TokenKeys(current=OLD), TOKEN, moment(0)) == Claims(organization_id="acme", credential_id="ci")
