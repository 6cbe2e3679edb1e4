"""One request of the sample: who sends it, when, and what it asks for. Pure."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Any

from msgspec import Struct


class Sender(Enum):
    """Who calls: the kind of the credential, and its name."""

    SHOP = ("opsgenie", "Jenkins of the shop")
    MONITORING = ("opsgenie", "Monitoring")
    SUPPORT = ("native", "Support desk")
    MOBILE = ("jira-oauth", "Mobile app pipeline")
    PLATFORM = ("native", "GitHub Actions of the platform team")
    FORMER = ("datadog", "Former CI of the platform team")
    DISCOVERY = ("datadog", "Datadog of the discovery team")
    GROWTH = ("iftrue", "GitLab of the growth team")
    COMMITS = ("native", "Mirror of the repositories")
    BOARD = ("native", "Change advisory board")
    ADMINISTRATOR = ("personal", "Set up the ledger")
    """A person, with a token of her own."""
    STRANGER = ("opsgenie", "")
    """Its key is wrong: nobody has issued it."""


class Saved(Struct, frozen=True):
    """In a body, stands for the id of what an earlier call recorded under this name."""

    name: str


class Call(Struct, frozen=True, kw_only=True):
    """One HTTP request that ``sender`` made at ``at``.

    ``saves``: the name under which later calls find the id of what this one records. ``about``: that name in place of ``{}``
    in the path. ``refused``: the status with which it is refused; 0: it is accepted.
    """

    at: datetime
    sender: Sender
    method: str
    path: str
    body: Any
    saves: str = ""
    about: str = ""
    refused: int = 0
