"""The OpenAPI page tells the truth: whatever it allows, and what it does not, is answered as it says."""

from __future__ import annotations

import contextlib

import httpx2
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.support.lent_databases import borrowed_ledger_database
from tests.support.plain_http import no_certificates
from tests.support.program import RunningServer

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
EXAMPLES = {
    GenerationMode.POSITIVE: max(2, settings.default.max_examples // 12),
    GenerationMode.NEGATIVE: max(1, settings.default.max_examples // 25),
}
"""For each operation. To think of a wrong one takes four times as long as of a right one."""

THE_SAME_ELSEWHERE = ("/ex/jira/", "/jira/deployments/", "/deployments/0.1/")
"""Further prefixes of operations that are tried under their first one."""

THE_SAME_BY_POST = {f"PUT /v1/incidents/{{id}}/{last}" for last in ("message", "description", "priority")}
"""Operations that have two methods, and are tried by one."""

SAYS_JSON_AND_SENDS_A_SENTENCE = ("/jenkins/webtrigger",)
"""Atlassian's webhook for Jenkins answers errors so, and the plugin shows their body as it is."""


class Target:
    """A server, and headers for each security scheme of its page, good for everything that it guards."""

    def __init__(self, server):
        create = server.create_credential
        self.url = server.url
        self.session = requests.Session()
        self.session.trust_env = False  # to ask the machine for proxies takes longer than the server takes to answer
        jira, datadog = create("jira-oauth"), create("datadog")
        client = {"grant_type": "client_credentials", "client_id": jira["client_id"], "client_secret": jira["client_secret"]}
        token = httpx2.post(f"{server.url}/oauth/token", json=client, trust_env=False, verify=no_certificates()).json()[
            "access_token"
        ]
        self.proofs = {
            "GenieKey": {"Authorization": f"GenieKey {create('opsgenie')['api_key']}"},
            "IftrueToken": {"Authorization": f"Bearer {create('iftrue')['token']}"},
            "LedgerToken": {"Authorization": f"Bearer {create('native')['token']}"},
            "JiraOAuth": {"Authorization": f"Bearer {token}"},
            "DatadogApiKey": {"DD-API-KEY": datadog["api_key"]},
            "DatadogApplicationKey": {"DD-APPLICATION-KEY": datadog["application_key"]},
        }


@pytest.fixture(scope="module")
def targets(tmp_path_factory):
    """A server over each store. Both get the same requests: to think of one takes far longer than to answer it."""
    with contextlib.ExitStack() as stack:
        servers = []
        for url in (None, stack.enter_context(borrowed_ledger_database())):
            folder = tmp_path_factory.mktemp("schemathesis")
            # What a server keeps beside a file, and for a database elsewhere in the user's own folders.
            beside = {
                "SHIPLEDGER_TOKEN_KEY": "a key of tests, which nobody else has",
                "SHIPLEDGER_GIT_FOLDER": str(folder / "git"),
                # A change of what is not there waits for its create as long as the requests of this test wait for an answer.
                "SHIPLEDGER_UPDATE_WAIT_SECONDS": "0",
            }
            server = RunningServer(folder, database_url=url, environment=beside)
            stack.callback(server.close)
            server.start()
            servers.append(server)
        targets = [Target(server) for server in servers]
        for target in targets:
            stack.enter_context(target.session)
        yield targets


@pytest.mark.timeout(300)
def test_every_operation_answers_as_its_page_says(targets, subtests):
    """Both modes of an operation one after the other: what is made of its page for the one serves the other."""
    page = schemathesis.openapi.from_url(f"{targets[0].url}/ledger/openapi.json")
    operations = [found.ok() for found in page.get_all_operations()]
    for operation in operations:
        if not operation.path.startswith(THE_SAME_ELSEWHERE) and operation.label not in THE_SAME_BY_POST:
            schemes = next(iter(operation.definition.raw["security"]), {})
            for mode in GenerationMode:
                with subtests.test(f"{operation.label}, {mode.value}"):
                    check(operation, schemes, targets, mode)


def check(operation, schemes, targets, mode):
    is_no_json = operation.path.startswith(SAYS_JSON_AND_SENDS_A_SENTENCE)
    checks = [one for one in CHECKS if not (is_no_json and one is response_schema_conformance)]

    @settings(max_examples=EXAMPLES[mode], deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode))
    def answers_as_described(case):
        for target in targets:
            headers = {name: value for scheme in schemes for name, value in target.proofs[scheme].items()}
            case.call_and_validate(target.url, headers=headers, checks=checks, session=target.session)

    nothing_to_send_wrong = Unsatisfiable if mode is GenerationMode.NEGATIVE else ()
    with contextlib.suppress(nothing_to_send_wrong):
        answers_as_described()
