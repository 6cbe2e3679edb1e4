"""What a deployment is about: issues, services, commits and repositories, and which of them are known. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec import Struct

from shipledger.protocols.jira.checking import Checker, decimal_text
from shipledger.protocols.jira.known import KnownRule
from shipledger.protocols.jira.vocabulary import COMMIT_TYPE, ISSUE_TYPES, REPOSITORY_TYPE, SERVICE_TYPE
from shipledger.protocols.jira.wire import AssociationIn
from shipledger.protocols.scalars import to_text
from shipledger.protocols.wire_json import encode_json, find_unstorable

ELEMENTS_LIMIT = 10
VALUES_LIMIT = 500
ISSUE_KEYS_LIMIT = 100
TEXT_LIMIT = 255
UNKNOWN_SHOWN = 20
SHOWN_LENGTH = 100

NEITHER_SENT = "One of 'issueKeys' or 'associations' is required"
EMPTY_VALUES = "Associations must provide at least one value."
NOTHING_KNOWN = "No valid associations found for deployment"

_MEMBERS: dict[str, tuple[str, ...]] = {COMMIT_TYPE: ("commitHash", "repositoryId"), REPOSITORY_TYPE: ("repositoryId",)}
"""The types whose values are objects, and what these must have."""


class Associations(Struct, frozen=True):
    """The known and unknown of both members. Unknown ones are pairs of type and value, as sent."""

    issue_keys: tuple[str, ...] = ()
    known: tuple[AssociationIn, ...] = ()
    unknown_issue_keys: tuple[str, ...] = ()
    unknown: tuple[tuple[str, Any], ...] = ()


def read_associations(
    deployment: Checker, rule: KnownRule, *, most_keys: int = ISSUE_KEYS_LIMIT, nothing_known: str = NOTHING_KNOWN
) -> Associations:
    """What a deployment is about. Notes the error that refuses it, ``nothing_known`` when nothing of that is known."""
    faults_before = len(deployment.errors)
    keys = deployment.array("issueKeys") or []
    elements = deployment.array("associations") or []
    if not keys and not elements and len(deployment.errors) == faults_before:
        deployment.errors.append(NEITHER_SENT)
        return Associations()
    issue_keys, unknown_issue_keys = _judge_issue_keys(deployment, keys, rule, most_keys)
    known, unknown = _judge_elements(deployment, elements, rule)
    if not issue_keys and not known and len(deployment.errors) == faults_before:
        deployment.errors.append(nothing_known)
    return Associations(tuple(issue_keys), known, tuple(unknown_issue_keys), tuple(unknown))


def _judge_issue_keys(deployment: Checker, keys: list[Any], rule: KnownRule, most_keys: int) -> tuple[list[str], list[str]]:
    known: dict[str, str] = {}
    unknown: list[str] = []
    if len(keys) > most_keys:
        deployment.fault("issueKeys", f"can have a maximum of {most_keys} elements")
        return [], []
    for index, sent in enumerate(keys):
        text = to_text(sent) if deployment.reads_widely else sent
        if type(text) is not str:
            deployment.fault(f"issueKeys[{index}]", "must be a string")
            continue
        key = _trim(deployment, text)
        if rule.knows_issue(key, takes_ids=False):
            known.setdefault(key.upper(), key)
        else:
            unknown.append(text)
    return list(known.values()), unknown


def _trim(deployment: Checker, text: str) -> str:
    """An issue key without the blanks around it, which lists that were split at commas leave."""
    return text.strip() if deployment.reads_widely else text


def _judge_elements(
    deployment: Checker, elements: list[Any], rule: KnownRule
) -> tuple[tuple[AssociationIn, ...], list[tuple[str, Any]]]:
    if len(elements) > ELEMENTS_LIMIT:
        deployment.fault("associations", f"can have a maximum of {ELEMENTS_LIMIT} elements")
        return (), []
    count = sum(_count_values(element) for element in elements)
    if count > VALUES_LIMIT:
        deployment.errors.append(
            f"Sum of Association values across all association types can have a maximum of {VALUES_LIMIT} elements. "
            f"Found {count}."
        )
        return (), []
    pairs = [pair for index, element in enumerate(elements) for pair in _read_element(deployment, index, element)]
    known: dict[str, dict[bytes, Any]] = {}
    unknown: list[tuple[str, Any]] = []
    for place, kind, value in pairs:
        read = _read_value(deployment, place, kind, value, rule)
        if read is None:
            unknown.append((kind, value))
        else:
            same = read.upper() if kind in ISSUE_TYPES else read
            known.setdefault(kind, {}).setdefault(msgspec.json.encode(same), read)
    return tuple(AssociationIn(kind, tuple(values.values())) for kind, values in known.items()), unknown


def _count_values(element: object) -> int:
    """How many values an element has, whatever else is wrong with it."""
    values = element.get("values") if type(element) is dict else None
    return sum(value is not None for value in values) if type(values) is list else 0


def _read_element(deployment: Checker, index: int, element: object) -> Iterable[tuple[str, str, Any]]:
    """Place, type and value of each value of one element."""
    place = f"associations[{index}]"
    if type(element) is not dict:
        deployment.fault(place, "must be an object")
        return
    kind, values = element.get("associationType"), element.get("values")
    if type(kind) is not str or not kind:
        deployment.fault(f"{place}.associationType", "is required" if not kind else "must be a string")
        return
    if type(values) is not list:
        deployment.fault(f"{place}.values", "is required" if values is None else "must be an array")
        return
    present = [(position, value) for position, value in enumerate(values) if value is not None]
    if not present:
        deployment.errors.append(EMPTY_VALUES)
    for position, value in present:
        yield f"{place}.values[{position}]", kind, value


def _read_value(deployment: Checker, place: str, kind: str, value: Any, rule: KnownRule) -> Any:
    """The value as it is kept, or None when it is unknown."""
    members = _MEMBERS.get(kind)
    if members is not None:
        return _read_members(deployment, place, value, members)
    if kind not in ISSUE_TYPES and kind != SERVICE_TYPE:
        return None
    text = decimal_text(value)
    if type(text) is not str:
        deployment.fault(place, "must be a string")
        return None
    if kind == SERVICE_TYPE:
        is_name = 0 < len(text) <= TEXT_LIMIT and find_unstorable(text) is None
        return text if is_name and rule.knows_service(text) else None
    key = _trim(deployment, text)
    return key if rule.knows_issue(key, takes_ids=True) else None


def _read_members(deployment: Checker, place: str, value: Any, members: tuple[str, ...]) -> dict[str, str] | None:
    texts = {name: decimal_text(value.get(name)) for name in members} if type(value) is dict else {}
    read: dict[str, str] = {}
    for name, text in texts.items():
        if type(text) is not str or not text or find_unstorable(text) is not None:
            return None
        if len(text) > TEXT_LIMIT:
            deployment.fault(f"{place}.{name}", f"must have at most {TEXT_LIMIT} characters")
        read[name] = text
    return read or None


def merge_unknown(pairs: Iterable[tuple[str, Any]]) -> dict[str, list[Any]]:
    """Unknown values by type, each once, in order of first appearance."""
    merged: dict[str, dict[bytes, Any]] = {}
    for kind, value in pairs:
        merged.setdefault(kind, {}).setdefault(encode_json(value), value)
    return {kind: list(values.values()) for kind, values in merged.items()}


def describe_unknown(associations: Associations) -> str:
    """What was not known and therefore left out, as a sentence; "" for nothing."""
    if not associations.unknown_issue_keys and not associations.unknown:
        return ""
    named = [*associations.unknown_issue_keys, *(value for _, value in associations.unknown)]
    texts = list(dict.fromkeys(_show(value) for value in named))
    more = f" and {len(texts) - UNKNOWN_SHOWN} more" if len(texts) > UNKNOWN_SHOWN else ""
    return f"Not known, and so left out: {', '.join(texts[:UNKNOWN_SHOWN])}{more}."


def _show(value: object) -> str:
    """An unknown value in a sentence: as it was sent, and cut when it is long."""
    text = value if isinstance(value, str) else encode_json(value).decode("utf-8", "replace")
    start = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text[:SHOWN_LENGTH])
    return (start or "a value that is empty") if len(text) <= SHOWN_LENGTH else f"{start}…"
