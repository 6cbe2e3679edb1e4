"""Record repositories by the one host that they have here, whichever of its names the sender used. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from shipledger.aggregates import Recording
from shipledger.catalog.host_aliases import HostAliases
from shipledger.ingestion.task import Task
from shipledger.ledger.repository_names import rename_repositories


def rename_hosts(tasks: Iterable[Task], aliases: HostAliases) -> None:
    """Let the submissions of ``tasks`` name repositories so. Doing it again changes nothing."""
    if aliases.pairs:
        for task in tasks:
            task.submissions = name_hosts(task.submissions or (), aliases)


def name_hosts(submissions: Sequence[Recording], aliases: HostAliases) -> Sequence[Recording]:
    """``submissions`` with repositories by those names."""
    return [rename_repositories(one, aliases.rename) for one in submissions] if aliases.pairs else submissions
