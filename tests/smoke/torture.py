"""Kill the real program, and its database, at random moments under load, start it again, and look for what is lost.

`python -m tests.smoke.torture` runs 1,000 rounds: 350 of them with one node on SQLite and, at the same time, 500 with two on one
PostgreSQL, and 150 with two of which one has a long way to the database: creates go to the one and changes to the other, and
tables are held. Two organizations send the same names. `--rounds 50 --store postgres` runs fewer, on one store; `--seed` repeats
a run as far as timing allows.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import random
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

from msgspec import Struct, field

from tests.smoke import aftermath
from tests.smoke.cluster import CLUSTERS, Cluster, Hindrances, Strikes
from tests.smoke.pounding import Acknowledged, Pounding

ROUNDS_OF_A_LEDGER = 200
"""After so many rounds everything is verified, and a new ledger begun: looking at all of a large one takes long."""

REPORT_EVERY = 20
SAMPLED = 200
ACKNOWLEDGED_IN_A_ROUND = 10
CONNECTIONS = 4
"""Of each organization."""

RECOVERED_WITHIN_SECONDS = 60.0
SHARES = {"sqlite": 0.35, "postgres": 0.5, "slow": 0.15}
SETUPS = {"sqlite": "SQLite, one node", "postgres": "PostgreSQL, two nodes", "slow": "PostgreSQL, two nodes, one far away"}


class Summary(Struct):
    """What a run on one store did."""

    store: str
    rounds: int = 0
    nodes_killed: int = 0
    postgres_killed: int = 0
    acknowledged: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    def __str__(self) -> str:
        """A row of the table in docs/promises.md. Whatever is lost or doubled ends a run, so there is none here."""
        postgres_killed = f"{self.postgres_killed:,} times" if self.store == "postgres" else ""
        return (
            f"| {SETUPS[self.store]} | {self.rounds:,} | {self.nodes_killed:,} | {postgres_killed} | {self.acknowledged:,} "
            f"| 0 | 0 | {self.seconds / 60:.0f} min |"
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
        pair = await asyncio.to_thread(_prepare, cluster, chance.randrange(1 << 32), is_apart=summary.store == "slow")
        strikes = Hindrances(cluster, chance) if summary.store == "slow" else Strikes(cluster, chance)
        stop = asyncio.Event()
        loads = [asyncio.create_task(pounding.run(until=stop)) for pounding in pair]
        try:
            while summary.rounds < until:
                await _wait_for_acknowledgements(pair, loads, cluster, strikes)
                await strikes.strike()
                await asyncio.to_thread(aftermath.check_so_far, cluster.nodes[0], _acknowledged(pair))
                summary.rounds += 1
                if summary.rounds % REPORT_EVERY == 0:
                    count = summary.acknowledged + len(_acknowledged(pair))
                    print(f"{summary.store}: round {summary.rounds:,}, {count:,} acknowledged", flush=True)
            await strikes.recover()
            await _wait_for_acknowledgements(pair, loads, cluster, strikes)
        finally:
            stop.set()
            await asyncio.gather(*loads)
        await asyncio.to_thread(_check_all, cluster, pair)
        summary.acknowledged += len(_acknowledged(pair))
        for pounding in pair:
            summary.answers.update({str(status): count for status, count in pounding.statuses.items()})
        summary.nodes_killed += strikes.nodes_killed
        summary.postgres_killed += strikes.postgres_killed


def _prepare(cluster: Cluster, seed: int, *, is_apart: bool) -> tuple[Pounding, Pounding]:
    """The loads of two organizations. Of one seed, they send the same names, each about its own deployments.

    ``is_apart``: creates go to the first node, and changes to the last.
    """
    node = cluster.nodes[0]
    node.run_here("organization", "create", "rival")
    urls = [each.url for each in cluster.nodes]
    creates, changes = (urls[:1], urls[-1:]) if is_apart else (urls, urls)
    first, second = (
        Pounding(*creates, key=key, seed=seed, connections=CONNECTIONS, change_urls=changes)
        for key in (cluster.key, node.credential("--organization", "rival"))
    )
    return first, second


def _acknowledged(pair: Sequence[Pounding]) -> list[Acknowledged]:
    return [write for pounding in pair for write in pounding.acknowledged]


async def _wait_for_acknowledgements(
    pair: Sequence[Pounding], loads: Sequence[asyncio.Task[None]], cluster: Cluster, strikes: Strikes | Hindrances
) -> None:
    """Whatever was killed, the program recovers without hands."""
    enough = len(_acknowledged(pair)) + ACKNOWLEDGED_IN_A_ROUND
    deadline = time.monotonic() + RECOVERED_WITHIN_SECONDS
    while len(_acknowledged(pair)) < enough:
        for load in loads:
            if load.done():
                await load
        logs = [node.log.read_text()[-2_000:] for node in cluster.nodes] if time.monotonic() > deadline else []
        strikes.supervise()
        assert not logs, f"accepts nothing any more: {[pounding.statuses for pounding in pair]} {logs}"
        await asyncio.sleep(0.01)


def _check_all(cluster: Cluster, pair: tuple[Pounding, Pounding]) -> None:
    node = cluster.nodes[0]
    aftermath.check(node, _acknowledged(pair))
    for own, other in (pair, pair[::-1]):
        aftermath.check_status(node, own.key, own.acknowledged[-SAMPLED:])
        aftermath.check_hidden(node, own.key, other.acknowledged[-SAMPLED:])
    for each in cluster.nodes:
        assert each.terminate() == 0, each.log.read_text()[-4_000:]
    aftermath.verify(node)


def main() -> None:
    """Torture in a directory of its own, each store in a process of its own."""
    parser = argparse.ArgumentParser(prog="python -m tests.smoke.torture", description=__doc__)
    parser.add_argument("--rounds", type=int, default=1_000, help="over all stores together")
    parser.add_argument("--store", choices=SHARES, help="only this one")
    parser.add_argument("--seed", type=int, default=None)
    options = parser.parse_args()
    seed = random.randrange(1 << 32) if options.seed is None else options.seed
    print(f"seed {seed}", flush=True)
    shares = {options.store: 1.0} if options.store else SHARES
    # Spawned rather than forked: a pool has threads, and servers are started from where there are none.
    spawning = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory(prefix="torture-") as directory, ProcessPoolExecutor(len(shares), spawning) as pool:
        runs = [
            pool.submit(torture, Path(directory), store=store, rounds=round(options.rounds * share), seed=seed)
            for store, share in shares.items()
        ]
        for run in as_completed(runs):
            print(run.exception() or f"{run.result().store} has lost nothing: {dict(run.result().answers)}", flush=True)
    print("For the table in docs/promises.md:", *(run.result() for run in runs), sep="\n")


if __name__ == "__main__":
    main()
