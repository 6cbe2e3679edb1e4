"""The bodies of requests: which members they have, and what each must be. Pure.

Each function notes every wrong member in ``problems``; what it returns may be used only when there are none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from msgspec import UNSET, Struct, UnsetType

from shipledger.catalog.clone_url import describe_unreadable, to_clone_url
from shipledger.clock import EPOCH
from shipledger.protocols.datadog.reading import Problem, Reader
from shipledger.protocols.datadog.vocabulary import PATCH_TYPE, REMEDIATION_KINDS
from shipledger.protocols.datadog.wire import (
    CreateDeploymentIn,
    CreateFailureIn,
    GitIn,
    ListIn,
    PatchByVersionIn,
    PatchIn,
    RemediationIn,
)
from shipledger.protocols.wire_json import encode_json, with_remark

T = TypeVar("T")

SERVICES_LIMIT = 100
TITLE_LIMIT = 1024
DEFAULT_LIST_LIMIT = 10
MAX_LIST_LIMIT = 1000
SORT_KEYS = ("started_at", "finished_at", "service", "env", "version")
SORTS = tuple(f"{direction}{key}" for key in SORT_KEYS for direction in ("", "-"))
DEFAULT_SORT = "-started_at"

WRONG_REMEDIATION_TYPE = f'attribute "type" must be one of "{" ".join(REMEDIATION_KINDS)}"'


class BadRequestError(Exception):
    """The request cannot be used; ``problems`` has an item for every fault."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(problems[0].detail)
        self.problems = problems


def read_attributes(body: object, read: Callable[[Reader], T]) -> T:
    """What ``read`` makes of ``data.attributes``. Raises BadRequestError."""
    problems: list[Problem] = []
    attributes = _attributes(_data(body), problems)
    if attributes is None:
        raise BadRequestError(*problems)
    result = read(attributes)
    if problems:
        raise BadRequestError(*problems)
    return result


def read_create_deployment(attributes: Reader) -> CreateDeploymentIn:
    """The attributes of a deployment."""
    service = attributes.required_text("service")
    started_at, finished_at = attributes.period()
    if attributes.members.get("finished_at") is None:
        attributes.problem("finished_at", "is required")
    return CreateDeploymentIn(
        service=service,
        started_at=started_at,
        finished_at=finished_at or EPOCH,
        env=attributes.text("env"),
        git=attributes.git(),
        id=attributes.given_id(),
        team=attributes.text("team"),
        version=attributes.text("version"),
        custom_tags=attributes.tags(),
    )


def read_create_failure(attributes: Reader) -> CreateFailureIn:
    """The attributes of a failure."""
    started_at, finished_at = attributes.period()
    create = CreateFailureIn(
        services=attributes.texts("services", limit=SERVICES_LIMIT),
        started_at=started_at,
        finished_at=finished_at,
        env=attributes.text("env"),
        git=attributes.git(),
        id=attributes.given_id(),
        name=attributes.text("name", limit=TITLE_LIMIT),
        severity=attributes.text("severity"),
        team=attributes.text("team"),
        version=attributes.text("version"),
        custom_tags=attributes.tags(),
    )
    if not create.services and create.team is None and not attributes.members.get("services"):
        attributes.problem("services", 'or "team" is required')
    return create


class Kept(Struct, frozen=True):
    """A body as it may be kept, and what its receipt keeps besides."""

    body: str
    parameters: dict[str, str]


def clean_body(body: dict[str, Any], git: GitIn | None, parameters: dict[str, str]) -> Kept:
    """``body`` without what must not be kept of its repository URL: it says nothing but the canonical name.

    ``git`` is what was read of it. Where that is nothing the member is left out, and ``parameters`` say so.
    """
    attributes = body["data"]["attributes"]
    if attributes.get("git") is None:
        return Kept(body=encode_json(body).decode(), parameters=parameters)
    if git is None:
        cleaned = {name: value for name, value in attributes.items() if name != "git"}
        parameters = with_remark(parameters, describe_unreadable("git.repository_url"))
    else:
        cleaned = {**attributes, "git": {**attributes["git"], "repository_url": to_clone_url(git.repository)}}
    kept = encode_json({**body, "data": {**body["data"], "attributes": cleaned}}).decode()
    return Kept(body=kept, parameters=parameters)


