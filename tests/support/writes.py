"""One write of each protocol, with the members that the tests of all protocols vary."""

from __future__ import annotations

from typing import Any

from tests.support import datadog, iftrue, jira, native, opsgenie
from tests.support.jira_clients import SITE
from tests.support.tenants import Sent


def opsgenie_write(**changes: Any) -> Sent:
    """A create of Opsgenie's."""
    return Sent("GenieKey", "POST", "/v2/deployments", opsgenie.create_body(**changes))


def incident_write(**changes: Any) -> Sent:
    """A create of an incident."""
    return Sent("GenieKey", "POST", "/v1/incidents/create", {"message": "Down", "serviceId": "any", **changes})


def jira_write(**changes: Any) -> Sent:
    """A submit of one deployment."""
    return Sent("JiraOAuth", "POST", f"{SITE}/bulk", {"deployments": [jira.deployment(**changes)]})


def native_write(**changes: Any) -> Sent:
    """A record of our own API."""
    return Sent("Ledger", "POST", native.TARGET, native.deployment(**changes))


def iftrue_write(**changes: Any) -> Sent:
    """A report of iftrue's."""
    return Sent("Iftrue", "POST", iftrue.TARGET, iftrue.report(**changes))


def datadog_write(**changes: Any) -> Sent:
    """A create of Datadog's."""
    return Sent("Datadog", "POST", f"{datadog.DORA}/deployment", datadog.create_body(**changes))


def datadog_list(**changes: Any) -> Sent:
    """A list of Datadog's, which is asked for with a body."""
    return Sent("Datadog", "POST", f"{datadog.DORA}/deployments", datadog.list_body(**changes))


WRITES = {
    "opsgenie": opsgenie_write,
    "incidents": incident_write,
    "jira": jira_write,
    "native": native_write,
    "iftrue": iftrue_write,
    "datadog": datadog_write,
}
