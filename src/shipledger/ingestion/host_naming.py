"""Record repositories by the one host that they have here, whichever of its names the sender used. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import UNSET
from msgspec.structs import replace

from shipledger.aggregates import Recording
from shipledger.catalog.host_aliases import HostAliases
from shipledger.incidents.model import MarkIncident
from shipledger.ingestion.task import Task
from shipledger.ledger.submission import Amend, Facts, RecordDeployment


def rename_hosts(tasks: Iterable[Task], aliases: HostAliases) -> None:
    """Let the submissions of ``tasks`` name repositories so. Doing it again changes nothing."""
    if aliases.pairs:
        for task in tasks:
            task.submissions = [_rename(submission, aliases) for submission in task.submissions or ()]


def _rename(submission: Recording, aliases: HostAliases) -> Recording:
    if isinstance(submission, RecordDeployment):
        return replace(
            submission,
            facts=_rename_releases(submission.facts, aliases),
            required_workspaces=tuple(aliases.rename(name) for name in submission.required_workspaces),
            workspace_originals={aliases.rename(name): said for name, said in submission.workspace_originals.items()},
        )
    if isinstance(submission, MarkIncident):
        return _rename_causes(submission, aliases)
    return replace(submission, facts=_rename_releases(submission.facts, aliases)) if isinstance(submission, Amend) else submission


def _rename_causes(mark: MarkIncident, aliases: HostAliases) -> MarkIncident:
    root, potential = mark.marks.root_cause, mark.marks.potential_causes
    renamed = mark.marks
    if root is not UNSET and root is not None:
        renamed = replace(renamed, root_cause=replace(root, repository=aliases.rename(root.repository)))
    if potential is not UNSET and potential is not None:
        causes = tuple(replace(one, repository=aliases.rename(one.repository)) if one.repository else one for one in potential)
        renamed = replace(renamed, potential_causes=causes)
    return replace(mark, marks=renamed)


def _rename_releases(facts: Facts, aliases: HostAliases) -> Facts:
    if facts.releases is UNSET:
        return facts
    return replace(facts, releases=tuple(replace(one, repository=aliases.rename(one.repository)) for one in facts.releases))
