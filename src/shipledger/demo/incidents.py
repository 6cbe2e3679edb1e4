"""What the company's monitoring reported through Opsgenie's incident API, and what people found out. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from shipledger.demo.call import Call, Saved, Sender

PATH = "/v1/incidents"
MARKS = "/ledger/v1/incidents/{}/marks"


class _Incident(Struct, frozen=True, kw_only=True):
    """``ago``: when it began. ``lasted``: None while it is open. ``marks``: what was found out a day later at the latest."""

    name: str
    service: str
    message: str
    priority: str
    ago: timedelta
    lasted: timedelta | None
    description: str = ""
    marks: dict[str, Any] = {}


_INCIDENTS = (
    _Incident(
        name="payments-late",
        service="Payments",
        message="Card payments time out",
        priority="P1",
        description="The bank's gateway answers late.",
        ago=timedelta(days=61, hours=5),
        lasted=timedelta(hours=8, minutes=40),
        marks={"caused_by": [Saved("gateway-cause")], "note": "The new gateway needs 30 s; the client waited for 10"},
    ),
    _Incident(
        name="umlauts",
        service="Search",
        message="No results for product names with umlauts",
        priority="P3",
        ago=timedelta(days=24, hours=3),
        lasted=timedelta(hours=7),
    ),
    _Incident(
        name="slow-start",
        service="Storefront",
        message="The start page takes more than 4 s",
        priority="P2",
        ago=timedelta(days=9, hours=8),
        lasted=timedelta(minutes=48),
        marks={"caused_by": [Saved("images-cause")], "note": "All images were loaded at once"},
    ),
    _Incident(
        name="slow-start-us",
        service="Storefront",
        message="Slow start page in the US",
        priority="P3",
        ago=timedelta(days=9, hours=7, minutes=50),
        lasted=timedelta(minutes=41),
        marks={"duplicate_of": Saved("slow-start")},
    ),
    _Incident(
        name="certificate",
        service="Identity",
        message="Sign-in with company accounts fails",
        priority="P2",
        ago=timedelta(days=3, hours=6),
        lasted=timedelta(minutes=95),
        marks={"not_caused_by_deployment": True, "note": "A certificate of the identity provider had expired"},
    ),
    _Incident(
        name="checkout-500",
        service="Checkout",
        message="Checkout answers 500 to one order in twenty",
        priority="P1",
        description="Since the last release.",
        ago=timedelta(minutes=50),
        lasted=None,
    ),
)


def list_incidents(until: datetime) -> list[Call]:
    """Every call before ``until``, oldest first. Incidents are marked when what they are marked with is recorded."""
    return sorted(_tell(until), key=lambda call: call.at)


def _tell(until: datetime) -> Iterator[Call]:
    for number, one in enumerate(_INCIDENTS, start=1):
        began = until - one.ago
        body = {
            "message": one.message,
            "serviceId": Saved(one.service),
            "priority": one.priority,
            "description": one.description,
            "tags": [one.service.lower()],
        }
        yield Call(at=began, sender=Sender.MONITORING, method="POST", path=f"{PATH}/create", body=body, saves=one.name)
        if one.lasted is not None:
            path = f"{PATH}/{number}/resolve?identifierType=tiny"
            ended = began + one.lasted
            yield Call(at=ended, sender=Sender.MONITORING, method="POST", path=path, body={"note": "It works again."})
            if one.marks:
                at = ended + timedelta(hours=3)
                yield Call(at=at, sender=Sender.ADMINISTRATOR, method="POST", path=MARKS, body=one.marks, about=one.name)
