"""Small changes of a program, each of which a test should notice. Pure.

Comparisons, conditions, arithmetic, numbers, truth values, order and case are changed one at a time, and single steps are
left out: what is called or assigned for its effect, what is raised, what is given back. Texts, annotations, decorators,
logging and assertions are left alone: a change there is no fault, or mypy finds it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from copy import copy
from typing import NamedTuple

_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}
_FUNCTIONS = {"min": "max", "max": "min", "any": "all", "all": "any", "sorted": "list", "reversed": "list"}
_OF_CASE_AND_SPACE = frozenset({"casefold", "lower", "upper", "strip"})
_LOGGING = frozenset({"log"})
_PLAIN = (ast.Name, ast.Attribute, ast.Call, ast.Await)


class Mutant(NamedTuple):
    """One change. ``start`` and ``end`` are places in the UTF-8 bytes of the source, ``text`` is what comes between."""

    line: int
    before: str
    after: str
    start: int
    end: int
    text: str

    def apply(self, source: str) -> str:
        """The changed source."""
        content = source.encode()
        return (content[: self.start] + self.text.encode() + content[self.end :]).decode()


def find_mutants(source: str) -> list[Mutant]:
    """All mutants of a module, in the order of their places."""
    starts = [0]
    for line in source.encode().splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    found = []
    for node, changed in _walk(ast.parse(source)):
        after = ast.unparse(changed)
        found.append(
            Mutant(
                line=node.lineno,
                before=ast.unparse(node),
                after=after,
                start=starts[node.lineno - 1] + node.col_offset,
                end=starts[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0),
                text=f"({after})" if isinstance(changed, ast.expr) else after,
            )
        )
    return sorted(found, key=lambda one: (one.start, one.end, one.after))


def _walk(node: ast.AST) -> Iterator[tuple[ast.expr | ast.stmt, ast.expr | ast.stmt]]:
    """Nodes with what may stand in their places."""
    if isinstance(node, ast.expr):
        yield from ((node, changed) for changed in _change_expression(node))
    elif isinstance(node, ast.stmt):
        yield from ((node, changed) for changed in _change_statement(node))
    for child in _children(node):
        yield from _walk(child)


def _children(node: ast.AST) -> Iterator[ast.AST]:
    left_alone: frozenset[str] = frozenset()
    if isinstance(node, ast.Assert | ast.JoinedStr) or _is_logging(node) or _is_for_types(node):
        return  # the parts of an f-string have no places of their own before Python 3.12
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        left_alone = frozenset({"decorator_list", "returns", "keywords"})
    elif isinstance(node, ast.arg | ast.AnnAssign):
        left_alone = frozenset({"annotation"})
    for name, value in ast.iter_fields(node):
        if name not in left_alone:
            children = (one for one in (value if isinstance(value, list) else [value]) if isinstance(one, ast.AST))
            yield from (one for one in children if not _is_first_assignment(node, one))


def _change_expression(node: ast.expr) -> Iterator[ast.expr]:
    changed = copy(node)
    if isinstance(changed, ast.Compare) and len(changed.ops) == 1:
        changed.ops = [_COMPARISONS[type(changed.ops[0])]()]
        yield changed
    elif isinstance(changed, ast.BoolOp):
        changed.op = ast.Or() if isinstance(changed.op, ast.And) else ast.And()
        yield changed
    elif isinstance(changed, ast.UnaryOp) and isinstance(changed.op, ast.Not):
        yield changed.operand
    elif isinstance(changed, ast.BinOp) and type(changed.op) in _ARITHMETIC:
        changed.op = _ARITHMETIC[type(changed.op)]()
        yield changed
    elif isinstance(changed, ast.Constant):
        if isinstance(changed.value, bool):
            yield ast.Constant(not changed.value)
        elif isinstance(changed.value, int | float):
            yield ast.Constant(changed.value + 1)
    elif isinstance(changed, ast.Call):
        yield from _change_call(changed)
    elif isinstance(changed, ast.IfExp) and isinstance(changed.test, _PLAIN):
        changed.test = _negate(changed.test)
        yield changed


def _change_call(call: ast.Call) -> Iterator[ast.expr]:
    if isinstance(call.func, ast.Name) and call.func.id in _FUNCTIONS:
        function = _FUNCTIONS[call.func.id]
        yield ast.Call(ast.Name(function), call.args, [] if function == "list" else call.keywords)
    elif isinstance(call.func, ast.Attribute) and call.func.attr in _OF_CASE_AND_SPACE and not call.args:
        yield call.func.value


def _change_statement(node: ast.stmt) -> Iterator[ast.stmt]:
    if isinstance(node, ast.Break):
        yield ast.Continue()
    elif isinstance(node, ast.Continue):
        yield ast.Break()
    elif isinstance(node, ast.Return) and node.value is not None and not isinstance(node.value, ast.Constant):
        yield ast.Return(ast.Constant(None))
    elif isinstance(node, ast.Raise) or (_has_an_effect(node) and not _is_logging(node)):
        yield ast.Pass()


def _has_an_effect(node: ast.stmt) -> bool:
    """Whether a statement is there for what it does elsewhere: leaving it out leaves all names defined."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Call | ast.Await)
    if isinstance(node, ast.Assign):
        return all(isinstance(target, ast.Attribute | ast.Subscript) for target in node.targets)
    return isinstance(node, ast.AugAssign | ast.Delete)


def _is_logging(node: ast.AST) -> bool:
    if isinstance(node, ast.Expr):
        return _is_logging(node.value)
    function = node.func if isinstance(node, ast.Call) else None
    return isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name) and function.value.id in _LOGGING


def _is_first_assignment(node: ast.AST, child: ast.AST) -> bool:
    """Whether ``child`` only keeps what an object is made with: without it the object cannot be used at all."""
    is_assignment = isinstance(child, ast.Assign) and isinstance(child.value, ast.Name)
    return is_assignment and isinstance(node, ast.FunctionDef) and node.name == "__init__"


def _is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def _negate(test: ast.expr) -> ast.expr:
    return ast.UnaryOp(ast.Not(), test)
