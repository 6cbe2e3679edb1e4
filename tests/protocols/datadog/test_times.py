"""Which form of times a client reads, by its name and version."""

from __future__ import annotations

import pytest

from shipledger.protocols.datadog.times import TimeForm, choose_form

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
