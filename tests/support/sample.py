"""A small company's week, for pictures and browser tests."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from shipledger.ledger.state import State, Tier
from shipledger.ledger.submission import Environment
from shipledger.ledger.verdict import Verdict
from tests.support.pen import PRODUCTION, STAGING, TESTING, Pen

CHECKOUT = "bitbucket.org/acme/checkout"
STOREFRONT = "bitbucket.org/acme/storefront"
PAYMENTS = "bitbucket.org/acme/payments"
SEARCH = "github.com/acme-labs/search-index"
MAILER = "bitbucket.org/acme-tools/mailer"
DEVELOPMENT = Environment(id="dev-anna", name="dev-anna", tier=Tier.DEVELOPMENT)

_WEEK: tuple[tuple[str, float, float, State, Environment, str], ...] = (
    ("Checkout 4.18.0: split payments", 7, 5, State.SUCCESSFUL, STAGING, CHECKOUT),
    ("Storefront 2026.46: faster product pages", 26, 7.5, State.SUCCESSFUL, PRODUCTION, STOREFRONT),
    ("Payments 1.92.3: retry webhooks with backoff", 58, 3.2, State.FAILED, PRODUCTION, PAYMENTS),
    ("Payments 1.92.3: retry webhooks with backoff", 95, 3, State.SUCCESSFUL, STAGING, PAYMENTS),
    ("Search index 0.31: synonyms for sizes", 140, 12, State.SUCCESSFUL, PRODUCTION, SEARCH),
    ("Mailer 3.2.1", 190, 1.6, State.SUCCESSFUL, PRODUCTION, MAILER),
    ("Checkout 4.17.2: round taxes per line", 260, 4.6, State.SUCCESSFUL, PRODUCTION, CHECKOUT),
    ("Nightly build of the storefront", 430, 22, State.CANCELLED, TESTING, STOREFRONT),
    ("Checkout 4.17.1: new address form", 1500, 6, State.ROLLED_BACK, PRODUCTION, CHECKOUT),
    ("Checkout 4.17.1: new address form", 1560, 5, State.SUCCESSFUL, STAGING, CHECKOUT),
    ("Payments 1.92.2", 2900, 3.4, State.SUCCESSFUL, PRODUCTION, PAYMENTS),
    ("Storefront 2026.45", 4400, 8, State.SUCCESSFUL, PRODUCTION, STOREFRONT),
)


async def write_week(pen: Pen, now: datetime) -> dict[str, str]:
    """Fill the ledger; ids of the deployments and requests that pages are shown for, by name."""
    long_ago = now - timedelta(days=30)
    await pen.create_service("Checkout", CHECKOUT, at=long_ago, description="Cart, address and order.")
    await pen.create_service("Storefront", STOREFRONT, at=long_ago, description="Everything that customers see first.")
    await pen.create_service("Payments", PAYMENTS, at=long_ago)
    await pen.create_service("Warehouse", at=long_ago, description="Stock and parcels.")
    for number, (title, minutes, lasted, state, environment, repository) in reversed(list(enumerate(_WEEK))):
        await pen.record(
            at=now - timedelta(minutes=minutes),
            state=state,
            lasted=timedelta(minutes=lasted),
            environment=environment,
            releases=((repository, _commit(number)),),
            title=title,
        )
    dev = await pen.record(
        at=now - timedelta(minutes=40), environment=DEVELOPMENT, releases=((STOREFRONT, "a1b2c3d"),), title="Try the new header"
    )
    ids = {"skewed": await _write_skewed(pen, now), "story": await _write_story(pen, now), "plain": _id(dev[1])}
    return ids | await _write_troubles(pen, now)


async def _write_story(pen: Pen, now: datetime) -> str:
    began = now - timedelta(minutes=3)
    _, verdict = await pen.record(
        at=began,
        state=State.PENDING,
        lasted=None,
        releases=((CHECKOUT, _commit(40)), (MAILER, _commit(41)), (SEARCH, _commit(42))),
        external_id="build-1841",
        title="Checkout 4.18.0: split payments",
        description="Lets customers pay one order with two cards.\nReviewed by Payments.",
        url="https://ci.example.com/acme/checkout/1841",
    )
    deployment_id = _id(verdict)
    await pen.change(deployment_id, State.IN_PROGRESS, at=began + timedelta(seconds=20))
    await pen.amend(deployment_id, at=began + timedelta(seconds=50), title="Checkout 4.18.0: split payments, all regions")
    await pen.change(deployment_id, State.PENDING, at=began + timedelta(seconds=70))
    return deployment_id


async def _write_skewed(pen: Pen, now: datetime) -> str:
    _, verdict = await pen.record(
        at=now - timedelta(minutes=75),
        lasted=timedelta(minutes=-9),
        environment=STAGING,
        releases=((STOREFRONT, _commit(50)),),
        external_id="storefront-774",
        title="Storefront 2026.46, release candidate",
    )
    return _id(verdict)


async def _write_troubles(pen: Pen, now: datetime) -> dict[str, str]:
    rejected, _ = await pen.change("01900000-0000-7000-8000-00000000dead", State.SUCCESSFUL, at=now - timedelta(minutes=12))
    refused, _ = await pen.record(
        at=now - timedelta(minutes=33),
        releases=(("bitbucket.org/outside/tool", "beef123"),),
        connected=frozenset({"bitbucket.org/acme"}),
        title="Tool 1.0",
    )
    quarantined = await pen.quarantine(
        at=now - timedelta(minutes=21), failure="KeyError: 'environment' while the create was translated (attempt 3)"
    )
    pending = await pen.leave_pending(at=now - timedelta(seconds=2))
    return {"rejected": rejected, "refused": refused, "quarantined": quarantined, "pending": pending}


def _id(verdict: Verdict) -> str:
    assert verdict.deployment_id is not None
    return verdict.deployment_id


def _commit(number: int) -> str:
    return hashlib.sha256(str(number).encode()).hexdigest()[:40]
