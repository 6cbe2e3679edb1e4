"""The page of limits has the figures of the code."""

from __future__ import annotations

import re

import pytest

from shipledger.access.people import link, passwords, session, sign_in_limits
from shipledger.http import connection_limits, unpacking
from shipledger.issue_query import parse as issue_query
from shipledger.protocols import wire_json
from shipledger.protocols.datadog import git_metadata, incoming, query, reading, uploads
from shipledger.protocols.iftrue import translate as iftrue
from shipledger.protocols.jira import associations, bulk, connect_token, jenkins, oauth, requests
from shipledger.protocols.opsgenie import bodies, incident_query, links
from shipledger.protocols.registry import settings_type
from shipledger.web.pages import forms
from tests.support.project import DOCS, read

MEBIBYTE = 1024 * 1024

FIGURES = {
    "body of Opsgenie's": [incoming.BODY_LIMIT_BYTES // MEBIBYTE],
    "bulk request of Jira's API": [settings_type()().jira_body_limit_bytes // MEBIBYTE],
    "envelope of Jenkins": [jenkins.BODY_LIMIT_BYTES // 1024],
    "body of `POST /oauth": [oauth.BODY_LIMIT_BYTES // 1024],
    "head of a request": [connection_limits.HEAD_LIMIT_BYTES // 1024, connection_limits.HEADERS_LIMIT],
    "pipelined requests": [connection_limits.WAITING_LIMIT],
    "list of files": [git_metadata.FILE_LIST_LIMIT_BYTES // MEBIBYTE],
    "git pack": [git_metadata.PACK_LIMIT_BYTES // MEBIBYTE],
    "decompressed size of a body": [unpacking.RATIO_LIMIT, unpacking.FREE_BYTES // 1024],
    "depth of JSON": [wire_json.MAX_DEPTH],
    "values in JSON": [wire_json.MAX_VALUES, bulk.VALUES_LIMIT],
    "parts of an upload": [uploads.PARTS_LIMIT, uploads.HEADERS_LIMIT, uploads.HEADER_BYTES],
    "deployments in a bulk": [bulk.DEPLOYMENTS_LIMIT],
    "association values": [associations.VALUES_LIMIT, associations.ELEMENTS_LIMIT],
    "issue keys of a deployment": [associations.ISSUE_KEYS_LIMIT],
    "commands of a deployment": [bulk.COMMANDS_LIMIT],
    "parameters of": [requests.PARAMETERS_LIMIT],
    "tags of a deployment": [reading.TAGS_LIMIT, reading.REPEATED_TAGS_LIMIT],
    "releases of a deployment": [bodies.RELEASES_LIMIT],
    "issues in a changelog": [iftrue.KEYS_LIMIT],
    "token of a Connect": [connect_token.LENGTH_LIMIT // 1024, connect_token.PARAMETERS_LIMIT],
    "query of Datadog's": [query.LENGTH_LIMIT, query.TERMS_LIMIT, query.DEPTH_LIMIT],
    "query of Opsgenie's": [incident_query.LENGTH_LIMIT, incident_query.TERMS_LIMIT, incident_query.DEPTH_LIMIT],
    "a paging link": [links.HEADER_LIMIT],
    "session": [session.IDLE.days, session.LONGEST.days],
    "link that sets": [link.LIFETIME.days],
    "wrong passwords in a row": [sign_in_limits.FREE_FAILURES],
    "wrong passwords from": [sign_in_limits.FREE_OF_ADDRESS],
    "wrong passwords for": [sign_in_limits.FREE_OF_ACCOUNT],
    "passwords hashed": [passwords.AT_ONCE, passwords.KNOWN_AT_ONCE, passwords.MEMORY_KIB // 1024, passwords.WAITING_LIMIT],
    "length of a password": [passwords.SHORTEST, passwords.LONGEST],
    "form of a page": [forms.FORM_LIMIT_BYTES // 1024],
    "query for issues": [issue_query.LENGTH_LIMIT, issue_query.DEPTH_LIMIT],
}


@pytest.mark.parametrize("begin", FIGURES)
def test_a_limit_is_documented_as_it_is(begin):
    row = re.search(rf"^\| {re.escape(begin)}[^|]*\|([^|]*)\|", read(DOCS / "reference" / "limits.md"), re.MULTILINE)
    assert row is not None
    assert [int(figure) for figure in re.findall(r"\d+", row[1])] == FIGURES[begin]
