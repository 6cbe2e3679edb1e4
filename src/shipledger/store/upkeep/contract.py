"""Upkeep of a store over all organizations; part of ``store.contract.Store``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from msgspec import Struct


class Difference(Struct, frozen=True):
    """A place where the stored data does not match its entries."""

    organization_id: str
    table: str
    key: str
    sentence: str


class MaintenanceStore(Protocol):
    """Upkeep over all organizations."""

    async def count_entries(self) -> int:
        """How many entries of deployments there are, for progress."""

    async def find_damaged_pages(self) -> list[Difference]:
        """Damage to the database itself, which no statement can repair."""

    async def find_unreadable(self, *, advance: Callable[[int, int], None]) -> list[Difference]:
        """The unreadable receipts, entries, seals, projections, organizations, credentials and services."""

    async def find_damage(self) -> list[Difference]:
        """Findings of the database's own integrity check, and broken references between tables."""

    async def describe(self) -> Mapping[str, Any]:
        """Facts for ``doctor``: engine, version, location, size in bytes, schema revision, settings that matter."""

    async def describe_at_once(self) -> Mapping[str, Any]:
        """The same without what waits behind writes: for who looks time and again."""
