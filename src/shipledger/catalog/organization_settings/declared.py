"""Every setting that an organization has: a line each. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from shipledger.catalog.issue import IssueMode
from shipledger.catalog.organization_settings.forms import Address, Choice, Choices, Form, Number, Projects
from shipledger.catalog.organization_settings.model import ScopeKind, SettingScope, Value
from shipledger.catalog.silence_limits import MOST_HOURS
from shipledger.ledger.naming import IssueSource
from shipledger.ledger.verdict import Reason

HOURS = Number(0, MOST_HOURS, "hours", zero="forever")
DAYS = Number(0, 36_500, "days", zero="forever", is_whole=True)
SOURCES = tuple(source.value for source in IssueSource if source is not IssueSource.SENDER)
_CONNECTING = ("issues connect", "issues disconnect")
_EVERY = tuple(ScopeKind)
_ALONE = (ScopeKind.ORGANIZATION,)

CONFIGURE, ADMINISTER = "configuration", "administer"
"""Rights. To erase what others need, and to open pages to everybody, is for administrators."""

ANY, REGISTERED = "any", "registered"
MEMBERS, EVERYBODY = "members", "everybody"


class Setting(Struct, frozen=True):
    """``scopes``: for what it may be set. ``default``: what counts if nobody, nor the installation, says anything.

    ``commands``: those that set and withdraw it, if these alone do, since there is more to do. ``right``: to change it.
    """

    key: str
    form: Form
    scopes: tuple[ScopeKind, ...]
    description: str
    affects: str
    default: Value | None = None
    commands: tuple[str, ...] = ()
    right: str = CONFIGURE


ISSUE_MODE, ISSUE_PROJECTS, KNOWN_SERVICES = "issue_mode", "issue_projects", "known_services"
ISSUE_SITE, SITE_PROJECTS = "issue_site", "issue_site_projects"
ISSUE_KEYS_IN, DENIED_PROJECTS = "issue_keys_in", "issue_denied_projects"
SILENCE_LIMIT, GATE_TIMEOUT = "silence_limit_hours", "gate_timeout_hours"
MERGE_WITHIN = "merge_within_seconds"
RECEIPT_RETENTION, OUTBOX_RETENTION = "receipt_retention_days", "outbox_retention_days"
REFUSED_RETENTION = "refused_retention_days"
READERS = "readers"

_DECLARED = (
    Setting(
        ISSUE_MODE,
        Choice(tuple(IssueMode)),
        _ALONE,
        "Which issues deployments may reference: every well-formed key, those of `issue_projects`, or those in the directory. "
        "Not set: all, or what the installation's `jira_allowed_projects` lists.",
        "reports that arrive from now on",
    ),
    Setting(
        ISSUE_PROJECTS,
        Projects(),
        _ALONE,
        "The projects whose issues deployments may reference while `issue_mode` is `projects`.",
        "reports that arrive from now on",
    ),
    Setting(
        DENIED_PROJECTS,
        Projects(least=0),
        _ALONE,
        "Words before a hyphen and a number that are not projects, such as UTF and SHA. A project with issues in the directory "
        "still counts as a project.",
        "reports that arrive from now on, and which keys have pages",
    ),
    Setting(
        ISSUE_KEYS_IN,
        Choices(SOURCES, none="nowhere"),
        _ALONE,
        "Where issue keys count besides those that senders name as issues: in the title, the message, or the message of a "
        "release's own commit.",
        "reports that arrive from now on",
    ),
    Setting(
        KNOWN_SERVICES,
        Choice((ANY, REGISTERED)),
        _ALONE,
        "Which services deployments may name: any, or only those in the catalog.",
        "reports that arrive from now on",
        ANY,
    ),
    Setting(
        ISSUE_SITE,
        Address(),
        _ALONE,
        "The site of the tracker that issues are read from. `shipledger issues connect` sets it, with a token.",
        "issues that are read from now on",
        commands=_CONNECTING,
    ),
    Setting(
        SITE_PROJECTS,
        Projects(),
        _ALONE,
        "The projects that are read from `issue_site`. Not set: all that its account can see.",
        "issues that are read from now on",
        commands=_CONNECTING,
    ),
    Setting(
        SILENCE_LIMIT,
        HOURS,
        _EVERY,
        "How long a running deployment may go without a report before it is shown as unknown; 0: forever.",
        "deployments that run",
    ),
    Setting(
        GATE_TIMEOUT,
        HOURS,
        _EVERY,
        "How long a deployment may wait at its gate before it is prevented without a decision; 0: forever.",
        "deployments that wait at a gate",
    ),
    Setting(
        MERGE_WITHIN,
        Number(0, 86_400, "seconds", zero="never", is_whole=True),
        _EVERY,
        "How far apart two protocols may report the end of a deployment for their records to be merged: of the same commit, to "
        "the same environment. `shipledger deployments duplicates` shows what that would merge; 0: never.",
        "deployments of the last 30 days, and those that are reported from now on, within a minute",
        0.0,
    ),
    Setting(
        RECEIPT_RETENTION,
        DAYS,
        _ALONE,
        "How long receipts keep what arrived; 0: forever. Entries are always kept.",
        "all receipts, within ten minutes; what was emptied does not come back",
        right=ADMINISTER,
    ),
    Setting(
        OUTBOX_RETENTION,
        DAYS,
        _ALONE,
        "How long the log keeps messages that were delivered or given up; 0: forever.",
        "all messages, within ten minutes; what was forgotten does not come back",
        right=ADMINISTER,
    ),
    Setting(
        REFUSED_RETENTION,
        DAYS,
        _ALONE,
        "How long refused requests are kept; 0: until newer ones take their place.",
        "all refused requests, within ten minutes; what was forgotten does not come back",
        right=ADMINISTER,
    ),
    Setting(
        READERS,
        Choice((MEMBERS, EVERYBODY)),
        _ALONE,
        "Who may read the pages: members, who sign in, or everybody who reaches the server, such as a screen on a wall. Nobody "
        "changes anything without signing in.",
        "pages",
        MEMBERS,
        right=ADMINISTER,
    ),
)

SETTINGS: Mapping[str, Setting] = {one.key: one for one in _DECLARED}


class Fault(Struct, frozen=True):
    """Why a setting cannot be set. ``wish`` is what follows its key in a sentence."""

    key: str
    reason: Reason
    wish: str

    @property
    def sentence(self) -> str:
        return f"{self.key} {self.wish}."


def find_fault(scope: SettingScope, values: Mapping[str, Any]) -> Fault | None:
    """What is wrong with values of one scope; None if each can be set there. None as a value withdraws."""
    for key, value in values.items():
        setting = SETTINGS.get(key)
        if setting is None:
            return Fault(key, Reason.UNKNOWN_SETTING, f"is no setting; the settings are {', '.join(SETTINGS)}")
        if scope.kind not in setting.scopes:
            allowed = " or ".join(setting.scopes)
            return Fault(key, Reason.INVALID_SETTING, f"cannot be set for a {scope.kind}, only for the {allowed}")
        if value is not None and setting.form.accept(value) is None:
            return Fault(key, Reason.INVALID_SETTING, f"must be {setting.form.accepts}")
    return None


def find_foreign(values: Mapping[str, Any], command: str = "") -> Fault | None:
    """That one of the values is set by a command which is not ``command``; None if that may set them all."""
    for key in values:
        commands = SETTINGS[key].commands if key in SETTINGS else ()
        if commands and command not in commands:
            words = " and ".join(f"`shipledger {one}`" for one in commands)
            return Fault(key, Reason.INVALID_SETTING, f"is changed with {words} alone")
    return None


def accept_all(values: Mapping[str, Any]) -> dict[str, Value | None]:
    """Values without a fault, as they are kept."""
    return {key: None if value is None else SETTINGS[key].form.accept(value) for key, value in values.items()}


def find_contradiction(values: Mapping[str, Value]) -> Fault | None:
    """What is wrong with all values of a scope together."""
    if values.get(ISSUE_MODE) == IssueMode.PROJECTS and not values.get(ISSUE_PROJECTS):
        return Fault(ISSUE_PROJECTS, Reason.INVALID_SETTING, f"must name a project while {ISSUE_MODE} is {IssueMode.PROJECTS}")
    return None
