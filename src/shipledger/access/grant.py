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

    ``breaks_ties_by_arrival``: if two updates have the same number, the later one wins (protocols with numbers).
    ``time_form``: time format of answers, if the protocol has several, ``rfc3339`` or ``int64``; empty: not set.
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
