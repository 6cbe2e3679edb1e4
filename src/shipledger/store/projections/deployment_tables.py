"""The projections of deployments: a row for each, and tables of rows that are made of one deployment each."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from shipledger.errors import Conflict
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.lines import tier_of
from shipledger.store import rows
from shipledger.store.issues.standing_rows import from_standings
from shipledger.store.lanes.rows import from_lanes
from shipledger.store.projecting import Cause, Change, key_of
from shipledger.store.search.rows import from_tokens
from shipledger.store.session import Steps, call


class DeploymentRows:
    """The row of each deployment. Comes before the tables: it notices when another node was faster."""

    def hear(self, change: Change) -> Steps[None]:
        """See Subscriber. Raises Conflict in the transaction when a newer version is stored."""
        kept = change.kept
        if change.cause is Cause.TIERS:
            return self._retier(rows.to_json(map(_to_tier, kept)) if kept else "")
        gone = [*(key_of(one) for one in change.deployments if one.is_removed), *change.erased_deployments]
        return self._save(change, rows.to_json(gone) if gone else "", rows.to_json(map(rows.from_deployment, kept)), len(kept))

    @staticmethod
    def _save(change: Change, gone: str, kept: str, count: int) -> Steps[None]:
        if change.cause is Cause.REBUILD and change.is_whole:
            yield call("clear_deployments")
        if gone:
            yield call("delete_deployments", keys=gone)
        if count and len((yield call("save_deployments", rows=kept))) != count:
            raise Conflict("deployment_moved_on", "A deployment changed in the meantime; load it and decide again.")

    @staticmethod
    def _retier(changed: str) -> Steps[None]:
        if changed:
            yield call("change_tiers", rows=changed)


class DeploymentTable(Struct, frozen=True):
    """A table of rows that are made of one deployment each, and replaced whenever that changes.

    ``read``: the statement that reads it in the order of its key, for a digest; column ``named_by`` of it has the deployment.
    ``follows_tiers``: the tier is in its rows. ``of_merged``: also deployments that are merged into another have rows in it.
    """

    table: str
    to_rows: Callable[[Deployment], list[rows.Row]]
    clear: str
    delete: str
    save: str
    read: str
    named_by: int = 1
    follows_tiers: bool = False
    of_merged: bool = False

    def hear(self, change: Change) -> Steps[None]:
        if change.cause is Cause.TIERS and not self.follows_tiers:
            return self._replace(change, "", "")
        made = [row for one in change.kept if self.of_merged or one.is_listed for row in self.to_rows(one)]
        return self._replace(change, change.replaced_keys, rows.to_json(made) if made else "")

    def _replace(self, change: Change, replaced: str, made: str) -> Steps[None]:
        if change.cause is Cause.REBUILD and change.is_whole:
            yield call(self.clear)
        if replaced:
            yield call(self.delete, keys=replaced)
        if made:
            yield call(self.save, rows=made)


TABLES = (
    DeploymentTable(
        table="deployment_alias",
        to_rows=rows.from_aliases,
        clear="clear_deployment_aliases",
        delete="delete_aliases",
        save="save_aliases",
        read="read_deployment_alias_rows",
        named_by=3,
        of_merged=True,
    ),
    DeploymentTable(
        table="deployment_release",
        to_rows=rows.from_releases,
        clear="clear_deployment_releases",
        delete="delete_releases",
        save="save_releases",
        read="read_deployment_release_rows",
    ),
    DeploymentTable(
        table="issue_standing",
        to_rows=from_standings,
        clear="clear_issue_standings",
        delete="delete_issue_standings",
        save="save_issue_standings",
        read="read_issue_standing_rows",
        named_by=2,
        follows_tiers=True,
    ),
    DeploymentTable(
        table="lane",
        to_rows=from_lanes,
        clear="clear_lanes",
        delete="delete_lanes",
        save="save_lanes",
        read="read_lane_rows",
    ),
    DeploymentTable(
        table="deployment_token",
        to_rows=from_tokens,
        clear="clear_deployment_tokens",
        delete="delete_deployment_tokens",
        save="save_deployment_tokens",
        read="read_deployment_token_rows",
    ),
)


def _to_tier(deployment: Deployment) -> rows.Row:
    return deployment.organization_id, deployment.deployment_id, tier_of(deployment), rows.to_document(deployment)
