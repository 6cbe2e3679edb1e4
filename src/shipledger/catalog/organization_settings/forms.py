"""The forms that values of settings have: which values each accepts, and how a person writes one. Pure."""

from __future__ import annotations

import math
from typing import Any, ClassVar, TypeAlias

from msgspec import Struct

from shipledger.catalog.issue import read_projects
from shipledger.catalog.organization_settings.model import Value
from shipledger.errors import Invalid
from shipledger.texts import storable


class Number(Struct, frozen=True):
    """A number within bounds, both included. ``unit`` is a word for people, ``zero`` what 0 means."""

    least: float
    most: float
    unit: str
    zero: str = ""
    is_whole: bool = False

    type: ClassVar[str] = "number"

    @property
    def accepts(self) -> str:
        """What a value must be."""
        zero = f"; 0: {self.zero}" if self.zero else ""
        number = "whole number" if self.is_whole else "number"
        return f"a {number} of {self.unit} from {self.least:,g} to {self.most:,.0f}{zero}"

    def accept(self, value: Any) -> Value | None:
        """``value`` as it is kept; None if it is none."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        is_within = self.least <= value <= self.most  # NaN and integers that no float holds are not
        is_fitting = is_within and math.isfinite(value) and (not self.is_whole or value == int(value))
        return float(value) if is_fitting else None

    def read(self, text: str) -> Any:
        """The value that a person writes."""
        try:
            return float(text)
        except ValueError:
            return text


class Choice(Struct, frozen=True):
    """One of some words."""

    words: tuple[str, ...]

    type: ClassVar[str] = "word"

    @property
    def accepts(self) -> str:
        return f"{', '.join(self.words[:-1])} or {self.words[-1]}"

    def accept(self, value: Any) -> Value | None:
        return value if isinstance(value, str) and value in self.words else None

    def read(self, text: str) -> Any:
        return text.strip().lower()


class Choices(Struct, frozen=True):
    """Any of some words, each once; ``none`` is what it means that there is none."""

    words: tuple[str, ...]
    none: str

    type: ClassVar[str] = "list of words"

    @property
    def accepts(self) -> str:
        return f"a list of some of {', '.join(self.words)}; empty: {self.none}"

    def accept(self, value: Any) -> Value | None:
        if not isinstance(value, list | tuple) or not all(isinstance(one, str) and one in self.words for one in value):
            return None
        return tuple(one for one in self.words if one in value)

    def read(self, text: str) -> Any:
        return text.replace(",", " ").lower().split()


class Projects(Struct, frozen=True):
    """Keys of projects."""

    least: int = 1
    most: int = 1_000

    type: ClassVar[str] = "list of words"

    @property
    def accepts(self) -> str:
        return f"a list of {self.least} to {self.most:,} keys of projects, of letters, digits and underscores, such as SHIP"

    def accept(self, value: Any) -> Value | None:
        if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
            return None
        try:
            projects = read_projects(value)
        except Invalid:
            return None
        return projects if self.least <= len(projects) <= self.most else None

    def read(self, text: str) -> Any:
        return [text]


class Address(Struct, frozen=True):
    """The URL of a site."""

    most: int = 2_000

    type: ClassVar[str] = "URL"

    @property
    def accepts(self) -> str:
        return f"an address that begins with https:// or http://, of at most {self.most:,} characters"

    def accept(self, value: Any) -> Value | None:
        is_address = isinstance(value, str) and value.startswith(("https://", "http://")) and len(value) <= self.most
        return value if is_address and storable(value) == value else None

    def read(self, text: str) -> Any:
        return text.strip()


Form: TypeAlias = Number | Choice | Choices | Projects | Address


def to_words(value: Value | None) -> str:
    """A value as people read and write it."""
    if value is None:
        return ""
    return value if isinstance(value, str) else f"{value:.10g}" if isinstance(value, float) else ", ".join(value) or "none"
