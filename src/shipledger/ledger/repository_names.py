"""Which members of a submission are names of repositories: those that are declared as ``RepositoryName``. Pure.

Whoever renames repositories asks here, so that a new kind of record needs no rule of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, TypeAlias, TypeVar

from msgspec import Meta, Struct

_MARK = {"is_repository": True}

RepositoryName: TypeAlias = Annotated[str, Meta(extra=_MARK)]
"""The canonical name of a repository, or the beginning of one; "" where there may be none."""

Rename: TypeAlias = Callable[[str], str]
S = TypeVar("S", bound=Struct)
