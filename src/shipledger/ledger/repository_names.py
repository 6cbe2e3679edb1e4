"""Which members of a submission are names of repositories: those that are declared as ``RepositoryName``. Pure.

Whoever renames repositories asks here, so that a new kind of record needs no rule of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Annotated, Any, TypeAlias, TypeVar

from msgspec import Meta, Struct
from msgspec.inspect import DictType, Metadata, StructType, Type, UnionType, VarTupleType, type_info
from msgspec.structs import replace

_MARK = "is_repository"

RepositoryName: TypeAlias = Annotated[str, Meta(extra={_MARK: True})]
"""The canonical name of a repository, or the beginning of one; "" where none was said."""

Rename: TypeAlias = Callable[[str], str]
S = TypeVar("S", bound=Struct)

_Way: TypeAlias = Callable[[Any, Rename], Any]


def rename_repositories(submission: S, rename: Rename) -> S:
    """``submission`` with every name of a repository by ``rename``; itself where nothing changes."""
    way = _find_way(type(submission))
    return submission if way is None else way(submission, rename)


def list_members(submission: type[Struct]) -> list[str]:
    """The paths of all text members, such as ``facts.releases.repository``, those of names of repositories with a star."""
    return sorted(set(_walk(type_info(submission), "")))


@cache
def _find_way(struct: type[Struct]) -> _Way | None:
    """How a struct is renamed, or None if it names no repository."""
    information: Any = type_info(struct)
    ways = {field.name: way for field in information.fields if (way := _to_way(field.type)) is not None}
    if not ways:
        return None

    def go(value: Struct, rename: Rename) -> Struct:
        changed = {}
        for name, way in ways.items():
            before = getattr(value, name)
            after = way(before, rename)
            if after is not before and after != before:
                changed[name] = after
        return replace(value, **changed) if changed else value

    return go


def _to_way(kind: Type) -> _Way | None:
    if _is_name(kind):
        return _rename_text
    if isinstance(kind, StructType):
        return _if_it_is(kind.cls, _find_way(kind.cls))
    if isinstance(kind, VarTupleType):
        return _if_it_is(tuple, _each(_to_way(kind.item_type)))
    if isinstance(kind, DictType):
        return _if_it_is(dict, _each_pair(_to_way(kind.key_type), _to_way(kind.value_type)))
    return _either(kind) if isinstance(kind, UnionType) else None


def _if_it_is(kind: type, way: _Way | None) -> _Way | None:
    """What is UNSET or None names nothing."""
    return None if way is None else lambda value, rename: way(value, rename) if isinstance(value, kind) else value


def _is_name(kind: Type) -> bool:
    return isinstance(kind, Metadata) and bool((kind.extra or {}).get(_MARK))


def _rename_text(value: Any, rename: Rename) -> Any:
    return rename(value) if isinstance(value, str) and value else value


def _each(way: _Way | None) -> _Way | None:
    return None if way is None else lambda values, rename: tuple(way(one, rename) for one in values)


def _each_pair(key: _Way | None, value: _Way | None) -> _Way | None:
    if key is None and value is None:
        return None
    to_key, to_value = key or _keep, value or _keep
    return lambda pairs, rename: {to_key(one, rename): to_value(other, rename) for one, other in pairs.items()}


def _keep(value: Any, _: Rename) -> Any:
    return value


def _either(kind: UnionType) -> _Way | None:
    """By what the value is: each way leaves alone what is of another type."""
    ways = [way for one in kind.types if (way := _to_way(one)) is not None]
    if not ways:
        return None

    def go(value: Any, rename: Rename) -> Any:
        for way in ways:
            changed = way(value, rename)
            if changed is not value:
                return changed
        return value

    return go


def _walk(kind: Type, path: str) -> Iterator[str]:
    if isinstance(kind, Metadata):
        yield path + "*" if _is_name(kind) else path
    elif isinstance(kind, StructType):
        for field in kind.fields:
            yield from _walk(field.type, f"{path}.{field.name}".lstrip("."))
    elif isinstance(kind, VarTupleType):
        yield from _walk(kind.item_type, path)
    elif isinstance(kind, DictType):
        yield from (*_walk(kind.key_type, path), *_walk(kind.value_type, f"{path}.*"))
    elif isinstance(kind, UnionType):
        for one in kind.types:
            yield from _walk(one, path)
    else:
        yield path
