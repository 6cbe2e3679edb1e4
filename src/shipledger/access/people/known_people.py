"""Whom senders mean: the people of an organization by what senders call them. Pure.

It is joined when a deployment is read, so what is said today holds for the past as well. Whoever has left keeps their name. An
address counts over what somebody says, and whoever belongs to the organization over who has left it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import cached_property

from msgspec import Struct

from shipledger.access.people.membership.logins import login_key
from shipledger.access.people.person import email_key
from shipledger.ledger.authors import AUTHOR, author_key, hash_address
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.registers import known

UNNAMED = "unnamed author"


class KnownPerson(Struct, frozen=True):
    """Somebody who belongs to an organization, or did. ``logins``: what senders call them, besides the account's address."""

    person_id: str
    name: str
    email: str
    logins: tuple[str, ...] = ()
    is_member: bool = True


class Who(Struct, frozen=True):
    """Who deployed. ``word``: the sender's, or the name of the author of ``commit``, which is "" where a sender says who.

    ``key`` finds all deployments of the same: see ``KnownPeople.list_keys``.
    """

    word: str
    key: str
    commit: str = ""
    person: KnownPerson | None = None

    @property
    def name(self) -> str:
        """The person's name, else the word."""
        return self.word if self.person is None else self.person.name


class KnownPeople:
    """The people of one organization."""

    def __init__(self, organization_id: str, people: Sequence[KnownPerson]) -> None:
        self._organization_id = organization_id
        self.people = people
        self._by_key = {one.person_id: one for one in people}
        # The first who claims a name has it.
        present, left = [one for one in people if one.is_member], [one for one in people if not one.is_member]
        for group in (present, left):
            for one in group:
                self._claim(one, (one.email,))
            for one in group:
                self._claim(one, one.logins)

    def find(self, deployment: Deployment) -> Who | None:
        """Who deployed it, or None if nobody says."""
        brought_by = deployment.brought_by
        person = next((self._by_key[key] for key in deployment.person_keys if key in self._by_key), None)
        if brought_by is None:
            word = known(deployment.facts.actor)
            return Who(word, word if person is None else person.person_id, person=person) if word else None
        author = brought_by.author
        key = person.person_id if person else author.name or author_key(author.address_hash)
        return Who(author.name or UNNAMED, key, brought_by.commit, person)

    def list_keys(self, word: str) -> tuple[str, ...]:
        """All names of whoever is called ``word``, as ``Deployment.person_keys`` has them.

        The id of a person is that person's alone. Else it is the word itself, as a sender's or as an author's name; and all
        names of the people with this address, login or name.
        """
        key = word.casefold()
        if any(one.person_id == key for one in self.people):
            return self._list_names({key})
        called = {one.person_id for one in self.people if one.name.casefold() == key}
        if key in self._by_key:
            called.add(self._by_key[key].person_id)
        return tuple(dict.fromkeys((key, author_key(word), *self._list_names(called))))

    def find_called(self, key: str) -> KnownPerson | None:
        """Whom one of ``Deployment.person_keys`` means, or None."""
        return self._by_key.get(key)

    def list_names_of(self, person_id: str) -> tuple[str, ...]:
        """All names of a person, as ``Deployment.person_keys`` has them."""
        return tuple(self._names.get(person_id, ()))

    @cached_property
    def _names(self) -> dict[str, list[str]]:
        """Made once: a search asks for the names of each person, of whom there may be thousands."""
        names: dict[str, list[str]] = {}
        for name, one in self._by_key.items():
            names.setdefault(one.person_id, []).append(name)
        return names

    def _list_names(self, person_ids: Collection[str]) -> tuple[str, ...]:
        return tuple(name for name, one in self._by_key.items() if one.person_id in person_ids)

    def _claim(self, one: KnownPerson, words: Iterable[str]) -> None:
        """Senders and commits mean this person by ``words``, unless they mean another one."""
        for word in words:
            if login_key(word).startswith(AUTHOR):
                continue  # it would mean whoever wrote a commit under this name
            self._by_key.setdefault(login_key(word), one)
            self._by_key.setdefault(email_key(word), one)
            if "@" in word:
                self._by_key.setdefault(author_key(hash_address(self._organization_id, word)), one)
