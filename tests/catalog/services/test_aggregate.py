"""What of a service is told, found, kept in rows, and declared of one that had no entries."""

from __future__ import annotations

import pytest

from shipledger.catalog.service import Service, ServiceDraft
from shipledger.catalog.services.aggregate import SERVICES, began_at, declare_as, find_former, tells
from shipledger.catalog.services.fold import fold
from shipledger.catalog.services.model import ChangeService, DeclareService, RemoveService, ServiceFacts, ServiceRecord
from shipledger.catalog.services.names import call, known_by, names_in
from shipledger.catalog.services.relation import Relation, RelationKind
from shipledger.catalog.services.rows import COLUMNS, PARTS, to_columns
from shipledger.clock import to_microseconds
from shipledger.ledger.aggregate import RecordEntry, Told
from shipledger.ledger.erasure import Erased
from shipledger.ledger.submission import Alias
from tests.support.factories import ACME, make_id, moment

DRAFT = ServiceDraft(name="Web Shop", description="Sells", team_id="t", visibility="ALL", tags=("a", "b"))
RECORD = ServiceRecord(
    organization_id=ACME,
    service_id="1",
    version=4,
    slug="web-shop",
    draft=DRAFT,
    created_at=moment(1),
    names=("Till", "TILL"),
    repositories=("github.com/Acme/Shop",),
    relations=(Relation(RelationKind.DEPENDS_ON, "2"),),
)
DECLARED = DeclareService(
    service_id="1",
    name="Web Shop",
    facts=ServiceFacts(description="Sells", team_id="t", visibility="ALL", tags=("a", "b")),
    slug="web-shop",
    created_at=moment(1),
    names=("Till",),
    repositories=("github.com/acme/shop",),
)


def entry(said: object) -> RecordEntry:
    return RecordEntry("service", ACME, "1", 1, make_id(1), 0, moment(1), moment(2), said, None)


async def test_a_service_without_entries_is_declared_just_as_it_is() -> None:
    service = Service(organization_id=ACME, service_id="1", slug="web-shop", draft=DRAFT, created_at=moment(1))

    class Former:
        async def list_former_services(self, organization_id: str):
            return [(service, ("Till",), ("github.com/acme/shop",))] if organization_id == ACME else []

    assert await find_former(Former(), ACME) == [DECLARED]
    assert declare_as(service).names == declare_as(service).repositories == ()
    assert (began_at(DECLARED), began_at(RemoveService("1"))) == (moment(1), None)


@pytest.mark.parametrize(
    "said, repositories",
    [
        (DECLARED, ("github.com/acme/shop",)),
        (ChangeService("1", map=("h/a",), unmap=("h/b",)), ("h/a", "h/b")),
        (RemoveService("1"), ()),
        (Erased(), ()),
    ],
)
def test_whoever_derives_something_hears_which_repositories_changed(said, repositories) -> None:
    assert tells(entry(said)) == Told("mapping", ("1",), repositories)


def test_a_history_that_does_not_begin_with_a_declaration_is_a_programming_fault() -> None:
    with pytest.raises(ValueError, match="begins with the submission that declares it"):
        fold(None, entry(RemoveService("1")))


def test_its_rows_have_a_value_for_each_column() -> None:
    row = dict(zip((column.name for column in COLUMNS), to_columns(RECORD), strict=True))
    assert row == {
        "slug": "web-shop",
        "name": "Web Shop",
        "name_key": "web shop",
        "description": "Sells",
        "team_id": "t",
        "visibility": "ALL",
        "tags": '["a","b"]',
        "created_us": to_microseconds(moment(1)),
    }
    assert {part.table: part.to_rows(RECORD) for part in PARTS} == {
        "service_name": [("till", "Till"), ("till", "TILL")],
        "service_relation": [("depends_on", "2")],
        "service_repository": [("github.com/acme/shop", "github.com/Acme/Shop")],
    }


def test_it_is_found_by_its_id_its_slug_and_each_of_its_names_without_case() -> None:
    known = (Alias("", "1"), Alias("slug", "web-shop"), Alias("name", "web shop"), Alias("further", "till"))
    assert known_by(RECORD) == SERVICES.known_by(RECORD) == known
    assert (RECORD.subject_id, call(DECLARED), call(RemoveService("1"))) == ("1", "Web Shop", "1")


def meant(name: str) -> set[Alias]:
    return {Alias("", name), *(Alias(scope, name.casefold()) for scope in ("slug", "name", "further"))}


@pytest.mark.parametrize(
    "said, names",
    [
        (RemoveService("1"), set()),
        (DeclareService("1", "Web Shop"), {Alias("name", "web shop"), Alias("slug", "web-shop"), Alias("slug", "web-shop-1")}),
        (ChangeService("1", facts=ServiceFacts(name="Till")), {Alias("name", "till")}),
        (ChangeService("1", add_names=("TILL",), remove_names=("Shop",)), meant("TILL")),
        (ChangeService("1", relate=RECORD.relations), {Alias("", "2")}),
    ],
)
def test_a_submission_concerns_the_names_that_a_service_is_to_have(said, names) -> None:
    assert set(names_in(said)) == {Alias("", "1"), *names}
