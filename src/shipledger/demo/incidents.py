"""What the company's monitoring and its support desk reported, and what people found out. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from shipledger.demo.call import Call, Saved, Sender
from shipledger.demo.company import PROD_EU, PROD_US

PATH = "/v1/incidents"
NATIVE_PATH = "/ledger/v1/incidents"
MARKS = "/ledger/v1/incidents/{}/marks"


class _Incident(Struct, frozen=True, kw_only=True):
    """``ago``: when it began. ``lasted``: None while it is open. ``marks``: what was found out three hours after its end.

    ``environment``: of those that people reported, through Shipledger's own API; Opsgenie's takes none.
    """

    name: str
    service: str
    message: str
    priority: str
    ago: timedelta
    lasted: timedelta | None
    tags: tuple[str, ...] = ()
    description: str = ""
    environment: str = ""
    marks: dict[str, Any] = {}


_INCIDENTS = (
    _Incident(
        name="payments-late",
        service="Payments",
        message="Card payments time out",
        priority="P1",
        description="The bank's gateway answers late.",
        tags=("timeouts",),
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
        tags=("latency",),
        ago=timedelta(days=9, hours=8),
        lasted=timedelta(minutes=48),
        marks={"caused_by": [Saved("images-cause")], "note": "All images were loaded at once"},
    ),
    _Incident(
        name="slow-start-us",
        service="Storefront",
        message="Slow start page in the US",
        priority="P3",
        environment=PROD_US.id,
        tags=("latency",),
        ago=timedelta(days=9, hours=7, minutes=50),
        lasted=timedelta(minutes=41),
        marks={"duplicate_of": Saved("slow-start")},
    ),
    _Incident(
        name="certificate",
        service="Identity",
        message="Sign-in with company accounts fails",
        priority="P2",
        environment=PROD_EU.id,
        tags=("sign-in",),
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
        tags=("orders", "errors"),
        ago=timedelta(minutes=50),
        lasted=None,
    ),
)


def list_incidents(until: datetime) -> list[Call]:
    """Every call before ``until``, oldest first. Incidents are marked when what they are marked with is recorded."""
    return sorted(_tell(until), key=lambda call: call.at)


def _tell(until: datetime) -> Iterator[Call]:
    for number, one in enumerate(_INCIDENTS, start=1):
        yield from _report(one, until - one.ago) if one.environment else _monitor(number, one, until - one.ago)
        if one.marks and one.lasted is not None:
            at = until - one.ago + one.lasted + timedelta(hours=3)
            yield Call(at=at, sender=Sender.ADMINISTRATOR, method="POST", path=MARKS, body=one.marks, about=one.name)


def _monitor(number: int, one: _Incident, began: datetime) -> Iterator[Call]:
    """Through Opsgenie's API."""
    body = {
        "message": one.message,
        "serviceId": Saved(one.service),
        "priority": one.priority,
        "description": one.description,
        "tags": one.tags,
    }
    yield Call(at=began, sender=Sender.MONITORING, method="POST", path=f"{PATH}/create", body=body, saves=one.name)
    if one.lasted is not None:
        at, path = began + one.lasted, f"{PATH}/{number}/resolve?identifierType=tiny"
        yield Call(at=at, sender=Sender.MONITORING, method="POST", path=path, body={"note": "It works again."})


def _report(one: _Incident, began: datetime) -> Iterator[Call]:
    """Through Shipledger's own API, a few minutes later: customers call."""
    body = {
        "external_id": one.name,
        "title": one.message,
        "services": [one.service],
        "severity": one.priority,
        "environment": one.environment,
        "started_at": began.isoformat(),
        "tags": one.tags,
    }
    at = began + timedelta(minutes=4)
    yield Call(at=at, sender=Sender.SUPPORT, method="POST", path=NATIVE_PATH, body={**body, "status": "open"}, saves=one.name)
    if one.lasted is not None:
        ended = {**body, "status": "resolved", "resolved_at": (began + one.lasted).isoformat()}
        yield Call(at=began + one.lasted, sender=Sender.SUPPORT, method="POST", path=NATIVE_PATH, body=ended)
