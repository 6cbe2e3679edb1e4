"""Bodies of the APIs beside that of deployments, of which nothing is kept: builds, feature flags, remote links. Pure.

Tools send them with their deployments and fail a job that is refused, so each item is judged as the vendor does, and answered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from msgspec import Struct

from shipledger.protocols.jira.associations import Associations, merge_unknown, read_associations
from shipledger.protocols.jira.bulk import read_elements, read_members, read_properties, refuse_body
from shipledger.protocols.jira.checking import Checker, id_text, read_int64
from shipledger.protocols.jira.descriptor import BUILDS, FLAGS, LINKS
from shipledger.protocols.jira.known import KnownRule
from shipledger.protocols.jira.vocabulary import ISSUE_TYPES
from shipledger.protocols.jira.wire import UnknownAssociationOut

ITEMS_LIMIT = 1_000
KEYS_LIMIT = 500
BUILD_STATES = ("pending", "in_progress", "successful", "failed", "cancelled", "unknown")


class NeighbourItem(Struct, frozen=True):
    """One item of a request, named by its members of the key."""

    key: dict[str, Any]
    errors: tuple[str, ...]
    associations: Associations


class NeighbourIn(Struct, frozen=True):
    """A request that is readable as a whole."""

    items: tuple[NeighbourItem, ...]


class Neighbour(Struct, frozen=True):
    """One API. ``member`` holds its items, ``thing`` is the path of one. ``read`` judges an item besides its associations.

    ``module`` is what apps must define for it. ``answer`` makes the answer of a request that was read.
    """

    api: str
    version: str
    module: str
    member: str
    thing: str
    read: Callable[[Checker], None]
    name: Callable[[dict[str, Any]], dict[str, Any]]
    answer: Callable[[NeighbourIn], dict[str, Any]]
    needs_associations: bool = True

    def read_body(self, text: str, rule: KnownRule) -> NeighbourIn:
        """A body of submit. Raises Invalid, whose ``fields`` are keyed by the messages that refuse it as a whole."""
        body = read_members(text)
        errors: list[str] = []
        elements = read_elements(body, self.member, ITEMS_LIMIT, errors)
        read_properties(body.get("properties"), errors)
        if errors:
            raise refuse_body(*errors)
        return NeighbourIn(tuple(self._read_item(element, rule) for element in elements))

    def _read_item(self, element: dict[str, Any], rule: KnownRule) -> NeighbourItem:
        checker = Checker(element, [])
        self.read(checker)
        is_sent = any(element.get(name) for name in ("issueKeys", "associations"))
        associations = Associations()
        if is_sent or self.needs_associations:
            associations = read_associations(checker, rule, most_keys=KEYS_LIMIT, nothing_known="No valid associations found")
        return NeighbourItem(self.name(element), tuple(dict.fromkeys(checker.errors)), associations)


def _read_build(build: Checker) -> None:
    build.id("pipelineId")
    build.integer("buildNumber")
    build.integer("updateSequenceNumber")
    build.name("displayName")
    build.url("url")
    build.time("lastUpdated")
    build.choice("state", BUILD_STATES)


def _name_build(build: dict[str, Any]) -> dict[str, Any]:
    return {
        "pipelineId": id_text(build.get("pipelineId")),
        "buildNumber": read_int64(build.get("buildNumber")) or 0,
    }


def _answer_builds(builds: NeighbourIn) -> dict[str, Any]:
    return {
        "acceptedBuilds": [item.key for item in builds.items if not item.errors],
        "rejectedBuilds": [{"key": item.key, "errors": to_messages(item.errors)} for item in builds.items if item.errors],
        **unknown_of(builds.items),
    }


def _read_flag(flag: Checker) -> None:
    flag.id("id")
    flag.id("key")
    flag.integer("updateSequenceId")
    summary = flag.required_object("summary")
    summary.required_object("status")
    summary.time("lastUpdated")
    if flag.get("details") is None:
        flag.fault("details", "is required")
    flag.array("details")


def _read_link(link: Checker) -> None:
    link.id("id")
    link.integer("updateSequenceNumber")
    link.name("displayName")
    link.url("url")
    link.name("type")
    link.time("lastUpdated")


def _name_by_id(item: dict[str, Any]) -> dict[str, Any]:
    return {"id": id_text(item.get("id"))}


def _answer_flags(flags: NeighbourIn) -> dict[str, Any]:
    return {"acceptedFeatureFlags": _list_accepted(flags), "failedFeatureFlags": _list_failed(flags), **unknown_of(flags.items)}


def _answer_links(links: NeighbourIn) -> dict[str, Any]:
    unknown = unknown_of(links.items)
    return {
        "acceptedRemoteLinks": _list_accepted(links),
        "rejectedRemoteLinks": _list_failed(links),
        "unknownAssociations": unknown["unknownAssociations"],
    }


def _list_accepted(body: NeighbourIn) -> list[str]:
    return [item.key["id"] for item in body.items if not item.errors]


def _list_failed(body: NeighbourIn) -> dict[str, list[dict[str, str]]]:
    failed: dict[str, list[dict[str, str]]] = {}
    for item in body.items:
        if item.errors:
            failed.setdefault(item.key["id"], []).extend(to_messages(item.errors))
    return failed


def to_messages(errors: Iterable[str]) -> list[dict[str, str]]:
    """Errors as the vendor writes them."""
    return [{"message": error} for error in errors]


def unknown_of(items: Iterable[Any]) -> dict[str, Any]:
    """What of all items is not known, each value once."""
    associations = [item.associations for item in items]
    pairs = [pair for one in associations for pair in one.unknown]
    keys = [key for one in associations for key in one.unknown_issue_keys]
    return {
        "unknownIssueKeys": list(dict.fromkeys([*keys, *(str(value) for kind, value in pairs if kind in ISSUE_TYPES)])),
        "unknownAssociations": [UnknownAssociationOut(kind, values) for kind, values in merge_unknown(pairs).items()],
    }


NEIGHBOURS = (
    Neighbour("builds", "0.1", BUILDS, "builds", "pipelines/{key...}", _read_build, _name_build, _answer_builds),
    Neighbour("featureflags", "0.1", FLAGS, "flags", "flag/{id}", _read_flag, _name_by_id, _answer_flags),
    Neighbour(
        "remotelinks",
        "1.0",
        LINKS,
        "remoteLinks",
        "remotelink/{id}",
        _read_link,
        _name_by_id,
        _answer_links,
        needs_associations=False,
    ),
)
