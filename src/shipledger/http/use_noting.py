"""Counts each request of a credential once it is answered."""

from __future__ import annotations

from starlette.requests import Request

from shipledger.access.use import UseCounter
from shipledger.clock import Clock
from shipledger.http.proxies import Proxies
from shipledger.http.viewer import find_viewer


class UseNoting:
    """Tells a counter who asked, from where, and whether that was refused."""

    def __init__(self, counter: UseCounter, proxies: Proxies, clock: Clock) -> None:
        self._counter = counter
        self._proxies = proxies
        self._clock = clock

    def note(self, request: Request, status: int) -> None:
        """``request`` was answered with ``status``. Whoever presented no good credential is not counted here."""
        viewer = find_viewer(request)
        if viewer is not None and viewer.grant is not None:
            address = self._proxies.address_of(request)
            self._counter.note(viewer.grant, status=status, address=address, now=self._clock.now())
