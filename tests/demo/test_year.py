from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from shipledger.demo.company import ENVIRONMENTS, SERVICES, UNMAPPED_REPOSITORY
from shipledger.demo.year import YEAR, list_calls

UNTIL = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
CALLS = list_calls(UNTIL)
CREATES = [call for call in CALLS if call.method == "POST"]


def test_the_same_end_gives_the_same_calls() -> None:
    assert list_calls(UNTIL) == CALLS


def test_calls_come_in_order_and_none_comes_after_the_end() -> None:
    moments = [call.at for call in CALLS]
    assert moments == sorted(moments)
    assert UNTIL - YEAR - timedelta(days=1) < moments[0]
    assert moments[-1] <= UNTIL


def test_every_month_and_every_environment_has_deployments() -> None:
    assert {call.at.month for call in CREATES} == set(range(1, 13))
    assert {call.body["environment"]["id"] for call in CREATES} == {environment.id for environment in ENVIRONMENTS}


def test_every_repository_is_deployed_also_the_one_of_no_service() -> None:
    deployed = {release["repository"]["repoSlug"] for call in CREATES for release in call.body["releases"]}
    assert deployed == {repository for service in SERVICES for repository in service.repositories} | {UNMAPPED_REPOSITORY}


@pytest.mark.parametrize("state", ["started", "successful", "failed"])
def test_every_state_is_reported(state: str) -> None:
    assert any(call.body["state"] == state for call in CALLS)


def test_nothing_is_deployed_in_the_freeze() -> None:
    begins = [datetime.fromisoformat(call.body["startedAt"]) for call in CREATES]
    assert not [at for at in begins if (at.month, at.day) > (12, 20)]


def test_a_deployment_is_under_way_at_the_end() -> None:
    assert CALLS[-1].body["state"] == "started"
    assert UNTIL - CALLS[-1].at < timedelta(minutes=5)
