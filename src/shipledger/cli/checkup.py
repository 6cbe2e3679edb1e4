"""What ``shipledger doctor`` looks at. Each check gives findings; none changes anything but the probe of a write."""

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
from shipledger.catalog.organization import Organization
from shipledger.observability.clock_remark import describe_duration, describe_order
from shipledger.settings import PREFIX, Settings
from shipledger.shell_words import command, quoted
from shipledger.store.contract import Backlog
from shipledger.store.node_contract import GAP, KeptTime
from shipledger.store.unfinished import Unfinished

GIGABYTE = 10**9
LOW_DISK_BYTES = 5 * GIGABYTE
FULL_DISK_BYTES = GIGABYTE // 5
PATIENCE_SECONDS = 60
CLOCK_TOLERANCE_SECONDS = 5
KEEP_SET = "Set the clock and keep it set, for example with chrony or systemd-timesyncd."
OTHERS = stat.S_IRWXG | stat.S_IRWXO

NETWORK_FILE_SYSTEMS = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "lustre", "fuse.sshfs"}
)
"""File systems on which SQLite's locks or shared memory do not work, or not always."""

CLIENT_VARIABLES = frozenset({"CONFIG", "URL", "TOKEN", "API_KEY"})
"""Variables with our prefix that are no settings of the server."""


class Level(StrEnum):
    """How bad it is. Only problems make the command fail."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


class Finding(Struct, frozen=True, omit_defaults=True):
    """What was found about one subject, and what to do about it."""

    subject: str
    level: Level
    sentence: str
    advice: str = ""


def check_variables(environment: Mapping[str, str]) -> Iterator[Finding]:
    """Variables that look like settings and are none."""
    known = {name.upper() for name in Settings.__struct_fields__} | CLIENT_VARIABLES
    for variable in sorted(environment):
        if variable.startswith(PREFIX) and variable.removeprefix(PREFIX) not in known:
            yield Finding(
                subject="settings",
                level=Level.WARNING,
                sentence=f"{variable} is no setting and has no effect.",
                advice="Compare its spelling with docs/reference/settings.md.",
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
            advice="Set SHIPLEDGER_PAGES to on or off. `shipledger link` prints the link that opens the pages.",
        )
    return Finding(subject="pages", level=Level.OK, sentence="The web pages open with the link that `shipledger link` prints.")


def check_disk(folder: Path) -> Finding:
    """Room for the ledger to grow."""
    free_bytes = shutil.disk_usage(folder).free
    sentence = f"{free_bytes / GIGABYTE:.1f} GB are free in {folder}."
    if free_bytes >= LOW_DISK_BYTES:
        return Finding(subject="disk", level=Level.OK, sentence=sentence)
    return Finding(
        subject="disk",
        level=Level.PROBLEM if free_bytes < FULL_DISK_BYTES else Level.WARNING,
        sentence=sentence,
        advice="Make room or move the database: when the disk is full, writes are refused.",
    )


def check_file_system(folder: Path, mounts: str) -> Iterator[Finding]:
    """Whether the database lies on a network. ``mounts`` is the text of Linux's /proc/mounts, empty elsewhere."""
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
            sentence=f"Other users of this machine have rights on {path} (mode {mode:03o}).",
            advice=f"chmod 600 {quoted(str(path))}",
        )
    if not os.access(path, os.R_OK | os.W_OK):
        return Finding(
            subject="permissions",
            level=Level.PROBLEM,
            sentence=f"{path} cannot be read and written by this user.",
            advice="Run as the user that the server runs as.",
        )
    return Finding(subject="permissions", level=Level.OK, sentence="Only its owner can read the database file.")


def check_names(path: Path) -> Iterator[Finding]:
    """Whether the file has another name, by which somebody might use it."""
    if path.stat().st_nlink > 1:
        yield Finding(
            subject="names",
            level=Level.WARNING,
            sentence=f"{path} has another name, a hard link. SQLite keeps a log for each name, and would damage the ledger.",
            advice="Use one name alone, and copy the file with `shipledger backup` instead of a link.",
        )


