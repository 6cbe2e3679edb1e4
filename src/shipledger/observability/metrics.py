"""What Prometheus reads. Each program part counts through one Metrics that the composition root hands it."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cache

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from shipledger.access.people.doorkeeper import SignInResult
from shipledger.forwarding.message import Result
from shipledger.ledger.verdict import VerdictKind
from shipledger.observability.pace import Pace

CONTENT_TYPE = CONTENT_TYPE_LATEST

_BATCH_SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024)
_COMMIT_SECONDS = (0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
_REQUEST_SECONDS = (0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """All measures of one server, in a registry of its own.

    Labels come from small sets that we choose: a route is its template, never a path that a client sent.
    """

    def __init__(self, *, with_process: bool = True) -> None:
        self.pace = Pace(time.monotonic)
        self._registry = CollectorRegistry()
        if with_process:
            ProcessCollector(registry=self._registry)
        self._accepted = Counter(
            "shipledger_receipts_accepted",
            "Receipts stored and acknowledged.",
            ["protocol"],
            registry=self._registry,
        )
        self._settled = Counter(
            "shipledger_receipts_settled",
            "Receipt items that received their verdict.",
            ["verdict"],
            registry=self._registry,
        )
        self._set_aside = Counter(
            "shipledger_receipts_set_aside",
            "Receipts quarantined because settlement failed.",
            registry=self._registry,
        )
        self._emptied = Counter(
            "shipledger_receipts_emptied",
            "Receipts emptied at the end of their retention time.",
            registry=self._registry,
        )
        self._queues = Gauge("shipledger_queue_depth", "Items waiting in memory.", ["queue"], registry=self._registry)
        self._out_of_reach = Gauge(
            "shipledger_organizations_out_of_reach",
            "Organizations whose part of the database did not answer this node's last statement.",
            registry=self._registry,
        )
        self._bytes = Gauge(
            "shipledger_bytes_in_flight",
            "Bytes of requests being received or processed, and of answers being sent.",
            registry=self._registry,
        )
        self._batch_size = Histogram(
            "shipledger_commit_batch_size",
            "Receipts stored per transaction.",
            buckets=_BATCH_SIZES,
            registry=self._registry,
        )
        self._commit_seconds = Histogram(
            "shipledger_commit_seconds",
            "Duration of a transaction that stored receipts.",
            buckets=_COMMIT_SECONDS,
            registry=self._registry,
        )
        self._oldest = Gauge(
            "shipledger_oldest_unsettled_receipt_age_seconds",
            "Age of the oldest pending receipt; 0 if there is none.",
            registry=self._registry,
        )
        self._pending = Gauge("shipledger_receipts_pending", "Pending receipts.", registry=self._registry)
        self._quarantined = Gauge(
            "shipledger_receipts_quarantined",
            "Quarantined receipts; see `shipledger receipts list --state quarantined`.",
            registry=self._registry,
        )
        self._packs = Gauge(
            "shipledger_git_packs", "Uploaded git packs that are not indexed, by state.", ["state"], registry=self._registry
        )
        self._attempts = Counter(
            "shipledger_outbox_attempts",
            "Attempts to deliver messages to other systems.",
            ["result"],
            registry=self._registry,
        )
        self._messages = Gauge(
            "shipledger_outbox_messages", "Messages to other systems that are not delivered.", ["state"], registry=self._registry
        )
        self._oldest_message = Gauge(
            "shipledger_outbox_oldest_pending_age_seconds",
            "Age of the oldest pending message; 0 if there is none.",
            registry=self._registry,
        )
        self._open_targets = Gauge(
            "shipledger_outbox_open_breakers",
            "Targets of messages that failed several times in a row and are left alone for a while.",
            registry=self._registry,
        )
        self._refused_dropped = Counter(
            "shipledger_refused_requests_dropped",
            "Refused requests that were not kept, since too many came at once.",
            registry=self._registry,
        )
        self._sign_ins = Counter(
            "shipledger_sign_ins", "Tries to sign in, and new sessions of people.", ["result"], registry=self._registry
        )
        self._sessions = Gauge("shipledger_sessions_open", "Sessions of people that are not over.", registry=self._registry)
        self._tokens = Counter(
            "shipledger_personal_tokens", "Requests with a personal token.", ["result"], registry=self._registry
        )
        for result in SignInResult:
            self._sign_ins.labels(result.value)
        for word in ("accepted", "refused"):
            self._tokens.labels(word)
        self._requests = Counter(
            "shipledger_http_requests",
            "HTTP requests answered.",
            ["protocol", "route", "status"],
            registry=self._registry,
        )
        self._request_seconds = Histogram(
            "shipledger_http_request_seconds",
            "Time from a request's head to the end of its answer.",
            ["protocol"],
            buckets=_REQUEST_SECONDS,
            registry=self._registry,
        )

        # Finding a labelled measure costs more than counting with it, so each is found once; there are only a few.
        self._count_accepted = cache(self._accepted.labels)
        self._count_settled = cache(lambda kind: self._settled.labels(kind.value))
        self._count_request = cache(lambda *labels: self._requests.labels(*map(str, labels)))
        self._time_request = cache(self._request_seconds.labels)

    def observe_accepted(self, protocol: str) -> None:
        """One more receipt of ``protocol`` is durable."""
        self._count_accepted(protocol).inc()

    def observe_commit(self, batch_size: int, seconds: float) -> None:
        """A batch of receipts was committed."""
        self._batch_size.observe(batch_size)
        self.pace.count_commit(batch_size, seconds)
        self._commit_seconds.observe(seconds)

    def observe_settled(self, kind: VerdictKind) -> None:
        """One more verdict was kept."""
        self._count_settled(kind).inc()

    def observe_quarantined(self) -> None:
        """One more receipt was set aside."""
        self._set_aside.inc()

    def observe_emptied(self, count: int) -> None:
        """Old receipts were emptied."""
        self._emptied.inc(count)

    def observe_attempt(self, result: Result) -> None:
        """One more attempt to deliver a message is over."""
        self._attempts.labels(result.value).inc()

    def observe_refused_dropped(self, count: int) -> None:
        """So many refused requests were not kept."""
        self._refused_dropped.inc(count)

    def observe_request(self, protocol: str, route: str, status: int, seconds: float) -> None:
        """One request was answered; ``route`` is the template that it matched."""
        self._count_request(protocol, route, status).inc()
        self.pace.count_request()
        self._time_request(protocol).observe(seconds)

    def observe_sign_in(self, result: SignInResult) -> None:
        """Somebody tried to sign in."""
        self._sign_ins.labels(result.value).inc()

    def observe_token(self, *, is_good: bool) -> None:
        """A personal token was presented."""
        self._tokens.labels("accepted" if is_good else "refused").inc()

    def set_sessions(self, count: int) -> None:
        """How many sessions of people are open."""
        self._sessions.set(count)

    def watch_queue(self, queue: str, depth: Callable[[], int]) -> None:
        """Ask ``depth`` for the length of a queue whenever the measures are read."""
        self._queues.labels(queue).set_function(depth)

    def watch_reach(self, count: Callable[[], int]) -> None:
        """Ask ``count`` how many organizations are out of reach whenever the measures are read."""
        self._out_of_reach.set_function(count)

    def watch_bytes(self, count: Callable[[], int]) -> None:
        """Ask ``count`` how many bytes are in flight whenever the measures are read."""
        self._bytes.set_function(count)

    def set_backlog(self, *, pending: int, quarantined: int, oldest_age_seconds: float) -> None:
        """What the store holds without a verdict."""
        self._pending.set(pending)
        self._quarantined.set(quarantined)
        self._oldest.set(max(0.0, oldest_age_seconds))

    def set_packs(self, *, pending: int, refused: int) -> None:
        """What the store holds of git packs besides indexed ones."""
        self._packs.labels("pending").set(pending)
        self._packs.labels("refused").set(refused)

    def set_outbox(self, *, pending: int, given_up: int, oldest_age_seconds: float, open_targets: int) -> None:
        """What the store holds of messages that are not delivered."""
        self._messages.labels("pending").set(pending)
        self._messages.labels("given_up").set(given_up)
        self._oldest_message.set(max(0.0, oldest_age_seconds))
        self._open_targets.set(open_targets)

    def render(self) -> bytes:
        """All measures in Prometheus's text format, to be sent as ``CONTENT_TYPE``."""
        return generate_latest(self._registry)
