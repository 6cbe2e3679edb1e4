"""``shipledger erase``: by property, by credential, or a whole organization."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.support.commands import Commands
from tests.support.pen import Pen

NOW = datetime(2026, 3, 4, 10, 2, tzinfo=UTC)


async def send_some(pen: Pen) -> str:
    """Two deployments for one customer and one for another; the id of the credential."""
    await pen.store.revoke_credential(pen.organization_id, pen.credential_id, now=NOW)
    for number, customer in enumerate(("anna", "anna", "bert")):
        await pen.record(at=NOW + timedelta(hours=number), title=f"For {customer}", properties={"customer": customer})
    return pen.credential_id


def count(cli: Commands) -> int:
    """How many deployments are shown, and proven to be what was recorded."""
    verified = cli("verify", "--json").json
    assert verified["damage"] == []
    return cli("rebuild", "--json").json["deployments"]


def test_by_property(cli: Commands, write) -> None:
    write(send_some)

    assert cli("erase", "--property", "customer=anna", "--dry-run", "--json").json["counts"]["deployments"] == 2
    assert (
        "Erased the deployments with customer=anna: 2 receipts, 2 entries"
        in cli("erase", "--property", "customer=anna", "--yes").out
    )

    assert count(cli) == 1
    assert cli("erase", "--property", "customer=anna", "--yes", "--json").json["counts"]["receipts"] == 0


def test_by_credential_which_itself_stays(cli: Commands, write) -> None:
    credential_id = write(send_some)

    cli("erase", "--credential", credential_id, "--yes")

    assert count(cli) == 0
    assert len(cli("credential", "list", "--json").json["credentials"]) == 1


@pytest.mark.both_stores
def test_a_whole_organization(cli: Commands, write) -> None:
    write(send_some)
    cli("organization", "create", "acme")

    cli("erase", "--whole-organization", "--organization", "acme", "--yes")
    assert count(cli) == 3
    assert [one["slug"][:7] for one in cli("organization", "list", "--json").json["organizations"]] == ["default", "erased-"]

    cli("erase", "--whole-organization", "--yes")
    assert count(cli) == 0
    assert cli("credential", "list", "--json").json["credentials"] == []


@pytest.mark.parametrize(
    "arguments",
    [(), ("--property", "customer"), ("--property", "=x"), ("--credential", "x", "--whole-organization")],
    ids=["nothing", "no value", "no name", "two things"],
)
def test_what_is_meant_must_be_said(cli: Commands, arguments: tuple[str, ...]) -> None:
    assert "Choose what to erase" in (refused := cli("erase", "--yes", *arguments, code=2).err) or "NAME=VALUE" in refused


def test_a_credential_that_does_not_exist_is_an_error(cli: Commands, write) -> None:
    write(send_some)
    done = cli("erase", "--credential", "nope", "--yes", code=1)
    assert "There is no credential 'nope' in the organization 'default'" in done.err
    assert "Erased" not in done.out


def test_nothing_to_erase_is_said(cli: Commands, write) -> None:
    write(send_some)
    assert cli("erase", "--property", "customer=nobody", "--yes").out == "No deployment has customer=nobody.\n"
