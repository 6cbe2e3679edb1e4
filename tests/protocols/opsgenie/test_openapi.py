from __future__ import annotations

import json

from shipledger.protocols.opsgenie.openapi import paths, security_schemes
from shipledger.protocols.opsgenie.openapi_parts import SECURITY
from tests.support.protocols import list_protocols


def test_every_operation_is_described_and_no_other():
    [protocol] = [one for one in list_protocols() if one.name == "opsgenie"]
    served = {(route.path, route.method.lower()) for route in protocol.routes()}
    assert served == {(path, method) for path, operations in paths().items() for method in operations}


def test_every_operation_names_its_key_and_its_answers():
    assert set(security_schemes()) == {SECURITY}
    for operations in paths().values():
        for operation in operations.values():
            assert operation["security"] == [{SECURITY: []}]
            assert {"401", "403", "429", "503"} <= set(operation["responses"])
            assert ("requestBody" in operation) == ("415" in operation["responses"])


def test_all_schemas_are_in_place():
    assert "$ref" not in json.dumps(paths())


def test_every_parameter_of_a_path_is_described():
    for path, operations in paths().items():
        named = {segment[1:-1] for segment in path.split("/") if segment.startswith("{")}
        for operation in operations.values():
            assert {one["name"] for one in operation["parameters"] if one["in"] == "path"} == named
