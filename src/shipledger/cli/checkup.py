"""Checks of ``shipledger doctor``. Each yields findings. Only the write probe changes the database."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from msgspec import Struct

from shipledger.access.credential import Credential
from shipledger.catalog.commit import PackBacklog
from shipledger.ledger.receipt_listing import Backlog
from shipledger.observability.clock_remark import describe_duration, describe_order
from shipledger.protocols.registry import SUGGESTED_KIND, settings_type
from shipledger.settings import PREFIX, Settings
from shipledger.shell_words import quoted
from shipledger.store.installation.unfinished_contract import Unfinished
from shipledger.store.nodes.contract import GAP, KeptTime

GIGABYTE = 10**9
LOW_DISK_BYTES = 5 * GIGABYTE
FULL_DISK_BYTES = GIGABYTE // 5
PATIENCE_SECONDS = 60
CLOCK_TOLERANCE_SECONDS = 5
KEEP_SET = "Set the clock and keep it synchronized, for example with chrony or systemd-timesyncd."
OTHERS = stat.S_IRWXG | stat.S_IRWXO

NETWORK_FILE_SYSTEMS = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "lustre", "fuse.sshfs"}
)
"""File systems where SQLite's locks or shared memory are unreliable."""

CLIENT_VARIABLES = frozenset({"CONFIG", "URL", "TOKEN", "API_KEY"})
"""Variables with our prefix that are not server settings."""


class Level(StrEnum):
    """Severity. Only problems make the command fail."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


class Finding(Struct, frozen=True, omit_defaults=True):
    """The result of one check, and what to do about it."""

    subject: str
    level: Level
    sentence: str
    advice: str = ""


def check_variables(environment: Mapping[str, str]) -> Iterator[Finding]:
    """Variables that look like settings but are not."""
    known = {name.upper() for name in settings_type().__struct_fields__} | CLIENT_VARIABLES
    for variable in sorted(environment):
        if variable.startswith(PREFIX) and variable.removeprefix(PREFIX) not in known:
            yield Finding(
                subject="settings",
                level=Level.WARNING,
                sentence=f"{variable} is not a setting and has no effect.",
                advice="Check its spelling against docs/reference/settings.md.",
            )


def check_exposure(settings: Settings) -> Finding:
    """Who may see the pages."""
    if settings.pages == "off":
        return Finding(subject="pages", level=Level.OK, sentence="The web pages are off.")
    if settings.pages != "on":
        return Finding(
            subject="pages",
            level=Level.WARNING,
            sentence=f"The setting pages has the old value {settings.pages!r}, which now means 'on'.",
            advice="Set SHIPLEDGER_PAGES to on or off. People sign in: shipledger user list",
        )
    return Finding(
        subject="pages", level=Level.OK, sentence="The web pages are on, for people who sign in (`shipledger user list`)."
    )


def check_disk(folder: Path) -> Finding:
    """Room for the ledger to grow."""
    free_bytes = shutil.disk_usage(folder).free
    sentence = f"{free_bytes / GIGABYTE:.1f} GB free in {folder}."
    if free_bytes >= LOW_DISK_BYTES:
        return Finding(subject="disk", level=Level.OK, sentence=sentence)
    return Finding(
        subject="disk",
        level=Level.PROBLEM if free_bytes < FULL_DISK_BYTES else Level.WARNING,
        sentence=sentence,
        advice="Free some space or move the database. Writes are refused when the disk is full.",
    )


def check_file_system(folder: Path, mounts: str) -> Iterator[Finding]:
    """Whether the database is on a network file system. ``mounts`` is the text of Linux's /proc/mounts, empty elsewhere."""
    holders = [fields for line in mounts.splitlines() if len(fields := line.split()) > 2 and _holds(fields[1], folder)]  # noqa: PLR2004
    file_system = max(holders, key=lambda fields: len(fields[1]))[2] if holders else ""
    if file_system in NETWORK_FILE_SYSTEMS:
        yield Finding(
            subject="disk",
            level=Level.PROBLEM,
            sentence=f"{folder} is on a network file system ({file_system}), where SQLite may lose data.",
            advice="Move the database to a local disk.",
        )


def _holds(mount_point: str, folder: Path) -> bool:
    return folder.resolve().is_relative_to(mount_point.replace("\\040", " "))


def check_permissions(path: Path) -> Finding:
    """Whether other users of the machine may read or write the database file."""
    found = path.stat()
    mode = stat.S_IMODE(found.st_mode)
    if mode & OTHERS:
        return Finding(
            subject="permissions",
            level=Level.WARNING,
            sentence=f"Other users of this machine can access {path} (mode {mode:03o}).",
            advice=f"chmod 600 {quoted(str(path))}",
        )
    if not os.access(path, os.R_OK | os.W_OK):
        return Finding(
            subject="permissions",
            level=Level.PROBLEM,
            sentence=f"This user cannot read and write {path}.",
            advice="Run this command as the server's user.",
        )
    return Finding(subject="permissions", level=Level.OK, sentence="Only the owner can read the database file.")


