"""What the platform team's jobs reported: through Shipledger's own API, and until they were moved, through Datadog's. Pure."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from shipledger.demo.call import Call, Saved, Sender
from shipledger.demo.company import PROD_AP, PROD_EU, PROD_US, RECOMMENDATIONS
from shipledger.demo.history import History

PATH = "/ledger/v1/deployments"
GATES = "/ledger/v1/gates"
FORMER_PATH = "/api/v2/dora"
SERVICE = RECOMMENDATIONS.name
REPOSITORY = f"https://{RECOMMENDATIONS.repositories[0]}"
RUNS = f"{REPOSITORY}/actions/runs"
REGIONS = (PROD_EU.id, PROD_US.id, PROD_AP.id)
WEEKS = 8
FORMER_WEEKS = range(22, 12, -1)
"""The weeks ago in which they still reported through Datadog's API: the key has been silent since."""

SEED = 20_260_405
HOTFIX_WEEK = 3
GATED_WEEKS = {4: ("allow", "Reviewed with the shop team"), 2: ("prevent", "Not while the bank tests its gateway")}
"""The weeks ago in which the last region was asked for first, and what was decided."""

ASKED_BEFORE = timedelta(minutes=15)
"""A run that asks starts so much earlier."""

WORDS = ("Weigh recent orders more", "Learn from wish lists", "Skip what was returned", "Mix in new products")


class _Builder:
    """Builds releases of the service."""

    def __init__(self, history: History) -> None:
        self.dice = random.Random(SEED)  # noqa: S311  sample data
        self._history = history
        self._issue = 100

    def build(self, at: datetime, words: str = "") -> tuple[str, str, str]:
        """The commit of a release that is deployed first at ``at``, the issue that it is about, and who merged it."""
        self._issue += 1
        key = f"{RECOMMENDATIONS.issue_prefix}-{self._issue}"
        (commit,) = self._history.merge(RECOMMENDATIONS, at, f"{key} {words or self.dice.choice(WORDS)}").values()
        return commit, key, self._history.author_of(commit).login


def list_reports(until: datetime, history: History) -> list[Call]:
    """Every call before ``until``, oldest first."""
    builder = _Builder(history)
    told = (_tell_former, _tell_weekly, _tell_unfinished, _tell_newest)
    calls = [call for tell in told for call in tell(builder, until)]
    return sorted(calls, key=lambda call: call.at)


def _tell_former(builder: _Builder, until: datetime) -> Iterator[Call]:
    """A release each week. One failed, and the next day's remedied it."""
    failed = FORMER_WEEKS[4]
    for week in FORMER_WEEKS:
        ended, version, remedy = until - timedelta(weeks=week, hours=2), f"1.{40 - week}.0", f"1.{40 - week}.1"
        yield _report(builder, ended, version)
        if week == failed:
            remedied = ended + timedelta(days=1)
            yield _report(builder, remedied, remedy)
            remediation = {"deployment": Saved(_former_id(remedy)), "type": "rollforward"}
            yield Call(
                at=remedied + timedelta(minutes=3),
                sender=Sender.ADMINISTRATOR,
                method="POST",
                path=f"{PATH}/{{}}/marks",
                body={"change_failure": True, "remediation": remediation},
                about=_former_id(version),
            )


def _report(builder: _Builder, ended: datetime, version: str) -> Call:
    commit, _, _ = builder.build(ended)
    attributes = {
        "id": _former_id(version),
        "service": SERVICE,
        "env": "production",
        "team": RECOMMENDATIONS.team,
        "version": version,
        "started_at": int((ended - timedelta(minutes=6)).timestamp() * 10**9),
        "finished_at": int(ended.timestamp() * 10**9),
        "git": {"commit_sha": commit, "repository_url": REPOSITORY},
    }
    at, path, body = ended + timedelta(seconds=2), f"{FORMER_PATH}/deployment", {"data": {"attributes": attributes}}
    saves = _former_id(version)
    return Call(at=at, sender=Sender.FORMER, method="POST", path=path, body=body, saves=saves)


def _former_id(version: str) -> str:
    return f"recommendations-{version.replace('.', '-')}"


