"""What the verbs of a store need of a database: somebody who runs named statements.

What a statement gives follows from how its name is marked in its file: ``!`` the number of rows it changed, ``^`` one row
or None, ``$`` the first value of one row or None, no mark all rows.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Generator
from typing import Any, NamedTuple, TypeAlias, TypeVar

from shipledger.ledger.aggregate import Aggregates

T = TypeVar("T")


class Call(NamedTuple):
    """A statement by its name, and its parameters by theirs."""

    name: str
    parameters: dict[str, Any]


Steps: TypeAlias = Generator[Call, Any, T]
"""Several statements over one connection: each ``yield`` runs one and gets what it gives; an exception undoes a write."""


def call(name: str, /, **parameters: Any) -> Call:
    """A statement to run."""
    return Call(name, parameters)


class Session(ABC):
    """Runs statements. Every method raises domain errors alone: Unavailable, and what a violated constraint means.

    ``aggregates`` are those that the ledger has.
    """

    aggregates: Aggregates

    @abstractmethod
    async def _fetch(self, name: str, /, **parameters: Any) -> Any:
        """What a short look-up gives."""

    @abstractmethod
    async def _fetch_long(self, name: str, /, **parameters: Any) -> Any:
        """What a question gives whose cost grows with the ledger; it must not keep the short ones waiting."""

    @abstractmethod
    async def _execute(self, name: str, /, **parameters: Any) -> Any:
        """What a statement that writes gives, once it is durable."""

    @abstractmethod
    async def _read_steps(self, steps: Steps[T]) -> T:
        """What several short look-ups give. They may see different moments."""

    @abstractmethod
    async def _read_steps_long(self, steps: Steps[T]) -> T:
        """The same for questions whose cost grows with the ledger."""

    @abstractmethod
    async def _write_steps(self, steps: Steps[T]) -> T:
        """What one transaction gives, once it is durable."""

    @abstractmethod
    async def _write_steps_long(self, steps: Steps[T]) -> T:
        """The same, however long it takes."""
