"""What is missing or wrong with what is known of a service, in words, each with what to do."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from shipledger.access.people.known_people import KnownPeople
from shipledger.catalog.repository import repository_key
from shipledger.catalog.service import Service
from shipledger.catalog.stored_range import WHOLE_IDS
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.lanes import Lane, place_in_lane
from shipledger.ledger.lines import tier_of
from shipledger.ledger.state import State, Tier
from shipledger.verbs.browsing import CommitBrowsing
from shipledger.web.pages.isolation import list_in_text

LONG_UNDER_WAY = timedelta(days=1)
NAMED = 5
"""So many environments are named for each reason."""


class Remark(Struct, frozen=True):
    """One thing to mend. ``path``: a page to do it on, "" for none. ``words``: how it is done.

    ``environment``: the one that a command gives a tier, "" for none. ``lacks_commits``: a command sends them.
    """

    sentence: str
    path: str = ""
    words: str = ""
    environment: str = ""
    lacks_commits: bool = False


async def list_remarks(
    ledger: CommitBrowsing,
    service: Service,
    lanes: Sequence[Lane],
    *,
    repositories: Collection[str],
    people: KnownPeople,
    now: datetime,
) -> list[Remark]:
    """What to mend, the most important first."""
    running = {lane.environment: lane.runs for lane in lanes if lane.runs is not None}
    unknown = await _find_unknown(ledger, service.organization_id, running)
    return [
        *_remark_on_lanes(lanes, now),
        *_remark_on_commits(running, unknown),
        *_remark_on_service(service, running, repositories, people),
    ]


def _remark_on_lanes(lanes: Sequence[Lane], now: datetime) -> Iterator[Remark]:
    silent = [lane.environment for lane in lanes if (newest := lane.newest) and newest.shown_state is State.UNKNOWN]
    if silent:
        yield Remark(f"Nobody has said how the latest deployment ended in {_name(silent)}.")
    stuck = [lane.environment for lane in lanes if _is_stuck(lane, now)]
    if stuck:
        yield Remark(f"A deployment has been under way for more than a day in {_name(stuck)}.")
    unmapped = [lane.environment for lane in lanes if lane.newest and tier_of(lane.newest) is Tier.UNMAPPED]
    if unmapped:
        yield Remark(
            f"Nobody has said which tier an environment has: {_name(unmapped)}.",
            "/inbox",
            "Say so in the inbox",
            unmapped[0],
        )


def _remark_on_commits(running: Mapping[str, Deployment], unknown: Collection[str]) -> Iterator[Remark]:
    bare = [environment for environment, one in running.items() if not one.releases]
    if bare:
        yield Remark(f"What runs was sent without commits in {_name(bare)}, so what changed there is unknown.")
    if unknown:
        yield Remark(
            f"The commits of what runs are not known in {_name(sorted(unknown))}, so what changed there is unknown.",
            words="Send them from a checkout",
            lacks_commits=True,
        )


def _remark_on_service(
    service: Service,
    running: Mapping[str, Deployment],
    repositories: Collection[str],
    people: KnownPeople,
) -> Iterator[Remark]:
    nameless = [environment for environment, one in running.items() if people.find(one) is None]
    if nameless:
        yield Remark(f"Nobody has said who deployed what runs in {_name(nameless)}.")
    if not repositories:
        yield Remark(
            "No repository is mapped to it, so only deployments whose senders name it are shown.", "#repositories", "Map one"
        )
    if not service.draft.team_id:
        yield Remark("No team owns it.")


def _is_stuck(lane: Lane, now: datetime) -> bool:
    one, runs = lane.under_way, lane.runs
    if one is None or now - one.placed_at < LONG_UNDER_WAY:
        return False
    return runs is None or place_in_lane(one) > place_in_lane(runs)


async def _find_unknown(ledger: CommitBrowsing, organization_id: str, running: Mapping[str, Deployment]) -> set[str]:
    """The environments that run a commit whose parents nobody has sent."""
    by_repository: dict[str, dict[str, list[str]]] = {}
    for environment, one in running.items():
        for release in one.releases:
            if len(release.commit) in WHOLE_IDS:
                commits = by_repository.setdefault(repository_key(release.repository), {})
                commits.setdefault(release.commit.lower(), []).append(environment)
    unknown: set[str] = set()
    for repository, commits in by_repository.items():
        found = await ledger.find_commits_in_graph(organization_id, repository, sorted(commits))
        unknown.update(environment for commit, of in commits.items() if commit not in found for environment in of)
    return unknown


def _name(environments: Sequence[str]) -> str:
    """Some environments, in a sentence."""
    named = list(dict.fromkeys(one or "no environment" for one in environments))
    more = len(named) - NAMED
    return list_in_text(named[:NAMED]) + (f" and {more} more" if more > 0 else "")
