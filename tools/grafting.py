"""Changed code in the place of a module's code while it is imported: faster than to import everything that uses it anew."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from inspect import CO_OPTIMIZED
from types import CodeType, FunctionType


class NotGrafted(Exception):
    """The change is not in a function that is there already, so the module has to be imported anew."""


def graft(file: str, before: str, after: str) -> None:
    """Change the functions of a module from one source to another. Raises NotGrafted where that is not the whole change.

    What a function gave back earlier, while modules were imported or to a cache, stays as it was.
    """
    old, new = (dict(_walk(compile(source, file, "exec"))) for source in (before, after))
    changed = {path: code for path, code in old.items() if _plain(code) != _plain(new[path])} if old.keys() == new.keys() else {}
    if not changed:
        raise NotGrafted(file)
    places = {(code.co_qualname, code.co_firstlineno): path for path, code in changed.items()}
    grafted = set()
    for function in [one for one in gc.get_objects() if isinstance(one, FunctionType) and one.__code__.co_filename == file]:
        path = places.get((function.__code__.co_qualname, function.__code__.co_firstlineno))
        if path is not None:
            try:
                function.__code__ = new[path]
            except ValueError as error:  # it does not need what it was closed over
                raise NotGrafted(file) from error
            grafted.add(path)
    if grafted != changed.keys():
        raise NotGrafted(file)


def _walk(code: CodeType, path: tuple[int, ...] = ()) -> Iterator[tuple[tuple[int, ...], CodeType]]:
    """The outermost functions of a module and its classes, by their places among what a body makes."""
    for place, inner in enumerate(one for one in code.co_consts if isinstance(one, CodeType)):
        if inner.co_flags & CO_OPTIMIZED:
            yield (*path, place), inner
        else:
            yield from _walk(inner, (*path, place))


def _plain(code: CodeType) -> CodeType:
    """Code that does not say where it stands."""
    constants = tuple(_plain(one) if isinstance(one, CodeType) else one for one in code.co_consts)
    return code.replace(co_firstlineno=1, co_linetable=b"", co_consts=constants)