def read_list(body: object, expected_type: str) -> ListIn:
    """A list request. Raises BadRequestError."""
    _check_type(body, expected_type)
    return read_attributes(body, _read_list)


def _read_list(attributes: Reader) -> ListIn:
    wanted = ListIn(
        started_from=attributes.time("from"),
        started_until=attributes.time("to"),
        limit=attributes.integer("limit", minimum=1, maximum=MAX_LIST_LIMIT, default=DEFAULT_LIST_LIMIT),
        query=attributes.text("query", limit=2048) or "",
        sort=attributes.choice("sort", SORTS, default=DEFAULT_SORT),
    )
    if wanted.started_from and wanted.started_until and wanted.started_from > wanted.started_until:
        attributes.problem("from", 'must not be after "to"')
    return wanted


def read_patch(body: object, deployment_id: str) -> PatchIn:
    """A patch of the deployment that the path names. Raises BadRequestError."""
    _check_type(body, PATCH_TYPE)
    given = _data(body).get("id")
    if given is None:
        raise BadRequestError(Problem('"id" is required', "/data/id"))
    if given != deployment_id:
        raise BadRequestError(Problem('"id" must be the id in the path', "/data/id"))
    return read_attributes(body, lambda attributes: _read_patch(attributes, deployment_id))


def read_patch_by_version(body: object) -> PatchByVersionIn:
    """A patch of the deployment with a version. Raises BadRequestError."""
    _check_type(body, PATCH_TYPE)

    def read(attributes: Reader) -> PatchByVersionIn:
        service, env = attributes.required_text("service"), attributes.required_text("env")
        version = attributes.required_text("version")
        if attributes.members.get("change_failure") is None:
            attributes.problem("change_failure", "is required")
        return PatchByVersionIn(service=service, env=env, version=version, patch=_read_patch(attributes, "", version))

    return read_attributes(body, read)


def _read_patch(attributes: Reader, own_id: str, own_version: str = "") -> PatchIn:
    change_failure: Any = attributes.members.get("change_failure", UNSET)
    if change_failure is not UNSET and change_failure is not None and not isinstance(change_failure, bool):
        attributes.problem("change_failure", "must be true, false or null")
    remediation = _read_remediation(attributes.child("remediation", is_required=False))
    if remediation is not None:
        if change_failure is False:
            attributes.problem("remediation", 'goes with a failed deployment; leave it out, or send "change_failure": true')
        if remediation.id == own_id or remediation.version == own_version:
            attributes.problem("remediation", "must name another deployment than the one that it remedies")
    said: bool | None | UnsetType = change_failure
    return PatchIn(change_failure=said, remediation=remediation)


def _read_remediation(remediation: Reader | None) -> RemediationIn | None:
    if remediation is None:
        return None
    kind = remediation.members.get("type")
    if kind is None:
        remediation.problem("type", "is required")
    elif kind not in REMEDIATION_KINDS:
        raise BadRequestError(Problem(WRONG_REMEDIATION_TYPE))
    id_, version = remediation.text("id"), remediation.text("version")
    if (id_ is None) == (version is None):
        remediation.problem("id", 'or "version" is required, and not both')
    return RemediationIn(type=kind or "", id=id_, version=version)


def _check_type(body: object, expected: str) -> None:
    """The vendor's own text, which names no member."""
    given = _data(body).get("type")
    if given != expected:
        word = given if isinstance(given, str) else ""
        raise BadRequestError(Problem(f'got type "{word}" expected one of "{expected}"'))


def _data(body: object) -> dict[str, Any]:
    data = body.get("data") if isinstance(body, dict) else None
    return data if isinstance(data, dict) else {}


def _attributes(data: dict[str, Any], problems: list[Problem]) -> Reader | None:
    attributes = data.get("attributes")
    if isinstance(attributes, dict):
        return Reader(attributes, problems, "/data/attributes")
    text = '"attributes" is required' if attributes is None else '"attributes" must be an object'
    problems.append(Problem(text, "/data/attributes"))
    return None
