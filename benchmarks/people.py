"""(p) a page for who has signed in, (q) creates while 200 sessions read, (r) creates in a flood of logins."""

from __future__ import annotations

import asyncio
import shutil
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

from msgspec.structs import replace

from benchmarks import bodies
from benchmarks.dataset import CACHE, get_dataset
from benchmarks.load import Job, Outcome
from benchmarks.results import Result, Scale, describe, expect
from benchmarks.servers import measure, ours, processor_seconds, start_measuring
from benchmarks.stranger import stranger
from shipledger.access.people.doorkeeper import Doorkeeper
from shipledger.access.people.passwords import Passwords
from shipledger.access.people.roles import Role
from shipledger.access.people.session import cookie_name
from shipledger.access.people.sign_in_limits import SignInLimits
from shipledger.catalog.organization_settings.model import WHOLE_ORGANIZATION, ChangeSettings
from shipledger.clock import Clock
from shipledger.ingestion.at_once import AskingStore
from shipledger.ledger.actor import Actor, ActorKind
from shipledger.store.contract import Store
from shipledger.store.open import open_store
from tests.support.people import members_of
from tests.support.program import RunningServer

SESSIONS = 200
POLL_SECONDS = 5.0
"""An open page asks so often for what is new."""

CREATES_PER_SECOND = 200.0
LOGINS_PER_SECOND = 100.0
ACCOUNTS = 500
PAGE = "/deployments"
_BY = Actor(ActorKind.COMMAND, "benchmark")


def measure_people(scale: Scale) -> list[Result]:
    """(p) the cost of a session, (q) readers beside creates, (r) a flood of logins beside creates."""
    few = get_dataset(scale.few_deployments)
    with tempfile.TemporaryDirectory(prefix="people-", dir=CACHE) as folder:
        database = Path(folder).absolute() / "ledger.db"
        shutil.copy(few.database, database)
        cookies = asyncio.run(sign_in_readers(database, few.organization_id))
        with ours(database, trusted_proxies="127.0.0.1", log_level="error") as server:
            create = bodies.numbered_create(few.api_key)
            return [
                _measure_pages(server.port, cookies[0], scale),
                *_measure_creates(server, create, cookies, scale),
            ]


async def sign_in_readers(database: Path, organization_id: str) -> list[str]:
    """The cookie of each of SESSIONS people, after opening the organization to everybody who reads."""
    store: Store = await open_store(f"sqlite:///{database}")
    clock = Clock()
    try:
        opened = [ChangeSettings(WHOLE_ORGANIZATION, {"readers": "everybody"})]
        await AskingStore(store, clock).ask(organization_id, opened, operation="change settings", actor=_BY)
        doorkeeper = Doorkeeper(store, clock, Passwords(), SignInLimits(time.monotonic))
        members = members_of(store, clock)
        name = cookie_name((await store.find_installation()).ledger_id, is_secure=False)
        cookies = []
        for number in range(SESSIONS):
            invited = await members.invite(organization_id, f"reader-{number}@example.com", role=Role.VIEWER, by=_BY)
            visit = await doorkeeper.open_session(
                invited.person, address="127.0.0.1", agent="bench", organization_id=organization_id
            )
            cookies.append(f"{name}={visit.secret}")
        return cookies
    finally:
        await store.close()


def _measure_pages(port: int, cookie: str, scale: Scale) -> Result:
    """The same page, one after the other, with a session and without."""
    rounds = []
    for _ in range(scale.rounds):
        pair = [
            measure(Job(port=port, requests=[_get(PAGE, header)], connections=1, seconds=scale.seconds / 2))
            for header in ("", cookie)
        ]
        for one in pair:
            expect(one, {"200"})
        rounds.append(pair)
    more = statistics.median(signed.p50_milliseconds - open_.p50_milliseconds for open_, signed in rounds)
    return Result(
        letter="p",
        what=f"{PAGE} for who has signed in, against everybody's",
        floor=describe([open_ for open_, _ in rounds]),
        ours=describe([signed for _, signed in rounds]),
        figure=f"{more:+.2f} ms",
        target="≤ 2 ms",
        is_met=more <= 2,
    )


