"""How the company set up its ledger: services, people, settings and names of environments. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from shipledger.catalog.tiers import DEFAULT_RULES
from shipledger.demo.call import Call, Sender
from shipledger.demo.company import DOMAIN, ENVIRONMENTS, PEOPLE, PROD_EU, SERVICES, STAGING, TEST, Person

SERVICE_PATH = "/ledger/v1/services"
PEOPLE_PATH = "/ledger/v1/people"
SETTINGS = {
    "receipt_retention_days": 730,
    "gate_timeout_hours": 72,
    "issue_denied_projects": ["UTF", "SHA"],
}
SERVICE_SETTINGS = ("Mobile app", {"gate_timeout_hours": 240})
TIER_RULES = (
    {"pattern": "demo-*", "tier": "testing"},
    *({"pattern": one.pattern, "tier": one.tier.value} for one in DEFAULT_RULES),
)
OTHER_NAMES = {"production": PROD_EU.name, "QA": TEST.name, "Beta testers": STAGING.name}
"""What senders call environments that others call otherwise."""

OWNER = f"demo@{DOMAIN}"
"""The address of the administrator, who is whoever looks at the sample."""


def list_settings(begin: datetime) -> list[Call]:
    """Every call, just before ``begin``, oldest first."""
    at = begin - timedelta(minutes=30)
    return [_ask(at + timedelta(seconds=place), *request) for place, request in enumerate(_list_requests())]


def list_names(until: datetime) -> list[Call]:
    """That what some senders call by its id is the same environment. Both must be known by then."""
    called = {one.id: one.name for one in ENVIRONMENTS if one.id != one.name.casefold()} | OTHER_NAMES
    names = [{"environment": name, "alias_of": other} for name, other in called.items()]
    return [_ask(until - timedelta(days=5), "POST", "/ledger/v1/environments", names, "", "")]


def _list_requests() -> Iterator[tuple[str, str, object, str, str]]:
    """Method, path, body, what is saved, and what it is about."""
    yield "POST", PEOPLE_PATH, {"email": OWNER, "name": "You", "role": "administrator"}, "", ""
    for service in SERVICES:
        yield (
            "POST",
            SERVICE_PATH,
            {
                "name": service.name,
                "description": service.description,
                "team": service.team,
                "tags": service.tags,
                "repositories": service.repositories,
            },
            service.name,
            "",
        )
    for service in SERVICES:
        relations = {"depends_on": service.depends_on, "contains": service.contains}
        if any(relations.values()):
            yield "POST", SERVICE_PATH, {"name": service.name, **relations}, "", ""
    for person in PEOPLE:
        if person.has_account:
            body = {"email": person.email, "name": person.name, "role": "editor", "teams": {person.team: _role_of(person)}}
            yield "POST", PEOPLE_PATH, body, person.email, ""
            yield "PATCH", f"{PEOPLE_PATH}/{{}}", {"logins": [person.login]}, "", person.email
    service_name, settings = SERVICE_SETTINGS
    yield "POST", "/ledger/v1/settings", [{"settings": SETTINGS}, {"service": service_name, "settings": settings}], "", ""
    yield "PUT", "/ledger/v1/tier-rules", {"rules": TIER_RULES}, "", ""


def _role_of(person: Person) -> str:
    """The first of a team lets its deployments pass gates."""
    return "approver" if next(one for one in PEOPLE if one.team == person.team) is person else "editor"


def _ask(at: datetime, method: str, path: str, body: object, saves: str, about: str) -> Call:  # noqa: PLR0917  in the order of a request
    return Call(at=at, sender=Sender.ADMINISTRATOR, method=method, path=path, body=body, saves=saves, about=about)
