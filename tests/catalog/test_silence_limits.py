"""How long a deployment may be silent is set for all, and for pipelines."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shipledger.catalog.silence_limits import read_silence_limits
from shipledger.errors import Invalid
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.submission import Facts, Pipeline, Release
from tests.support.updates import record, settle


def deployed(**facts: object) -> Deployment:
    deployment, _ = settle([record(facts=Facts(**facts))])
    assert deployment is not None
    return deployment


def hours(text: str, **facts: object) -> float | None:
    limit = read_silence_limits(24, text).find(deployed(**facts))
    return None if limit.after is None else limit.after / timedelta(hours=1)


@pytest.mark.parametrize(
    "text,facts,expected",
    [
        ("", {}, 24),
        ("deploy-eu=72", {"pipeline": Pipeline(id="7", name="Deploy-EU")}, 72),
        ("7=72", {"pipeline": Pipeline(id="7", name="Deploy EU")}, 72),
        ("github.com/acme/*=1.5", {"releases": (Release(repository="GitHub.com/Acme/Shop", commit="1"),)}, 1.5),
        ("checkout=0", {"services": ("Checkout",)}, None),
        ("check=1, checkout=2, *=3", {"services": ("checkout",)}, 2),
        ("check=1, *=3", {"services": ("checkout",)}, 3),
        ("a=b=2", {"services": ("a=b",)}, 2),
        (" , checkout = 2 , ", {"services": ("checkout",)}, 2),
        ("*=3", {}, 24),
    ],
)
def test_the_first_rule_that_fits_a_name_of_the_pipeline_counts(
    text: str, facts: dict[str, object], expected: float | None
) -> None:
    assert hours(text, **facts) == expected


def test_the_shortest_limit_is_known() -> None:
    assert read_silence_limits(24, "a=72, b=0, c=6").shortest == timedelta(hours=6)
    assert read_silence_limits(0, "a=72").shortest == timedelta(hours=72)
    assert read_silence_limits(0, "a=0").shortest is None


@pytest.mark.parametrize(
    "text", ["deploy", "deploy=", "=6", "deploy=soon", "deploy=-1", "deploy=nan", "deploy=inf", "deploy=1e9"]
)
def test_what_is_no_rule_is_refused_with_its_name(text: str) -> None:
    with pytest.raises(Invalid, match="silence_limits contains"):
        read_silence_limits(24, text)