def _measure_creates(server: RunningServer, create: list[bytes], cookies: Sequence[str], scale: Scale) -> list[Result]:
    """Creates at a steady rate: alone, beside readers, beside a process that uses as much of the core, in a flood of logins."""
    polls_per_second = SESSIONS / POLL_SECONDS
    readers = Job(
        port=server.port,
        requests=[_get(PAGE, one, is_poll=True) for one in cookies],
        connections=SESSIONS // 4,
        rate=polls_per_second,
        seconds=scale.seconds + 1,
    )
    logins = Job(
        port=server.port,
        requests=[_login(number) for number in range(ACCOUNTS)],
        connections=150,
        rate=LOGINS_PER_SECOND,
        seconds=scale.seconds + 1,
    )
    alone, reading, strange, flooded, read, flood, shares, number = [], [], [], [], [], [], [], 0
    for _ in range(scale.rounds):
        job = Job(port=server.port, numbered=create, rate=CREATES_PER_SECOND, seconds=scale.seconds)
        before = _measure_beside(server, job, number)
        beside = _measure_beside(server, job, before.outcome.next_number, readers)
        share = beside.share_of_core - before.share_of_core
        with stranger(rate=polls_per_second, share=share, seconds=60):
            other = _measure_beside(server, job, beside.outcome.next_number)
        last = _measure_beside(server, job, other.outcome.next_number, logins)
        number = last.outcome.next_number
        alone.append(before.outcome)
        reading.append(beside.outcome)
        strange.append(other.outcome)
        flooded.append(last.outcome)
        read.append(beside.other)
        flood.append(last.other)
        shares.append(share)
    for one in (*alone, *reading, *strange, *flooded):
        expect(one, {"202"})
    for one in read:
        expect(one, {"200", "204"})
    for one in flood:
        expect(one, {"422", "429", "503"})
    every = f"creates at {CREATES_PER_SECOND:,.0f} a second"
    answers = sum(sum(one.statuses.values()) for one in flood)
    hashed = sum(one.statuses.get("422", 0) for one in flood) / answers
    reads = f"{every} while {SESSIONS} sessions read"
    same = f"the same, against a process beside the server that uses as much of its core ({statistics.median(shares):.0%})"
    floods = f"{every} in a flood of {LOGINS_PER_SECOND:,.0f} logins a second, of which {hashed:.0%} are hashed"
    return [
        compare_beside("q", reads, alone, reading, read, most=1.1),
        compare_beside("q", same, strange, reading, most=1.1),
        compare_beside("r", floods, alone, flooded, flood, most=1.2),
    ]


class _Beside(NamedTuple):
    """Creates, what was measured beside them, and how much of a core the server used."""

    outcome: Outcome
    other: Outcome
    share_of_core: float


def _measure_beside(server: RunningServer, job: Job, first_number: int, besides: Job | None = None) -> _Beside:
    creates = replace(job, first_number=first_number)
    if besides is None:
        outcome, share = _measure_share(server, creates)
        return _Beside(outcome, outcome, share)
    with start_measuring(besides) as collect:
        time.sleep(besides.warmup_seconds)
        outcome, share = _measure_share(server, creates)
        return _Beside(outcome, collect(), share)


def _measure_share(server: RunningServer, job: Job) -> tuple[Outcome, float]:
    used, began = processor_seconds(server.pid), time.perf_counter()
    outcome = measure(job)
    return outcome, (processor_seconds(server.pid) - used) / (time.perf_counter() - began)


def compare_beside(
    letter: str, what: str, alone: Sequence[Outcome], beside: Sequence[Outcome], others: Sequence[Outcome] = (), *, most: float
) -> Result:
    """How much longer a create takes to be acknowledged, in the middle, and whether all were."""
    slower = statistics.median(one.p50_milliseconds / before.p50_milliseconds for before, one in zip(alone, beside, strict=True))
    share = statistics.median(one.per_second / before.per_second for before, one in zip(alone, beside, strict=True))
    return Result(
        letter=letter,
        what=f"{what}; the others: {describe(others)}" if others else what,
        floor=describe(alone),
        ours=describe(beside),
        figure=f"{slower:.2f} times, {share:.2f} of the rate",
        target=f"≤ {most:g} times",
        is_met=slower <= most and share >= 2 - most,
    )


def _get(path: str, cookie: str, *, is_poll: bool = False) -> bytes:
    header = f"Cookie: {cookie}\r\n" if cookie else ""
    header += "HX-Request: true\r\n" if is_poll else ""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{header}\r\n".encode()


def _login(number: int) -> bytes:
    """A wrong password for an account, each from an address of its own: limits of an address do not help against these."""
    body = urlencode({"email": f"reader-{number % SESSIONS}@example.com", "password": f"wrong password {number}"})
    lines = {
        "Host": "127.0.0.1",
        "Origin": "http://127.0.0.1",
        "Sec-Fetch-Site": "same-origin",
        "X-Forwarded-For": f"10.{number // 65_536 % 256}.{number // 256 % 256}.{number % 256}",
        "Content-Type": "application/x-www-form-urlencoded",
        "Content-Length": str(len(body)),
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"POST /login HTTP/1.1\r\n{head}\r\n{body}".encode()
