"""A remedy refers to its deployment by an id, an id of its sender's or a version, and that one is found by the same name."""

from __future__ import annotations

import pytest

from shipledger.ledger.remedies import remediation_of, remedied_aliases, remedying_aliases, version_aliases
from shipledger.ledger.state import Tier
from shipledger.ledger.submission import Alias, Environment, Facts, Remediation

PRODUCTION = Environment(id="prod", name="Production", tier=Tier.PRODUCTION)
PLACE = {"services": ("Shop", "basket"), "environment": PRODUCTION}


def version(service: str, name: str, place: str = "production") -> Alias:
    return Alias("remedied-by", f'["version","{service}","{place}","{name}"]')


@pytest.mark.parametrize(
    "remedy, facts, names",
    [
        (None, {}, ()),
        (Remediation(kind="rollback", id="d"), PLACE, (Alias("remedied-by", '["id",null,"d"]'),)),
        (Remediation(kind="rollback", id="7", scope="vendor:id"), {}, (Alias("remedied-by", '["id","vendor:id","7"]'),)),
        (Remediation(kind="rollback", id="d", version="V2"), PLACE, (Alias("remedied-by", '["id",null,"d"]'),)),
        (Remediation(kind="", version="V2"), PLACE, (version("shop", "v2"), version("basket", "v2"))),
        (Remediation(kind="", version="V2"), {"services": ("shop",)}, (version("shop", "v2", ""),)),
        (Remediation(kind="", version="V2"), {"environment": PRODUCTION}, ()),
        (Remediation(kind=""), PLACE, ()),
    ],
)
def test_a_remedy_is_named_by_its_id_else_by_its_version_in_each_place(remedy, facts, names):
    said = Facts(remediation=remedy, **facts)
    assert remediation_of(said) == remedy
    assert remedied_aliases(said) == names


def test_a_deployment_is_a_remedy_by_all_its_names_and_its_version_in_each_place():
    found = remedying_aliases("d", [Alias("vendor:id", "7")], Facts(version="V2", **PLACE))
    by_id = (Alias("remedied-by", '["id",null,"d"]'), Alias("remedied-by", '["id","vendor:id","7"]'))
    assert found == (*by_id, version("shop", "v2"), version("basket", "v2"))
    assert remedying_aliases("d", (), Facts(**PLACE)) == by_id[:1]
    assert version_aliases(Facts(**PLACE), "") == ()


def test_nothing_is_said_of_a_remedy_by_default():
    assert remediation_of(Facts()) is None
