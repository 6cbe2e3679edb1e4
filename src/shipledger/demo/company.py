"""The company: what it owns, where it deploys to, and how its people write."""

from __future__ import annotations

from msgspec import Struct

from shipledger.catalog.services.relation import RelationKind

WORKSPACE = "acme"


class SampleService(Struct, frozen=True):
    """A service, with how it is worked on. ``reports_once``: its CI job reports at the end only, with the final state."""

    name: str
    description: str
    team: str
    issue_prefix: str
    repositories: tuple[str, ...]
    changes_per_week: float
    failure_share: float
    reports_once: bool = False


class SampleEnvironment(Struct, frozen=True):
    """A step on the way to the customers. ``share`` of the changes that reached the step before go on to this one."""

    type: str
    id: str
    name: str
    share: float
    pause_minutes: tuple[int, int]
    deploy_minutes: tuple[int, int]


SERVICES: tuple[SampleService, ...] = (
    SampleService("Checkout", "Cart, prices and the order itself.", "Shop", "SHOP", ("checkout",), 3.5, 0.06),
    SampleService("Payments", "Talks to banks and card networks.", "Money", "PAY", ("payments", "payments-worker"), 1.5, 0.03),
    SampleService("Search", "Finds products.", "Discovery", "FIND", ("search",), 2.0, 0.09, reports_once=True),
    SampleService("Storefront", "What customers see.", "Shop", "WEB", ("storefront",), 5.0, 0.05),
    SampleService("Identity", "Accounts, login and sessions.", "Platform", "ID", ("identity",), 0.8, 0.04),
)

RELATIONS: tuple[tuple[str, RelationKind, str], ...] = (
    ("Checkout", RelationKind.DEPENDS_ON, "Payments"),
    ("Checkout", RelationKind.DEPENDS_ON, "Identity"),
    ("Storefront", RelationKind.CONTAINS, "Search"),
    ("Storefront", RelationKind.DEPENDS_ON, "Checkout"),
)

UNMAPPED_REPOSITORY = "nightly-reports"
"""Deployed now and then, and of no service: there is always one that nobody has mapped."""

ENVIRONMENTS: tuple[SampleEnvironment, ...] = (
    SampleEnvironment("Test", "test", "Test", 1.0, (0, 2), (1, 4)),
    SampleEnvironment("Staging", "staging", "Staging", 0.85, (10, 90), (2, 7)),
    SampleEnvironment("Production", "prod-eu", "Production EU", 0.8, (20, 240), (4, 15)),
    SampleEnvironment("Production", "prod-us", "Production US", 0.95, (20, 60), (4, 15)),
)

VERBS = ("Add", "Speed up", "Simplify", "Log", "Retry", "Cache", "Rename", "Validate", "Translate", "Remove")
OBJECTS = (
    "the address form",
    "the currency table",
    "the delivery date",
    "the error page",
    "the feature flag for gift cards",
    "the health check",
    "the invoice mail",
    "the price filter",
    "the product images",
    "the queue consumer",
    "the rate limit",
    "the session cookie",
    "the stock query",
    "the tax rules",
)
