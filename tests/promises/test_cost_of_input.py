"""What a request costs grows with its length and no faster, whatever it holds: each reader of what strangers send is attacked.

A reader that refuses what is too long passes as well: then the cost does not grow at all.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from starlette.datastructures import QueryParams

from shipledger.catalog.clone_url import read_clone_url
from shipledger.catalog.repository import canonical_repository
from shipledger.catalog.tiers import DEFAULT_POLICY
from shipledger.errors import Invalid
from shipledger.issue_query.parse import parse_query as parse_issue_query
from shipledger.observability.logs import redact_text
from shipledger.protocols.datadog.bodies import BadRequestError, read_attributes, read_create_deployment
from shipledger.protocols.datadog.compression import choose_coding
from shipledger.protocols.datadog.query import QueryError, parse_query
from shipledger.protocols.datadog.times import TimeForm, choose_form
from shipledger.protocols.datadog.uploads import read_parts
from shipledger.protocols.iftrue.translate import check_report
from shipledger.protocols.jira.associations import describe_unknown
from shipledger.protocols.jira.bulk import read_bulk
from shipledger.protocols.jira.connect_token import TokenRefused, find_signer, read_issuer
from shipledger.protocols.jira.descriptor import read_descriptor
from shipledger.protocols.jira.known import KnownRule
from shipledger.protocols.jira.paths import read_path
from shipledger.protocols.jira.qsh import candidate_hashes
from shipledger.protocols.native.bodies import check_deployments
from shipledger.protocols.opsgenie import incident_query
from shipledger.protocols.opsgenie.bodies import read_create
from shipledger.protocols.opsgenie.incident_query.parse import parse_query as parse_incident_query
from shipledger.protocols.opsgenie.incident_query.values import QueryFault
from shipledger.protocols.opsgenie.parameters import read_search
from shipledger.protocols.opsgenie.translate import read_object
from shipledger.protocols.times import parse_time
from shipledger.protocols.wildcards import ANY, ONE, to_wildcards
from shipledger.protocols.wire_json import UnreadableJsonError, UnwieldyJsonError, decode_json
from shipledger.scm.commit_object import read_commit
from shipledger.web.pages.formats import web_link
from tests.support.datadog import create_body
from tests.support.factories import ACME
from tests.support.growth import TOLERANCE, measure_growth
from tests.support.iftrue import report
from tests.support.jira import deployment

REFUSALS = (
    BadRequestError,
    Invalid,
    QueryError,
    TokenRefused,
    UnreadableJsonError,
    UnwieldyJsonError,
    ValueError,
)

FORM = "multipart/form-data; boundary=b"
RULE = KnownRule()
_numbers = count()


def part(head: str, content: str = "") -> bytes:
    return f"--b\r\nContent-Disposition: form-data; {head}\r\n\r\n{content}\r\n--b--".encode()


def parts(body: bytes) -> object:
    return read_parts(body, FORM)


def bulk(**changes: Any) -> str:
    return json.dumps({"deployments": [deployment(**changes)]})


def submit(text: str) -> None:
    """As far as a bulk is read before it is accepted, with the words about what was unknown in it."""
    for item in read_bulk(text, RULE).items:
        describe_unknown(item.associations)


def read_incident_query(text: str) -> object:
    return incident_query.read_query(text, {})


def read_long_query(text: str) -> object:
    """Without the limit on its length, which alone would do."""
    try:
        return parse_incident_query(text)
    except QueryFault:
        return None


def find_rule(name: str) -> object:
    return DEFAULT_POLICY.find_rule(f"{next(_numbers)} {name}")  # answers are remembered


def take_report(text: str) -> object:
    return check_report(text, ())


def take_deployment(body: object) -> object:
    return read_attributes(body, read_create_deployment)


def commit(author: bytes) -> bytes:
    return b"tree " + b"a" * 40 + b"\nauthor " + author + b"\ncommitter c <c@d> 1 +0000\n\nsubject"


ATTACKS: dict[str, tuple[Callable[[int], Any], Callable[[Any], object], int]] = {
    # JSON
    "JSON of nested lists": (lambda n: "[" * n + "]" * n, decode_json, 5_000),
    "JSON of open lists": (lambda n: "[" * n, decode_json, 5_000),
    "JSON of nested objects": (lambda n: '{"a":' * n + "1" + "}" * n, decode_json, 3_000),
    "JSON of many lists": (lambda n: "[" + "[]," * n + "[]]", decode_json, 5_000),
    "JSON of many objects": (lambda n: "[" + '{"a":1},' * n + "[]]", decode_json, 3_000),
    "JSON of many names": (lambda n: json.dumps({f"k{i}": i for i in range(n)}), decode_json, 5_000),
    "JSON of one name": (lambda n: "{" + '"k":1,' * n + '"k":1}', decode_json, 5_000),
    "JSON with an open string of escapes": (lambda n: "[" * 501 + '"' + '\\"' * n, decode_json, 2_500),
    "JSON with an open string of backslashes": (lambda n: "[" * 501 + '"' + "\\" * n, decode_json, 5_000),
    "JSON of many quotes": (lambda n: "[" * 501 + '"' * n, decode_json, 5_000),
    "JSON of a long whole number": (lambda n: "1" * n, decode_json, 20_000),
    "JSON of a long fraction": (lambda n: "0." + "1" * n, decode_json, 20_000),
    "JSON of a long number with an exponent": (lambda n: "1" * n + f"e-{n}", decode_json, 20_000),
    "JSON of many numbers that fit no word": (lambda n: "[" + f"{'1' * 400}," * n + "1]", decode_json, 500),
    "JSON of many surrogates": (lambda n: '["' + r"\ud800" * n + '"]', decode_json, 5_000),
    # uploads
    "a part's header of semicolons": (lambda n: part('name="' + ";" * n), parts, 2_500),
    "a part's header of quotes and semicolons": (lambda n: part('name="' + '";' * n), parts, 2_500),
    "a part's header of many parameters": (lambda n: part("a=b; " * n), parts, 2_500),
    "a part of many headers": (lambda n: part("name=a\r\n" + "X: y\r\n" * n), parts, 2_500),
    "a part of nearly boundaries": (lambda n: part("name=a", "\r\n--c" * n), parts, 20_000),
    "many parts": (lambda n: part("name=a", "\r\n--b" * n), parts, 5_000),
    "an upload of blank lines": (lambda n: b"\r\n" * n, parts, 20_000),
    "a content type of semicolons": (lambda n: f'{FORM}; a="' + ";" * n, lambda text: read_parts(b"", text), 2_500),
    # queries
    "Datadog's query of blanks": (lambda n: "a" + " " * n + "b", parse_query, 250),
    "Datadog's query of brackets": (lambda n: "(" * n + "a" + ")" * n, parse_query, 250),
    "Datadog's query of stars": (lambda n: "v:" + "*a" * n, parse_query, 120),
    "a pattern of stars": (lambda n: ("*ab" * (n // 4) + "*c", "ab" * n), lambda asked: match(*asked), 2_000),
    "a pattern of a long word": (lambda n: ("*" + "a" * (n // 4) + "b*", "a" * n), lambda asked: match(*asked), 2_000),
    "a pattern of question marks": (lambda n: ("*" + "a?" * (n // 8) + "b*", "a" * n), lambda asked: match(*asked), 2_000),
    "a query for issues of open quotes": (lambda n: 'project = "' + "a\\" * n, parse_issue_query, 120),
    "a query for issues of blanks": (lambda n: "project" + " " * n + "=", parse_issue_query, 240),
    "a query for issues of NOT": (lambda n: "NOT " * n + "project = A", parse_issue_query, 60),
    "Opsgenie's query of blanks": (lambda n: "message:a" + " " * n + "b", read_incident_query, 240),
    "Opsgenie's query of half an AND": (lambda n: "message:a" + " AN" * n, read_incident_query, 80),
    "Opsgenie's query of terms": (lambda n: " AND ".join(["tag:a"] * n), read_incident_query, 12),
    "Opsgenie's query of quotes": (lambda n: 'message:"' + '" ' * n, read_incident_query, 120),
    "Opsgenie's query of parentheses": (lambda n: "(" * n + "tag:a" + ")" * n, read_incident_query, 120),
    "Opsgenie's query of NOT": (lambda n: "NOT " * n + "tag:a", read_incident_query, 60),
    "Opsgenie's query of a list": (lambda n: f"tag: ({' OR '.join(['a*'] * n)})", read_incident_query, 12),
    "Opsgenie's query of escapes": (lambda n: 'tag:"' + '\\"' * n, read_incident_query, 120),
    "words of any number in Opsgenie's query": (lambda n: "message:" + "createdA t " * n, read_long_query, 1_000),
    "dots of any number in Opsgenie's query": (lambda n: "message:a " + "." * n, read_long_query, 2_500),
    "blanks of any number in Opsgenie's query": (lambda n: "message:a" + " " * n + "b", read_long_query, 2_500),
    "quotes of any number in Opsgenie's query": (lambda n: 'message:"' + '" "' * n, read_long_query, 2_500),
    "half an AND any number of times in Opsgenie's query": (lambda n: "message:a" + " AN  " * n, read_long_query, 2_500),
    "Opsgenie's search for many services": (
        lambda n: QueryParams("serviceIds=" + "a," * n),
        read_search,
        2_000,
    ),
    "a query string of many parameters": (lambda n: "a&" * n, lambda text: QueryParams(text).multi_items(), 2_000),
    # names, times, numbers
    "a clone URL of slashes": (lambda n: "https://h/" + "a/" * n, read_clone_url, 4_000),
    "a clone URL of dots": (lambda n: "a." * n + "/x", read_clone_url, 4_000),
    "a clone URL of digits": (lambda n: "h:" + "1" * n + "/x", read_clone_url, 20_000),
    "a clone URL of signs": (lambda n: "+" * n + "://h@h:@" + "@" * n, read_clone_url, 20_000),
    "a repository of slashes": (lambda n: "a/" * n + " ", canonical_repository, 4_000),
    "an environment of digits": (lambda n: "1" * n + "a", find_rule, 1_000),
    "an environment of words": (lambda n: "a-1" * n, find_rule, 1_000),
    "a time of digits": (lambda n: "2026-03-04T09:40:00." + "0" * n + "Z", parse_time, 20_000),
    "a time of zones": (lambda n: "20260304T0940Z" + "[a]" * n, parse_time, 20_000),
    "a link of brackets": (lambda n: "https://[" + "[" * n, web_link, 20_000),
    "a path of environments": (lambda n: "a/environments/" * n + "b/deployments/1", read_path, 1_000),
    "a changelog of keys": (lambda n: json.dumps(report(changelog="A-1 " * n)), take_report, 3_000),
    "a changelog of half keys": (lambda n: json.dumps(report(changelog="AA_" * n + "-")), take_report, 3_000),
    # signatures and headers
    "a signed request of many parameters": (
        lambda n: "&".join(f"a{i}=%20" for i in range(n)),
        lambda query: [*candidate_hashes("GET", "/x", query)],
        500,
    ),
    "a signed path of slashes": (lambda n: "/%2F" * n, lambda path: [*candidate_hashes("GET", path, "")], 1_000),
    "a token of dots": (lambda n: "." * n, read_issuer, 20_000),
    "a signature of letters": (lambda n: "a.a." + "a" * n, lambda token: find_signer(token, ["s"] * 32), 20_000),
    "a token of letters": (lambda n: "a" * n + ".a.a", read_issuer, 20_000),
    "an Accept-Encoding of commas": (lambda n: "gzip;q=," * n, choose_coding, 1_000),
    "a User-Agent of letters": (lambda n: "a-" * n, lambda text: choose_form("", text, TimeForm.RFC3339), 20_000),
    "an author of brackets": (lambda n: b"> 1 " * n, lambda author: read_commit(ACME, "c" * 40, commit(author)), 5_000),
    "an author of blanks": (lambda n: b">" + b" " * n + b"x", lambda author: read_commit(ACME, "c" * 40, commit(author)), 20_000),
    # bodies
    "Opsgenie's create of many releases": (
        lambda n: json.dumps({"releases": [{}] * n}),
        lambda text: read_object(text, read_create),
        1_000,
    ),
    "our own API's deployment of many releases": (
        lambda n: json.dumps({"releases": [{"repository": "github.com/a/b", "commit": "1"}] * n}),
        check_deployments,
        1_000,
    ),
    "our own API's deployment in a long repository": (
        lambda n: json.dumps({"releases": [{"repository": "https://h/" + "a/" * n, "commit": "1"}]}),
        check_deployments,
        20_000,
    ),
    "Datadog's create of many tags": (lambda n: create_body(custom_tags=[1] * n), take_deployment, 5_000),
    "Datadog's create of equal tags": (lambda n: create_body(custom_tags=["a:b"] * n), take_deployment, 5_000),
    "Datadog's create of a long URL": (
        lambda n: create_body(git={"repository_url": "https://h/" + "a/" * n, "commit_sha": "a" * 40}),
        take_deployment,
        20_000,
    ),
    "Jira's bulk of many commands": (lambda n: bulk(commands=[1] * n), submit, 3_000),
    "Jira's bulk of many values": (lambda n: bulk(associations=[{"associationType": "x", "values": [1] * n}]), submit, 3_000),
    "Jira's bulk of a long unknown value": (
        lambda n: bulk(associations=[{"associationType": "x", "values": ["a\0" * n]}]),
        submit,
        20_000,
    ),
    "Jira's bulk of many keys": (lambda n: bulk(issueKeys=["A-1"] * n), submit, 3_000),
    "a descriptor of many scopes": (lambda n: json.dumps({"scopes": ["READ"] * n}).encode(), read_descriptor, 3_000),
    # logs
    "a log line of words like secrets": (lambda n: "token " * n, redact_text, 2_000),
    "a log line of addresses": (lambda n: "a://b:" * n, redact_text, 2_000),
    "a log line of letters": (lambda n: "aA" * n, redact_text, 5_000),
}


def match(pattern: str, value: str) -> bool:
    return to_wildcards([{"*": ANY, "?": ONE}.get(each, each) for each in pattern]).matches(value)


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_cost_of_reading_grows_no_faster_than_the_input(attack):
    make, read, size = ATTACKS[attack]

    def use(given: Any) -> None:
        with contextlib.suppress(*REFUSALS):
            read(given)

    assert measure_growth(make, use, size) < TOLERANCE
