"""The words of this API, and what the ledger calls them."""

from __future__ import annotations

from shipledger.access.grant import Scope
from shipledger.ledger.state import Tier
from shipledger.ledger.submission import Environment

PROTOCOL = "datadog"
SOURCE = "datadog"

PERMISSIONS: dict[str, Scope] = {"dora_metrics_read": Scope.READ, "dora_metrics_write": Scope.WRITE}
"""What this API calls the rights of an application key or a token."""

CREATE_DEPLOYMENT = "create-deployment"
PATCH_DEPLOYMENT = "patch-deployment"
DELETE_DEPLOYMENT = "delete-deployment"

CREATE_FAILURE = "create-failure"
DELETE_FAILURE = "delete-failure"

FAILURE_TYPE = "dora_failure"
FAILURES_LIST_TYPE = "dora_failures_list_request"
DEPLOYMENT_TYPE = "dora_deployment"
DEPLOYMENTS_LIST_TYPE = "dora_deployments_list_request"
PATCH_TYPE = "dora_deployment_patch_request"

REMEDIATION_KINDS = ("rollback", "rollforward")
"""The words of the API are those of the ledger."""


def no_environment(tier: Tier = Tier.PRODUCTION) -> Environment:
    """Where an event without an environment went. One that is sent for DORA means production, unless the operator says else."""
    return Environment(id="", name="no environment", tier=tier)


ID_SCOPE = "datadog:id"
RUN_SCOPE = "datadog:run"
EXACT_SCOPE = "datadog:exact"
MOMENT_SCOPE = "datadog:moment"
FAILURE_ID_SCOPE = "datadog:failure"
FAILURE_GIVEN_SCOPE = "datadog:failure-given"
FAILURE_MOMENT_SCOPE = "datadog:failure-moment"
