"""Whatever is sent is either refused as a whole or judged item by item; nothing makes us fail."""

from __future__ import annotations

import json
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from shipledger.errors import Invalid
from shipledger.ledger.submission import RecordDeployment
from shipledger.protocols.jira import translate
from shipledger.protocols.jira.answers import to_submit_answer
from shipledger.protocols.jira.bulk import BulkIn, read_bulk
from shipledger.protocols.wire_json import encode_json
from tests.protocols.jira.test_translate import submit
from tests.support.jira import RULE, deployment

NUMBERS = st.integers() | st.floats() | st.just(10**400)
TEXTS = st.text(st.characters() | st.characters(categories=["Cs"]), max_size=8) | st.sampled_from(["", "\0", "UTF-8", "S-1", "7"])
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from([*deployment(), "issueKeys", "label", "duration", "triggeredBy", "commands", "schemaVersion"])
KINDS = st.sampled_from(["issueKeys", "issueIdOrKeys", "serviceIdOrKeys", "commit", "repository", "teamIds"]) | VALUES
MEMBERS = st.sampled_from(
    ["associationType", "values", "commitHash", "repositoryId", "id", "displayName", "type", "email", "command"]
)
OBJECTS = st.dictionaries(MEMBERS, VALUES | KINDS, max_size=4)
MUTATIONS = st.dictionaries(NAMES, VALUES | OBJECTS | st.lists(OBJECTS, max_size=3), max_size=4)


@given(
    st.lists(MUTATIONS.map(lambda changes: deployment(**changes)) | VALUES, max_size=3) | VALUES,
    st.dictionaries(st.sampled_from(["properties", "providerMetadata", "operationType"]), VALUES),
)
def test_anything_that_is_json_has_an_answer(deployments: Any, top: dict[str, Any]):
    text = json.dumps({"deployments": deployments, **top})
    bulk, refusals = judge(text)
    assert encode_json(refusals)
    if bulk is None:
        assert refusals
        return
    receipt = submit(*deployments, **top)
    submissions = translate.to_submissions(receipt, bulk)
    answer = json.loads(encode_json(to_submit_answer(bulk, submissions)))
    assert len(answer["acceptedDeployments"]) + len(answer["rejectedDeployments"]) == len(deployments)
    assert all(rejected["errors"] for rejected in answer["rejectedDeployments"])
    assert list(translate.interpret(receipt)) == list(submissions)
    assert len(submissions) == len(deployments)
    records = [one for one in submissions if isinstance(one, RecordDeployment)]
    assert len(records) == len(answer["acceptedDeployments"])
    assert all(msgspec.json.encode(one.left_out) for one in records)


@given(st.text(max_size=200))
def test_any_text_has_an_answer(text: str):
    bulk, refusals = judge(text)
    assert bulk is not None or refusals


def judge(text: str) -> tuple[BulkIn | None, list[str]]:
    try:
        return read_bulk(text, RULE), []
    except Invalid as error:
        return None, list(error.fields)
