"""Which form of times a client reads, by its name and version."""

from __future__ import annotations

import pytest

from shipledger.clock import to_microseconds
from shipledger.protocols.datadog.times import TimeForm, choose_form, read_unix_time

FIRST = {"python": "2.58", "typescript": "1.61", "ruby": "2.57", "go": "2.63", "java": "2.58", "rust": "0.34"}
INT64, RFC3339 = TimeForm.INT64, TimeForm.RFC3339


@pytest.mark.parametrize("default", [INT64, RFC3339])
@pytest.mark.parametrize("language", FIRST)
def test_a_client_gets_the_form_that_its_version_reads_whatever_the_default(language: str, default: TimeForm) -> None:
    major, minor = map(int, FIRST[language].split("."))
    cases = {
        f"{major}.{minor}.0": RFC3339,
        f"{major}.{minor}": RFC3339,
        f"{major}.{minor + 50}.1": RFC3339,
        f"{major + 1}.0.0": RFC3339,
        f"v{major}.{minor}.0-beta.1": RFC3339,
        f"{major}.{minor - 1}.9": INT64,
        f"{major}.9.0": INT64,
        f"{max(major - 1, 0)}.{minor - 1}.0": INT64,
    }
    for version, form in cases.items():
        for agent in (f"datadog-api-client-{language}/{version} (lang; os linux)", f" Datadog-API-Client-{language}/{version}"):
            assert choose_form("", agent, default) is form, agent


@pytest.mark.parametrize(
    "agent",
    [
        "",
        "curl/8.5.0",
        "datadog-ci/5.25.0 (node 20)",
        "datadog-api-client-elixir/1.0.0",
        "datadog-api-client-python",
        "datadog-api-client-python/",
        "datadog-api-client-python/next",
        "datadog-api-client-/2.50",
        "my-datadog-api-client-python/2.50.0",
        "datadog-api-client-python/9999999.0",
        "\x00\xff",
    ],
)
@pytest.mark.parametrize("default", [INT64, RFC3339])
def test_who_is_not_known_gets_the_default(agent: str, default: TimeForm) -> None:
    assert choose_form("", agent, default) is default


@pytest.mark.parametrize("form", [INT64, RFC3339])
def test_what_is_set_for_a_key_goes_first(form: TimeForm) -> None:
    assert choose_form(form, "datadog-api-client-go/2.62.0", RFC3339) is form


@pytest.mark.parametrize(
    "value, microseconds",
    [
        (1, 1_000_000),
        (10**11 - 1, (10**11 - 1) * 1_000_000),
        (10**11, 10**14),
        (10**14 - 1, (10**14 - 1) * 1_000),
        (10**17, 10**14),
        (10**17 + 499, 10**14),
        (10**17 + 500, 10**14 + 1),
        (1.7e18, 1_700_000_000_000_000),
        (2**63 - 1, 9_223_372_036_854_776),
    ],
)
def test_the_unit_of_a_time_is_told_by_its_magnitude(value: float, microseconds: int) -> None:
    assert to_microseconds(read_unix_time(value)) == microseconds


@pytest.mark.parametrize("value", [0, -1, 2**63, 1.5, True, "1", None])
def test_a_time_is_a_positive_integer_of_64_bits(value: object) -> None:
    with pytest.raises(ValueError, match="must be an integer, a Unix time"):
        read_unix_time(value)


@pytest.mark.parametrize("value", [10**14, 10**17 - 1])
def test_a_time_in_microseconds_is_told_from_the_others(value: int) -> None:
    with pytest.raises(ValueError, match=f"; {value} looks like microseconds"):
        read_unix_time(value)
