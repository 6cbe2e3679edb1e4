"""The projections of deployments, as one transaction writes them."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import TypeAlias

from shipledger.errors import Conflict
from shipledger.ledger.deployment import Deployment
from shipledger.store import rows
from shipledger.store.session import Steps, call

Key: TypeAlias = tuple[str, str]
"""Of a deployment: its organization and its id."""


def save_projections(deployments: Sequence[Deployment], *, new: AbstractSet[Key] = frozenset()) -> Steps[None]:
    """What writes the projections of ``deployments`` in a transaction. Raises Conflict when a newer version is stored.

    ``new`` are those whose first entry this transaction appends: they have no rows to replace. The rows are made now, so that
    the database is not kept waiting for them. They are written in the order of their keys: two nodes that save the same ones
    wait for each other rather than deadlock. A removed deployment loses its rows.
    """
    ordered = sorted(deployments, key=_key)
    kept = [one for one in ordered if not one.is_removed]
    removed = [one for one in ordered if one.is_removed]
    removed_keys = rows.to_json(map(_key, removed))
    replaced = [key for key in map(_key, ordered) if key not in new]
    replaced_keys = rows.to_json(replaced)
    deployment_rows = rows.to_json(map(rows.from_deployment, kept))
    aliases = rows.to_json(row for one in kept for row in rows.from_aliases(one))
    releases = rows.to_json(row for one in kept for row in rows.from_releases(one))

    def save() -> Steps[None]:
        if removed:
            yield call("delete_deployments", keys=removed_keys)
        if kept and len((yield call("save_deployments", rows=deployment_rows))) != len(kept):
            raise Conflict("deployment_moved_on", "A deployment changed in the meantime; load it and decide again.")
        if replaced:
            yield call("delete_aliases", keys=replaced_keys)
            yield call("delete_releases", keys=replaced_keys)
        if kept:
            yield call("save_aliases", rows=aliases)
            yield call("save_releases", rows=releases)

    return save()


def _key(deployment: Deployment) -> Key:
    return deployment.organization_id, deployment.deployment_id