def check_names(path: Path) -> Iterator[Finding]:
    """Whether the file has a second name (hard link) that someone might use."""
    if path.stat().st_nlink > 1:
        yield Finding(
            subject="names",
            level=Level.WARNING,
            sentence=f"{path} has a hard link. SQLite keeps a separate log for each name, which would corrupt the ledger.",
            advice="Remove the link. To copy the ledger, use `shipledger backup`.",
        )


def check_clock(now: datetime, kept: KeptTime | None, newest: datetime | None) -> Iterator[Finding]:
    """Whether the clock was changed, judged by the last time a server recorded and by the newest receipt id."""
    seen_at = kept.seen_at if kept is not None else newest
    behind = seen_at - now if seen_at is not None else timedelta()
    if behind.total_seconds() > CLOCK_TOLERANCE_SECONDS:
        yield Finding(
            subject="clock",
            level=Level.PROBLEM,
            sentence=f"It is {now:%Y-%m-%d %H:%M:%S} UTC, {describe_duration(behind)} before a server's last recorded time.",
            advice=KEEP_SET,
        )
    elif kept is not None and -behind > GAP:
        yield Finding(
            subject="clock",
            level=Level.WARNING,
            sentence=f"It is {now:%Y-%m-%d %H:%M:%S} UTC, {describe_duration(-behind)} after a server's last recorded time.",
            advice=f"This is fine if no server was running in between. Otherwise: {KEEP_SET}",
        )
    else:
        yield Finding(subject="clock", level=Level.OK, sentence=f"It is {now:%Y-%m-%d %H:%M:%S} UTC.")
    ahead = describe_order(newest - now) if newest is not None else None
    if ahead:
        yield Finding(subject="order", level=Level.WARNING, sentence=ahead, advice="Nothing to do if the clock is correct now.")


def check_backlog(now: datetime, backlog: Backlog) -> Iterator[Finding]:
    """Receipts that are pending or quarantined."""
    age_seconds = (now - backlog.oldest_accepted_at).total_seconds() if backlog.oldest_accepted_at else 0.0
    is_late = age_seconds > PATIENCE_SECONDS
    yield Finding(
        subject="backlog",
        level=Level.PROBLEM if is_late else Level.OK,
        sentence=f"{backlog.pending} receipts are pending, the oldest for {max(0.0, age_seconds):.0f} s."
        if backlog.pending
        else "No receipt is pending.",
        advice="A running server settles them: shipledger serve. If one is running, check its log." if is_late else "",
    )
    if backlog.quarantined:
        yield Finding(
            subject="quarantine",
            level=Level.PROBLEM,
            sentence=f"{backlog.quarantined} receipts are quarantined: an internal error prevented settlement.",
            advice="List them: shipledger receipts list --state quarantined. After an upgrade: shipledger receipts replay ID",
        )


def check_unfinished(operations: Sequence[Unfinished]) -> Iterator[Finding]:
    """Operations that are running or were interrupted."""
    for operation in operations:
        yield Finding(
            subject=operation.name,
            level=Level.PROBLEM,
            sentence=operation.remedy,
            advice="Ignore this while the operation is running. The ledger cannot be used until it finishes."
            if operation.is_barred
            else "",
        )


def check_git(git: str | None, backlog: PackBacklog) -> Iterator[Finding]:
    """Whether git is installed, and whether packs were refused."""
    waiting = (
        f"{backlog.pending} git packs are waiting to be indexed" if backlog.pending else "no git pack is waiting to be indexed"
    )
    if git is None:
        yield Finding(
            subject="git",
            level=Level.PROBLEM if backlog.pending else Level.WARNING,
            sentence=f"git is not installed, so commits in uploaded packs cannot be read; {waiting}.",
            advice="Install git on the server's PATH: apt-get install git",
        )
    else:
        yield Finding(subject="git", level=Level.OK, sentence=f"git is installed; {waiting}.")
    if backlog.refused:
        yield Finding(
            subject="packs",
            level=Level.WARNING,
            sentence=f"{backlog.refused} git packs were refused, so some commits are missing.",
            advice="See why: shipledger packs --state refused. The next upload sends those commits again.",
        )


def check_credentials(credentials: list[Credential]) -> Iterator[Finding]:
    """Whether any credential is live."""
    live = sum(credential.revoked_at is None for credential in credentials)
    yield Finding(
        subject="credentials",
        level=Level.OK if live else Level.WARNING,
        sentence=f"{live} credentials are live." if live else "No deployment can be recorded: there is no live credential.",
        advice="" if live else f"shipledger credential create {SUGGESTED_KIND} --name NAME",
    )