def _tell_weekly(builder: _Builder, until: datetime) -> Iterator[Call]:
    """A release each week through three regions, and once a hotfix."""
    for week in range(WEEKS, 0, -1):
        begins = until - timedelta(weeks=week) + timedelta(hours=builder.dice.randint(1, 4))
        yield from _ship(builder, begins, f"2.{WEEKS - week}.0", "", GATED_WEEKS.get(week))
        if week == HOTFIX_WEEK:
            begins += timedelta(hours=7)
            yield from _ship(builder, begins, f"2.{WEEKS - week}.1", "Hotfix: hide sold-out products", None)


def _ship(builder: _Builder, begins: datetime, version: str, hotfix: str, decided: tuple[str, str] | None) -> Iterator[Call]:
    (commit, key, actor), run = builder.build(begins, hotfix), builder.dice.randint(10**6, 10**7)
    title = f"{key} {hotfix}" if hotfix else f"Recommendations {version}: {key}"
    for number, environment in enumerate(REGIONS):
        started = begins + timedelta(minutes=25 * number)
        ended = started + timedelta(minutes=builder.dice.randint(4, 12))
        body = {**_body(environment, version, title, run, actor, commit), "tier": "production"}
        if hotfix:
            body["is_hotfix"] = True
        if decided is not None and environment == REGIONS[-1]:
            decision, reason = decided
            started -= ASKED_BEFORE
            yield from _gate(body, decision, reason, started)
            if decision == "prevent":
                yield _end(body, started, started + timedelta(minutes=12), state="cancelled")
                return
        yield _end(body, started, ended)


def _tell_unfinished(builder: _Builder, until: datetime) -> Iterator[Call]:
    """A run that nobody ended, and a deployment to an environment whose tier nothing tells."""
    stuck = until - timedelta(days=3, hours=2)
    body = _candidate(builder, 1, "staging", stuck)
    yield _call(stuck, {**body, "tier": "staging", "started_at": stuck.isoformat(), "state": "in_progress"})
    started = until - timedelta(days=1, hours=3)
    yield _end(_candidate(builder, 2, "cell-7", started), started, started + timedelta(minutes=5))


def _tell_newest(builder: _Builder, until: datetime) -> Iterator[Call]:
    """What reached two regions just now, the second after somebody had a look at it."""
    began = until - timedelta(minutes=70)
    body = _candidate(builder, 3, REGIONS[0], began)
    yield _end(body, began, began + timedelta(minutes=5))
    run = f"{RECOMMENDATIONS.name.lower()}/{body['run']}/{REGIONS[1]}"
    body = {**body, "environment": REGIONS[1], "external_id": run}
    began = until - timedelta(minutes=29)
    yield from _gate(body, "allow", "Looks well in the EU", began)
    yield _end(body, began, began + timedelta(minutes=20))


def _candidate(builder: _Builder, number: int, environment: str, at: datetime) -> dict[str, Any]:
    commit, key, actor = builder.build(at)
    title = f"Recommendations 2.8.0, candidate {number}: {key}"
    return _body(environment, f"2.8.0-rc{number}", title, 9_000_000 + number, actor, commit)


def _gate(body: dict[str, Any], decision: str, reason: str, started: datetime) -> Iterator[Call]:
    """The run asks as soon as it starts, and is answered in time."""
    name, answer = f"gate of {body['external_id']}", {"decision": decision, "reason": reason}
    asked = {**body, "started_at": started.isoformat()}
    yield Call(at=started, sender=Sender.PLATFORM, method="POST", path=GATES, body=asked, saves=name)
    at, path = started + timedelta(minutes=11), f"{GATES}/{{}}/decisions"
    yield Call(at=at, sender=Sender.BOARD, method="POST", path=path, body=answer, about=name)


def _end(body: dict[str, Any], started: datetime, ended: datetime, *, state: str = "successful") -> Call:
    times = {"started_at": started.isoformat(), "finished_at": ended.isoformat()}
    return _call(ended, {**body, **times, "state": state})


def _body(environment: str, version: str, title: str, run: int, actor: str, commit: str) -> dict[str, Any]:  # noqa: PLR0917  the members of a report
    return {
        "external_id": f"recommendations/{run}/{environment}",
        "service": SERVICE,
        "environment": environment,
        "version": version,
        "title": title,
        "releases": [{"repository": REPOSITORY, "commit": commit}],
        "actor": actor,
        "ci": "github",
        "run": str(run),
        "attempt": "1",
        "url": f"{RUNS}/{run}",
    }


def _call(at: datetime, body: dict[str, Any]) -> Call:
    return Call(at=at + timedelta(seconds=1), sender=Sender.PLATFORM, method="POST", path=PATH, body=body)
