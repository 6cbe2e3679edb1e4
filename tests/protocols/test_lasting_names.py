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
from shipledger.protocols.native.incident_bodies import check_incidents
from shipledger.protocols.opsgenie import translate as opsgenie
from tests.protocols.opsgenie.bodies_for_tests import create_body, release
from tests.support import datadog as datadog_bodies
from tests.support import iftrue as iftrue_bodies
from tests.support.native import deployment, incident

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
    (
        {"environment": {"type": "Production", "id": "Prod", "displayName": "P"}},
        [
            "opsgenie:repeat:start e9369cdeb8295a22674e73eedf6d4fd159bee8c5/2026-03-04T05:06:07+00:00",
            "opsgenie:repeat e9369cdeb8295a22674e73eedf6d4fd159bee8c5",
        ],
    ),
    (
        {"releases": [release(commit={"sha": sha}) for sha in ("f0", "0c9135c", "A1", "7", "b2")]},
        [
            "opsgenie:repeat:start 61f1417f015860a69f646a5d2346f8ab190dc3c5/2026-03-04T05:06:07+00:00",
            "opsgenie:repeat 61f1417f015860a69f646a5d2346f8ab190dc3c5",
        ],
    ),
]


@pytest.mark.parametrize("changes, names", OPSGENIE)
def test_those_of_opsgenie(changes, names):
    assert names_of(opsgenie.interpret, "create", json.dumps(create_body(**changes))) == names


SHIPPED = [
    {"repository": f"https://github.com/Acme/Shop{number % 2}", "commit": sha * 8}
    for number, sha in enumerate(["f0a1b2c3", "0c9135ca", "A1b2A1b2", "77777777"])
]
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
    (
        {"service": "Checkout", "environment": "Production", "external_id": "Build 78"},
        [
            "native:run:start a5ca5e52cc33721992cbd589041550ab77ca1c13/2026-03-04T10:00:00+00:00",
            "native:run a5ca5e52cc33721992cbd589041550ab77ca1c13",
        ],
    ),
    (
        {"external_id": None, "releases": SHIPPED},
        [
            "native:deployment beec3183a9ae33b73fa91a7a4948c85e0140f46b",
        ],
    ),
    (
        {"external_id": None, "version": None, "releases": []},
        [
            "native:deployment 2db8f1aa967c1333db6af7364d13abc2e4b9fb67",
        ],
    ),
]


@pytest.mark.parametrize("changes, names", NATIVE)
def test_those_of_our_own_api(changes, names):
    body = check_deployments(json.dumps(deployment(**changes))).body
    assert names_of(native.interpret, "record-deployment", body) == names


INCIDENTS = [
    (
        {},
        [
            "native:incident inc-1",
        ],
    ),
    (
        {"external_id": None},
        [
            "native:incident:moment 82efaca540878950c2f21762d1725abd937baf9c",
        ],
    ),
    (
        {"external_id": None, "services": ["Shop", "checkout", "Basket"], "team": None, "environment": None, "title": None},
        [
            "native:incident:moment b9f59d3bd5d3f908b573d6fe22331f2d76153f42",
        ],
    ),
    ({"external_id": None, "started_at": None}, []),
]


@pytest.mark.parametrize("changes, names", INCIDENTS)
def test_those_of_incidents_of_our_own_api(changes, names):
    body = check_incidents(json.dumps(incident(**changes))).body
    assert names_of(native.interpret, "record-incident", body) == names


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
