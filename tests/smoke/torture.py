"""Kill the real program, and its database, at random moments under load, start it again, and look for what is lost.

`python -m tests.smoke.torture` runs 1,000 rounds, 200 of them with one node on SQLite and 800 with two on one PostgreSQL.
`--rounds 50 --store postgres` runs fewer, on one store; `--seed` repeats a run as far as timing allows.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import tempfile
import time
from collections import Counter
from pathlib import Path

from msgspec import Struct, field

from tests.smoke import aftermath
from tests.smoke.cluster import CLUSTERS, Cluster, Strikes
from tests.smoke.pounding import Pounding

ROUNDS_OF_A_LEDGER = 200
"""After so many rounds everything is verified, and a new ledger begun: looking at all of a large one takes long."""

REPORT_EVERY = 20
SAMPLED = 200
ACKNOWLEDGED_IN_A_ROUND = 10
RECOVERED_WITHIN_SECONDS = 60.0
SHARES = {"sqlite": 0.2, "postgres": 0.8}


class Summary(Struct):
    """What a run on one store did."""

    store: str
    rounds: int = 0
    nodes_killed: int = 0
    postgres_killed: int = 0
    acknowledged: int = 0
    answers: Counter[int | str] = field(default_factory=Counter)
    seconds: float = 0.0

    def __str__(self) -> str:
        return (
            f"{self.store}: {self.rounds:,} rounds in {self.seconds:,.0f} s, {self.nodes_killed:,} nodes and PostgreSQL "
            f"{self.postgres_killed:,} times killed; {self.acknowledged:,} acknowledged writes, none lost, none twice. "
            f"Answers: {dict(self.answers)}"
        )


def torture(directory: Path, *, store: str, rounds: int, seed: int) -> Summary:
    """So many rounds on one store. Raises AssertionError for anything that was lost or happened twice."""
    summary = Summary(store=store)
    chance = random.Random(seed)
    began = time.perf_counter()
    while summary.rounds < rounds:
        folder = directory / f"{store}-{summary.rounds}"
        folder.mkdir()
        until = min(rounds, summary.rounds + ROUNDS_OF_A_LEDGER)
        asyncio.run(_torture_a_ledger(folder, summary, chance, until=until))
    summary.seconds = time.perf_counter() - began
    return summary


async def _torture_a_ledger(folder: Path, summary: Summary, chance: random.Random, *, until: int) -> None:
    async with CLUSTERS[summary.store](folder) as cluster:
        pounding = Pounding(*(node.url for node in cluster.nodes), key=cluster.key, seed=chance.randrange(1 << 32))
        strikes = Strikes(cluster, chance)
        stop = asyncio.Event()
        load = asyncio.create_task(pounding.run(until=stop))
        try:
            while summary.rounds < until:
                await _wait_for_acknowledgements(pounding, load, cluster)
                await asyncio.sleep(chance.uniform(0.0, 0.3))
                await strikes.strike()
                await asyncio.to_thread(aftermath.check_so_far, cluster.nodes[0], tuple(pounding.acknowledged))
                summary.rounds += 1
                if summary.rounds % REPORT_EVERY == 0:
                    print(f"{summary.store}: round {summary.rounds:,}, {_count(pounding, summary):,} acknowledged", flush=True)
            await strikes.recover()
            await _wait_for_acknowledgements(pounding, load, cluster)
        finally:
            stop.set()
            await load
        await asyncio.to_thread(_check_all, cluster, pounding)
        summary.acknowledged = _count(pounding, summary)
        summary.answers += pounding.statuses
        summary.nodes_killed += strikes.nodes_killed
        summary.postgres_killed += strikes.postgres_killed


async def _wait_for_acknowledgements(pounding: Pounding, load: asyncio.Task[None], cluster: Cluster) -> None:
    """Whatever was killed, the program recovers without hands."""
    enough = len(pounding.acknowledged) + ACKNOWLEDGED_IN_A_ROUND
    deadline = time.monotonic() + RECOVERED_WITHIN_SECONDS
    while len(pounding.acknowledged) < enough:
        if load.done():
            await load
        logs = [node.log.read_text()[-2_000:] for node in cluster.nodes] if time.monotonic() > deadline else []
        assert not logs, f"accepts nothing any more: {pounding.statuses} {logs}"
        await asyncio.sleep(0.01)


def _check_all(cluster: Cluster, pounding: Pounding) -> None:
    node = cluster.nodes[0]
    aftermath.check(node, pounding.acknowledged)
    aftermath.check_status(node, cluster.key, pounding.acknowledged[-SAMPLED:])
    for each in cluster.nodes:
        assert each.terminate() == 0, each.log.read_text()[-4_000:]
    aftermath.verify(node)


def _count(pounding: Pounding, summary: Summary) -> int:
    return summary.acknowledged + len(pounding.acknowledged)


def main() -> None:
    """Torture in a directory of its own."""
    parser = argparse.ArgumentParser(prog="python -m tests.smoke.torture", description=__doc__)
    parser.add_argument("--rounds", type=int, default=1_000, help="over all stores together")
    parser.add_argument("--store", choices=SHARES, help="only this one")
    parser.add_argument("--seed", type=int, default=None)
    options = parser.parse_args()
    seed = random.randrange(1 << 32) if options.seed is None else options.seed
    print(f"seed {seed}", flush=True)
    shares = {options.store: 1.0} if options.store else SHARES
    summaries = []
    with tempfile.TemporaryDirectory(prefix="torture-") as directory:
        for store, share in shares.items():
            rounds = round(options.rounds * share)
            summaries.append(torture(Path(directory), store=store, rounds=rounds, seed=seed))
    print(*summaries, sep="\n")


if __name__ == "__main__":
    main()
