"""From the text of a query to what it says.

query     := or
or        := and ( "OR" and )*
and       := not ( "AND" not )*
not       := "NOT" not | "(" or ")" | condition | "deployment" "(" condition ("," condition)* ")"
condition := field ( "~" | "!~" | "=" | "!=" ) value | field [ "NOT" ] "IN" "(" value ("," value)* ")"
"""

from __future__ import annotations

from shipledger.issue_query.faults import QueryFault
from shipledger.issue_query.tokens import Kind, Token, list_tokens
from shipledger.issue_query.tree import OF_THE_ISSUE, All, Condition, Field, Node, Not, SameRow, Some
from shipledger.issue_query.values import check_value

LENGTH_LIMIT = 2_000
DEPTH_LIMIT = 30

_FIELDS = {field.casefold(): field for field in Field}
_ROW_FIELDS = {field.casefold().removeprefix("deployment"): field for field in Field if field not in OF_THE_ISSUE} | {
    field.casefold(): field for field in Field if field not in OF_THE_ISSUE
}
_OPERATORS = ("~", "!~", "=", "!=")


def parse_query(text: str) -> Node:
    """What a query says. Raises QueryFault with the position of the mistake."""
    if len(text) > LENGTH_LIMIT:
        raise QueryFault(f"a query may have at most {LENGTH_LIMIT} characters.", LENGTH_LIMIT + 1)
    return _Parser(list_tokens(text)).read()


class _Parser:
    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._place = 0
        self._depth = 0

    def read(self) -> Node:
        node = self._read_some()
        if self._next.kind is not Kind.END:
            raise QueryFault(f"expected AND, OR or the end, but found {self._next}.", self._next.position)
        return node

    @property
    def _next(self) -> Token:
        return self._tokens[self._place]

    def _take(self) -> Token:
        token = self._next
        self._place += 1
        return token

    def _expect(self, sign: str, after: str) -> None:
        if not self._next.is_sign(sign):
            raise QueryFault(f"expected “{sign}” {after}, but found {self._next}.", self._next.position)
        self._take()

    def _read_some(self) -> Node:
        parts = [self._read_all()]
        while self._next.is_word("OR"):
            self._take()
            parts.append(self._read_all())
        return parts[0] if len(parts) == 1 else Some(tuple(parts))

    def _read_all(self) -> Node:
        parts = [self._read_not()]
        while self._next.is_word("AND"):
            self._take()
            parts.append(self._read_not())
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _read_not(self) -> Node:
        self._depth += 1
        if self._depth > DEPTH_LIMIT:
            raise QueryFault(f"parentheses are nested more than {DEPTH_LIMIT} deep.", self._next.position)
        try:
            if self._next.is_word("NOT"):
                self._take()
                return Not(self._read_not())
            if self._next.is_sign("("):
                self._take()
                inner = self._read_some()
                self._expect(")", "at the end of the part in parentheses")
                return inner
            if self._next.is_word("DEPLOYMENT"):
                return self._read_same_row()
            return self._read_condition(_FIELDS)
        finally:
            self._depth -= 1

    def _read_same_row(self) -> Node:
        self._take()
        self._expect("(", "after deployment")
        conditions = [self._read_condition(_ROW_FIELDS)]
        while self._next.is_sign(","):
            self._take()
            conditions.append(self._read_condition(_ROW_FIELDS))
        self._expect(")", "or a comma after a condition on one deployment")
        return SameRow(tuple(conditions))

    def _read_condition(self, fields: dict[str, Field]) -> Condition:
        name = self._next
        field = fields.get(name.text.casefold()) if name.kind is Kind.WORD else None
        if field is None:
            known = ", ".join(dict.fromkeys(fields.values())) if fields is _FIELDS else ", ".join([*fields][:4])
            raise QueryFault(f"expected a field ({known}), but found {name}.", name.position)
        self._take()
        operator = self._next
        if operator.is_sign(*_OPERATORS):
            self._take()
            is_prefix = operator.text.endswith("~")
            value = self._read_value(field, is_prefix=is_prefix)
            return Condition(field, (value,), is_prefix=is_prefix, is_negative=operator.text.startswith("!"))
        is_negative = operator.is_word("NOT")
        if is_negative:
            self._take()
        if not self._next.is_word("IN"):
            wanted = "IN" if is_negative else "~, !~, =, !=, IN or NOT IN"
            raise QueryFault(f"expected {wanted} after {field}, but found {self._next}.", self._next.position)
        self._take()
        return Condition(field, self._read_list(field), is_negative=is_negative)

    def _read_list(self, field: Field) -> tuple[str, ...]:
        self._expect("(", "after IN")
        values = [self._read_value(field, is_prefix=False)]
        while self._next.is_sign(","):
            self._take()
            values.append(self._read_value(field, is_prefix=False))
        self._expect(")", "or a comma after a value of the list")
        return tuple(values)

    def _read_value(self, field: Field, *, is_prefix: bool) -> str:
        value = self._next
        if value.kind not in {Kind.WORD, Kind.TEXT}:
            raise QueryFault(f"expected a value for {field}, but found {value}.", value.position)
        if not value.text:
            raise QueryFault("a value must not be empty.", value.position)
        self._take()
        return check_value(field, value.text, value.position, is_prefix=is_prefix)
