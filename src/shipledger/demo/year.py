"""What the shop's jobs reported in the year: changes on their way through the environments. Pure."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import TypeAlias

from msgspec import Struct

from shipledger.demo.call import Call
from shipledger.demo.company import BATCH_SERVICE, ENVIRONMENTS, OBJECTS, SHOP_SERVICES, VERBS, SampleService
from shipledger.demo.history import History
from shipledger.demo.pipeline import Change, Pipeline
from shipledger.demo.stories import list_stories

YEAR = timedelta(days=365)
SEED = 20_200_327
FIRST_HOUR, LAST_HOUR = 8, 17
FREEZE_MONTH, FREEZE_DAY = 12, 19
"""From this day to the end of the year nothing is deployed."""

QUIET = timedelta(hours=8)
"""Before the end only what ``stories`` tells happens, so that every sample has the same last hours."""

Way: TypeAlias = Callable[[Pipeline, Change, datetime], Iterator[Call]]
"""What happens to a change that begins at a time."""


class _Begin(Struct, frozen=True):
    at: datetime
    service: SampleService
    words: str
    way: Way


def list_calls(until: datetime, history: History) -> list[Call]:
    """Every call of the year that ends at ``until``, oldest first."""
    pipeline = Pipeline(history, until)
    dice = random.Random(SEED)  # noqa: S311  sample data
    told = (_Begin(until - story.ago, story.service, story.words, story.happen) for story in list_stories())
    begins = sorted((*_list_usual(dice, until), *told), key=lambda one: one.at)
    calls = [call for one in begins for call in one.way(pipeline, pipeline.build(one.service, one.at, one.words), one.at)]
    return sorted((call for call in calls if call.at <= until), key=lambda call: call.at)


def _list_usual(dice: random.Random, until: datetime) -> Iterator[_Begin]:
    begin = (until - YEAR).replace(hour=0, minute=0, second=0, microsecond=0)
    for day in range((until - begin).days + 1):
        date = begin + timedelta(days=day)
        if date.weekday() >= 5 or (date.month, date.day) >= (FREEZE_MONTH, FREEZE_DAY):  # noqa: PLR2004  Saturday
            continue
        for service in (*SHOP_SERVICES, BATCH_SERVICE):
            for _ in range(_count(dice, service.changes_per_week / 5)):
                at = _time_of_day(dice, date)
                words = f"{dice.choice(VERBS)} {dice.choice(OBJECTS)}"
                if at < until - QUIET:
                    yield _Begin(at, service, words, _follow)


def _follow(pipeline: Pipeline, change: Change, begins_at: datetime) -> Iterator[Call]:
    """Through the environments, as far as it comes; a failure in production is rolled back."""
    dice, at = pipeline.dice, begins_at
    for environment in ENVIRONMENTS:
        if dice.random() > environment.share:
            return
        at += timedelta(minutes=dice.randint(*environment.pause_minutes))
        ends_at = at + timedelta(minutes=dice.randint(*environment.deploy_minutes), seconds=dice.randint(0, 59))
        is_failure = dice.random() < change.service.failure_share
        yield from pipeline.deploy(change, environment, at, ends_at, state="failed" if is_failure else "successful")
        at = ends_at
        if is_failure:
            if environment.type == "Production":
                yield from pipeline.roll_back(change, environment, ends_at + timedelta(minutes=dice.randint(5, 25)))
            return


def _count(dice: random.Random, mean: float) -> int:
    whole = int(mean)
    return sum(dice.random() < mean / (whole + 1) for _ in range(whole + 1))


def _time_of_day(dice: random.Random, date: datetime) -> datetime:
    return date + timedelta(
        hours=dice.randint(FIRST_HOUR, LAST_HOUR - 1), minutes=dice.randint(0, 59), seconds=dice.randint(0, 59)
    )
