"""Values as people read them. Pure."""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import quote, urlsplit

_UUID = re.compile(r"^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$")
_HEXADECIMAL = re.compile(r"^[0-9a-fA-F]{12,}$")
_COMMIT_PATHS = {"bitbucket.org": "commits", "github.com": "commit", "gitlab.com": "-/commit"}
_UNITS = ((31_536_000, "year"), (2_592_000, "month"), (86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))
_MOST_HOURS = 48
_JUST_NOW_SECONDS = 5
_COMMIT_CHARACTERS = 24
_SHORT_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def relative(moment: datetime, now: datetime) -> str:
    """How long ago ``moment`` was: "3 minutes ago", "in 2 days". ``times.js`` keeps the same words current."""
    seconds = int((now - moment).total_seconds())
    if abs(seconds) < _JUST_NOW_SECONDS:
        return "just now"
    size, unit = next((size, unit) for size, unit in _UNITS if abs(seconds) >= size)
    count = abs(seconds) // size
    words = f"{count:,} {unit}{'' if count == 1 else 's'}"
    return f"{words} ago" if seconds > 0 else f"in {words}"


def exact(moment: datetime) -> str:
    """``moment`` in UTC to the second."""
    return moment.isoformat(sep=" ", timespec="seconds").replace("+00:00", " UTC")


def machine_time(moment: datetime) -> str:
    """``moment`` for a ``datetime`` attribute: UTC to the millisecond."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def duration(seconds: float) -> str:
    """A span in its two largest units: "3 min 12 s"."""
    rest = int(abs(seconds))
    for index, (size, unit) in enumerate(_SHORT_UNITS):
        if rest >= size or size == 1:
            words = f"{rest // size} {unit}"
            smaller = _SHORT_UNITS[index + 1] if index + 1 < len(_SHORT_UNITS) else None
            if smaller and (rest % size) // smaller[0]:
                words += f" {(rest % size) // smaller[0]} {smaller[1]}"
            return words
    raise AssertionError("the last unit takes every span")


def waited(seconds: float) -> str:
    """A configured limit: whole hours up to two days, else like any span."""
    hours, rest = divmod(seconds, 3_600)
    return f"{hours:.0f} h" if not rest and hours <= _MOST_HOURS else duration(seconds)


def short_commit(commit: str) -> str:
    """The first 10 characters of a hash; any other text, truncated after 24."""
    if _HEXADECIMAL.match(commit):
        return commit[:10]
    return commit if len(commit) <= _COMMIT_CHARACTERS else f"{commit[: _COMMIT_CHARACTERS - 1]}…"


def short_repository(repository: str) -> str:
    """The repository without its host."""
    return repository.partition("/")[2] or repository


def web_link(url: str | None) -> str:
    """``url`` if a browser may follow it (http or https with a host), else empty."""
    if not url:
        return ""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme.lower() in ("http", "https") and parts.netloc else ""


def commit_link(repository: str, commit: str) -> str:
    """Where the forge shows a commit, or nothing when the forge is not known."""
    host, _, path = repository.partition("/")
    if host not in _COMMIT_PATHS or path.count("/") < 1:
        return ""
    return f"https://{host}/{_forge_path(path)}/{_COMMIT_PATHS[host]}/{quote(commit, safe='')}"


def repository_link(repository: str) -> str:
    """Where the forge shows a repository, or nothing when the forge is not known."""
    host, _, path = repository.partition("/")
    return f"https://{host}/{_forge_path(path)}" if host in _COMMIT_PATHS and "/" in path else ""


def issue_path(key: str) -> str:
    """Where an issue's page is."""
    return f"/issues/{quote(key, safe='')}"


def project_path(project: str) -> str:
    """Where the page of a project of issues is."""
    return f"/projects/{quote(project, safe='')}"


def _forge_path(path: str) -> str:
    # Bitbucket addresses by UUID only in braces, which canonical names drop.
    parts = [f"{{{part}}}" if _UUID.match(part) else part for part in path.split("/")]
    return "/".join(quote(part, safe="") for part in parts)
