"""What a credential may do."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class Scope(StrEnum):
    """A right of a credential."""

    READ = "read"
    WRITE = "write"
    DELETE = "delete"
    CONFIGURATION = "configuration"


class CredentialKind(StrEnum):
    """Which protocol a credential is for."""

    OPSGENIE = "opsgenie"
    NATIVE = "native"
    IFTRUE = "iftrue"
    DATADOG = "datadog"
    DATADOG_APPLICATION = "datadog-application"
    JIRA_OAUTH = "jira-oauth"
    JIRA_CONNECT = "jira-connect"
    JENKINS = "jenkins"


class Grant(Struct, frozen=True):
    """The rights of one authenticated credential, bound to one organization.

    ``breaks_ties_by_arrival``: of two updates with one number the later counts, where the protocol numbers its updates.
    ``time_form``: how answers write times where the protocol has several forms, ``rfc3339`` or ``int64``; empty: not said.
    """

    credential_id: str
    organization_id: str
    kind: CredentialKind
    name: str
    scopes: frozenset[Scope]
    requests_per_minute: int = 0
    requests_per_second: int = 0
    breaks_ties_by_arrival: bool = False
    time_form: str = ""
