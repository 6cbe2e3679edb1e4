"""Reading the members of a body, with one text for every member that is wrong. Pure.

A reader never stops at the first fault, because an answer must name them all; what it returns for a wrong member only
stands in for a value. Absent, null and empty say the same: nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any, TypeVar

from shipledger.errors import Invalid
from shipledger.protocols.scalars import to_text
from shipledger.protocols.times import parse_time
from shipledger.protocols.wire_json import decode_body, find_unstorable

T = TypeVar("T")

Faults = dict[str, str]
"""From the place of a wrong member, such as ``releases[0].commit``, to what it should be."""

_BOOLEANS: dict[object, bool] = {True: True, False: False, "true": True, "false": False}

SHOWN_OF_A_NAME = 100
SHOULD_BE_PROVIDED = "should be provided"
SHOULD_BE_A_STRING = "should be a string"
SHOULD_BE_A_TIME = "should be a date and time such as 2026-03-04T10:02:00Z"
SHOULD_BE_A_LIST = "should be a list"
SHOULD_BE_AN_OBJECT = "should be an object"
SHOULD_BE_A_BOOLEAN = "should be true or false"
SHOULD_BE_OBJECTS = "should be an object or a list of them"


def refuse_faults(faults: Faults) -> None:
    """Raises Invalid with them when there are any."""
    if faults:
        raise Invalid("body", "The body has wrong members.", fields=faults)


def open_object(text: str) -> tuple[Reader, Faults]:
    """A reader of a body that is one object, and where its faults go. Raises Invalid for any other body."""
    body, faults = decode_body(text), Faults()
    if type(body) is not dict:
        raise Invalid("body", "The body is not an object.", fields={"body": SHOULD_BE_AN_OBJECT})
    return Reader(body, faults), faults


def read_items(body: object, faults: Faults, *, limit: int | None = None) -> list[Reader]:
    """A reader of each item in a body that is one object or a list of them; none when it is neither, is empty or too long."""
    if type(body) is dict:
        return [Reader(body, faults)]
    if type(body) is not list or not body:
        faults["body"] = SHOULD_BE_OBJECTS
        return []
    if limit is not None and len(body) > limit:
        faults["body"] = f"should have at most {limit} items"
        return []
    readers = []
    for index, item in enumerate(body):
        if type(item) is dict:
            readers.append(Reader(item, faults, f"[{index}]."))
        else:
            faults[f"[{index}]"] = SHOULD_BE_AN_OBJECT
    return readers


class Reader:
    """The members of one object. ``path`` is where it lies, with a dot at its end unless it is the body."""

    def __init__(self, members: dict[str, Any], faults: Faults, path: str = "") -> None:
        self._members = members
        self._faults = faults
        self._path = path

    def fault(self, name: str, text: str) -> None:
        """Note what is wrong with a member; the first fault of a member stays."""
        self._faults.setdefault(self._path + name, text)

    def is_sound(self, name: str) -> bool:
        """Whether nothing is wrong with the member so far."""
        return self._path + name not in self._faults

    def has(self, name: str) -> bool:
        """Whether the member says something."""
        return self._members.get(name) not in (None, "", [])

    def is_there(self, name: str) -> bool:
        """Whether the member was sent, also when it is an empty list."""
        return self._members.get(name) is not None

    def was_sent(self, name: str) -> bool:
        """Whether the member is in the body, whatever it says."""
        return name in self._members

    def raw(self, name: str) -> Any:
        """The member as it was sent; None without."""
        return self._members.get(name)

    def refuse_others(self, known: Collection[str]) -> None:
        """Note every member that is not among ``known``."""
        for name in self._members:
            if name not in known:
                self.fault(name[:SHOWN_OF_A_NAME], f"is not a member here; use {', '.join(known)}")

    def text(self, name: str, *, limit: int) -> str | None:
        """A text without blanks around it."""
        value = to_text(self._members.get(name))
        if value is None:
            return None
        if type(value) is not str:
            self.fault(name, SHOULD_BE_A_STRING)
            return None
        text = value.strip()
        if len(text) > limit:
            self.fault(name, f"should have at most {limit} characters")
        elif (unstorable := find_unstorable(text)) is not None:
            self.fault(name, f"should not contain {unstorable}")
        return text or None

    def required_text(self, name: str, *, limit: int) -> str:
        """A text that says something."""
        text = self.text(name, limit=limit)
        if text is None:
            self.fault(name, SHOULD_BE_PROVIDED)
        return text or ""

    def word(self, name: str, known: Mapping[str, T], spellings: Mapping[str, T]) -> tuple[T, str] | None:
        """What one of the words of a table means, and the word as it was sent; case does not count."""
        sent = self.text(name, limit=100)
        if sent is None:
            return None
        word = sent.lower().replace("-", "_").replace(" ", "_")
        meaning = known.get(word, spellings.get(word))
        if meaning is None:
            self.fault(name, f"should be one of {', '.join(known)}")
            return None
        return meaning, sent

    def boolean(self, name: str) -> bool | None:
        """A boolean, also as the word that a template made of it; null says nothing."""
        value = self._members.get(name)
        if value is None or value == "":
            return None
        word = value.strip().lower() if type(value) is str else value
        if type(word) in (bool, str) and word in _BOOLEANS:
            return _BOOLEANS[word]
        self.fault(name, SHOULD_BE_A_BOOLEAN)
        return None

    def time(self, name: str) -> datetime | None:
        """A time."""
        value = self._members.get(name)
        if value is None or value == "":
            return None
        if type(value) is str:
            try:
                return parse_time(value.strip())
            except ValueError:
                pass
        self.fault(name, SHOULD_BE_A_TIME)
        return None

    def texts(self, name: str, *, limit: int, item_limit: int) -> tuple[str, ...]:
        """Texts, each once; one alone may stand without a list."""
        value = self._members.get(name)
        if value is None or value == "":
            return ()
        read = [items.text(item, limit=item_limit) for items, item in self.each(name, limit=limit)]
        return tuple(dict.fromkeys(text for text in read if text is not None))

    def each(self, name: str, *, limit: int) -> list[tuple[Reader, str]]:
        """The items of a list, each as a member of a reader; one alone may stand without a list. None where it is too long."""
        value = self._members.get(name)
        sent = value if type(value) is list else [value]
        if len(sent) > limit:
            self.fault(name, f"should have at most {limit} items")
            return []
        items = Reader({f"{name}[{index}]": item for index, item in enumerate(sent)}, self._faults, self._path)
        return [(items, f"{name}[{index}]") for index in range(len(sent))]

    def members(self, name: str) -> dict[str, Any]:
        """The members of an object, as they were sent."""
        value = self._members.get(name)
        if type(value) is dict:
            return value
        self.fault(name, SHOULD_BE_PROVIDED if value is None else SHOULD_BE_AN_OBJECT)
        return {}

    def child(self, name: str) -> Reader | None:
        """A reader of a member that is an object; None where it is none."""
        value = self._members.get(name)
        return Reader(value, self._faults, f"{self._path}{name}.") if type(value) is dict else None

    def objects(self, name: str, *, limit: int) -> Iterator[Reader]:
        """A reader of each object in a list. A list that is too long is not looked into."""
        value = self._members.get(name)
        if value is None or value == "":
            return
        if type(value) is not list:
            self.fault(name, SHOULD_BE_A_LIST)
        elif len(value) > limit:
            self.fault(name, f"should have at most {limit} items")
        else:
            for index, item in enumerate(value):
                if type(item) is dict:
                    yield Reader(item, self._faults, f"{self._path}{name}[{index}].")
                else:
                    self.fault(f"{name}[{index}]", SHOULD_BE_AN_OBJECT)
