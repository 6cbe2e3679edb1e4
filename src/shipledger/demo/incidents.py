"""What the company's monitoring reported through Opsgenie's incident API. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from shipledger.demo.year import Call

PATH = "/v1/incidents"
_STORIES: tuple[tuple[str, str, str, str, timedelta, timedelta | None], ...] = (
    (
        "Payments",
        "Card payments time out",
        "P1",
        "The bank's gateway answers late.",
        timedelta(days=61, hours=5),
        timedelta(hours=2),
    ),
    ("Search", "No results for product names with umlauts", "P3", "", timedelta(days=24, hours=3), timedelta(hours=7)),
    ("Storefront", "The start page takes more than 4 s", "P2", "", timedelta(days=9, hours=8), timedelta(minutes=48)),
    ("Checkout", "Checkout answers 500 to one order in twenty", "P1", "Since the last release.", timedelta(minutes=50), None),
)
"""Service, message, priority, description, how long ago it began, and how long it took; None: it is still open."""


def list_incidents(until: datetime) -> list[Call]:
    """Every call before ``until``, oldest first. A service is called by its name, which stands for its id."""
    return sorted(_tell(until), key=lambda call: call.at)


def _tell(until: datetime) -> Iterator[Call]:
    for number, (service, message, priority, description, ago, lasted) in enumerate(_STORIES, start=1):
        body = {
            "message": message,
            "serviceId": service,
            "priority": priority,
            "description": description,
            "tags": [service.lower()],
        }
        yield Call(at=until - ago, method="POST", path=f"{PATH}/create", body=body)
        if lasted is not None:
            path = f"{PATH}/{number}/resolve?identifierType=tiny"
            yield Call(at=until - ago + lasted, method="POST", path=path, body={"note": "It works again."})
