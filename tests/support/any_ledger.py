"""Whole small ledgers, drawn from the schema: what may be in one, whoever sent it."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from msgspec import Struct

from shipledger.aggregates import Recording
from shipledger.catalog.commit import Commit
from shipledger.catalog.issue import Issue
from shipledger.catalog.service import SERVICE_NAME_LIMIT, ServiceDraft
from shipledger.incidents.elements import Element, ElementKind
from shipledger.incidents.model import (
    ChangeIncident,
    IncidentFacts,
    MarkIncident,
    RecordIncident,
    RemoveIncident,
)
from shipledger.incidents.notes import IncidentNote
from shipledger.incidents.standing import StandingReport
from shipledger.ledger.submission import (
    Alias,
    Amend,
    ChangeState,
    Facts,
    GiveUp,
    Mark,
    Order,
    Recognition,
    RecordDeployment,
    Refuse,
    Release,
    Remove,
    RemoveMatching,
    StateReport,
    Target,
)
from tests.support.schema_values import Members, SchemaValues, moments, texts

IDENTITY_SCOPE = "test"
SERVICE = "the service with the number "
"""With a number it stands for the id of a service of the same ledger, which nobody knows before it is written."""
REPOSITORY = "github.com/acme/shop"
COMMIT = "0c9135c20e2e2a1dbeef0123456789abcdef0123"
SOURCES = ("opsgenie", "opsgenie-pipelines", "jira", "datadog", "iftrue", "somebody else")
OPERATIONS = (
    ("opsgenie", "create"),
    ("opsgenie", "update-state"),
    ("opsgenie", "create-incident"),
    ("jira", "submit"),
    ("datadog", "create-deployment"),
    ("iftrue", "report"),
    ("somebody", "else"),
)
MOST_SERVICES = 2


class Sent(Struct, frozen=True):
    """One request: what is kept of it as it arrived, and what it asks for."""

    protocol: str
    operation: str
    parameters: dict[str, str]
    body: str
    submissions: tuple[Recording, ...]


class AnyLedger(Struct, frozen=True):
    """What is in a ledger: the catalog, the requests in the order of their arrival, and the ``reasons`` to prevent at gates."""

    services: tuple[ServiceDraft, ...]
    issues: tuple[Issue, ...]
    commits: tuple[Commit, ...]
    sent: tuple[Sent, ...]
    reasons: tuple[str, ...]


def ledgers(*, most: int = 3) -> SearchStrategy[AnyLedger]:
    """Ledgers with the histories of up to ``most`` deployments and as many incidents."""
    histories = st.lists(st.one_of(_deployments(), _incidents()), min_size=1, max_size=most)
    return st.builds(
        AnyLedger,
        reasons=st.lists(texts(), min_size=1, max_size=2).map(tuple),
        services=st.lists(_VALUES.of(ServiceDraft), max_size=MOST_SERVICES, unique_by=lambda one: one.name.casefold()).map(tuple),
        issues=st.lists(_VALUES.of(Issue), max_size=2, unique_by=lambda one: one.key).map(tuple),
        commits=st.lists(_VALUES.of(Commit), max_size=1).map(tuple),
        sent=histories.map(lambda found: tuple(sent for history in found for sent in history)),
    )


def _orders() -> SearchStrategy[Order]:
    return st.lists(st.integers(-2, 3) | st.just(2**53), min_size=1, max_size=2).map(tuple)


def _commit_ids() -> SearchStrategy[str]:
    return st.sampled_from([COMMIT, COMMIT.upper()]) | texts()


def _elements() -> SearchStrategy[Element]:
    """Tags, details and responders; the key of a responder is what its sender's protocol needs."""
    pairs = st.dictionaries(texts(), texts(), max_size=2)
    responders = pairs.map(lambda said: msgspec.json.encode(said).decode())
    gone = st.none() | texts()
    return st.one_of(
        texts().flatmap(lambda tag: st.sampled_from([None, tag]).map(lambda value: Element(ElementKind.TAG, tag, value))),
        st.builds(Element, kind=st.just(ElementKind.DETAIL), key=texts(), value=gone),
        st.builds(Element, kind=st.just(ElementKind.RESPONDER), key=responders, value=gone),
    )


_MEMBERS: Members = {
    (StateReport, "order"): _orders(),
    (StandingReport, "order"): _orders(),
    (Release, "commit"): _commit_ids(),
    (Release, "repository"): st.just(REPOSITORY) | texts(),
    (Commit, "commit_id"): st.just(COMMIT),
    (Commit, "parents"): st.just(()),
    (Commit, "issue_keys"): st.lists(st.sampled_from(["SHIP-1", "OPS-7"]), max_size=2, unique=True).map(tuple),
    (Commit, "tree"): st.just(COMMIT),
    (Issue, "key"): st.sampled_from(["SHIP-1", "SHIP-2", "\u00c4-1"]),
    (ServiceDraft, "name"): texts().filter(lambda name: 0 < len(name.strip()) <= SERVICE_NAME_LIMIT),
    (IncidentFacts, "service_ids"): st.lists(st.sampled_from([f"{SERVICE}0", f"{SERVICE}1", "nobody's"]), max_size=2).map(tuple),
    # What a sender's protocol keeps for itself has the form that it needs; the ledger keeps any.
    (Facts, "original"): st.dictionaries(st.sampled_from(["created_on", "full_name", "commit_message"]), texts(), max_size=3),
}
_VALUES = SchemaValues(_MEMBERS)


