"""What Prometheus reads."""

from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families

from shipledger.access.people.doorkeeper import SignInResult
from shipledger.ledger.verdict import VerdictKind
from shipledger.observability.metrics import Metrics


def samples(metrics: Metrics) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(metrics.render().decode())
        for sample in family.samples
    }


def test_counts_and_observations_are_read_back() -> None:
    metrics = Metrics()
    metrics.observe_accepted("opsgenie")
    metrics.observe_settled(VerdictKind.APPLIED)
    metrics.observe_quarantined()
    metrics.observe_commit(40, 0.004)
    metrics.set_backlog(pending=2, quarantined=1, oldest_age_seconds=12.5)
    metrics.observe_request("opsgenie", "/v2/deployments/{identifier}", 404, 0.002)

    read = samples(metrics)
    route = (("protocol", "opsgenie"), ("route", "/v2/deployments/{identifier}"), ("status", "404"))
    assert read["shipledger_receipts_accepted_total", (("protocol", "opsgenie"),)] == 1
    assert read["shipledger_receipts_settled_total", (("verdict", "applied"),)] == 1
    assert read["shipledger_receipts_set_aside_total", ()] == 1
    assert read["shipledger_commit_batch_size_sum", ()] == 40
    assert read["shipledger_commit_seconds_bucket", (("le", "0.005"),)] == 1
    assert read["shipledger_oldest_unsettled_receipt_age_seconds", ()] == 12.5
    assert read["shipledger_receipts_pending", ()] == 2
    assert read["shipledger_receipts_quarantined", ()] == 1
    assert read["shipledger_http_requests_total", route] == 1


def test_the_depth_of_a_queue_is_asked_for_when_it_is_read() -> None:
    metrics = Metrics()
    queue: list[int] = []
    metrics.watch_queue("intake", lambda: len(queue))
    queue += [1, 2]

    assert samples(metrics)["shipledger_queue_depth", (("queue", "intake"),)] == 2


def test_two_servers_in_one_process_do_not_share_their_measures() -> None:
    one, other = Metrics(), Metrics()
    one.observe_accepted("opsgenie")

    assert ("shipledger_receipts_accepted_total", (("protocol", "opsgenie"),)) not in samples(other)


def test_sign_ins_and_tokens_are_counted_by_their_results_alone() -> None:
    metrics = Metrics()
    for result in (SignInResult.SIGNED_IN, SignInResult.REFUSED, SignInResult.REFUSED):
        metrics.observe_sign_in(result)
    metrics.observe_token(is_good=True)
    metrics.observe_token(is_good=False)
    metrics.set_sessions(3)
    read = samples(metrics)
    results = {labels: value for (name, labels), value in read.items() if name == "shipledger_sign_ins_total"}
    assert results == {(("result", "signed_in"),): 1, (("result", "refused"),): 2, (("result", "limited"),): 0}
    assert [read["shipledger_personal_tokens_total", (("result", result),)] for result in ("accepted", "refused")] == [1, 1]
    assert read["shipledger_sessions_open", ()] == 3
