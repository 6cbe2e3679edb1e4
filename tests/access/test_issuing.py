"""New credentials."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from shipledger.access.credential import hash_secret
from shipledger.access.grant import Scope
from shipledger.access.issuing import IssuedCredential, Limits, issue_credential
from shipledger.errors import Invalid

NOW = datetime(2026, 3, 4, 10, 2, tzinfo=UTC)


def issue(**overrides: Any) -> IssuedCredential:
    return issue_credential(
        **{
            "organization_id": "acme",
            "kind": "opsgenie",
            "name": "CI",
            "now": NOW,
            "randomness": b"12345678",
            **overrides,
        }
    )


def test_only_the_hash_of_the_secret_is_kept() -> None:
    issued = issue()

    assert issued.credential.secret_hash == hash_secret(issued.secret)
    assert issued.secret not in repr(issued)
    assert issued.secret not in repr(issued.credential)


def test_no_two_secrets_are_equal_and_none_is_guessable() -> None:
    secrets = {issue().secret for _ in range(100)}

    assert len(secrets) == 100
    assert min(map(len, secrets)) >= 43


def test_a_new_credential_may_do_everything_unless_it_is_narrowed() -> None:
    assert issue().credential.scopes == frozenset(Scope)
    assert issue(scopes=frozenset({Scope.READ})).credential.scopes == {Scope.READ}


def test_limits_reach_the_grant() -> None:
    grant = issue(limits=Limits(requests_per_minute=600, requests_per_second=20)).credential.to_grant()

    assert (grant.requests_per_minute, grant.requests_per_second) == (600, 20)


@pytest.mark.parametrize(
    "overrides", [{"name": "n"}, {"name": "n" * 200}, {"name": f" {'n' * 200} "}, {"limits": Limits(requests_per_second=1)}]
)
def test_the_longest_name_and_the_least_limit_are_taken(overrides: dict[str, Any]) -> None:
    assert issue(**overrides).credential.name == overrides.get("name", "CI").strip()


@pytest.mark.parametrize(
    "overrides",
    [{"name": " "}, {"name": "n" * 201}, {"limits": Limits(requests_per_minute=-1)}, {"limits": Limits(requests_per_second=-1)}],
)
def test_a_credential_that_makes_no_sense_is_refused(overrides: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        issue(**overrides)
