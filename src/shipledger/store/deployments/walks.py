"""Several walks over an index, read as one, and the deployments that they lead to."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeAlias

from shipledger.found import Found
from shipledger.ledger.deployment import Deployment
from shipledger.store import rows
from shipledger.store.session import Call, Steps, call

Step: TypeAlias = tuple[int, str]
"""The start and the id of a deployment."""


def read_walks(calls: Iterable[Call]) -> Steps[list[list[Step]]]:
    """What each of several statements walks over."""
    walks = []
    for walk in calls:
        walks.append(rows.decode_walk((yield walk) or "[]"))  # noqa: PERF401  a comprehension cannot yield
    return walks


def merge(
    walks: Sequence[Iterable[Step]], *, key: Callable[[Step], Step] | None = None, is_descending: bool = False
) -> Iterator[str]:
    """The ids of several walks, each in the same order, each id once."""
    previous = ""
    for _, deployment_id in heapq.merge(*walks, key=key, reverse=is_descending):
        if deployment_id != previous:
            yield deployment_id
        previous = deployment_id


def read_in_order(organization_id: str, ids: Sequence[str]) -> Steps[Found[Deployment]]:
    """The deployments with these ids, in their order."""
    text = yield call("read_documents", organization_id=organization_id, deployment_ids=rows.to_json(ids))
    places = {deployment_id: place for place, deployment_id in enumerate(ids)}
    found = rows.decode_deployments(text)
    return Found(sorted(found, key=lambda one: places[one.deployment_id]), found.damaged)
