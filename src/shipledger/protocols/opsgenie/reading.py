"""Reading the members of a decoded JSON object, with one text for every member that is wrong. Pure.

A reader never raises and never stops at the first fault, because an answer must name them all. What it returns for a
wrong member only stands in for a value; nobody may use it while there are faults.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from msgspec import UNSET, UnsetType

from shipledger.protocols import wire_json
from shipledger.protocols.opsgenie.times import ZERO_TIME, parse_time
from shipledger.protocols.scalars import to_text

Faults = dict[str, str]
"""From the place of a wrong member, such as ``releases[0].commit.sha``, to what it should be."""

SHOULD_BE_PROVIDED = "should be provided"
SHOULD_BE_A_TIME = "should be a date and time such as 2020-03-26T14:05:07.594Z"
SHOULD_BE_A_STRING = "should be a string"
SHOULD_BE_AN_OBJECT = "should be an object"
SHOULD_BE_A_LIST = "should be a list"
SHOULD_HAVE_AN_ITEM = "should have at least one item"


def should_be_one_of(choices: Collection[str]) -> str:
    """The text for a value outside an enumeration."""
    return f"should be one of [ {', '.join(choices)} ]"


def find_unstorable(text: str) -> str | None:
    """What is wrong with text that no database keeps, or None."""
    found = wire_json.find_unstorable(text)
    return None if found is None else f"should not contain {found}"


class Reader:
    """The members of one object. ``path`` is where it lies, with a dot at its end unless it is the body."""

    __slots__ = ("_faults", "_members", "_path")

    def __init__(self, members: dict[str, Any], faults: Faults, path: str = "") -> None:
        self._members = members
        self._faults = faults
        self._path = path

    def fault(self, name: str, text: str) -> None:
        """Note what is wrong with a member."""
        self._faults[self._path + name] = text

    def has_any(self, *names: str) -> bool:
        """Whether at least one of these members is there and not null."""
        return any(self._members.get(name) is not None for name in names)

    def has_text(self, name: str) -> bool:
        """Whether the member is there and neither null nor empty."""
        return self._members.get(name) not in (None, "")

    def text(self, name: str, *, limit: int) -> str | None:
        """A string, or None when it is absent, null or empty."""
        value = self._members.get(name)
        if value is None or value == "":
            return None
        return self._checked_text(name, value, limit)

    def text_or_unset(self, name: str, *, limit: int) -> str | UnsetType:
        """A string, empty when sent empty; UNSET when it is absent or null."""
        value = self._members.get(name)
        return UNSET if value is None else self._checked_text(name, value, limit)

    def required_text(self, name: str, *, limit: int) -> str:
        """A string that is not empty."""
        value = self._members.get(name)
        if value is None or value == "":
            self.fault(name, SHOULD_BE_PROVIDED)
            return ""
        return self._checked_text(name, value, limit)

    def choice(self, name: str, choices: Collection[str], *, default: str) -> str:
        """One of ``choices``, or ``default`` when it is absent or null."""
        value = self._members.get(name)
        return default if value is None else self._checked_choice(name, value, choices)

    def required_choice(self, name: str, choices: Collection[str]) -> str:
        """One of ``choices``."""
        value = self._members.get(name)
        if value is None or value == "":
            self.fault(name, SHOULD_BE_PROVIDED)
            return ""
        return self._checked_choice(name, value, choices)

    def time(self, name: str) -> datetime | None:
        """A time, or None when it is absent, null, empty or the zero time."""
        value = self._members.get(name)
        return None if value is None or value == "" else self._checked_time(name, value)

    def required_time(self, name: str, *, is_zero_accepted: bool = False) -> datetime | None:
        """A time that was sent. None for the zero time, where that is accepted."""
        value = self._members.get(name)
        moment = None if value is None or value == "" else self._checked_time(name, value)
        is_missing = value is None or value == "" or (moment is None and not is_zero_accepted)
        if is_missing and self._path + name not in self._faults:
            self.fault(name, SHOULD_BE_PROVIDED)
        return moment

    def required_object(self, name: str) -> Reader | None:
        """A reader of the object, or None when there is none."""
        return self._object_reader(name, self._members.get(name))

    def text_or_object(self, name: str) -> str | Reader | None:
        """A string, or a reader of the object that stands in its place."""
        value = to_text(self._members.get(name))
        return value if type(value) is str and value else self._object_reader(name, value)

    def objects(self, name: str, *, limit: int) -> Iterator[Reader]:
        """A reader of each object in a list that may be absent, null or empty."""
        if self._members.get(name) not in (None, []):
            yield from self.required_objects(name, limit=limit)

    def required_objects(self, name: str, *, limit: int) -> Iterator[Reader]:
        """A reader of each object in a list that must not be empty. A list that is too long is not looked into."""
        value = self._members.get(name)
        if value is None:
            self.fault(name, SHOULD_BE_PROVIDED)
        elif type(value) is not list:
            self.fault(name, SHOULD_BE_A_LIST)
        elif not value:
            self.fault(name, SHOULD_HAVE_AN_ITEM)
        elif len(value) > limit:
            self.fault(name, f"should have at most {limit} items")
        else:
            for index, item in enumerate(value):
                reader = self._object_reader(f"{name}[{index}]", item)
                if reader is not None:
                    yield reader

    def texts(self, name: str, *, limit: int, item_limit: int) -> tuple[str, ...] | UnsetType:
        """A list of strings that are not empty; UNSET when it is absent or null."""
        value = self._members.get(name)
        if value is None:
            return UNSET
        if type(value) is not list:
            self.fault(name, SHOULD_BE_A_LIST)
            return ()
        if len(value) > limit:
            self.fault(name, f"should have at most {limit} items")
            return ()
        items = Reader({f"{name}[{index}]": item for index, item in enumerate(value)}, self._faults, self._path)
        return tuple(items.required_text(f"{name}[{index}]", limit=item_limit) for index in range(len(value)))

    def required_texts(self, name: str, *, limit: int, item_limit: int) -> tuple[str, ...]:
        """A list of strings that are not empty, with at least one."""
        said = self.texts(name, limit=limit, item_limit=item_limit)
        if said is UNSET or (not said and self._members.get(name) == []):
            self.fault(name, SHOULD_BE_PROVIDED if said is UNSET else SHOULD_HAVE_AN_ITEM)
        return () if said is UNSET else said

    def text_map(self, name: str, *, limit: int, key_limit: int, value_limit: int) -> dict[str, str] | UnsetType:
        """An object of strings; UNSET when it is absent or null."""
        value = self._members.get(name)
        if value is None:
            return UNSET
        if type(value) is not dict:
            self.fault(name, SHOULD_BE_AN_OBJECT)
            return {}
        if len(value) > limit:
            self.fault(name, f"should have at most {limit} items")
            return {}
        members = Reader(value, self._faults, f"{self._path}{name}.")
        for key in value:
            if not key or len(key) > key_limit or find_unstorable(key):
                self.fault(name, f"should have names of 1 to {key_limit} characters")
                return {}
        return {key: members._checked_text(key, said, value_limit) for key, said in value.items()}

    def check_text(self, name: str, value: str, *, limit: int) -> str:
        """``value``, looked at as the member ``name``."""
        return self._checked_text(name, value, limit)

    def _object_reader(self, name: str, value: object) -> Reader | None:
        if type(value) is dict:
            return Reader(value, self._faults, f"{self._path}{name}.")
        self.fault(name, SHOULD_BE_PROVIDED if value is None else SHOULD_BE_AN_OBJECT)
        return None

    def _checked_text(self, name: str, value: object, limit: int) -> str:
        value = to_text(value)
        if type(value) is not str:
            self.fault(name, SHOULD_BE_A_STRING)
            return ""
        if len(value) > limit:
            self.fault(name, f"should have at most {limit} characters")
        elif (fault := find_unstorable(value)) is not None:
            self.fault(name, fault)
        return value

    def _checked_choice(self, name: str, value: object, choices: Collection[str]) -> str:
        if type(value) is not str:
            self.fault(name, SHOULD_BE_A_STRING)
            return ""
        if value not in choices:
            self.fault(name, should_be_one_of(choices))
        return value

    def _checked_time(self, name: str, value: object) -> datetime | None:
        if type(value) is str:
            try:
                return parse_time(value)
            except ValueError:
                pass
        self.fault(name, SHOULD_BE_A_TIME)
        return ZERO_TIME
