"""What a query says."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeAlias

from msgspec import Struct


class Field(StrEnum):
    """What a condition looks at: the issue itself, or the rows of its deployments."""

    PROJECT = "project"
    ISSUE_KEY = "issueKey"
    TYPE = "deploymentEnvironmentType"
    ENVIRONMENT = "deploymentEnvironmentName"
    STATE = "deploymentState"
    PIPELINE = "deploymentPipeline"


OF_THE_ISSUE = frozenset({Field.PROJECT, Field.ISSUE_KEY})


class Condition(Struct, frozen=True):
    """A field has one of ``values``; when ``is_prefix``, a word of it begins with one. Values are without case."""

    field: Field
    values: tuple[str, ...]
    is_prefix: bool = False
    is_negative: bool = False


class SameRow(Struct, frozen=True):
    """One row meets every condition."""

    conditions: tuple[Condition, ...]


class Not(Struct, frozen=True):
    """The opposite of a part."""

    part: Node


class All(Struct, frozen=True):
    """Every part holds."""

    parts: tuple[Node, ...]


class Some(Struct, frozen=True):
    """At least one part holds."""

    parts: tuple[Node, ...]


Node: TypeAlias = Condition | SameRow | Not | All | Some
