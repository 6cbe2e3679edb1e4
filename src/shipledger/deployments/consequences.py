"""What moves when one deployment changes: a comparison of it before and after, with the heads of its lanes. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec import Struct

from shipledger.deployments.issue_lines import IssueLine
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.environment_names import EnvironmentNames
from shipledger.ledger.lanes import Lane, fold_lane, took_effect_at
from shipledger.ledger.lines import TIERS_BY_REACH, environment_key, tier_of
from shipledger.ledger.state import State, Tier


class Head(Struct, frozen=True):
    """What runs in a lane, and since when."""

    deployment_id: str
    external_id: str
    version: str
    since: datetime


class LaneMove(Struct, frozen=True):
    """What runs of a service in an environment, before and after; None where nothing does. Both may be the same."""

    service: str
    environment: str
    before: Head | None
    after: Head | None

    @property
    def has_moved(self) -> bool:
        """Whether something else runs, or runs since another moment."""
        return self.before != self.after


class IssueMove(Struct, frozen=True):
    """The tiers in which an issue has a successful deployment, before and after, the most advanced first."""

    issue: str
    before: tuple[Tier, ...]
    after: tuple[Tier, ...]

    @property
    def has_moved(self) -> bool:
        """Whether the issue stands elsewhere."""
        return self.before != self.after


class Preview(Struct, frozen=True):
    """A deployment before and after, the ``fields`` for which something else holds, and what moves with it."""

    before: Deployment
    after: Deployment
    fields: tuple[str, ...]
    lanes: tuple[LaneMove, ...]
    issues: tuple[IssueMove, ...]


def list_places(one: Deployment, names: EnvironmentNames) -> frozenset[str]:
    """What tells the environments apart in whose lanes a deployment stands: none where no list has it."""
    return frozenset({names.key_of(environment_key(one))}) if one.is_listed else frozenset()


def move_lane(
    service: str, lane: Lane, *, before: Deployment | None, after: Deployment | None, names: EnvironmentNames
) -> LaneMove:
    """How a lane moves when ``before`` of it becomes ``after``; None where the deployment is not in it.

    What runs in a lane, and what ran before that, are enough: at most one of them is the one that changes.
    """
    changing = {one.deployment_id for one in (before, after) if one is not None}
    heads = (lane.runs, lane.before, lane.under_way, lane.other)
    rest = [one for one in heads if one is not None and one.deployment_id not in changing]
    moved = fold_lane([*rest, *([] if after is None else [after])], names)
    return LaneMove(service, lane.environment or moved.environment, _to_head(lane.runs), _to_head(moved.runs))


def move_issue(issue: str, lines: Sequence[IssueLine], before: Deployment, after: Deployment) -> IssueMove:
    """How an issue moves. ``lines``: those of it before."""
    successes = dict.fromkeys(TIERS_BY_REACH, 0)
    for line in lines:
        successes[line.tier] += line.successes
    was = _reached(successes)
    for one, change in ((before, -1), (after, 1)):
        if issue in one.issues and one.is_listed and one.shown_state is State.SUCCESSFUL:
            successes[tier_of(one)] += change
    return IssueMove(issue, was, _reached(successes))


def list_issues(*deployments: Deployment) -> list[str]:
    """The issues that any of these name."""
    return sorted({key for one in deployments for key in one.issues})


def _reached(successes: dict[Tier, int]) -> tuple[Tier, ...]:
    return tuple(tier for tier in TIERS_BY_REACH if successes[tier] > 0)


def _to_head(one: Deployment | None) -> Head | None:
    if one is None:
        return None
    version = one.facts.version
    commits: Iterable[str] = (release.commit for release in one.releases)
    said = version if isinstance(version, str) else next(iter(commits), "")
    return Head(one.deployment_id, one.external_id, said, took_effect_at(one))
