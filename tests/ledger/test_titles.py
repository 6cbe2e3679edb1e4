"""What people call a deployment."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from shipledger.ledger.deployment import Deployment
from shipledger.ledger.submission import Pipeline, Release
from shipledger.ledger.titles import LONGEST, title_of
from tests.support.factories import decide_receipt, make_receipt, make_record
from tests.support.schema_values import texts

ID = "550E8400-e29b-41d4-a716-446655440000"
SHA = "0c9135c1ab" * 4
RELEASES = (Release("bitbucket.org/acme/checkout", SHA),)
PIPELINE = Pipeline(id="p1", name="Release train")


def recorded(**facts: Any) -> Deployment:
    """A deployment of which only ``facts`` and its environment are known."""
    _, deployment = decide_receipt(make_receipt(), make_record(**{"title": None, "releases": (), **facts}))
    assert deployment is not None
    return deployment


@pytest.mark.parametrize(
    "facts, title",
    [
        ({"title": "Checkout\n 2.4.1"}, "Checkout 2.4.1"),
        ({"title": "\u202e \u200b", "services": ("checkout",), "version": "2"}, "checkout 2"),
        ({"title": ID, "services": ("checkout",), "version": "2"}, "checkout 2"),
        ({"title": SHA, "releases": RELEASES}, "acme/checkout at 0c9135c1ab"),
        ({"title": SHA[:7], "services": ("checkout",), "releases": RELEASES}, "checkout at 0c9135c1ab"),
        ({"title": "41", "pipeline": PIPELINE}, "Release train 41"),
        ({"title": "41"}, "Deployment 41 to Production"),
        ({"services": ("checkout", "cart", "till"), "version": "2"}, "checkout and 2 more 2"),
        ({"services": ("checkout",), "external_id": ID}, "Deployment of checkout"),
        ({"services": ("checkout",), "external_id": "build-77"}, "checkout build-77"),
        ({"releases": (Release("checkout", "v1.2-" + "x" * 30),)}, "checkout at v1.2-xxxxxxxxxxxxxxxxxx…"),
        ({"external_id": "build-77"}, "Deployment build-77 to Production"),
        ({"external_id": ID, "pipeline": Pipeline(id="p1", name=ID)}, "Deployment to Production"),
        ({"external_id": SHA, "environment": None}, "Deployment"),
        ({"title": "x" * 10_000}, "x" * 199 + "…"),
    ],
)
def test_it_names_what_was_deployed_and_which_of_it(facts: dict[str, Any], title: str):
    assert title_of(recorded(**facts)) == title


@given(texts(), texts())
def test_it_is_one_line_of_some_length_whatever_was_sent(title: str, name: str):
    called = title_of(recorded(title=title, services=(name,), external_id=name))
    assert called == " ".join(called.split())
    assert 0 < len(called) <= LONGEST
