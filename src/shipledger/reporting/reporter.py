"""How ``shipledger record`` delivers through one API: what the protocol of that API declares."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from msgspec import Struct

from shipledger.reporting.report import Report

if TYPE_CHECKING:  # a client of HTTP, which takes long to load
    from shipledger.reporting.server_calls import Outcome, ServerCalls


class Deliver(Protocol):
    """Delivers a report."""

    def __call__(self, calls: ServerCalls, report: Report, *, is_waiting: bool, variable: str) -> Outcome:
        """The outcome of a report that the server has stored. Raises Denied, Refused, NotFound and Unavailable.

        ``variable`` is where the secret was found. Safe to repeat.
        """


class Delivery(Struct, frozen=True):
    """What delivers through one API.

    ``to_body``: what would be sent, as far as known without asking the server; it raises Invalid for what the API cannot
    carry. ``list_notes``: what to tell a person about the outcome, so that the deployment shows up under its service.
    """

    to_body: Callable[[Report], dict[str, Any]]
    deliver: Deliver
    list_notes: Callable[[Report, Outcome], list[str]]


class Reporter(Struct, frozen=True):
    """The way of a job with a secret in ``variable``, sent with ``scheme``.

    ``help`` is said by ``record --help``. ``default_host`` is for repositories given without a host. If the secrets of two are
    there, the one that ``is_preferred`` is used. ``load`` imports what delivers.
    """

    variable: str
    scheme: str
    load: Callable[[], Delivery]
    help: str = ""
    default_host: str = ""
    is_preferred: bool = False
