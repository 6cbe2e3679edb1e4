from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from shipledger.demo.call import Call
from shipledger.demo.company import BATCH_SERVICE, ENVIRONMENTS, SHOP_SERVICES
from shipledger.demo.history import History
from shipledger.demo.sample import list_sample
from shipledger.demo.year import YEAR, list_calls

UNTIL = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
CALLS = list_calls(UNTIL, History(UNTIL))
CREATES = [call for call in CALLS if call.path == "/v2/deployments"]


@pytest.mark.parametrize("until", [UNTIL, datetime(2026, 11, 22, 3, 0, tzinfo=UTC), datetime(2026, 12, 29, 23, 59, tzinfo=UTC)])
def test_the_same_end_gives_the_same_calls_in_order_up_to_it_on_any_day(until: datetime) -> None:
    """A Friday, the night of a Sunday, and one on which nothing is deployed but what the stories tell."""
    calls = list_sample(until)
    moments = [call.at for call in calls]
    assert list_sample(until) == calls
    assert moments == sorted(moments)
    assert moments[-1] <= until
    assert until - YEAR - timedelta(days=8) < moments[0]


@pytest.mark.parametrize("until", [UNTIL, datetime(2026, 11, 22, 3, 0, tzinfo=UTC)])
def test_what_a_call_refers_to_was_saved_by_an_earlier_one(until: datetime) -> None:
    saved: set[str] = set()
    for call in list_sample(until):
        assert not call.about or call.about in saved, call
        assert call.saves not in saved, call
        saved |= {call.saves} - {""}


def test_every_month_and_every_environment_has_deployments() -> None:
    assert {call.at.month for call in CREATES} == set(range(1, 13))
    assert {call.body["environment"]["id"] for call in CREATES} == {environment.id for environment in ENVIRONMENTS}


def test_every_repository_is_deployed_also_the_one_of_no_service() -> None:
    deployed = {release["repository"]["repoSlug"] for call in CREATES for release in call.body["releases"]}
    known = {repository for service in (*SHOP_SERVICES, BATCH_SERVICE) for repository in service.repositories}
    assert deployed == {name.rpartition("/")[2] for name in known}


@pytest.mark.parametrize("state", ["started", "successful", "failed"])
def test_every_state_is_reported(state: str) -> None:
    assert any(call.body["state"] == state for call in CALLS if call.path.startswith("/v2/"))


def test_nothing_usual_is_deployed_in_the_freeze() -> None:
    begins = [datetime.fromisoformat(call.body["startedAt"]) for call in CREATES]
    assert not [at for at in begins if (at.month, at.day) > (12, 20)]


@pytest.mark.parametrize("until", [UNTIL, datetime(2026, 5, 29, 21, 5, tzinfo=UTC)])
def test_commits_were_sent_before_they_were_deployed_and_after_their_parents(until: datetime) -> None:
    """Also those that were deployed in the first minutes of a week."""
    known: set[str] = set()
    for call in list_sample(until):
        if call.path == "/ledger/v1/commits":
            for commit in call.body:
                assert set(commit["parents"]) <= known, commit
                known.add(commit["id"])
        elif call.path == "/v2/deployments" and not call.refused:
            assert {release["commit"]["sha"] for release in call.body["releases"]} <= known, call


def test_a_deployment_is_under_way_at_the_end() -> None:
    newest: Call = CREATES[-1]
    assert newest.body["state"] == "started"
    assert UNTIL - newest.at < timedelta(minutes=5)
