"""How the server, its nodes and its store are."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from shipledger import __version__
from shipledger.catalog.organization import Organization
from shipledger.catalog.retiering import list_stale
from shipledger.clock import Clock
from shipledger.database_url import is_postgres, parse_sqlite_path
from shipledger.duties.roster import SILENT_SECONDS
from shipledger.ledger.history import RULES
from shipledger.observability.clock_remark import describe_clock
from shipledger.observability.process import Process
from shipledger.settings import Settings
from shipledger.store.backup_note import find_backup
from shipledger.store.contract import Store
from shipledger.verbs.status import DutyState, NodeState, ProcessState, Status, StoreState

RETIERING_LOOKED_AT = 20
"""In so many organizations it is looked whether tiers are being applied."""


class StatusReader:
    """See ``verbs.status.StatusVerbs``. ``process``: the server that asks, or None for a command."""

    def __init__(self, store: Store, clock: Clock, settings: Settings, process: Process | None) -> None:
        self._store = store
        self._clock = clock
        self._settings = settings
        self._process = process

    async def read_status(self) -> Status:
        """How it is now."""
        return await _read(self._store, self._clock, self._settings, self._process)

    async def is_operated_by(self, organization_id: str) -> bool:
        """Whether the operators of the installation belong to an organization."""
        found = await self._store.find_organization(self._settings.operator_organization)
        return found is not None and found.organization_id == organization_id


async def _read(store: Store, clock: Clock, settings: Settings, process: Process | None) -> Status:
    organizations = await store.list_organizations()
    facts, rules, unfinished = await asyncio.gather(
        store.describe_at_once(), store.find_projection_rules(), store.list_unfinished()
    )
    backlog, packs, outbox, sealed_at = await asyncio.gather(
        store.get_backlog(), store.get_pack_backlog(), store.get_outbox_backlog(), store.find_newest_seal()
    )
    under_way = ["Everything is being computed anew by the rules of this version."] if rules != RULES else []
    return Status(
        at=clock.now(),
        version=__version__,
        process=None if process is None else _describe_process(process),
        store=_describe_store(facts, settings),
        nodes=await _list_nodes(store, process),
        duties=await _list_duties(store, process),
        backlog=backlog,
        packs=packs,
        outbox=outbox,
        organizations=len(organizations),
        sealed_at=sealed_at,
        clock=describe_clock(clock) or "",
        even_since=clock.even_since,
        under_way=(*under_way, *await _list_retiering(store, organizations)),
        unfinished=tuple(one.remedy for one in unfinished),
    )


def _describe_process(process: Process) -> ProcessState:
    return ProcessState(process.node_id, process.started_at, process.pace.age_seconds, process.pace.measure())


def _describe_store(facts: Any, settings: Settings) -> StoreState:
    file = None if is_postgres(settings.database_url) else parse_sqlite_path(settings.database_url)
    usage = None if file is None else _find_usage(file.parent)
    return StoreState(
        engine=str(facts["engine"]),
        version=str(facts["version"]),
        revision=str(facts.get("revision", "")),
        location=str(facts["location"]),
        size_bytes=int(facts["size_bytes"]),
        free_bytes=None if usage is None else usage.free,
        disk_bytes=None if usage is None else usage.total,
        backed_up_at=None if file is None else find_backup(file),
    )


def _find_usage(folder: Path) -> Any:
    """The sizes of the disk; None where it cannot be asked, such as for a folder that was moved away under an open file."""
    try:
        return shutil.disk_usage(folder)
    except OSError:
        return None


async def _list_nodes(store: Store, process: Process | None) -> tuple[NodeState, ...]:
    own = None if process is None else process.node_id
    return tuple(
        NodeState(one.node_id, one.seen_at, one.is_alive, one.node_id == own, one.rules < RULES)
        for one in await store.list_nodes(silent_seconds=SILENT_SECONDS)
    )


async def _list_duties(store: Store, process: Process | None) -> tuple[DutyState, ...]:
    """Those that the store knows to be held by a node, and those of this node, by name."""
    holders = await store.list_duty_holders()
    runs = {} if process is None else {one.name: one for one in process.list_runs()}
    duties = []
    for name in sorted({*holders, *runs}):
        run, holder = runs.get(name), holders.get(name, "")
        is_here = process is not None and holder == process.node_id
        if run is None:
            duties.append(DutyState(name, holder, is_here))
            continue
        took = None if run.began_at is None else run.took_seconds
        duties.append(DutyState(name, holder, is_here, run.is_running, run.pause_seconds, run.began_at, took, run.fault))
    return tuple(duties)


async def _list_retiering(store: Store, organizations: Sequence[Organization]) -> list[str]:
    stale = []
    for one in organizations[:RETIERING_LOOKED_AT]:
        policy = await store.find_tier_policy(one.organization_id)
        if await list_stale(store, one.organization_id, policy):
            stale.append(f"Deployments of the organization {one.slug} get tiers by its present rules.")
    return stale
