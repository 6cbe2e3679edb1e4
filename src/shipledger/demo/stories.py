"""Deployments that something came of: those behind incidents, and those of the last hours. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from shipledger.demo.call import Call, Saved, Sender
from shipledger.demo.company import (
    CHECKOUT,
    IDENTITY,
    PAYMENTS,
    PROD_AP,
    PROD_EU,
    PROD_US,
    SEARCH,
    STAGING,
    STOREFRONT,
    TEST,
    SampleEnvironment,
    SampleService,
)
from shipledger.demo.pipeline import Change, Pipeline

MARKS = "/ledger/v1/deployments/{}/marks"
CORRECTIONS = "/ledger/v1/deployments/{}/corrections"
MERGE = "/ledger/v1/deployments/{}/merge"
DATADOG = "/api/v2/dora/deployment"


class Story(Struct, frozen=True):
    """A change that begins ``ago``, and what happens to it."""

    ago: timedelta
    service: SampleService
    words: str
    happen: Callable[[Pipeline, Change, datetime], Iterator[Call]]


class Step(Struct, frozen=True):
    """One deployment: where, how many minutes after the beginning, for how long (0: it is under way), and how it ends."""

    environment: SampleEnvironment
    after: int
    minutes: int
    state: str = "successful"
    saves: str = ""


def list_stories() -> list[Story]:
    """All of them."""
    return [
        Story(timedelta(days=61, hours=6), PAYMENTS, "Use the new gateway of the bank", _remedied("gateway", "")),
        Story(timedelta(days=60, hours=21), PAYMENTS, "Hotfix: wait longer for the gateway", _hotfix("gateway")),
        Story(timedelta(days=9, hours=9), STOREFRONT, "Load all product images at once", _remedied("images", "rollback")),
        Story(timedelta(days=2, hours=4), IDENTITY, "Rotate the keys of sessions", _corrected()),
        Story(
            timedelta(hours=7),
            STOREFRONT,
            "Cache the price filter",
            _walk(
                Step(TEST, 0, 3), Step(STAGING, 20, 5), Step(PROD_EU, 60, 9), Step(PROD_US, 100, 11, state="failed"), back=PROD_US
            ),
        ),
        Story(
            timedelta(hours=3),
            CHECKOUT,
            "Round prices once, at the end",
            _walk(Step(TEST, 0, 2), Step(STAGING, 30, 5), Step(PROD_EU, 105, 8, saves="prices"), Step(PROD_US, 122, 7)),
        ),
        Story(
            timedelta(hours=2),
            SEARCH,
            "Speed up the stock query",
            _witnessed(Step(TEST, 0, 3), Step(STAGING, 30, 4), Step(PROD_EU, 70, 7, saves="search-told"), Step(PROD_US, 88, 6)),
        ),
        Story(
            timedelta(minutes=35), IDENTITY, "Log failed sign-ins", _walk(Step(TEST, 0, 3), Step(STAGING, 20, 4, state="failed"))
        ),
        Story(
            timedelta(minutes=28),
            CHECKOUT,
            "Hotfix: keep half cents until the total",
            _walk(Step(TEST, 0, 3), Step(STAGING, 8, 5), Step(PROD_EU, 25, 0)),
        ),
    ]


def _walk(*steps: Step, back: SampleEnvironment | None = None) -> Callable[[Pipeline, Change, datetime], Iterator[Call]]:
    """Step by step; what failed at the end is rolled back where ``back`` says."""

    def happen(pipeline: Pipeline, change: Change, begins_at: datetime) -> Iterator[Call]:
        yield from _take(pipeline, change, begins_at, steps)
        if back is not None:
            yield from pipeline.roll_back(change, back, begins_at + timedelta(minutes=steps[-1].after + 24))

    return happen


def _witnessed(*steps: Step) -> Callable[[Pipeline, Change, datetime], Iterator[Call]]:
    """The same; of what reached customers, Datadog's agent told as well. Of one region, both records were merged."""

    def happen(pipeline: Pipeline, change: Change, begins_at: datetime) -> Iterator[Call]:
        yield from _take(pipeline, change, begins_at, steps)
        for step in steps:
            if step.environment.type == "Production":
                began = begins_at + timedelta(minutes=step.after, seconds=20)
                yield _tell_datadog(change, step, began)
        at = begins_at + timedelta(minutes=84)
        body = {"into": Saved("search-told"), "reason": "The pipeline and Datadog tell of one deployment"}
        yield Call(at=at, sender=Sender.ADMINISTRATOR, method="POST", path=MERGE, body=body, about="search-told-datadog")

    return happen


