"""Killed at any moment, the program loses nothing that it acknowledged and does nothing twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.smoke.torture import torture

pytestmark = pytest.mark.smoke


def test_killed_at_random_moments_it_loses_nothing_and_does_nothing_twice(tmp_path: Path) -> None:
    summary = torture(tmp_path, rounds=4, seed=20261121)
    assert summary.acknowledged > 20


@pytest.mark.torture
@pytest.mark.timeout(0)
def test_killed_two_hundred_times_it_loses_nothing_and_does_nothing_twice(tmp_path: Path) -> None:
    summary = torture(tmp_path, rounds=200, seed=20261121)
    print(summary)
    assert summary.acknowledged > 1_000
