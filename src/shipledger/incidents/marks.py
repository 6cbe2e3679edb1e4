"""What people say of the causes of an incident. Pure; see ``ledger/marks.py``."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from shipledger.ledger.marks import Marking
from shipledger.ledger.registers import known
from shipledger.ledger.repository_names import RepositoryName
from shipledger.ledger.submission import Alias


class Cause(Struct, frozen=True, omit_defaults=True):
    """A deployment by its id, or a commit of a repository."""

    deployment_id: str = ""
    repository: RepositoryName = ""
    commit: str = ""

    @property
    def words(self) -> str:
        """What it is, for people."""
        return self.deployment_id or f"{self.repository}@{self.commit}"


class IncidentMarks(Struct, frozen=True, omit_defaults=True):
    """UNSET: nothing is said. None: withdrawn.

    ``caused_by`` are deployments. ``root_cause`` is a commit. ``potential_causes`` are a hypothesis without any effect.
    ``duplicate_of`` is the id of an incident.
    """

    caused_by: tuple[str, ...] | None | UnsetType = UNSET
    root_cause: Cause | None | UnsetType = UNSET
    potential_causes: tuple[Cause, ...] | None | UnsetType = UNSET
    not_caused_by_deployment: bool | None | UnsetType = UNSET
    duplicate_of: str | None | UnsetType = UNSET
    note: str | None | UnsetType = UNSET


NOTHING_MARKED = IncidentMarks()
MARK_NAMES: tuple[str, ...] = IncidentMarks.__struct_fields__


def join_marks(
    held: IncidentMarks, held_by: dict[str, Marking], said: IncidentMarks, said_by: dict[str, Marking]
) -> IncidentMarks:
    """``held`` with those members of ``said`` whose marking won: ``said_by`` are the markings afterwards, ``held_by`` before."""
    won = {name: getattr(said, name) for name in MARK_NAMES if said_by.get(name) is not held_by.get(name)}
    return replace(held, **won) if won else held


def find_contradiction(marks: IncidentMarks) -> str:
    """Why marks contradict each other, as a sentence; "" where they do not."""
    causes = {name: getattr(marks, name) for name in ("caused_by", "root_cause") if getattr(marks, name) not in (UNSET, None)}
    if marks.not_caused_by_deployment is True and causes:
        name, cause = next(iter(causes.items()))
        words = ", ".join(cause) if isinstance(cause, tuple) else cause.words
        return (
            f"An incident that no deployment caused has no {name}, and this one has {words}. Withdraw one of them: "
            f'"not_caused_by_deployment": null or "{name}": null.'
        )
    return ""


def list_causes(marks: IncidentMarks) -> Iterator[tuple[str, Cause]]:
    """The deployments and commits that marks name, each with the member that names it."""
    for deployment_id in known(marks.caused_by) or ():
        yield "caused_by", Cause(deployment_id=deployment_id)
    root = known(marks.root_cause)
    if root is not None:
        yield "root_cause", root
    for cause in known(marks.potential_causes) or ():
        yield "potential_causes", cause


def original_alias(marks: IncidentMarks) -> tuple[Alias, ...]:
    """The name of the incident that this one is said to repeat; none, if that is not said."""
    original = known(marks.duplicate_of)
    return () if original is None else (Alias(scope="", key=original),)
