"""A body that was accepted is understood again, whatever limits hold by now."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shipledger.protocols.wire_json import MAX_VALUES, TooManyValuesError, decode_body, decode_kept
from tests.support import datadog, iftrue, jira, native, opsgenie
from tests.support.factories import make_receipt
from tests.support.protocols import list_protocols

PROTOCOLS = {protocol.name: protocol for protocol in list_protocols()}
MANY = {"ignored": [0] * 5 * MAX_VALUES}
BODIES: list[tuple[str, str, dict[str, Any]]] = [
    ("opsgenie", "create", opsgenie.create_body()),
    ("opsgenie", "create-incident", {"message": "m", "serviceId": "s"}),
    ("jira", "submit", {"deployments": [jira.deployment()]}),
    ("datadog", "create-deployment", datadog.create_body()),
    ("datadog", "create-failure", datadog.failure_body()),
    ("iftrue", "record", iftrue.report()),
    ("native", "record-deployment", native.deployment()),
]


@pytest.mark.parametrize("protocol, operation, body", BODIES)
def test_a_body_with_more_values_than_are_taken_now_is_interpreted(protocol, operation, body):
    text = json.dumps({**body, **MANY})
    with pytest.raises(TooManyValuesError):
        decode_body(text)
    sound = make_receipt(1, protocol=protocol, operation=operation, parameters={}, body=json.dumps(body))
    kept = make_receipt(1, protocol=protocol, operation=operation, parameters={}, body=text)
    assert PROTOCOLS[protocol].interpret(kept) == PROTOCOLS[protocol].interpret(sound)
    assert decode_kept(text)["ignored"] == MANY["ignored"]
