"""Which of the values that a deployment names are known. Pure.

What is known changes: settings are edited, issues and services come and go. So what was decided when a request arrived is
among the parameters of its receipt, and interpreting it again gives the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec
from msgspec import Struct

from shipledger.catalog.issue_keys import read_words

ISSUE_KEY = re.compile(r"(\w{1,255})-[0-9]{1,255}", re.ASCII)
ISSUE_ID = re.compile(r"[0-9]{1,255}")

DENIED_PROJECTS = "deniedProjects"
ALLOWED_PROJECTS = "allowedProjects"
MISSING_ISSUES = "unknownIssues"
MISSING_SERVICES = "unknownServices"
KEYS_OF_IDS = "keysOfIds"
REPOSITORY_NAMES = "repositoryNames"

_decode_names = msgspec.json.Decoder(frozenset[str]).decode
_decode_keys = msgspec.json.Decoder(dict[str, str]).decode


class KnownRule(Struct, frozen=True):
    """Issue keys of ``allowed`` projects when there are any, else of all but ``denied`` ones; and services.

    ``missing_issues`` (upper-case keys, and ids) and ``missing_services`` are values of one request that were looked up and
    not found. ``keys_of_ids``: the keys of the issue ids of a request that the issue directory knows. ``repository_names``: what
    repositories are called whose address their sender told before.
    """

    denied: frozenset[str] = frozenset()
    allowed: frozenset[str] = frozenset()
    missing_issues: frozenset[str] = frozenset()
    missing_services: frozenset[str] = frozenset()
    keys_of_ids: dict[str, str] = {}
    repository_names: dict[str, str] = {}

    def knows_issue(self, text: str, *, takes_ids: bool) -> bool:
        """Whether an issue key or a numeric issue id is known; without ``takes_ids`` an id only if the directory knows it.

        A project is what is before the ``-``. A key of the directory is no false one, so no project of it is denied.
        """
        if text in self.keys_of_ids:
            return not self.allowed or self.keys_of_ids[text].rpartition("-")[0] in self.allowed
        if text.upper() in self.missing_issues:
            return False
        match = ISSUE_KEY.fullmatch(text)
        if match is None:
            return takes_ids and not self.allowed and ISSUE_ID.fullmatch(text) is not None
        project = match[1].upper()
        return project in self.allowed if self.allowed else project not in self.denied

    def knows_service(self, text: str) -> bool:
        """Whether a service with a name of good length is known."""
        return text not in self.missing_services


def to_parameters(rule: KnownRule) -> dict[str, str]:
    """What a receipt keeps of a rule."""
    projects = {DENIED_PROJECTS: rule.denied, ALLOWED_PROJECTS: rule.allowed}
    missing = {MISSING_ISSUES: rule.missing_issues, MISSING_SERVICES: rule.missing_services}
    found = {KEYS_OF_IDS: rule.keys_of_ids, REPOSITORY_NAMES: rule.repository_names}
    return (
        {name: ",".join(sorted(keys)) for name, keys in projects.items() if keys}
        | {name: msgspec.json.encode(sorted(values)).decode() for name, values in missing.items() if values}
        | {name: msgspec.json.encode(names).decode() for name, names in found.items() if names}
    )


def from_parameters(parameters: Mapping[str, str]) -> KnownRule:
    """The rule that a receipt keeps."""
    return KnownRule(
        denied=read_words(parameters.get(DENIED_PROJECTS, "")),
        allowed=read_words(parameters.get(ALLOWED_PROJECTS, "")),
        missing_issues=_decode_names(parameters.get(MISSING_ISSUES, "[]")),
        missing_services=_decode_names(parameters.get(MISSING_SERVICES, "[]")),
        keys_of_ids=_decode_keys(parameters.get(KEYS_OF_IDS, "{}")),
        repository_names=_decode_keys(parameters.get(REPOSITORY_NAMES, "{}")),
    )
