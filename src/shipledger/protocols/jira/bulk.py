"""The body of submit: what refuses it as a whole, and every deployment in it on its own. Pure."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from shipledger.errors import Invalid
from shipledger.protocols.jira.associations import Associations, read_associations
from shipledger.protocols.jira.checking import Checker, decimal_text, id_text, read_int64
from shipledger.protocols.jira.known import KnownRule
from shipledger.protocols.jira.vocabulary import SCHEMA_VERSION, STATES, TIERS
from shipledger.protocols.jira.wire import DeploymentIn, EnvironmentIn, KeyOut, PipelineIn
from shipledger.protocols.wire_json import (
    UnreadableJsonError,
    UnwieldyJsonError,
    decode_json,
    describe_replaced,
    find_unstorable,
    may_hold_surrogates,
)
from shipledger.texts import mend

DEPLOYMENTS_LIMIT = 100
PROPERTIES_LIMIT = 5
COMMANDS_LIMIT = 100
TEXT_LIMIT = 255
VALUES_LIMIT = 250_000
"""A request that is as full as it may be, of commits, has 164,000 values that are read."""

NOT_JSON = "The request body is not valid JSON"
NOT_AN_OBJECT = "The request body must be a JSON object"
BACKFILL = "BACKFILL"


class ItemIn(Struct, frozen=True):
    """One element of ``deployments``: the deployment when there are no errors, and its key as far as it can be read.

    ``replaced`` says what of it is kept with other characters than it was sent with, and what of ``commands`` could not be read.
    """

    key: KeyOut
    deployment: DeploymentIn | None
    errors: tuple[str, ...]
    associations: Associations
    replaced: str = ""


class BulkIn(Struct, frozen=True):
    """A submit request that is readable as a whole. ``replaced`` says what was replaced in members that all items share.

    ``keys_of_ids`` and ``repository_names`` are those of the rule that it was read by.
    """

    items: tuple[ItemIn, ...]
    properties: dict[str, str]
    product: str
    is_backfill: bool
    replaced: str = ""
    keys_of_ids: dict[str, str] = {}
    repository_names: dict[str, str] = {}


def read_bulk(
    text: str, rule: KnownRule, *, replaces: bool = True, reads_widely: bool = True, max_values: int = VALUES_LIMIT
) -> BulkIn:
    """The body of submit. Raises Invalid, whose ``fields`` are keyed by the messages that refuse it as a whole.

    ``replaces``: half characters are replaced. ``reads_widely``: as a Checker does. Items were once refused for what is read so,
    and what was answered then still holds.
    """
    body = read_members(text, max_values)
    errors: list[str] = []
    elements = read_elements(body, "deployments", DEPLOYMENTS_LIMIT, errors)
    is_mended = replaces and may_hold_surrogates(text)
    replaced = [describe_replaced(mend(element).places) if is_mended else "" for element in elements]
    shared = describe_replaced(mend(body).places) if is_mended else ""
    properties = read_properties(body.get("properties"), errors)
    if errors:
        raise refuse_body(*errors)
    return BulkIn(
        items=tuple(
            _read_item(Checker(element, [], reads_widely=reads_widely), element, rule, sentence)
            for element, sentence in zip(elements, replaced, strict=True)
        ),
        properties=properties,
        product=_read_product(body.get("providerMetadata")),
        is_backfill=body.get("operationType") == BACKFILL,
        replaced=shared,
        keys_of_ids=rule.keys_of_ids,
        repository_names=rule.repository_names,
    )


def property_key_fault(key: str) -> str:
    """The sentence that refuses a property's name."""
    return f"Property key '{key[:TEXT_LIMIT]}' must not start with '_' or contain ':'"


def read_elements(body: dict[str, Any], member: str, limit: int, errors: list[str]) -> list[Any]:
    """The elements of a member that must hold 1 to ``limit`` objects; what is wrong with them is added to ``errors``."""
    elements = body.get(member)
    if type(elements) is not list or not 0 < len(elements) <= limit:
        errors.append(f"'{member}' must hold 1 to {limit} elements")
        return []
    errors.extend(f"'{member}[{index}]' must be an object" for index, one in enumerate(elements) if type(one) is not dict)
    return elements


def read_members(text: str, max_values: int = VALUES_LIMIT) -> dict[str, Any]:
    """The members of a body that is a JSON object. Raises Invalid as ``read_bulk`` does."""
    try:
        body = decode_json(text, max_values=max_values)
    except UnreadableJsonError:
        raise refuse_body(NOT_JSON) from None
    except UnwieldyJsonError as error:
        raise refuse_body(f"The request body must {error.wish}") from None
    if type(body) is not dict:
        raise refuse_body(NOT_AN_OBJECT)
    return body


