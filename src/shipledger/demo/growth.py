"""What the growth team's jobs reported through iftrue's API, which knows members and pull requests. Pure."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from shipledger.demo.call import Call, Sender
from shipledger.demo.company import LOYALTY
from shipledger.demo.history import History

PATH = "/v1/organization/deployment"
WEEKS = 10
SEED = 20_230_814
WORDS = ("Count points twice on Sundays", "Mail vouchers at noon", "Show what points are worth", "Expire points after a year")
FAILED_WEEK = 6


def list_steps(until: datetime, history: History) -> list[Call]:
    """Every call before ``until``, oldest first: a release each week, the last half an hour ago."""
    return sorted(_tell(until, history), key=lambda call: call.at)


def _tell(until: datetime, history: History) -> Iterator[Call]:
    dice = random.Random(SEED)  # noqa: S311  sample data
    for week in range(WEEKS, -1, -1):
        minutes = dice.randint(3, 9)
        at = until - timedelta(weeks=week, minutes=31)
        title = f"{LOYALTY.issue_prefix}-{300 - week} {dice.choice(WORDS)}"
        (commit,) = history.merge(LOYALTY, at - timedelta(minutes=minutes), title).values()
        body = {
            "title": title,
            "branch": "main",
            "commit_id": commit,
            "member_id": history.author_of(commit).login,
            "pull_request_number": 101 + WEEKS - week,
            "repository_url": f"https://{LOYALTY.repositories[0]}.git",
            "deployment_duration": minutes,
            "commits_count": 2,
            "status": "fail" if week == FAILED_WEEK else "succes",
        }
        yield Call(at=at, sender=Sender.GROWTH, method="POST", path=PATH, body=body)
