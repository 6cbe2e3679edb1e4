"""What an entry of a service says in words: one sentence for each thing that changed."""

from __future__ import annotations

import pytest

from shipledger.catalog.services.model import ChangeService, DeclareService, RemoveService, ServiceFacts
from shipledger.catalog.services.relation import Relation, RelationKind
from shipledger.catalog.services.words import describe, list_related_ids
from shipledger.ledger.erasure import Erased

NEEDS, HOLDS = Relation(RelationKind.DEPENDS_ON, "2"), Relation(RelationKind.CONTAINS, "3")


@pytest.mark.parametrize(
    "said, sentences",
    [
        (DeclareService("1", "Shop"), ("Created as Shop.",)),
        (DeclareService("1", "Shop", is_named=True), ("Created as Shop, since a report named it.",)),
        (
            DeclareService("1", "Shop", facts=ServiceFacts(description="Sells", team_id="t", visibility="ALL", tags=("a", "b"))),
            ("Created as Shop.", "Description set to “Sells”.", "Team set to “t”.", "Tags set to “a, b”."),
        ),
        (
            DeclareService(
                "1", "Shop", facts=ServiceFacts(description="", team_id="", tags=()), names=("x", "x"), repositories=("r",)
            ),
            ("Created as Shop.", "Also called x.", "Mapped r."),
        ),
        (
            ChangeService("1", facts=ServiceFacts(name="Till", team_id="")),
            ("Name set to “Till”.", "Team taken away."),
        ),
        (
            ChangeService("1", add_names=("a",), remove_names=("b",), map=("c",), unmap=("d",)),
            ("Also called a.", "No longer called b.", "Mapped c.", "Unmapped d."),
        ),
        (
            ChangeService("1", relate=(NEEDS, HOLDS), unrelate=(NEEDS, HOLDS)),
            ("Depends on Till.", "Contains the service 3.", "No longer depends on Till.", "No longer contains the service 3."),
        ),
        (RemoveService("1"), ("Deleted.",)),
        (Erased(), ("Erased.",)),
    ],
)
def test_each_thing_that_changed_has_its_sentence(said, sentences) -> None:
    assert describe(said, {"2": "Till"}) == sentences


def test_the_services_that_it_names_are_those_that_it_relates_and_no_longer_relates() -> None:
    assert list_related_ids(ChangeService("1", relate=(NEEDS,), unrelate=(HOLDS,))) == ("2", "3")
    assert list_related_ids(RemoveService("1")) == ()
