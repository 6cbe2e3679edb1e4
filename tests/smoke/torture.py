"""Kill the real program with SIGKILL at random moments under load, start it again, and look for what is lost.

`python -m tests.smoke.torture --rounds 200` prints what it did; `--seed` repeats a run as far as timing allows.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import tempfile
import time
from collections import Counter
from pathlib import Path

from msgspec import Struct

from tests.smoke import aftermath
from tests.smoke.pounding import Pounding
from tests.support.program import RunningServer

CHECK_EVERY = 20
SAMPLED = 200


class Summary(Struct):
    """What a run did."""

    rounds: int = 0
    killed_while_starting: int = 0
    acknowledged: int = 0
    answers: Counter[int | str] = Counter()


def torture(directory: Path, *, rounds: int, seed: int) -> Summary:
    """Kill and restart ``rounds`` times. Raises AssertionError for anything that was lost or happened twice."""
    chance = random.Random(seed)
    summary = Summary()
    server = RunningServer(directory)
    try:
        server.start()
        key = server.credential()
        pounding = Pounding(server.url, key, seed=seed)
        for summary.rounds in range(1, rounds + 1):
            asyncio.run(_pound_and_kill(server, pounding, after=chance.uniform(0.02, 0.6)))
            if chance.random() < 0.2:
                server.spawn()
                time.sleep(chance.uniform(0.0, 0.8))
                server.kill()
                summary.killed_while_starting += 1
            server.start()
            if summary.rounds % CHECK_EVERY == 0:
                aftermath.check(server, pounding.acknowledged)
                print(f"round {summary.rounds}: {len(pounding.acknowledged):,} acknowledged, none lost", flush=True)
        aftermath.check(server, pounding.acknowledged)
        aftermath.check_status(server, key, pounding.acknowledged[-SAMPLED:])
        aftermath.verify(server)
        assert server.terminate() == 0
        aftermath.verify(server)
    finally:
        server.close()
    summary.acknowledged = len(pounding.acknowledged)
    summary.answers = pounding.statuses
    return summary


async def _pound_and_kill(server: RunningServer, pounding: Pounding, *, after: float) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.call_later(after, server.kill)
    loop.call_later(after, stop.set)
    await pounding.run(until=stop)


def main() -> None:
    """Torture in a directory of its own."""
    parser = argparse.ArgumentParser(prog="python -m tests.smoke.torture", description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=None)
    options = parser.parse_args()
    seed = random.randrange(1 << 32) if options.seed is None else options.seed
    print(f"seed {seed}")
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="torture-") as directory:
        summary = torture(Path(directory), rounds=options.rounds, seed=seed)
    print(
        f"{summary.rounds} rounds, {summary.killed_while_starting} of them killed again while starting, in "
        f"{time.perf_counter() - began:.0f} s: {summary.acknowledged:,} acknowledged writes, none lost, none twice.\n"
        f"Answers: {dict(summary.answers)}"
    )


if __name__ == "__main__":
    main()
