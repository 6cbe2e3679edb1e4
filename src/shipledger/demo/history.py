"""The company's repositories: commits with authors and parents, and the pull requests that brought them. Pure."""

from __future__ import annotations

import hashlib
import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from shipledger.demo.call import Call, Sender
from shipledger.demo.company import OBJECTS, VERBS, Person, SampleService, list_team

PATH = "/ledger/v1/commits"
REQUEST_PATH = "/ledger/v1/pull-requests"
SEED = 20_180_912
BATCHED_BEFORE = timedelta(days=14)
"""What is older came in once a week, which keeps the sample small; what is newer, at once."""

FOLDERS = ("api", "src", "src/model", "src/views", "tests", "config")
FILES = ("main.py", "settings.toml", "orders.py", "client.py", "routes.py", "cache.py", "README.md")


class _Sent(Struct, frozen=True, kw_only=True):
    """When a change was merged, and when the ledger heard of it."""

    merged_at: datetime
    at: datetime


class History:
    """What was committed up to ``until``. Changes of a repository are told in the order in which they were merged."""

    def __init__(self, until: datetime) -> None:
        self._dice = random.Random(SEED)  # noqa: S311  sample data
        self._until = until
        self._heads: dict[str, str] = {}
        self._numbers: dict[str, int] = defaultdict(lambda: 100)
        self._commits: dict[datetime, list[dict[str, Any]]] = defaultdict(list)
        self._requests: dict[datetime, list[dict[str, Any]]] = defaultdict(list)
        self._authors: dict[str, Person] = {}

    def merge(self, service: SampleService, deployed_at: datetime, title: str) -> dict[str, str]:
        """The commit, by repository, that a deployment at ``deployed_at`` of a change with this title brings."""
        if self._until - deployed_at > BATCHED_BEFORE:
            merged_at = deployed_at - timedelta(days=7)
            monday = (deployed_at - timedelta(days=deployed_at.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)
            sent_at = monday - timedelta(hours=1)
        else:
            merged_at = deployed_at - timedelta(minutes=12)
            sent_at = merged_at + timedelta(seconds=20)
        sent = _Sent(merged_at=merged_at, at=sent_at)
        return {name: self._merge(name, service, sent, title) for name in service.repositories}

    def author_of(self, commit: str) -> Person:
        """Who merged it."""
        return self._authors[commit]

    def list_calls(self) -> Iterator[Call]:
        """What the mirror sent: commits before pull requests, so that these are known by theirs."""
        for at, commits in self._commits.items():
            yield Call(at=at, sender=Sender.COMMITS, method="POST", path=PATH, body=commits)
            later = at + timedelta(seconds=1)
            yield Call(at=later, sender=Sender.COMMITS, method="POST", path=REQUEST_PATH, body=self._requests[at])

    def _merge(self, repository: str, service: SampleService, sent: _Sent, title: str) -> str:
        dice, author, merged_at = self._dice, self._dice.choice(list_team(service.team)), sent.merged_at
        if repository not in self._heads:
            self._heads[repository] = self._commit(
                repository, (), author, (merged_at - timedelta(days=900), "First commit"), sent
            )
        base = tip = self._heads[repository]
        took = timedelta(hours=dice.randint(3, 40))
        key, _, words = title.partition(" ")
        messages = [f"{key} {words}", *(f"{dice.choice(VERBS)} {dice.choice(OBJECTS)}" for _ in range(dice.randint(0, 2)))]
        ids = []
        for place, message in enumerate(messages):
            tip = self._commit(repository, (tip,), author, (merged_at - took + timedelta(minutes=25 * place), message), sent)
            ids.append(tip)
        self._numbers[repository] += 1
        number = self._numbers[repository]
        merged = self._commit(repository, (base, tip), author, (merged_at, f"Merge pull request #{number}: {title}"), sent)
        self._heads[repository] = merged
        self._requests[sent.at].append(
            {
                "repository": repository,
                "number": number,
                "title": title,
                "author": author.login,
                "url": f"https://{repository}/pull/{number}",
                "branch": f"{key.lower()}-{words.split()[-1].lower()}",
                "target_branch": "main",
                "opened_at": (merged_at - took * 0.6).isoformat(),
                "reviewed_at": (merged_at - took * 0.3).isoformat(),
                "approved_at": (merged_at - took * 0.1).isoformat(),
                "merged_at": merged_at.isoformat(),
                "head_commit": tip,
                "merge_commit": merged,
                "commits": ids,
            }
        )
        return merged

    def _commit(self, repository: str, parents: tuple[str, ...], author: Person, told: tuple[datetime, str], sent: _Sent) -> str:
        """Its id, which depends on all that it says, as git's do. ``told``: when it was written, and its message."""
        at, message = told[0].isoformat(), told[1]
        text = "\0".join((repository, *parents, author.email, at, message))
        commit = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
        paths = {f"{self._dice.choice(FOLDERS)}/{self._dice.choice(FILES)}" for _ in range(self._dice.randint(1, 4))}
        self._authors[commit] = author
        self._commits[sent.at].append(
            {
                "repository": repository,
                "id": commit,
                "parents": parents,
                "authored_at": at,
                "committed_at": at,
                "author_name": author.name,
                "author_email": author.email,
                "message": message,
                "paths": sorted(paths),
                "url": f"https://{repository}/commit/{commit}",
            }
        )
        return commit
