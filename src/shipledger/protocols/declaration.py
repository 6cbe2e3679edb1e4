"""What a protocol declares of itself: everything that the rest of the program has to know of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from msgspec import Struct

from shipledger.access.credential import Credential
from shipledger.access.grant import Scope
from shipledger.access.issuing import IssuedCredential
from shipledger.protocols.app_installing import AppInstalling
from shipledger.reporting.reporter import Reporter
from shipledger.settings import Settings

if TYPE_CHECKING:  # commands read declarations, and the contract loads the framework that serves
    from shipledger.access.sealing import Seal
    from shipledger.access.signing_app import SigningApp
    from shipledger.access.tokens import TokenKeys
    from shipledger.clock import Clock
    from shipledger.outgoing.calls import Caller
    from shipledger.protocols.contract import VendorProtocol
    from shipledger.verbs.all_topics import AllVerbs
    from shipledger.verbs.sources import Snippet


class OptionForm(StrEnum):
    """How the value of an option is written. A time is a date or a date and time, in UTC."""

    TEXT = "text"
    FLAG = "flag"
    TIME = "time"


class Option(Struct, frozen=True):
    """An option of ``credential create`` that only some kinds have, such as ``--expires``.

    ``name`` is the name of its value, so ``time_form`` is typed ``--time-form``; two kinds may share an option. ``choices``,
    if there are any, are the only texts that it takes. ``applies_to`` ends the sentence that refuses it for another kind.
    ``kept``: its value in a credential that keeps it, so that a successor can have the same; a kind with others is not rotated.
    """

    name: str
    help: str
    applies_to: str
    form: OptionForm = OptionForm.TEXT
    choices: tuple[str, ...] = ()
    kept: Callable[[Credential], Any] | None = None

    @property
    def flag(self) -> str:
        """What is typed."""
        return f"--{self.name.replace('_', '-')}"


class CredentialKeeper(Protocol):
    """The part of the store that a new credential needs."""

    async def create_credential(self, credential: Credential, *others: Credential) -> None:
        """Store credentials, all or none. Raises Conflict and NotFound."""

    async def create_signing_app(self, credential: Credential, app: SigningApp) -> None:
        """Store an app with its credential. Raises what ``create_credential`` raises."""


class Desk(Protocol):
    """Where credentials are issued."""

    @property
    def settings(self) -> Settings:
        """The settings of the installation."""

    @property
    def store(self) -> CredentialKeeper:
        """Where credentials are kept."""

    async def load_seal(self) -> Seal:
        """The cipher for a secret that must be read back. Raises Conflict if the ledger's key is missing."""

    async def load_keys(self) -> TokenKeys:
        """The keys that tokens are signed with. Raises what ``load_seal`` raises."""


Wanted = Mapping[str, Any]
"""The values of a kind's options by name: a text, whether a flag is set, or a time; empty, False or None if not given."""

ListSnippets: TypeAlias = "Callable[[str, Mapping[str, str], datetime], Sequence[Snippet]]"

Keep = Callable[[Desk, IssuedCredential, Wanted], Awaitable[dict[str, str]]]


def keep_secret(name: str) -> Keep:
    """Store the credential as it is, and show its id and its secret, called ``name``."""

    async def keep(desk: Desk, issued: IssuedCredential, _wanted: Wanted) -> dict[str, str]:
        await desk.store.create_credential(issued.credential)
        return {"id": issued.credential.credential_id, name: issued.secret}

    return keep


def has_no_companions(_credential_id: str) -> tuple[str, ...]:
    """Most credentials stand alone."""
    return ()


def has_nothing_to_paste(_url: str, _shown: Mapping[str, str], _now: datetime) -> Sequence[Snippet]:
    """Some are used in a way of their own."""
    return ()


class CredentialKind(Struct, frozen=True):
    """A kind of credential.

    ``keep`` stores a new one and returns what is shown of it, by name: scripts read these names, so they are stable.
    ``scopes`` are its rights unless it is narrowed, and ``named_scopes`` what only an operator gives it, by name.
    ``list_companions`` gives the ids of credentials that are revoked with the one with an id. ``refusal``: why it is not
    created by command; empty if it is. ``title``: what people call it.
    ``list_snippets``: what is ready to paste for one, at the server at a URL, of what was shown of it.
    """

    name: str
    keep: Keep
    options: tuple[Option, ...] = ()
    scopes: frozenset[str] = frozenset(Scope)
    named_scopes: frozenset[str] = frozenset()
    list_companions: Callable[[str], tuple[str, ...]] = has_no_companions
    refusal: str = ""
    title: str = ""
    list_snippets: ListSnippets = has_nothing_to_paste


class Parts(Struct, frozen=True):
    """What a protocol is built of. It takes from ``ledger`` the small contracts that it uses."""

    ledger: AllVerbs
    settings: Settings
    clock: Clock
    caller: Caller
    seal: Seal


class Declaration(Struct, frozen=True):
    """A protocol.

    ``build`` gives what is served; it imports that itself, since commands that only read declarations must answer at once.
    ``scopes`` are the protocol's own names for rights, as ``credential create --scope`` takes them, and the right that each
    is. ``settings`` is a Struct whose fields, each with a default and a description, join those of ``Settings``. ``apps``: its
    apps that are installed; at most one protocol has some. ``reporter``: how ``shipledger record`` delivers through it.
    """

    name: str
    build: Callable[[Parts], VendorProtocol]
    credential_kinds: tuple[CredentialKind, ...] = ()
    scopes: Mapping[str, str] = {}
    settings: type[Struct] | None = None
    apps: AppInstalling | None = None
    reporter: Reporter | None = None
