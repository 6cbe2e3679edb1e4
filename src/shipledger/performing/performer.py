"""What performs verbs: the real parts of a running server."""

from __future__ import annotations

from typing import TypeVar

import structlog
from msgspec import Struct

from shipledger.access.access_token import AccessTokens
from shipledger.access.authenticator import Authenticator
from shipledger.access.limits import Limiter
from shipledger.access.people.members import Members
from shipledger.access.people.tokens import PersonalTokens
from shipledger.access.people.views import SavedViews
from shipledger.access.randomness import Randomness
from shipledger.access.signing_app import SigningApps
from shipledger.access.token_authenticator import TokenAuthenticator
from shipledger.access.use import UseCounter
from shipledger.catalog.association_rules import RuleBook
from shipledger.catalog.directory import Directory
from shipledger.catalog.host_aliases import HostAliases
from shipledger.catalog.known_repositories import KnownRepositories
from shipledger.catalog.organization_settings.changing import SettingsDesk
from shipledger.catalog.repository_names import RepositoryNames
from shipledger.catalog.service_merging import ServiceMerging
from shipledger.clock import Clock
from shipledger.found import Found
from shipledger.ingestion.recorder import Recorder
from shipledger.ledger.asking import Asks
from shipledger.long_work import LongWork
from shipledger.performing.correction_desk import CorrectionDesk
from shipledger.performing.status import StatusReader
from shipledger.performing.webhook_desk import WebhookDesk
from shipledger.scm.indexing import Indexer
from shipledger.store.contract import Store
from shipledger.verbs.home import HomeVerbs
from shipledger.verbs.real_keys import KeyWords

T = TypeVar("T")
log = structlog.get_logger(__name__)


class RealParts(Struct, frozen=True):
    """The parts of a running server that verbs are performed with."""

    store: Store
    clock: Clock
    authenticator: Authenticator
    tokens: TokenAuthenticator
    access_tokens: AccessTokens
    personal_tokens: PersonalTokens
    uses: UseCounter
    members: Members
    apps: SigningApps
    limiter: Limiter
    recorder: Recorder
    asks: Asks
    directory: Directory
    settings_desk: SettingsDesk
    merging: ServiceMerging
    repository_names: RepositoryNames
    aliases: HostAliases
    indexer: Indexer
    rules: RuleBook
    long_work: LongWork
    randomness: Randomness
    known_repositories: KnownRepositories
    status: StatusReader
    home: HomeVerbs
    views: SavedViews
    webhooks: WebhookDesk
    corrections: CorrectionDesk
    key_words: KeyWords


class Performer:
    """Performs the verbs of one topic over the real parts."""

    def __init__(self, parts: RealParts) -> None:
        self._parts = parts


def tell_damaged(found: Found[T]) -> Found[T]:
    """``found`` itself. Vendors' lists cannot report unreadable records, so they are logged."""
    for one in found.damaged:
        log.error("Left an unreadable record out of a list.", table=one.table, key=one.key, reason=one.reason)
    return found