def read_properties(value: object, errors: list[str]) -> dict[str, str]:
    """The member ``properties``, which a sender finds its data by; ``errors`` gets what is wrong with it."""
    if value is None:
        return {}
    if type(value) is not dict:
        errors.append("'properties' must be an object")
        return {}
    sent = {key: item for key, item in value.items() if item is not None}
    if len(sent) > PROPERTIES_LIMIT:
        errors.append(f"'properties' can have a maximum of {PROPERTIES_LIMIT} elements")
        return {}
    return {key: _read_property(key, item, errors) for key, item in sent.items()}


def _read_property(key: str, value: object, errors: list[str]) -> str:
    if key.startswith("_") or ":" in key:
        errors.append(property_key_fault(key))
    text = {True: "true", False: "false"}[value] if type(value) is bool else decimal_text(value)
    if type(text) is not str:
        errors.append(f"Property '{key[:TEXT_LIMIT]}' must be a string, a number or a boolean")
        return ""
    if max(len(key), len(text)) > TEXT_LIMIT:
        errors.append(f"Property '{key[:TEXT_LIMIT]}' must have at most {TEXT_LIMIT} characters")
    elif (unstorable := find_unstorable(key + text)) is not None:
        errors.append(f"Property '{key}' must not contain {unstorable}")
    return text


def _read_product(metadata: object) -> str:
    """Kept for diagnosis alone, so what is not as described is left out and refuses nothing."""
    product = metadata.get("product") if type(metadata) is dict else None
    return product[:TEXT_LIMIT] if type(product) is str and find_unstorable(product) is None else ""


def _read_item(checker: Checker, element: dict[str, Any], rule: KnownRule, replaced: str) -> ItemIn:
    sequence_number = checker.integer("deploymentSequenceNumber")
    update_number = checker.integer("updateSequenceNumber")
    associations = read_associations(checker, rule)
    deployment = DeploymentIn(
        sequence_number=sequence_number,
        update_number=update_number,
        issue_keys=associations.issue_keys,
        associations=associations.known,
        display_name=checker.name("displayName"),
        url=checker.url("url"),
        description=checker.text("description"),
        last_updated=checker.time("lastUpdated"),
        state=checker.choice("state", STATES),
        pipeline=_read_pipeline(checker.required_object("pipeline")),
        environment=_read_environment(checker.required_object("environment")),
        label=checker.optional_text("label"),
        duration=checker.optional_amount("duration"),
        email=_read_email(checker),
        commands=_read_commands(checker),
    )
    if checker.get("schemaVersion") is not None:
        checker.choice("schemaVersion", (SCHEMA_VERSION,))
    errors = tuple(dict.fromkeys(checker.errors))
    return ItemIn(
        key=_read_key(element),
        deployment=None if errors else deployment,
        errors=errors,
        associations=associations,
        replaced=" ".join(filter(None, (replaced, _describe_commands(checker, deployment.commands)))),
    )


def _read_pipeline(pipeline: Checker) -> PipelineIn:
    return PipelineIn(id=pipeline.id("id"), display_name=pipeline.name("displayName"), url=pipeline.url("url"))


def _read_environment(environment: Checker) -> EnvironmentIn:
    return EnvironmentIn(
        id=environment.id("id"), display_name=environment.name("displayName"), type=environment.choice("type", TIERS)
    )


def _read_email(deployment: Checker) -> str | None:
    triggered_by = deployment.optional_object("triggeredBy")
    return None if triggered_by is None else triggered_by.optional_text("email")


def _read_commands(deployment: Checker) -> tuple[str, ...]:
    commands = []
    elements = deployment.array("commands") or ()
    if len(elements) > COMMANDS_LIMIT:
        deployment.fault("commands", f"can have a maximum of {COMMANDS_LIMIT} elements")
        return ()
    for index, element in enumerate(elements):
        command = element.get("command") if type(element) is dict else None
        if type(command) is str and 0 < len(command) <= TEXT_LIMIT and find_unstorable(command) is None:
            commands.append(command)
        elif not deployment.reads_widely:
            deployment.fault(f"commands[{index}]", "must be an object with a command")
    return tuple(commands)


def _describe_commands(deployment: Checker, commands: tuple[str, ...]) -> str:
    """That elements of ``commands`` name none: they are ignored, as unknown commands are, and nobody shall wait for a gate."""
    sent = deployment.get("commands")
    unnamed = sum(element is not None for element in sent) - len(commands) if type(sent) is list else 0
    return f"Not read, because no command is named: {unnamed} of 'commands'." if unnamed else ""


def _read_key(element: dict[str, Any]) -> KeyOut:
    """What can be read of the key: a refused deployment is named, too, and its key has all members."""
    return KeyOut(
        pipeline_id=_id_of(element.get("pipeline")),
        environment_id=_id_of(element.get("environment")),
        deployment_sequence_number=read_int64(element.get("deploymentSequenceNumber")) or 0,
    )


def _id_of(value: object) -> str:
    return id_text(value.get("id")) if type(value) is dict else ""


def refuse_body(*messages: str) -> Invalid:
    """What refuses a body as a whole."""
    return Invalid("body", messages[0], fields={message: message for message in messages})
