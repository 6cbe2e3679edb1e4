"""The company: who works there, what it owns, and where it deploys to."""

from __future__ import annotations

from typing import NamedTuple

from msgspec import Struct

DOMAIN = "acme.example"
WORKSPACE = "acme"
BITBUCKET = f"bitbucket.org/{WORKSPACE}"


class Person(NamedTuple):
    """Somebody who writes code. ``login``: what senders call them. ``has_account``: they also read these pages."""

    name: str
    login: str
    team: str
    has_account: bool = True

    @property
    def email(self) -> str:
        """Their address, in commits and to sign in with."""
        plain = self.name.translate(str.maketrans("áéíóúçã ", "aeiouca.")).lower()
        return f"{plain}@{DOMAIN}"


PEOPLE: tuple[Person, ...] = (
    Person("Nadia Petrova", "npetrova", "Shop"),
    Person("Tomás Ferreira", "tferreira", "Shop"),
    Person("Grace Okafor", "gokafor", "Shop"),
    Person("Ingrid Solberg", "isolberg", "Money"),
    Person("Rajiv Menon", "rmenon", "Money"),
    Person("Kenji Watanabe", "kwatanabe", "Discovery"),
    Person("Lucía Romero", "lromero", "Discovery"),
    Person("Daniel Levy", "dlevy", "Discovery", has_account=False),
    Person("Amara Nwosu", "amara", "Platform"),
    Person("Jonas Keller", "jonas", "Platform"),
    Person("Li Wei", "li-wei", "Platform"),
    Person("Sofia Rossi", "srossi", "Mobile"),
    Person("Arjun Patel", "apatel", "Mobile"),
    Person("Mateo Vargas", "m-1107", "Growth"),
    Person("Yuki Tanaka", "m-1112", "Growth"),
)


ADMINISTRATOR = Person("Hannah Schmidt", "hschmidt", "Platform")
"""She set the ledger up."""


def list_team(team: str) -> tuple[Person, ...]:
    """Who is in a team."""
    return tuple(person for person in PEOPLE if person.team == team)


class SampleService(Struct, frozen=True, kw_only=True):
    """A service, with how it is worked on. ``reports_once``: its CI job reports at the end only, with the final state.

    ``repositories``: by their canonical names.
    """

    name: str
    description: str
    team: str
    issue_prefix: str
    repositories: tuple[str, ...]
    changes_per_week: float = 0.0
    failure_share: float = 0.0
    reports_once: bool = False
    tags: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()
    contains: tuple[str, ...] = ()


class SampleEnvironment(Struct, frozen=True):
    """A step on the way to the customers. ``share`` of the changes that reached the step before go on to this one."""

    type: str
    id: str
    name: str
    share: float
    pause_minutes: tuple[int, int]
    deploy_minutes: tuple[int, int]


CHECKOUT = SampleService(
    name="Checkout",
    description="Cart, prices and the order itself.",
    team="Shop",
    issue_prefix="SHOP",
    repositories=(f"{BITBUCKET}/checkout",),
    changes_per_week=1.7,
    failure_share=0.06,
    tags=("tier-1",),
    depends_on=("Payments", "Identity"),
)
PAYMENTS = SampleService(
    name="Payments",
    description="Talks to banks and card networks.",
    team="Money",
    issue_prefix="PAY",
    repositories=(f"{BITBUCKET}/payments", f"{BITBUCKET}/payments-worker"),
    changes_per_week=0.8,
    failure_share=0.03,
    tags=("tier-1", "pci"),
)
SEARCH = SampleService(
    name="Search",
    description="Finds products.",
    team="Discovery",
    issue_prefix="FIND",
    repositories=(f"{BITBUCKET}/search",),
    changes_per_week=1.0,
    failure_share=0.09,
    reports_once=True,
)
STOREFRONT = SampleService(
    name="Storefront",
    description="What customers see.",
    team="Shop",
    issue_prefix="WEB",
    repositories=(f"{BITBUCKET}/storefront",),
    changes_per_week=2.0,
    failure_share=0.05,
    depends_on=("Checkout", "Recommendations"),
    contains=("Search",),
)
IDENTITY = SampleService(
    name="Identity",
    description="Accounts, login and sessions.",
    team="Platform",
    issue_prefix="ID",
    repositories=(f"{BITBUCKET}/identity",),
    changes_per_week=0.5,
    failure_share=0.04,
    tags=("tier-1",),
)
RECOMMENDATIONS = SampleService(
    name="Recommendations",
    description="What else customers may like.",
    team="Platform",
    issue_prefix="REC",
    repositories=("github.com/acme/recommendations",),
    depends_on=("Search",),
)
MOBILE_APP = SampleService(
    name="Mobile app",
    description="The shop on phones.",
    team="Mobile",
    issue_prefix="APP",
    repositories=("github.com/acme/mobile-app",),
    depends_on=("Checkout", "Identity"),
)
LOYALTY = SampleService(
    name="Loyalty",
    description="Points and vouchers.",
    team="Growth",
    issue_prefix="LOY",
    repositories=("gitlab.com/acme/loyalty",),
    depends_on=("Checkout",),
)
BATCH_SERVICE = SampleService(
    name="Nightly reports",
    description="",
    team="Money",
    issue_prefix="OPS",
    repositories=(f"{BITBUCKET}/nightly-reports",),
    changes_per_week=0.25,
    failure_share=0.1,
)
"""Deployed now and then. Its repository is of no service: there is always one that nobody has mapped."""

SHOP_SERVICES = (CHECKOUT, PAYMENTS, SEARCH, STOREFRONT, IDENTITY)
"""Those whose CI jobs call Opsgenie's API."""

SERVICES = (*SHOP_SERVICES, RECOMMENDATIONS, MOBILE_APP, LOYALTY)

TEST = SampleEnvironment("Test", "test", "Test", 1.0, (0, 2), (1, 4))
STAGING = SampleEnvironment("Staging", "staging", "Staging", 0.85, (10, 90), (2, 7))
PROD_EU = SampleEnvironment("Production", "prod-eu", "Production EU", 0.85, (20, 240), (4, 15))
PROD_US = SampleEnvironment("Production", "prod-us", "Production US", 0.95, (20, 60), (4, 15))
PROD_AP = SampleEnvironment("Production", "prod-ap", "Production AP", 0.8, (20, 60), (4, 15))
ENVIRONMENTS = (TEST, STAGING, PROD_EU, PROD_US, PROD_AP)

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
"""How its people write."""
