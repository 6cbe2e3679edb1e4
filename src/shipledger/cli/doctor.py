"""``shipledger doctor``."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated

import typer

from shipledger.cli.checkup import (
    Finding,
    Level,
    check_backlog,
    check_clock,
    check_credentials,
    check_disk,
    check_exposure,
    check_file_system,
    check_git,
    check_names,
    check_permissions,
    check_unfinished,
    check_variables,
)
from shipledger.cli.damage_checkup import check_file, examine_records, left_out
from shipledger.cli.exit_codes import ExitCode
from shipledger.cli.ledger import OpenLedger, open_ledger
from shipledger.cli.options import DatabaseOption, JsonOption, new_app
from shipledger.cli.outbox_checkup import check_outbox
from shipledger.cli.output import print_json, print_line
from shipledger.cli.overwritten import OVERWRITTEN_SHOWN, describe_overwritten
from shipledger.cli.server_checkup import check_archive_key, check_key, check_server, check_token_key
from shipledger.database_url import is_postgres, parse_sqlite_path
from shipledger.errors import Invalid, ShipledgerError, Unavailable
from shipledger.ledger.history import RULES
from shipledger.protocols.registry import load_settings
from shipledger.scm.git import find_git
from shipledger.settings import Settings
from shipledger.store.installation.unfinished_contract import EVERY


def build() -> typer.Typer:
    """The command."""
    app = new_app("Check the installation and suggest fixes.")
    app.command("doctor")(doctor)
    return app


def doctor(
    quick: Annotated[bool, typer.Option("--quick", help="Skip reading the whole database. Damage is not detected.")] = False,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check settings, database, disk, clock, permissions and backlog, and suggest fixes. Fails if there is a problem.

    Reads every page and every row to find damage.
    """
    findings = asyncio.run(_examine(database, is_quick=quick))
    is_healthy = all(finding.level is not Level.PROBLEM for finding in findings)
    if as_json:
        print_json({"is_healthy": is_healthy, "findings": findings})
    else:
        for finding in findings:
            print_line(f"{finding.level.value:<8} {finding.subject:<12} {finding.sentence}")
            if finding.advice:
                print_line(f"{'':<21} → {finding.advice}")
    if not is_healthy:
        raise typer.Exit(ExitCode.PROBLEM)


async def _examine(database: str | None, *, is_quick: bool) -> list[Finding]:
    findings = list(check_variables(os.environ))
    try:
        settings = load_settings(database_url=database)
        file = None if is_postgres(settings.database_url) else parse_sqlite_path(settings.database_url)
    except Invalid as error:
        return [*findings, Finding(subject="settings", level=Level.PROBLEM, sentence=error.message)]
    findings += [Finding(subject="settings", level=Level.OK, sentence="All settings are valid."), check_exposure(settings)]
    if file is None:
        findings += check_token_key(settings)
    elif not file.exists():
        return [*findings, _no_database(file)]
    else:
        findings += [
            check_disk(file.parent),
            *check_file_system(file.parent, _read_mounts()),
            check_permissions(file),
            *check_names(file),
        ]
        if not is_quick:
            findings += check_file(file)
    try:
        async with open_ledger(database, finishing=EVERY) as ledger:
            async for finding in _examine_store(ledger, settings):
                findings.append(finding)
            findings += [finding async for finding in check_outbox(ledger.store, ledger.clock.now(), ledger.load_seal)]
            if not is_quick:
                findings += [finding async for finding in examine_records(ledger.store, has_checked_pages=file is not None)]
    except ShipledgerError as error:
        findings.append(Finding(subject="database", level=Level.PROBLEM, sentence=error.message))
    if is_quick:
        findings.append(left_out())
    return findings


async def _examine_store(ledger: OpenLedger, settings: Settings) -> AsyncIterator[Finding]:
    store = ledger.store
    facts = await store.describe()
    told = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in facts.items() if name != "location")
    yield Finding(subject="database", level=Level.OK, sentence=f"Opened: {told}; at {facts.get('location', '')}.")
    for finding in check_server(facts):
        yield finding
    noted = await store.find_installation()
    keys = (*check_key(noted.key_check, settings), *check_archive_key(noted.archive_key_check, settings))
    for finding in (*keys, *check_unfinished(await store.list_unfinished())):
        yield finding
    yield await _probe_write(ledger)
    now = ledger.clock.now()
    for finding in check_clock(now, await store.find_time(), await store.find_newest_order()):
        yield finding
    for finding in check_backlog(now, await store.get_backlog()):
        yield finding
    for finding in check_git(find_git(), await store.get_pack_backlog()):
        yield finding
    organizations = await store.list_organizations()
    if await store.find_projection_rules() != RULES and await store.count_entries():
        yield _older_rules()
    for organization in organizations:
        overwritten = await store.list_overwritten(organization.organization_id, limit=OVERWRITTEN_SHOWN + 1)
        if overwritten:
            yield describe_overwritten(organization, overwritten)
    credentials = [
        credential for organization in organizations for credential in await store.list_credentials(organization.organization_id)
    ]
    for finding in check_credentials(credentials):
        yield finding


async def _probe_write(ledger: OpenLedger) -> Finding:
    try:
        await ledger.store.ping()
    except Unavailable as error:
        return Finding(subject="write", level=Level.PROBLEM, sentence=error.message, advice="Writes are refused until then.")
    return Finding(subject="write", level=Level.OK, sentence="A test write succeeded and is durable.")


def _older_rules() -> Finding:
    return Finding(
        subject="upgrade",
        level=Level.WARNING,
        sentence="The ledger has not yet been upgraded to this version's rules.",
        advice="Start the server and leave it running. On PostgreSQL it waits until nodes of older versions have stopped.",
    )


def _read_mounts() -> str:
    try:
        return Path("/proc/mounts").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _no_database(path: Path) -> Finding:
    return Finding(
        subject="database",
        level=Level.PROBLEM,
        sentence=f"There is no ledger at {path}.",
        advice="`shipledger serve` creates one; to use another, pass --database.",
    )
