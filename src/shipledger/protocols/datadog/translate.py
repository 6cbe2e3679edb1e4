"""From this API's writes to submissions. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

from msgspec import UNSET

from shipledger.aggregates import Recording
from shipledger.clock import to_microseconds
from shipledger.ledger.deployment import start_alias
from shipledger.ledger.digest_alias import digest_alias
from shipledger.ledger.identity import derive_id
from shipledger.ledger.receipt import Receipt
from shipledger.ledger.state import FINAL_PHASE, State, Tier
from shipledger.ledger.submission import (
    Alias,
    Amend,
    Facts,
    Recognition,
    RecordDeployment,
    Remediation,
    Remove,
    StateReport,
    Target,
)
from shipledger.protocols.datadog.bodies import (
    read_attributes,
    read_create_deployment,
    read_create_failure,
    read_patch,
    read_patch_by_version,
)
from shipledger.protocols.datadog.failure_translation import record_failure, remove_failure, to_environment, to_release
from shipledger.protocols.datadog.refusals import PARAMETER, read_refusal
from shipledger.protocols.datadog.vocabulary import (
    CREATE_DEPLOYMENT,
    CREATE_FAILURE,
    DELETE_DEPLOYMENT,
    DELETE_FAILURE,
    EXACT_SCOPE,
    ID_SCOPE,
    MOMENT_SCOPE,
    PATCH_DEPLOYMENT,
    RUN_SCOPE,
    SOURCE,
    no_environment,
)
from shipledger.protocols.datadog.wire import CreateDeploymentIn, PatchIn
from shipledger.protocols.wire_json import REPLACED, decode_kept

AGREEING = ("version", "releases", "properties")
"""What two reports of one second may not differ in. The property is the id that the sender gave."""


def interpret(receipt: Receipt, tier: Tier = Tier.PRODUCTION) -> Sequence[Recording]:
    """What a stored receipt asks for. Gives the same whenever it is asked under the same ``tier``: that of no environment."""
    if PARAMETER in receipt.parameters:
        return (read_refusal(receipt),)
    if receipt.operation == DELETE_FAILURE:
        return (remove_failure(receipt.parameters["id"]),)
    if receipt.operation == DELETE_DEPLOYMENT:
        return (remove(receipt.parameters["id"]),)
    body = decode_kept(receipt.body)
    if receipt.operation == CREATE_DEPLOYMENT:
        return (record(receipt, read_attributes(body, read_create_deployment), tier),)
    if receipt.operation == CREATE_FAILURE:
        return (record_failure(receipt, read_attributes(body, read_create_failure)),)
    if receipt.operation == PATCH_DEPLOYMENT:
        return (amend(receipt, read_stored_patch(receipt)),)
    raise ValueError(f"this version does not know the operation {receipt.operation}")


def read_stored_patch(receipt: Receipt) -> PatchIn:
    """The patch in a receipt, by id or by version."""
    named = receipt.parameters.get("id")
    body = decode_kept(receipt.body)
    return read_patch_by_version(body).patch if named is None else read_patch(body, named)


def own_id(receipt: Receipt, create: CreateDeploymentIn) -> str:
    """The id under which a create can be looked up, decided before it is settled: the given one, or one of ours."""
    return create.id or derive_id(receipt.receipt_id, 0, "deployment")


def record(receipt: Receipt, create: CreateDeploymentIn, tier: Tier) -> RecordDeployment:
    """What a create asks for. ``tier``: where it went when it names no environment."""
    named = Alias(scope=ID_SCOPE, key=own_id(receipt, create))
    exact = digest_alias(EXACT_SCOPE, *_moment(create), create.version, create.git and create.git.commit_sha)
    series = digest_alias(RUN_SCOPE, create.id, *_moment(create)[:2])
    assumed = Facts(external_id=named.key)
    return RecordDeployment(
        source=SOURCE,
        deployment_id=derive_id(receipt.receipt_id, 0, "deployment"),
        identities=(start_alias(series, create.started_at),) if create.id else (named, exact),
        series=series if create.id else None,
        former=named if create.id else None,
        names=(named,) if create.id else (),
        recognition=Recognition(names=_names(create), agreeing=AGREEING),
        facts=Facts(
            services=(create.service,),
            started_at=create.started_at,
            environment=UNSET if create.env is None else to_environment(create.env),
            version=_said(create.version),
            team=_said(create.team),
            tags=_said(create.custom_tags),
            releases=UNSET if create.git is None else (to_release(create.git),),
            properties={"id": create.id} if create.id else UNSET,
        ),
        order=(receipt.order_us,),
        assumed=assumed if create.env is not None else Facts(external_id=named.key, environment=no_environment(tier)),
        assumed_order=(-receipt.order_us,),
        state=StateReport(
            state=State.SUCCESSFUL,
            original="finished",
            order=(FINAL_PHASE, receipt.order_us),
            reported_at=create.finished_at,
            end_order=(receipt.order_us,),
        ),
        left_out=receipt.parameters.get(REPLACED, ""),
    )


def amend(receipt: Receipt, patch: PatchIn) -> Amend:
    """What a patch asks for. The deployment was looked up when it arrived."""
    remediation: Any = UNSET
    if patch.remediation is not None:
        sent = patch.remediation
        remediation = Remediation(kind=sent.type, id=sent.id, version=sent.version, scope=ID_SCOPE if sent.id else None)
    elif patch.change_failure is False:
        remediation = None
    return Amend(
        source=SOURCE,
        target=Target(key=receipt.parameters["deployment_id"]),
        facts=Facts(is_change_failure=patch.change_failure, remediation=remediation),
        order=(receipt.order_us,),
        left_out=receipt.parameters.get(REPLACED, ""),
    )


def remove(given_id: str) -> Remove:
    """What a delete asks for. Deployments of other protocols have no id of this API, so they are left alone."""
    return Remove(source=SOURCE, target=to_target(given_id))


def to_target(given_id: str) -> Target:
    """The deployment of this API with an id."""
    return Target(scope=ID_SCOPE, key=given_id)


def _names(create: CreateDeploymentIn) -> tuple[Alias, ...]:
    """Where an equal deployment without id is found: what both say first, then where one of the two says less."""
    commit = create.git.commit_sha if create.git else None
    versions = (create.version, None) if create.version else (None,)
    commits = (commit, None) if commit else (None,)
    return tuple(digest_alias(MOMENT_SCOPE, *_moment(create), *pair) for pair in product(versions, commits))


def _moment(create: CreateDeploymentIn) -> tuple[object, ...]:
    """Deployments of one service cannot begin at the same second, says the vendor."""
    env = None if create.env is None else create.env.casefold()
    return create.service.casefold(), env, to_microseconds(create.started_at) // 1_000_000


def _said(value: Any) -> Any:
    return UNSET if value is None else value
