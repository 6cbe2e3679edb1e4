"""What was sent in the last hours and came to nothing. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from shipledger.demo.call import Call, Sender
from shipledger.demo.company import CHECKOUT
from shipledger.demo.pipeline import format_time


def list_refusals(until: datetime) -> list[Call]:
    """A key that nobody knows, bodies that lack something, a token without the right, and an update of nothing. Oldest first."""
    opsgenie = {"state": "started", "message": f"{CHECKOUT.issue_prefix}-99 Try the new job"}
    native = {"service": CHECKOUT.name, "state": "successful", "finished_at": "yesterday"}
    told = (
        (200, Sender.STRANGER, "/v2/deployments", opsgenie, 401),
        (140, Sender.SHOP, "/v2/deployments", opsgenie, 422),
        (95, Sender.PLATFORM, "/ledger/v1/deployments", native, 422),
        (20, Sender.COMMITS, "/ledger/v1/services", {"name": "Checkout 2"}, 403),
    )
    refused = [
        Call(at=until - timedelta(minutes=minutes), sender=sender, method="POST", path=path, body=body, refused=status)
        for minutes, sender, path, body, status in told
    ]
    path, at = "/v2/deployments/build-0/updateState?type=api", until - timedelta(minutes=65)
    body = {"state": "successful", "completedAt": format_time(at)}
    stray = Call(at=at, sender=Sender.SHOP, method="PATCH", path=path, body=body)
    return sorted((*refused, stray), key=lambda call: call.at)
