"""The key in a path, encoded or not."""

from __future__ import annotations

import pytest

from shipledger.protocols.jira.paths import read_path


@pytest.mark.parametrize(
    "rest, places, number, is_gating",
    [
        ("p/environments/e/deployments/100", (("p", "e"),), 100, False),
        ("p/environments/e/deployments/100/gating-status", (("p", "e"),), 100, True),
        ("p/environments/e/deployments/-9223372036854775808", (("p", "e"),), -(2**63), False),
        ("p/environments/e/deployments/9223372036854775808", (("p", "e"),), None, False),
        ("p/environments/e/deployments/seven", (("p", "e"),), None, False),
        ("p/environments/e/deployments/gating-status", (("p", "e"),), None, False),
        ("a%2Fb%20c&d+e%25/environments/-7/deployments/1", (("a/b c&d+e%", "-7"),), 1, False),
        ("a/b%20c/environments/e/f/deployments/1", (("a/b c", "e/f"),), 1, False),
        ("p/environments/e/deployments/2/deployments/1", (("p", "e/deployments/2"),), 1, False),
        (
            "a/environments/b/environments/c/deployments/1",
            (("a", "b/environments/c"), ("a/environments/b", "c")),
            1,
            False,
        ),
        ("environments/environments/environments/deployments/1", (("environments", "environments"),), 1, False),
    ],
)
def test_ids_are_read_as_clients_write_them(rest, places, number, is_gating):
    path = read_path(rest)
    assert path is not None
    assert (path.places, path.sequence_number, path.is_gating) == (places, number, is_gating)


@pytest.mark.parametrize(
    "rest", ["p", "p/environments/e", "p/environments/e/deployments", "p/e/deployments/1", "/environments/e/deployments/1"]
)
def test_a_path_without_a_key_is_none(rest):
    assert read_path(rest) is None
