"""From this API's requests to submissions. Pure: interpreting a stored receipt again gives the same.

What settings decided when a request arrived is among the receipt's parameters, or a changed setting would change history.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
from msgspec import UNSET, UnsetType

from shipledger.catalog.clone_url import read_clone_url
from shipledger.catalog.repository import repository_key
from shipledger.ledger.deployment import property_alias
from shipledger.ledger.identity import derive_id
from shipledger.ledger.receipt import Receipt
from shipledger.ledger.submission import (
    Alias,
    Environment,
    Facts,
    Order,
    Pipeline,
    RecordDeployment,
    Refuse,
    Release,
    Remove,
    RemoveMatching,
    StateReport,
    Submission,
    Target,
)
from shipledger.ledger.verdict import Reason
from shipledger.protocols.jira.answers import to_deployment_answer
from shipledger.protocols.jira.associations import describe_unknown
from shipledger.protocols.jira.bulk import TEXT_LIMIT, BulkIn, ItemIn, read_bulk
from shipledger.protocols.jira.known import KnownRule, from_parameters, to_parameters
from shipledger.protocols.jira.paths import DeploymentKey
from shipledger.protocols.jira.vocabulary import (
    COMMIT_TYPE,
    DELETE_BY_KEY,
    GATE_COMMAND,
    ISSUE_TYPES,
    SERVICE_ID_PREFIX,
    SERVICE_TYPE,
    SOURCE,
    STATES,
    SUBMIT,
    TIERS,
)
from shipledger.protocols.jira.wire import DeploymentIn, KeyOut
from shipledger.protocols.wire_json import ANY_NUMBER, REPLACED

READING = "reading"
WIDELY = "widely"
NAMED = "widely, repositories named"
"""How a request was read, see ``read_bulk``. Older receipts do not say it, or take the ids of repositories as they came."""

TIES = "ties"
BY_ARRIVAL = "arrival"
KEYS = "keys"
PROPERTIES = "properties"

NOT_TRANSLATABLE = "This deployment cannot be recorded as it was sent."

ERRORS_KEPT = 20
"""How many errors of one refused deployment its verdict tells."""

_decode_keys = msgspec.json.Decoder(list[DeploymentKey]).decode
_decode_properties = msgspec.json.Decoder(list[tuple[str, str]]).decode


def to_submit_parameters(rule: KnownRule, *, breaks_ties_by_arrival: bool) -> dict[str, str]:
    """What a receipt of submit keeps besides its body."""
    ties = {TIES: BY_ARRIVAL} if breaks_ties_by_arrival else {}
    return to_parameters(rule) | ties | {READING: NAMED}


def to_delete_parameters(keys: Sequence[DeploymentKey]) -> dict[str, str]:
    """What a receipt of delete by key keeps."""
    return {KEYS: msgspec.json.encode(keys).decode()}


def to_delete_by_properties_parameters(properties: Sequence[tuple[str, str]]) -> dict[str, str]:
    """What a receipt of delete by properties keeps."""
    return {PROPERTIES: msgspec.json.encode(properties).decode()}


def interpret(receipt: Receipt) -> Sequence[Submission]:
    """What a stored receipt asks for."""
    if receipt.operation == SUBMIT:
        kept = receipt.parameters
        bulk = read_bulk(
            receipt.body,
            from_parameters(kept),
            replaces=REPLACED in kept,
            reads_widely=READING in kept,
            max_values=ANY_NUMBER,
        )
        return to_submissions(receipt, bulk)
    if receipt.operation == DELETE_BY_KEY:
        return to_removals(receipt, _decode_keys(receipt.parameters[KEYS]))
    return to_removal_by_properties(receipt, _decode_properties(receipt.parameters[PROPERTIES]))


def to_submissions(receipt: Receipt, bulk: BulkIn) -> tuple[RecordDeployment | Refuse, ...]:
    """One for each deployment of a submit request, in its order: refused ones have a verdict, too."""
    return tuple(_to_submission(receipt, place, item, bulk) for place, item in enumerate(bulk.items))


def to_removals(receipt: Receipt, keys: Sequence[DeploymentKey]) -> tuple[Remove, ...]:
    """The removal of one deployment. Several keys are several ways to read one path, and at most one of them is known."""
    return tuple(Remove(source=SOURCE, target=to_target(receipt.credential_id, key)) for key in keys)


def to_removal_by_properties(receipt: Receipt, properties: Sequence[tuple[str, str]]) -> tuple[RemoveMatching, ...]:
    """The removal of every deployment of the provider that has all of ``properties``: none, if one has two values."""
    namespace = namespace_of(receipt.credential_id)
    aliases = tuple(property_alias(namespace, name, value) for name, value in sorted(set(properties)))
    return (RemoveMatching(source=SOURCE, aliases=aliases),)


def namespace_of(credential_id: str) -> str:
    """Where a provider's ids and properties are unique: providers never see each other's."""
    return f"{SOURCE}:{credential_id}"


def key_alias(credential_id: str, key: DeploymentKey) -> Alias:
    """The identity of a deployment."""
    joined = msgspec.json.encode([key.pipeline_id, key.environment_id, key.sequence_number]).decode()
    return Alias(scope=f"{namespace_of(credential_id)}:key", key=joined)


def to_target(credential_id: str, key: DeploymentKey) -> Target:
    """The deployment that a provider calls by ``key``."""
    alias = key_alias(credential_id, key)
    return Target(key=alias.key, scope=alias.scope)


def _to_submission(receipt: Receipt, place: int, item: ItemIn, bulk: BulkIn) -> RecordDeployment | Refuse:
    """An item that cannot be translated shows a fault of ours, and costs the others nothing."""
    if item.deployment is None:
        return _to_refusal(item)
    try:
        return _to_record(receipt, place, item, item.deployment, bulk)
    except (ValueError, ArithmeticError):
        return Refuse(source=SOURCE, sentence=NOT_TRANSLATABLE, subject=_name_of(item.key), reason=Reason.COULD_NOT_BE_STORED)


def _name_of(key: KeyOut) -> str:
    return f"{key.pipeline_id[:TEXT_LIMIT]}/{key.environment_id[:TEXT_LIMIT]}/{key.deployment_sequence_number}"


def _to_refusal(item: ItemIn) -> Refuse:
    """What the sender was answered about one deployment, with what was unknown in it."""
    sentences = [error if error.endswith(".") else f"{error}." for error in item.errors[:ERRORS_KEPT]]
    if len(item.errors) > ERRORS_KEPT:
        sentences.append(f"And {len(item.errors) - ERRORS_KEPT} more errors.")
    return Refuse(
        source=SOURCE,
        sentence=" ".join(filter(None, (*sentences, describe_unknown(item.associations)))),
        subject=_name_of(item.key),
    )


def _to_record(receipt: Receipt, place: int, item: ItemIn, deployment: DeploymentIn, bulk: BulkIn) -> RecordDeployment:
    order = _order_of(receipt, place, deployment.update_number)
    pipeline, environment = deployment.pipeline, deployment.environment
    key = DeploymentKey(pipeline.id, environment.id, deployment.sequence_number)
    return RecordDeployment(
        source=SOURCE,
        deployment_id=derive_id(receipt.receipt_id, place, "deployment"),
        identities=(key_alias(receipt.credential_id, key),),
        namespace=namespace_of(receipt.credential_id),
        replaces=True,
        left_out=" ".join(filter(None, (describe_unknown(item.associations), item.replaced, bulk.replaced))),
        asks_for_gate=GATE_COMMAND in deployment.commands,
        foreign_services=tuple(one for one in _values_of(deployment, SERVICE_TYPE) if one.startswith(SERVICE_ID_PREFIX)),
        order=order,
        facts=Facts(
            pipeline=Pipeline(id=pipeline.id, name=pipeline.display_name or pipeline.id, url=pipeline.url),
            environment=Environment(
                id=environment.id,
                name=environment.display_name or environment.id,
                tier=TIERS[environment.type],
                original_tier=environment.type,
            ),
            sequence=deployment.sequence_number,
            started_at=_start_of(deployment.last_updated, deployment.duration),
            title=deployment.display_name or f"#{deployment.sequence_number}",
            url=deployment.url,
            description=deployment.description or UNSET,
            version=deployment.label or UNSET,
            issue_keys=_issues_of(deployment, bulk) or UNSET,
            services=_values_of(deployment, SERVICE_TYPE) or UNSET,
            releases=_releases_of(deployment, bulk, names_repositories=receipt.parameters.get(READING) == NAMED) or UNSET,
            properties=bulk.properties or UNSET,
            is_history=bulk.is_backfill or UNSET,
            actor=deployment.email or UNSET,
            product=bulk.product or UNSET,
            duration_seconds=UNSET if deployment.duration is None else float(deployment.duration),
            original=_original_of(deployment, bulk),
        ),
        state=StateReport(
            state=STATES[deployment.state], original=deployment.state, order=order, reported_at=deployment.last_updated
        ),
    )


def _order_of(receipt: Receipt, place: int, update_number: int) -> Order:
    """Only a greater number replaces; of equal ones the first wins, or the last where the credential says so."""
    if receipt.parameters.get(TIES) == BY_ARRIVAL:
        return (update_number, receipt.order_us, place)
    return (update_number, -receipt.order_us, -place)


def _start_of(last_updated: datetime, duration: float | None) -> datetime | UnsetType:
    """When it began, where a duration tells; else the ledger knows when it was first heard of."""
    if duration is None:
        return UNSET
    try:
        return last_updated - timedelta(seconds=duration)
    except OverflowError:
        return UNSET


def _issues_of(deployment: DeploymentIn, bulk: BulkIn) -> tuple[str, ...]:
    """The union of both members, each key once, compared without case. An id that the directory knows stands for its key."""
    known: dict[str, str] = {}
    associated = [
        value for association in deployment.associations if association.type in ISSUE_TYPES for value in association.values
    ]
    for sent in (*deployment.issue_keys, *associated):
        key = bulk.keys_of_ids.get(sent, sent)
        known.setdefault(key.upper(), key)
    return tuple(known.values())


def _values_of(deployment: DeploymentIn, kind: str) -> tuple[str, ...]:
    return tuple(value for association in deployment.associations if association.type == kind for value in association.values)


def _releases_of(deployment: DeploymentIn, bulk: BulkIn, *, names_repositories: bool) -> tuple[Release, ...]:
    """Its commits, each once. A repository that is called by its address gets its canonical name, as in every protocol."""
    commits = [value for one in deployment.associations if one.type == COMMIT_TYPE for value in one.values]
    releases: dict[tuple[str, str], Release] = {}
    for value in commits:
        sent, commit = value["repositoryId"], value["commitHash"]
        name = (read_clone_url(sent) if names_repositories else None) or bulk.repository_names.get(sent, sent)
        original = {} if name == sent else {"repositoryId": sent}
        releases.setdefault(
            (repository_key(name) if names_repositories else name, commit),
            Release(repository=name, commit=commit, original=original),
        )
    return tuple(releases.values())


def _original_of(deployment: DeploymentIn, bulk: BulkIn) -> dict[str, object]:
    """In the very types in which it comes back from a store, or a repeat would not equal what it repeats."""
    as_stored = msgspec.json.decode(msgspec.json.encode(to_deployment_answer(deployment)))
    original: dict[str, object] = {"deployment": as_stored}
    if bulk.product:
        original["product"] = bulk.product
    return original