def _ids() -> SearchStrategy[str]:
    """An id is never drawn twice: each record would give its own to what it records."""
    return st.uuids().map(str)


def _sources() -> SearchStrategy[str]:
    return st.sampled_from(SOURCES)


def _sent(submissions: SearchStrategy[tuple[Recording, ...]]) -> SearchStrategy[Sent]:
    operation = st.sampled_from(OPERATIONS)
    return st.builds(
        lambda named, parameters, body, asked: Sent(named[0], named[1], parameters, body, asked),
        operation,
        st.dictionaries(texts(), texts(), max_size=1),
        texts(),
        submissions,
    )


def _history(first: Any, later: list[Any]) -> SearchStrategy[tuple[Sent, ...]]:
    """A record and what was said of it later, each in a request of its own."""
    begun = first.map(lambda one: (one,))
    followers = st.lists(st.one_of(later).map(lambda one: (one,)), max_size=3)
    return st.tuples(_sent(begun), followers.flatmap(lambda some: st.tuples(*(_sent(st.just(one)) for one in some)))).map(
        lambda found: (found[0], *found[1])
    )


def _deployments() -> SearchStrategy[tuple[Sent, ...]]:
    return _ids().flatmap(_history_of_deployment)


def _history_of_deployment(name: str) -> SearchStrategy[tuple[Sent, ...]]:
    target = st.just(Target(key=name, scope=IDENTITY_SCOPE))
    identity = Alias(scope=IDENTITY_SCOPE, key=name)
    names = st.lists(st.builds(Alias, scope=st.just(IDENTITY_SCOPE), key=texts()), min_size=1, max_size=2).map(tuple)

    def record() -> SearchStrategy[Any]:
        return _VALUES.struct(
            RecordDeployment,
            source=_sources(),
            deployment_id=_ids(),
            identities=st.just((identity,)),
            facts=_VALUES.of(Facts),
            order=_orders(),
            assumed_order=st.just((-9,)),
            namespace=st.sampled_from(["", "jira:somebody"]),
            recognition=st.none() | st.builds(Recognition, names=names),
            required_workspaces=st.just(()),
        )

    later = [
        record(),
        _VALUES.struct(ChangeState, source=_sources(), target=target),
        _VALUES.struct(Amend, source=_sources(), target=target, facts=_VALUES.of(Facts), order=_orders()),
        _VALUES.struct(Mark, source=_sources(), target=target, facts=_VALUES.of(Facts), order=_orders(), names=names),
        _VALUES.struct(GiveUp, source=_sources(), target=target, order=_orders()),
        _VALUES.struct(Remove, source=_sources(), target=target),
        _VALUES.struct(RemoveMatching, source=_sources()),
        _VALUES.struct(Refuse, source=_sources()),
    ]
    return _history(record(), later)


def _incidents() -> SearchStrategy[tuple[Sent, ...]]:
    return _ids().flatmap(_history_of_incident)


def _notes() -> SearchStrategy[IncidentNote]:
    sent_as = st.sampled_from(["", "credential add-incident-note"])
    return st.builds(IncidentNote, note_id=_ids(), text=texts(), written_at=moments(), sent_as=sent_as)


def _history_of_incident(name: str) -> SearchStrategy[tuple[Sent, ...]]:
    target = st.just(Target(key=name, scope=IDENTITY_SCOPE))
    identity = Alias(scope=IDENTITY_SCOPE, key=name)
    said = {
        "source": _sources(),
        "order": _orders(),
        "elements": st.lists(_elements(), max_size=2).map(tuple),
        "notes": st.lists(_notes(), max_size=1).map(tuple),
    }

    def record() -> SearchStrategy[Any]:
        return _VALUES.struct(
            RecordIncident,
            incident_id=_ids(),
            identities=st.just((identity,)),
            assumed_order=st.just((-9,)),
            claims=st.just(()),
            required_services=st.sampled_from([(), (f"{SERVICE}0",)]),
            repeats_within=st.just(0),
            number=st.just(0),
            **said,
        )

    later = [
        record(),
        _VALUES.struct(ChangeIncident, target=target, **said),
        _VALUES.struct(MarkIncident, source=_sources(), target=target, order=_orders(), names=st.just(())),
        _VALUES.struct(RemoveIncident, source=_sources(), target=target),
    ]
    return _history(record(), later)
