"""The settings of single sign-on, and what groups bring."""

from __future__ import annotations

from typing import Any

import pytest

from shipledger.access.people.roles import Role
from shipledger.access.people.sign_on.configured import read_sign_on
from shipledger.errors import Invalid
from shipledger.settings import Settings

SET = {"sign_on_issuer": "https://id.example.com/", "sign_on_client_id": "shipledger", "sign_on_client_secret": "hidden"}


def test_nothing_set_is_no_provider() -> None:
    assert read_sign_on(Settings()) is None


@pytest.mark.parametrize(
    "settings,words",
    [
        ({"sign_on_issuer": "https://id.example.com"}, "needs both"),
        ({"sign_on_client_id": "shipledger"}, "needs both"),
        ({**SET, "sign_on_issuer": "id.example.com"}, "https://"),
        ({**SET, "sign_on_roles": "sre"}, "'sre'"),
        ({**SET, "sign_on_roles": "sre=owner"}, "viewer, editor, approver, administrator"),
        ({**SET, "sign_on_roles": "=viewer"}, "'=viewer'"),
    ],
)
def test_half_a_provider_is_refused(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(Invalid) as raised:
        read_sign_on(Settings(**settings))
    assert words in raised.value.message


def test_what_is_set_is_read_and_the_secret_is_not_shown() -> None:
    found = read_sign_on(Settings(**SET, sign_on_scopes="groups email openid"))
    assert found is not None
    assert found.issuer == "https://id.example.com"
    assert found.scopes == "openid groups email"
    assert "hidden" not in repr(found)


@pytest.mark.parametrize(
    "groups,role",
    [
        ((), None),
        (("nobody",), None),
        (("dev",), Role.EDITOR),
        (("dev", "cn=sre,ou=teams"), Role.EDITOR),
        (("sre", "dev"), Role.APPROVER),
        (("dev", "root", "sre"), Role.ADMINISTRATOR),
        (("*",), None),
        (("SRE",), None),
    ],
)
def test_the_highest_role_of_the_groups_counts(groups: tuple[str, ...], role: Role | None) -> None:
    found = read_sign_on(Settings(**SET, sign_on_roles=" dev = editor, sre=approver,root=administrator, "))
    assert found is not None
    assert found.role_of(groups) is role


def test_a_star_is_everybody_and_a_group_may_have_an_equals_sign() -> None:
    found = read_sign_on(Settings(**SET, sign_on_roles="*=viewer, ou=sre=approver"))
    assert found is not None
    assert found.role_of(()) is Role.VIEWER
    assert found.role_of(("ou=sre",)) is Role.APPROVER
