"""Query parameters. Pure; what is wrong raises Invalid with a text for every wrong parameter."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime

from msgspec import Struct
from starlette.datastructures import QueryParams
from starlette.requests import Request

from shipledger.errors import Invalid
from shipledger.ledger.identity import bare_uuid
from shipledger.protocols.opsgenie.reading import (
    SHOULD_BE_A_TIME,
    SHOULD_BE_PROVIDED,
    Faults,
    find_unstorable,
    should_be_one_of,
)
from shipledger.protocols.opsgenie.times import parse_query_time
from shipledger.protocols.opsgenie.vocabulary import IDENTIFIER_TYPES, PIPELINES_NOT_UPDATABLE, UPDATE
from shipledger.verbs.deployments import DeploymentSearch

DEFAULT_LIMIT = 20
MAX_LIMIT = 100
MAX_OFFSET = 2**31 - 1
MAX_ITEMS = 500

_TWICE_BEGUN = re.compile(rb"^(identifierType=[a-z]+)\?")
_WHOLE_NUMBER = re.compile(r"0*([0-9]{1,10})")


class Page(Struct, frozen=True):
    """Which part of a list is asked for."""

    offset: int
    limit: int


def query_of(request: Request) -> QueryParams:
    """The parameters that say something: an empty one means its default. Scripts fill in nothing for what they do not know.

    The npm client begins its parameters with a second ``?`` where it has an identifier type.
    """
    raw = _TWICE_BEGUN.sub(rb"\1&", request.scope["query_string"], count=1)
    return QueryParams([(name, value) for name, value in QueryParams(raw).multi_items() if value.strip()])


def read_identifier(path_parameters: dict[str, str], query: QueryParams, *, operation: str = "") -> dict[str, str]:
    """The identifier of a deployment and its type: ``type`` in the vendor's page, ``identifierType`` in the Go client."""
    identifier = path_parameters["identifier"]
    name = "identifierType" if "identifierType" in query and "type" not in query else "type"
    identifier_type = query.get(name, "id")
    faults: Faults = {}
    if identifier_type not in IDENTIFIER_TYPES:
        faults[name] = should_be_one_of(IDENTIFIER_TYPES)
    elif operation == UPDATE and identifier_type == "pipelines":
        faults[name] = PIPELINES_NOT_UPDATABLE
    if operation and (fault := find_unstorable(identifier)) is not None:
        faults["identifier"] = fault
    raise_if_any(faults)
    return {"identifier": identifier, "identifierType": identifier_type}


def read_search(query: QueryParams) -> DeploymentSearch:
    """What search asks for."""
    faults: Faults = {}
    service_ids = read_list(query, "serviceIds", faults)
    if not service_ids:
        faults["serviceIds"] = SHOULD_BE_PROVIDED
    search = DeploymentSearch(
        service_ids=tuple(dict.fromkeys(bare_uuid(service_id) for service_id in service_ids)),
        environment_ids=tuple(dict.fromkeys(_spellings(read_list(query, "environmentIds", faults)))),
        started_from=_read_time(query, "startTime", faults),
        ended_until=_read_time(query, "endTime", faults),
        offset=read_number(query, "paginationKey", faults, minimum=0, maximum=MAX_OFFSET, default=0),
        limit=read_number(query, "limit", faults, minimum=1, maximum=MAX_LIMIT, default=DEFAULT_LIMIT),
    )
    raise_if_any(faults)
    return search


def read_page(query: QueryParams) -> Page:
    """Which services are asked for."""
    faults: Faults = {}
    page = read_page_into(query, faults)
    raise_if_any(faults)
    return page


def read_page_into(query: QueryParams, faults: Faults) -> Page:
    """Which part of a list is asked for; what is wrong is noted in ``faults``."""
    return Page(
        offset=read_number(query, "offset", faults, minimum=0, maximum=MAX_OFFSET, default=0),
        limit=read_number(query, "limit", faults, minimum=1, maximum=MAX_LIMIT, default=DEFAULT_LIMIT),
    )


def read_list(query: QueryParams, name: str, faults: Faults) -> list[str]:
    """Both forms of a list, also mixed: ``a,b`` and repeated parameters."""
    items = [text for value in query.getlist(name) for part in value.split(",") if (text := part.strip())]
    if len(items) > MAX_ITEMS:
        faults[name] = f"should have at most {MAX_ITEMS} items"
    elif (fault := find_unstorable("".join(items))) is not None:
        faults[name] = fault
    return items


def _spellings(identifiers: Iterable[str]) -> Iterator[str]:
    """Every identifier as given, and the usual spellings of a UUID: records keep the one that was sent."""
    for identifier in identifiers:
        yield identifier
        bare = bare_uuid(identifier)
        if bare_uuid(f"{{{bare}}}") == bare:
            yield from (bare, f"{{{bare}}}", bare.upper(), f"{{{bare.upper()}}}")


def _read_time(query: QueryParams, name: str, faults: Faults) -> datetime | None:
    text = query.get(name)
    if text is None:
        return None
    try:
        return parse_query_time(text)
    except ValueError:
        faults[name] = SHOULD_BE_A_TIME
        return None


def read_number(query: QueryParams, name: str, faults: Faults, *, minimum: int, maximum: int, default: int) -> int:
    """A whole number within bounds, or ``default`` when it is absent."""
    text = query.get(name)
    if text is None:
        return default
    match = _WHOLE_NUMBER.fullmatch(text)
    if match is None or not minimum <= int(match.group(1)) <= maximum:
        faults[name] = f"should be between {minimum} and {maximum}"
        return default
    return int(match.group(1))


def raise_if_any(faults: Faults) -> None:
    """Raise Invalid when there are ``faults``."""
    if faults:
        raise Invalid("parameters", "The query has wrong parameters.", fields=faults)