def check_clock(now: datetime, kept: KeptTime | None, newest: datetime | None) -> Iterator[Finding]:
    """Whether the clock was set: by what a server saw last, and by the place of the newest receipt in the order."""
    seen_at = kept.seen_at if kept is not None else newest
    behind = seen_at - now if seen_at is not None else timedelta()
    if behind.total_seconds() > CLOCK_TOLERANCE_SECONDS:
        yield Finding(
            subject="clock",
            level=Level.PROBLEM,
            sentence=f"It is {now:%Y-%m-%d %H:%M:%S} UTC, {describe_duration(behind)} before the time that a server saw last.",
            advice=KEEP_SET,
        )
    elif kept is not None and -behind > GAP:
        yield Finding(
            subject="clock",
            level=Level.WARNING,
            sentence=f"It is {now:%Y-%m-%d %H:%M:%S} UTC, {describe_duration(-behind)} after the time that a server saw last.",
            advice=f"When the ledger was not served meanwhile, all is well. Else: {KEEP_SET}",
        )
    else:
        yield Finding(subject="clock", level=Level.OK, sentence=f"It is {now:%Y-%m-%d %H:%M:%S} UTC.")
    ahead = describe_order(newest - now) if newest is not None else None
    if ahead:
        yield Finding(subject="order", level=Level.WARNING, sentence=ahead, advice="Nothing, if the clock is right now.")


def check_backlog(now: datetime, backlog: Backlog) -> Iterator[Finding]:
    """What waits for its verdict, and what was set aside."""
    age_seconds = (now - backlog.oldest_accepted_at).total_seconds() if backlog.oldest_accepted_at else 0.0
    is_late = age_seconds > PATIENCE_SECONDS
    yield Finding(
        subject="backlog",
        level=Level.PROBLEM if is_late else Level.OK,
        sentence=f"{backlog.pending} receipts wait for their verdict, the oldest for {max(0.0, age_seconds):.0f} s."
        if backlog.pending
        else "No receipt waits for its verdict.",
        advice="A running server settles them: shipledger serve. If one runs, read its log." if is_late else "",
    )
    if backlog.quarantined:
        yield Finding(
            subject="quarantine",
            level=Level.PROBLEM,
            sentence=f"{backlog.quarantined} receipts could not be settled because of a fault and were set aside.",
            advice="shipledger receipts list --state quarantined, and after an upgrade: shipledger receipts replay ID",
        )


def check_unfinished(operations: Sequence[Unfinished]) -> Iterator[Finding]:
    """What is under way, or was interrupted."""
    for operation in operations:
        yield Finding(
            subject=operation.name,
            level=Level.PROBLEM,
            sentence=operation.remedy,
            advice="Unless it is under way now. Until it is finished, the ledger is not used." if operation.is_barred else "",
        )


def check_git(git: str | None, backlog: PackBacklog) -> Iterator[Finding]:
    """Whether uploaded git packs can be read, and whether some could not."""
    waiting = f"{backlog.pending} git packs wait to be indexed" if backlog.pending else "no git pack waits to be indexed"
    if git is None:
        yield Finding(
            subject="git",
            level=Level.PROBLEM if backlog.pending else Level.WARNING,
            sentence=f"git is missing, so the commits of uploaded packs are not known; {waiting}.",
            advice="Install git where the server finds it: apt-get install git",
        )
    else:
        yield Finding(subject="git", level=Level.OK, sentence=f"git is there; {waiting}.")
    if backlog.refused:
        yield Finding(
            subject="packs",
            level=Level.WARNING,
            sentence=f"{backlog.refused} git packs were refused, so commits are missing.",
            advice="`shipledger packs --state refused` says why. The next upload sends those commits again.",
        )


def check_organizations(
    settings: Settings, organizations: list[Organization], credentials: list[Credential]
) -> Iterator[Finding]:
    """Whether the pages' organization exists and anyone can write."""
    slugs = {organization.slug for organization in organizations}
    if organizations and settings.pages_organization not in slugs:
        yield Finding(
            subject="pages",
            level=Level.PROBLEM,
            sentence=f"The web pages are set to show the organization {settings.pages_organization!r}, which does not exist.",
            advice=command("organization create", settings.pages_organization),
        )
    live = sum(credential.revoked_at is None for credential in credentials)
    yield Finding(
        subject="credentials",
        level=Level.OK if live else Level.WARNING,
        sentence=f"{live} credentials are live." if live else "Nobody can record a deployment: there is no live credential.",
        advice="" if live else "shipledger credential create opsgenie --name NAME",
    )
