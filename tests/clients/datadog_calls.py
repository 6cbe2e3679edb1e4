"""Every operation that an installed datadog-api-client has, called as its users do; prints what came of each as JSON.

Run with the Python of an environment that has one version of the client. The address of the server is the argument; the keys are
in DD_API_KEY and DD_APP_KEY, where the client looks for them.
"""

import importlib
import json
import re
import sys
from datetime import UTC, datetime

from datadog_api_client import ApiClient, Configuration
from datadog_api_client.exceptions import ApiException
from datadog_api_client.v2.api.dora_metrics_api import DORAMetricsApi


class Models:
    """Models by name, as ``datadog_api_client.v2.models`` has them, whose thousands of modules take ten seconds to import."""

    def __getattr__(self, name):
        module = re.sub("(?<=[a-z])(?=[A-Z])", "_", name.replace("DORA", "dora_")).lower()
        return getattr(importlib.import_module(f"datadog_api_client.v2.model.{module}"), name)


models = Models()
STARTED = 1_772_704_800 * 10**9
SECOND = 10**9
MINE, MARKED, OTHER = "client-000000000001", "client:000000000002", "client.000000000003"
GIT = {"commit_sha": "66adc9350f2cc9b250b69abddab733dd55e1a588", "repository_url": "git@github.com:acme/shop.git"}

configuration = Configuration(host=sys.argv[1])
configuration.enable_retry = False
api = DORAMetricsApi(ApiClient(configuration))


def deployment(**changes):
    attributes = {"service": "shop", "started_at": STARTED, "finished_at": STARTED + SECOND, "env": "production", **changes}
    return models.DORADeploymentRequest(
        data=models.DORADeploymentRequestData(attributes=models.DORADeploymentRequestAttributes(**attributes))
    )


def failure(**changes):
    attributes = {"services": ["shop"], "env": "production", "started_at": STARTED, **changes}
    return models.DORAFailureRequest(
        data=models.DORAFailureRequestData(attributes=models.DORAFailureRequestAttributes(**attributes))
    )


def create(operation, body):
    return operation(body=body).data.id


def read(operation, name):
    attributes = operation(name).data.attributes.to_dict()
    return json.loads(json.dumps(attributes, default=lambda time: time.isoformat()))


def list_deployments():
    kind = models.DORAListDeploymentsRequestDataType.DORA_DEPLOYMENTS_LIST_REQUEST
    attributes = models.DORAListDeploymentsRequestAttributes(
        query="service:shop env:production version:v*",
        _from=datetime(2026, 1, 1, tzinfo=UTC),
        to=datetime(2027, 1, 1, tzinfo=UTC),
        sort="-finished_at",
        limit=10,
    )
    data = models.DORAListDeploymentsRequestData(type=kind, attributes=attributes)
    return [one.id for one in api.list_dora_deployments(body=models.DORAListDeploymentsRequest(data=data)).data]


def list_failures():
    kind = models.DORAListFailuresRequestDataType.DORA_FAILURES_LIST_REQUEST
    attributes = models.DORAListFailuresRequestAttributes(query="severity:(SEV-1 OR SEV-2) service:shop")
    data = models.DORAListFailuresRequestData(type=kind, attributes=attributes)
    return [one.attributes.name for one in api.list_dora_failures(body=models.DORAListFailuresRequest(data=data)).data]


def patch():
    remediation = models.DORADeploymentPatchRemediation(id=OTHER, type=models.DORADeploymentPatchRemediationType.ROLLBACK)
    attributes = models.DORADeploymentPatchRequestAttributes(change_failure=True, remediation=remediation)
    kind = models.DORADeploymentPatchRequestDataType.DORA_DEPLOYMENT_PATCH_REQUEST
    data = models.DORADeploymentPatchRequestData(id=MARKED, type=kind, attributes=attributes)
    return api.patch_dora_deployment(MARKED, body=models.DORADeploymentPatchRequest(data=data))


def patch_by_version():
    rollforward = models.DORADeploymentPatchRemediationType.ROLLFORWARD
    remediation = models.DORADeploymentPatchByVersionRemediationByVersion(version="v3", type=rollforward)
    attributes = models.DORADeploymentPatchByVersionRequestAttributes(
        service="shop", env="production", version="v2", change_failure=True, remediation=remediation
    )
    kind = models.DORADeploymentPatchRequestDataType.DORA_DEPLOYMENT_PATCH_REQUEST
    data = models.DORADeploymentPatchByVersionRequestData(type=kind, attributes=attributes)
    return api.patch_dora_deployment_by_version(body=models.DORADeploymentPatchByVersionRequest(data=data))


def status_of(operation, *arguments, **named):
    try:
        operation(*arguments, **named)
    except ApiException as error:
        return error.status
    return 200


def read_with_another_key():
    other = Configuration(host=sys.argv[1])
    other.api_key["appKeyAuth"] = "unknown"
    return DORAMetricsApi(ApiClient(other)).get_dora_deployment(MINE)


full = {"version": "v1", "team": "backend", "custom_tags": ["a:b"], "git": models.DORAGitInfo(**GIT)}
said = {
    "create deployment": create(api.create_dora_deployment, deployment(id=MINE, **full)),
    "create another": create(api.create_dora_deployment, deployment(id=MARKED, version="v2", finished_at=STARTED + 9 * SECOND)),
    "get deployment": read(api.get_dora_deployment, MINE),
    "list deployments": list_deployments(),
}
if hasattr(api, "patch_dora_deployment"):
    said["patch deployment"] = patch()
if hasattr(api, "patch_dora_deployment_by_version"):
    said["patch by version"] = patch_by_version()
begun = create(api.create_dora_failure, failure(name="Down", severity="SEV-1", git=models.DORAGitInfo(**GIT)))
over = {"create failure": api.create_dora_failure, "create incident": api.create_dora_incident}
said |= {name: create(call, failure(finished_at=STARTED + SECOND)) == begun for name, call in over.items()}
said |= {
    "get failure": read(api.get_dora_failure, begun),
    "list failures": list_failures(),
    "bad input": status_of(api.create_dora_deployment, body=deployment(started_at=STARTED // 1000)),
    "bad key": status_of(read_with_another_key),
    "delete deployment": api.delete_dora_deployment(MINE),
    "get deleted": status_of(api.get_dora_deployment, MINE),
    "delete failure": api.delete_dora_failure(begun),
    "get deleted failure": status_of(api.get_dora_failure, begun),
}
print(json.dumps(said))
