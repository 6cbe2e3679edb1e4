"""The names by which receipts concern deployments, and those by which senders know their items."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from shipledger.deployments.names import call, known_by, names_of, services_in
from shipledger.ledger.deployment import external_alias
from shipledger.ledger.submission import Alias, Facts, Pipeline
from tests.support.factories import decide_receipt, make_amend, make_receipt, make_record, make_removal

RECORD = make_record(1, external_id="77", title="Checkout")
KNOWN = decide_receipt(make_receipt(), RECORD)[1]
OF_A_PIPELINE = make_record(1, external_id="77", pipeline=Pipeline(id="shop", name="Shop"), sequence=3)


@pytest.mark.parametrize(
    "submission, name",
    [
        (OF_A_PIPELINE, "shop/prod/3"),
        (RECORD, "77"),
        (replace(make_record(1), assumed=Facts(external_id="78")), "78"),
        (make_record(1, title="Checkout"), "Checkout"),
        (make_removal(KNOWN), KNOWN.deployment_id),
    ],
)
def test_a_sender_knows_its_item_by_what_it_gave(submission, name):
    assert call(submission) == name


@pytest.mark.parametrize(
    "submission, services",
    [
        (make_record(1, services=("a", "b")), ["a", "b"]),
        (replace(make_record(1, services=("a", "b")), foreign_services=("b",)), ["a"]),
        (make_amend(KNOWN, order=2, services=("c",)), ["c"]),
        (make_amend(KNOWN, order=2, title="x"), []),
        (make_removal(KNOWN), []),
    ],
)
def test_the_services_of_a_submission_are_those_without_ids_of_other_tools(submission, services):
    assert list(services_in(submission)) == services


def test_a_deployment_is_concerned_by_all_its_names_and_a_removed_one_is_found_by_its_id():
    by_id, external, request = Alias("", KNOWN.deployment_id), external_alias("opsgenie", "77"), Alias("request", "one")
    named = replace(KNOWN, names=(request,))
    assert set(names_of(named)) == {by_id, *RECORD.identities, request, external}
    assert {by_id, *RECORD.identities, request} <= set(known_by(named))
    assert known_by(replace(named, is_removed=True)) == [by_id]
