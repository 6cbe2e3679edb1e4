"""Record repositories by the one host that they have here, whichever of its names the sender used. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import UNSET
from msgspec.structs import replace

from shipledger.catalog.host_aliases import HostAliases
from shipledger.incidents.model import Recording
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
    return replace(submission, facts=_rename_releases(submission.facts, aliases)) if isinstance(submission, Amend) else submission


def _rename_releases(facts: Facts, aliases: HostAliases) -> Facts:
    if facts.releases is UNSET:
        return facts
    return replace(facts, releases=tuple(replace(one, repository=aliases.rename(one.repository)) for one in facts.releases))
