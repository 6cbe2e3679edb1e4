"""A store with two credentials, whose words are erased."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shipledger.erasure.eraser import Eraser
from shipledger.store.contract import Store
from tests.support.factories import make_credential, make_id, moment
from tests.support.stores import STORES

ANNA, BERT = make_id(1), make_id(2)


class Ticking:
    """A clock that says a later second each time."""

    def __init__(self) -> None:
        self._number = 1000

    def now(self):
        self._number += 1
        return moment(self._number)


@pytest.fixture(params=STORES)
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    async with STORES[request.param](tmp_path) as opened:
        await opened.create_credential(make_credential(2))
        yield opened


@pytest.fixture
def eraser(store) -> Eraser:
    return Eraser(store, Ticking(), grace_seconds=0)
