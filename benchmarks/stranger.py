"""A process that has nothing to do with the server and uses its core: `python -m benchmarks.stranger RATE SHARE SECONDS`.

What creates cost beside it is the floor of what they can cost beside any other work on the same core.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.servers import on_core


def main() -> None:
    """Use ``share`` of the core in so many pieces a second."""
    rate, share, seconds = map(float, sys.argv[1:4])
    due_at = time.perf_counter()
    end = due_at + seconds
    while due_at < end:
        time.sleep(max(0.0, due_at - time.perf_counter()))
        done_at = time.process_time() + share / rate
        while time.process_time() < done_at:
            pass
        due_at += 1 / rate


@contextmanager
def stranger(*, rate: float, share: float, seconds: float, core: int = 0) -> Iterator[None]:
    """Run it on the server's core."""
    arguments = [str(rate), str(max(share, 0.001)), str(seconds)]
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.stranger", *arguments],
        preexec_fn=on_core(core),  # noqa: PLW1509  no threads here
    )
    try:
        yield
    finally:
        process.kill()
        process.wait()


if __name__ == "__main__":
    main()
