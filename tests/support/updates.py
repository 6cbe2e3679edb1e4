"""Updates of one deployment, as Hypothesis draws them: few distinct values, so that they collide, tie and repeat."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias, get_args, get_type_hints

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from shipledger.ledger.authors import Author
from shipledger.ledger.course import Course
from shipledger.ledger.decide import Decision, Situation, decide
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.fold import FACT_NAMES
from shipledger.ledger.identity import new_id
from shipledger.ledger.marks import MARKS
from shipledger.ledger.naming import NamedIssues
from shipledger.ledger.receipt import Receipt
from shipledger.ledger.state import PHASES, SEVERITIES, State, Tier
from shipledger.ledger.submission import (
    Alias,
    Amend,
    ChangeState,
    CiRun,
    Environment,
    Facts,
    GiveUp,
    Mark,
    Order,
    Pipeline,
    Recognition,
    RecordDeployment,
    Release,
    Remediation,
    StateReport,
    Submission,
    Target,
)

Knowledge: TypeAlias = tuple[
    Facts,
    dict[str, Order],
    StateReport,
    tuple[Alias, ...],
    tuple[Alias, ...],
    bool,
    datetime | None,
    NamedIssues,
    dict[str, Author],
    dict[str, Order],
]

START = datetime(2020, 3, 26, 14, 5, 7, 594_000, tzinfo=UTC)
RECEIPT_ID = "01900000-0000-7000-8000-000000000000"
DEPLOYMENT_ID = "01900000-0000-7000-8000-00000000000d"
TARGET = Target(key=DEPLOYMENT_ID)
SOURCE = "opsgenie"


def receipt(*, accepted_at: datetime = START, organization_id: str = "acme") -> Receipt:
    """A receipt that only lends its organization and times; what it asks for is given beside it."""
    return Receipt(
        organization_id=organization_id,
        receipt_id=new_id(accepted_at, bytes(8)),
        credential_id="credential",
        protocol=SOURCE,
        operation="create",
        parameters={},
        body="{}",
        accepted_at=accepted_at,
    )


def report(state: State, at: datetime = START, *, original: str | None = None) -> StateReport:
    """A state report ordered as a protocol without sequence numbers orders it: by phase, then time, then severity."""
    microseconds = int(at.timestamp() * 1_000_000)
    order = (PHASES[state], microseconds, SEVERITIES[state])
    return StateReport(state=state, original=original or state.value, order=order, reported_at=at)


def record(*, facts: Facts | None = None, order: Order = (1,), state: StateReport | None = None, **rest: Any) -> RecordDeployment:
    """A submission that records the deployment."""
    return RecordDeployment(
        source=SOURCE,
        deployment_id=DEPLOYMENT_ID,
        identities=rest.pop("identities", (Alias(scope="opsgenie:create", key="one"),)),
        facts=facts or Facts(),
        order=order,
        state=state or report(State.IN_PROGRESS),
        **rest,
    )


def settle(updates: Iterable[Submission], current: Deployment | None = None) -> tuple[Deployment | None, list[Decision]]:
    """The deployment after ``updates`` in this order, with every decision on the way."""
    decisions = []
    for step, update in enumerate(updates):
        decision = decide(Situation(current=current), receipt(), 0, update, START + timedelta(seconds=step))
        decisions.append(decision)
        current = decision.deployment or current
    return current, decisions


def knowledge(deployment: Deployment | None) -> tuple[Knowledge, Course | None, Order | None]:
    """What must not depend on the order of processing."""
    assert deployment is not None
    return standing(deployment), deployment.course, _given_up_after(deployment)


def _given_up_after(deployment: Deployment) -> Order | None:
    """The order after which it was given up, unless a newer report has come."""
    given_up = deployment.given_up
    return None if given_up is None or given_up.order < deployment.report.order else given_up.order


def standing(deployment: Deployment) -> Knowledge:
    """What stands of all that was said."""
    return (
        deployment.facts,
        deployment.orders,
        deployment.report,
        deployment.identities,
        deployment.names,
        deployment.is_managed_elsewhere,
        deployment.first_reported_at,
        deployment.named,
        deployment.authors,
        {name: one.order for name, one in deployment.marked.items()},
    )


def retell(deployment: Deployment) -> list[Submission]:
    """Updates that say exactly what ``deployment`` knows, unless something that it knew was withdrawn."""
    told: list[Submission] = [
        record(
            state=deployment.report,
            identities=deployment.identities,
            recognition=Recognition(names=deployment.names),
            is_managed_elsewhere=deployment.is_managed_elsewhere,
            named=deployment.named,
            authors=deployment.authors,
        )
    ]
    for name in FACT_NAMES:
        value = getattr(deployment.facts, name)
        if value is not UNSET:
            told.append(Amend(source=SOURCE, target=TARGET, facts=Facts(**{name: value}), order=deployment.orders[name]))
    return told


def orders() -> SearchStrategy[Order]:
    """Orders of one to three parts, so that some are prefixes of others."""
    return st.lists(st.integers(-2, 3), min_size=1, max_size=3).map(tuple)


def moments() -> SearchStrategy[datetime]:
    """A few times, one of them years before the others."""
    return st.sampled_from(
        [START, START + timedelta(microseconds=1), START + timedelta(minutes=9), datetime(2019, 11, 7, tzinfo=UTC)]
    )


def facts() -> SearchStrategy[Facts]:
    """Any subset of the facts; None where a fact can be denied."""
    return st.fixed_dictionaries({}, optional=dict(_values())).map(lambda said: Facts(**said))


def _values() -> Iterator[tuple[str, SearchStrategy[Any]]]:
    """Each fact with values for it: as few as there are, for what is not told apart by its type alone."""
    texts = st.sampled_from(["", "a", "b", "\N{PILE OF POO}\x00"])
    pairs = st.dictionaries(texts, texts, max_size=2)
    releases = st.builds(Release, repository=texts, commit=texts, original=pairs)
    special: dict[str, SearchStrategy[Any]] = {
        "environment": st.builds(Environment, id=texts, name=texts, tier=st.sampled_from(Tier)),
        "started_at": st.none() | moments(),
        "releases": st.lists(releases, max_size=2).map(tuple),
        "remediation": st.none()
        | st.builds(Remediation, kind=st.sampled_from(["rollback", "rollforward"]), id=st.none() | texts),
        "pipeline": st.none() | st.builds(Pipeline, id=texts, name=texts),
        "ci": st.builds(CiRun, system=texts, run=texts),
        "properties": pairs,
        "original": st.dictionaries(texts, st.none() | st.integers(0, 1) | pairs, max_size=2),
        "duration_seconds": st.none() | st.sampled_from([0.0, 0.5]),
        # False would contradict a remedy, and which of the two is refused depends on the order by design.
        "is_change_failure": st.sampled_from([None, True]),
    }
    for name, hint in get_type_hints(Facts).items():
        kinds = set(get_args(hint)) - {UnsetType}
        if name in special:
            yield name, special[name]
        elif str in kinds:
            yield name, st.none() | texts
        elif bool in kinds:
            yield name, st.booleans()
        elif int in kinds:
            yield name, st.none() | st.integers(0, 2)
        else:
            yield name, st.lists(texts, max_size=2).map(tuple)


def reports() -> SearchStrategy[StateReport]:
    """State reports of protocols that order by time, and of those that send a sequence."""
    return st.builds(report, st.sampled_from(State), moments()) | st.builds(
        StateReport,
        state=st.sampled_from(State),
        original=st.sampled_from(["x", "y"]),
        order=orders(),
        reported_at=st.none() | moments(),
    )


def identities() -> SearchStrategy[tuple[Alias, ...]]:
    """Up to two of three aliases, in any order."""
    alias = st.builds(Alias, scope=st.just("opsgenie:create"), key=st.sampled_from(["one", "two", "three"]))
    return st.lists(alias, max_size=2).map(tuple)


def records(*, replaces: SearchStrategy[bool] | None = None) -> SearchStrategy[Submission]:
    """Submissions that record the deployment, add to it, or say it anew as a whole.

    None of them is managed elsewhere: amendments of such a deployment are refused, and what is refused before it becomes
    one depends on the order by design.
    """
    return st.builds(
        record,
        facts=facts(),
        order=orders(),
        state=reports(),
        identities=identities(),
        replaces=st.booleans() if replaces is None else replaces,
        assumed=facts().map(_without_marks),
        assumed_order=st.sampled_from([(-8,), (-9,)]),
        recognition=st.none() | st.builds(Recognition, names=identities()),
        required_workspaces=st.sampled_from([(), ("bitbucket.org/acme",)]),
        named=named_issues(),
        authors=authors(),
    )


def authors() -> SearchStrategy[dict[str, Author]]:
    """Who wrote commits, as senders tell it: not always the same."""
    told = st.builds(Author, address_hash=st.sampled_from(["", "a1"]), name=st.sampled_from(["", "Ada", "ada"]))
    return st.dictionaries(st.sampled_from(["0c9135c", "4f1c9a7"]), told)


def named_issues() -> SearchStrategy[NamedIssues]:
    """Issues that texts name, as they are found: in no order."""
    keys = st.lists(st.sampled_from(["SHIP-1", "SHIP-2", "OPS-7"]), max_size=2, unique=True).map(tuple)
    return st.builds(
        NamedIssues, title=keys, message=keys, commits=st.dictionaries(st.sampled_from(["0c9135c", "4f1c9a7"]), keys)
    )


def changes() -> SearchStrategy[Submission]:
    """Submissions that need the deployment to be there."""
    return (
        st.builds(ChangeState, source=st.just(SOURCE), target=st.just(TARGET), state=reports())
        | st.builds(
            Amend,
            source=st.just(SOURCE),
            target=st.just(TARGET),
            facts=facts(),
            order=orders(),
            named=named_issues(),
            authors=authors(),
        )
        | st.builds(Mark, source=st.just(SOURCE), target=st.just(TARGET), facts=marks(), order=orders())
    )


def _without_marks(said: Facts) -> Facts:
    """Nobody assumes a mark."""
    return replace(said, **dict.fromkeys(MARKS, UNSET))


def marks() -> SearchStrategy[Facts]:
    """Any subset of the marks."""
    chosen = {name: values for name, values in _values() if name in MARKS}
    return st.fixed_dictionaries({}, optional=chosen).map(lambda said: Facts(**said))


def give_ups() -> SearchStrategy[Submission]:
    """What the ledger asks of itself, after any report."""
    return st.builds(
        GiveUp,
        source=st.just("shipledger"),
        target=st.just(TARGET),
        order=reports().map(lambda one: one.order),
        heard_at=moments(),
        after_seconds=st.just(86_400.0),
    )


def additions() -> SearchStrategy[Submission]:
    """Submissions that say something and withdraw nothing."""
    return records(replaces=st.just(False)) | changes()


def submissions() -> SearchStrategy[Submission]:
    """Any submission but a removal, after which the same identities mean another deployment."""
    return records() | changes() | give_ups()


def starts_with_a_record(updates: Sequence[Submission]) -> bool:
    """Whether ``updates`` can be settled without waiting for a record."""
    return isinstance(updates[0], RecordDeployment)
