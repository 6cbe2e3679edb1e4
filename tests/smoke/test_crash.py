"""Killed at any moment, the program and its database lose nothing that was acknowledged and do nothing twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.smoke.torture import SHARES, torture

pytestmark = pytest.mark.smoke


@pytest.mark.parametrize("store", ["sqlite", "postgres"])
def test_killed_at_random_moments_it_loses_nothing_and_does_nothing_twice(tmp_path: Path, store: str) -> None:
    summary = torture(tmp_path, store=store, rounds=4, seed=20261121)
    assert summary.acknowledged > 10
    assert summary.nodes_killed
    assert bool(summary.postgres_killed) == (store == "postgres")


@pytest.mark.torture
@pytest.mark.timeout(0)
@pytest.mark.parametrize("store", SHARES)
def test_killed_hundreds_of_times_it_loses_nothing_and_does_nothing_twice(tmp_path: Path, store: str) -> None:
    summary = torture(tmp_path, store=store, rounds=round(1_000 * SHARES[store]), seed=20261121)
    print(summary)
    assert summary.acknowledged > 1_000
