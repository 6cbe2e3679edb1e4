"""The OpenAPI page tells the truth: whatever it allows, and what it does not, is answered as it says."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.support.program import RunningServer

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
EXAMPLES = 15


@pytest.fixture(scope="module")
def described(tmp_path_factory):
    server = RunningServer(tmp_path_factory.mktemp("schemathesis"))
    try:
        server.start()
        yield server
    finally:
        server.close()


@pytest.fixture(scope="module")
def key(described):
    return described.credential()


@pytest.mark.parametrize("mode", GenerationMode)
@pytest.mark.timeout(300)
def test_every_operation_answers_as_its_page_says(described, key, mode, subtests):
    page = schemathesis.openapi.from_url(f"{described.url}/ledger/openapi.json")
    operations = [found.ok() for found in page.get_all_operations()]
    assert operations
    for operation in operations:
        with subtests.test(operation.label):
            check(operation, key, mode)


def check(operation, key, mode):
    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode))
    def answers_as_described(case):
        case.call_and_validate(headers={"Authorization": f"GenieKey {key}"}, checks=CHECKS)

    answers_as_described()
