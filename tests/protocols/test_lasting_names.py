"""The names by which repeats are recognized are kept in ledgers, so a release that changes them records everything again.

Who must change one on purpose migrates what is stored, as ``store.respelling`` does.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from shipledger.ledger.identity import new_id
from shipledger.ledger.receipt import Receipt
from shipledger.protocols.datadog import translate as datadog
from shipledger.protocols.iftrue import translate as iftrue
from shipledger.protocols.native import translate as native
from shipledger.protocols.native.bodies import check_deployments
from shipledger.protocols.opsgenie import translate as opsgenie
from tests.protocols.opsgenie.bodies_for_tests import create_body, release
from tests.support import datadog as datadog_bodies
from tests.support import iftrue as iftrue_bodies
from tests.support.native import deployment

ACCEPTED_AT = datetime(2026, 3, 4, 10, 0, 0, 1, tzinfo=UTC)


def names_of(interpret, operation, body):
    """All names that a report gives what it records, and those by which it is recognized."""
    receipt = Receipt("acme", new_id(ACCEPTED_AT, bytes(8)), "credential", "", operation, {}, body, ACCEPTED_AT)
    (asked,) = interpret(receipt)
    further = [getattr(asked, name, None) for name in ("series", "former")]
    recognition = getattr(asked, "recognition", None)
    several = (
        asked.identities,
        getattr(asked, "names", ()),
        getattr(asked, "claims", ()),
        recognition.names if recognition else (),
    )
    return [f"{one.scope} {one.key}" for names in (*several, further) for one in names if one is not None]


OPSGENIE = [
    (
        {},
        [
            "opsgenie:repeat:start 5669ddb429a7f55d3a96c20e29704052381fd5e9/2026-03-04T05:06:07+00:00",
            "opsgenie:repeat 5669ddb429a7f55d3a96c20e29704052381fd5e9",
        ],
    ),
    (
        {"externalId": None},
        [
            "opsgenie:repeat 9059d211259a1835c93ceac25d1e02469c5bad33",
        ],
    ),
    (
        {"releases": [release(), release(commit={"sha": "FFFF"})]},
        [
            "opsgenie:repeat:start ac1a4f6dc9ddceed7b3ca0f2e695ebb42cacfdfb/2026-03-04T05:06:07+00:00",
            "opsgenie:repeat ac1a4f6dc9ddceed7b3ca0f2e695ebb42cacfdfb",
        ],
    ),
    (
        {"environment": {"type": "Test", "id": "{7B25450B-C668-4EB4-B75C-77333CA1ADA7}"}},
        [
            "opsgenie:repeat:start b02cd305f5cfd781645a81970117135b79564d1e/2026-03-04T05:06:07+00:00",
            "opsgenie:repeat b02cd305f5cfd781645a81970117135b79564d1e",
        ],
    ),
]


@pytest.mark.parametrize("changes, names", OPSGENIE)
def test_those_of_opsgenie(changes, names):
    assert names_of(opsgenie.interpret, "create", json.dumps(create_body(**changes))) == names


NATIVE = [
    (
        {},
        [
            "native:run:start 6bf024e043ad8661e6bd4b95b58129246006dd78/2026-03-04T10:00:00+00:00",
            "native:run 6bf024e043ad8661e6bd4b95b58129246006dd78",
        ],
    ),
    (
        {"external_id": None},
        [
            "native:deployment ccd6e5190e0a192071cff0c4ab562a6109885468",
        ],
    ),
    (
        {"started_at": None},
        [
            "native:run:end 6bf024e043ad8661e6bd4b95b58129246006dd78/2026-03-04T10:05:00+00:00",
            "native:run 6bf024e043ad8661e6bd4b95b58129246006dd78",
        ],
    ),
]


@pytest.mark.parametrize("changes, names", NATIVE)
def test_those_of_our_own_api(changes, names):
    body = check_deployments(json.dumps(deployment(**changes))).body
    assert names_of(native.interpret, "record-deployment", body) == names


DATADOG = [
    (
        {"id": "build-77-of-checkout"},
        [
            "datadog:run:start 7187c9b2d16ae6fe4d8c709eb291b91a3c1084db/2026-03-05T10:00:00+00:00",
            "datadog:id build-77-of-checkout",
            "datadog:moment 9fb85f72221cfbb1a4e4021bf38cc615fc2c01f0",
            "datadog:run 7187c9b2d16ae6fe4d8c709eb291b91a3c1084db",
            "datadog:id build-77-of-checkout",
        ],
    ),
    (
        {"env": "Prod", "version": "2.4.1"},
        [
            "datadog:id 019cb84a-4100-7004-ac29-5e97f5f47723",
            "datadog:exact 91b8e483eeb03597b270e6374c38e2a2b03ba2eb",
            "datadog:moment 91b8e483eeb03597b270e6374c38e2a2b03ba2eb",
            "datadog:moment 10d077ff13629599b8bfe497faeb76226f83fdce",
        ],
    ),
]


@pytest.mark.parametrize("changes, names", DATADOG)
def test_those_of_datadogs_deployments(changes, names):
    assert names_of(datadog.interpret, "create-deployment", json.dumps(datadog_bodies.create_body(**changes))) == names


FAILURES = [
    (
        {"id": "incident-7-of-checkout"},
        [
            "datadog:failure incident-7-of-checkout",
            "datadog:failure-given incident-7-of-checkout",
            "datadog:failure-moment 09aeb37165f68601d0a93c18ec27d0e111b9ad94",
        ],
    ),
    (
        {"env": "Prod", "services": ["Shop", "checkout"]},
        [
            "datadog:failure 019cb84a-4100-7004-8ca8-2645d6ad9df3",
            "datadog:failure-moment 0ad387682441178a960af6d2f326f093b59074c9",
        ],
    ),
    (
        {"services": None, "team": "Payments"},
        [
            "datadog:failure 019cb84a-4100-7004-8ca8-2645d6ad9df3",
            "datadog:failure-moment 68e1c98e80c9b10286b3a324aff23521d2c2e7c0",
        ],
    ),
]


@pytest.mark.parametrize("changes, names", FAILURES)
def test_those_of_datadogs_failures(changes, names):
    assert names_of(datadog.interpret, "create-failure", json.dumps(datadog_bodies.failure_body(**changes))) == names


IFTRUE = [
    (
        {},
        [
            "iftrue:commit 64c3294a0211b1104d12f3854bb9ff31d6b96ca0",
        ],
    ),
    (
        {"repository_url": "https://github.com/Acme/Shop", "deployment_node_id": "DE_77"},
        [
            "iftrue:node f866e89db4892558b9e224cc24fe873b0c267208",
        ],
    ),
]


@pytest.mark.parametrize("changes, names", IFTRUE)
def test_those_of_iftrue(changes, names):
    assert names_of(iftrue.interpret, "record", json.dumps(iftrue_bodies.report(**changes))) == names