def _corrected() -> Callable[[Pipeline, Change, datetime], Iterator[Call]]:
    """Told as failed in one region, by mistake: somebody put that right an hour later."""

    def happen(pipeline: Pipeline, change: Change, begins_at: datetime) -> Iterator[Call]:
        wrong = Step(PROD_EU, 40, 9, state="failed", saves="keys-killed")
        yield from _take(pipeline, change, begins_at, (Step(TEST, 0, 3), Step(STAGING, 12, 4), wrong, Step(PROD_US, 70, 8)))
        body = {"state": "successful", "reason": "The job was killed after it had deployed; the version answers"}
        at = begins_at + timedelta(minutes=110)
        yield Call(at=at, sender=Sender.ADMINISTRATOR, method="POST", path=CORRECTIONS, body=body, about="keys-killed")

    return happen


def _remedied(name: str, remedy: str) -> Callable[[Pipeline, Change, datetime], Iterator[Call]]:
    """Reaches all customers, harms them, and is marked so. ``remedy``: how it was taken back; "": a later story does."""

    def happen(pipeline: Pipeline, change: Change, begins_at: datetime) -> Iterator[Call]:
        steps = (Step(TEST, 0, 3), Step(STAGING, 15, 5), Step(PROD_EU, 35, 8, saves=f"{name}-cause"), Step(PROD_US, 50, 7))
        yield from _take(pipeline, change, begins_at, steps)
        if remedy:
            at = begins_at + timedelta(minutes=92)
            yield from pipeline.roll_back(change, PROD_EU, at, saves=f"{name}-remedy")
            yield from pipeline.roll_back(change, PROD_US, at + timedelta(minutes=6))
            yield _mark(at + timedelta(hours=1), name, remedy, "Every visitor loaded 60 MB")

    return happen


def _hotfix(name: str) -> Callable[[Pipeline, Change, datetime], Iterator[Call]]:
    def happen(pipeline: Pipeline, change: Change, begins_at: datetime) -> Iterator[Call]:
        steps = (Step(STAGING, 0, 3), Step(PROD_EU, 10, 6, saves=f"{name}-remedy"), Step(PROD_US, 18, 6), Step(PROD_AP, 26, 6))
        yield from _take(pipeline, change, begins_at, steps)
        yield _mark(begins_at + timedelta(hours=2), name, "rollforward", "The bank asks for 30 s")

    return happen


def _take(pipeline: Pipeline, change: Change, begins_at: datetime, steps: Sequence[Step]) -> Iterator[Call]:
    for step in steps:
        at = begins_at + timedelta(minutes=step.after)
        ends_at = at + timedelta(minutes=step.minutes) if step.minutes else None
        yield from pipeline.deploy(change, step.environment, at, ends_at, state=step.state, saves=step.saves)


def _mark(at: datetime, name: str, remedy: str, note: str) -> Call:
    body = {
        "change_failure": True,
        "remediation": {"deployment": Saved(f"{name}-remedy"), "type": remedy},
        "note": note,
    }
    return Call(at=at, sender=Sender.ADMINISTRATOR, method="POST", path=MARKS, body=body, about=f"{name}-cause")


def _tell_datadog(change: Change, step: Step, began: datetime) -> Call:
    (repository, commit), *_ = change.commits.items()
    ended = began + timedelta(minutes=step.minutes)
    attributes: dict[str, Any] = {
        "service": change.service.name,
        "env": step.environment.id,
        "started_at": int(began.timestamp()) * 10**9,
        "finished_at": int(ended.timestamp()) * 10**9,
        "git": {"commit_sha": commit, "repository_url": f"https://{repository}"},
    }
    body = {"data": {"attributes": attributes}}
    saves = f"{step.saves}-datadog" if step.saves else ""
    return Call(at=ended + timedelta(seconds=8), sender=Sender.DISCOVERY, method="POST", path=DATADOG, body=body, saves=saves)
