"""Which tier an environment has, by the rules of an organization. Pure."""

from __future__ import annotations

import re
import unicodedata
from fnmatch import fnmatchcase
from functools import cached_property, lru_cache
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

from shipledger.errors import Invalid
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.environment_names import EnvironmentNames
from shipledger.ledger.identity import bare_uuid
from shipledger.ledger.state import Tier
from shipledger.ledger.submission import Environment
from shipledger.texts import storable

WORDS = "word:"
PATTERN_LIMIT = 255

_SEPARATORS = re.compile(r"[^a-z0-9]+")
_DIGITS = "0123456789"


class TierRule(Struct, frozen=True):
    """Environments whose name matches ``pattern`` have ``tier``. Case and accents do not matter.

    A pattern is matched against the whole name; ``*`` is any text and ``?`` any character. One that begins with
    ``word:`` lists words, separated by ``|``, one of which the name must contain: ``word:prod|live`` matches
    ``eu-prod-2`` and ``Live``, but not ``products``.
    """

    pattern: str
    tier: Tier


DEFAULT_RULES = (
    TierRule("word:development|dev|trunk|develop|local|localhost", Tier.DEVELOPMENT),
    TierRule(
        "word:testing|test|tests|tst|integration|integ|intg|int|acceptance|accept|acpt|qa|qc|control|quality|uat|sit",
        Tier.TESTING,
    ),
    TierRule("word:staging|stage|stg|sta|preprod|preproduction|nonprod|model|internal", Tier.STAGING),
    TierRule("word:production|prod|prd|live", Tier.PRODUCTION),
)
"""The words by which vendors' clients derive tiers, and a few more. Qualified names such as preprod come first."""


class TierPolicy(Struct, frozen=True, dict=True):
    """How an organization determines tiers, and which names of environments mean one. ``revision`` counts its changes.

    A pin, set by hand for one environment, overrides everything: ``pins`` maps the id or name of an
    environment, as ``pin_key`` writes it, to its tier. Next comes the sender's tier; then the first rule that
    matches the name; otherwise unmapped. An environment that was sent with another name (``aliases``, see EnvironmentNames) has
    the tier that it would have with the name that this stands for: pins of its id and of its other name wait until it is
    one of its own again.
    """

    rules: tuple[TierRule, ...] = DEFAULT_RULES
    pins: dict[str, Tier] = {}
    revision: int = 0
    aliases: dict[str, str] = {}

    @cached_property
    def names(self) -> EnvironmentNames:
        """The names of environments."""
        return EnvironmentNames(self.aliases)

    def find_pin(self, environment_id: str, name: str) -> Tier | None:
        """The pinned tier of this environment, or None."""
        if not self.pins:
            return None
        meant = self.names.find(name)
        if meant is not None:
            return self.pins.get(pin_key(meant))
        return self.pins.get(pin_key(environment_id)) or self.pins.get(pin_key(name))

    def find_rule(self, name: str) -> TierRule | None:
        """The first rule that matches a name, or None."""
        return _find_rule(self.rules, self.names.find(name) or name)

    def tier_of(self, environment_id: str, name: str, said: Tier) -> Tier:
        """The tier of an environment whose sender said ``said``."""
        pinned = self.find_pin(environment_id, name)
        if pinned is not None:
            return pinned
        if said is not Tier.UNMAPPED:
            return said
        rule = self.find_rule(name)
        return Tier.UNMAPPED if rule is None else rule.tier


DEFAULT_POLICY = TierPolicy()
"""The default policy."""


def resolve(deployment: Deployment, policy: TierPolicy) -> Deployment:
    """``deployment`` with its tier by ``policy``. Idempotent."""
    said = deployment.said_environment
    tier = None if said is None else policy.tier_of(said.id, said.name, said.tier)
    kept = None if said is None or tier is said.tier else tier
    return deployment if kept is deployment.tier else replace(deployment, tier=kept)


def resolve_environment(environment: Environment, policy: TierPolicy) -> Environment:
    """``environment`` of a sender that says no tier, with the one that ``policy`` gives it; others as they are.

    Earlier versions kept a guess in such environments, beside which no word of a sender stands.
    """
    said = environment.tier if environment.original_tier else Tier.UNMAPPED
    return replace(environment, tier=policy.tier_of(environment.id, environment.name, said))


def pin_key(text: str) -> str:
    """An id or a name of an environment as it is compared."""
    return bare_uuid(storable(text).strip()).casefold()


def check_pattern(text: str) -> str:
    """``text`` as a pattern is kept. Raises Invalid when it is none."""
    pattern = storable(text).strip()
    words = pattern.removeprefix(WORDS) if pattern.startswith(WORDS) else ""
    if not pattern or (pattern.startswith(WORDS) and not all(word and _plain(word) == word for word in words.split("|"))):
        raise Invalid(
            "pattern", f"{text!r} is not a pattern; write a name such as 'eu-*', or lower-case words such as 'word:prod|live'."
        )
    if len(pattern) > PATTERN_LIMIT:
        raise Invalid("pattern", f"A pattern may have at most {PATTERN_LIMIT} characters.")
    return pattern


@lru_cache(maxsize=4096)
def _find_rule(rules: tuple[TierRule, ...], name: str) -> TierRule | None:
    plain = _without_accents(name)
    words = _words_of(plain)
    return next((rule for rule in rules if _fits(rule.pattern, plain, words)), None)


def _fits(pattern: str, plain: str, words: frozenset[str]) -> bool:
    if pattern.startswith(WORDS):
        return not words.isdisjoint(pattern.removeprefix(WORDS).split("|"))
    return fnmatchcase(plain.strip(), _without_accents(pattern))


def _words_of(plain: str) -> frozenset[str]:
    """The words of a name, those without a number at the end, and each two neighbours as one: pre-prod is preprod."""
    parts = [part for part in _SEPARATORS.split(plain) if part]
    bare = [part.rstrip(_DIGITS) for part in parts]
    pairs = ["".join(pair) for line in (parts, bare) for pair in pairwise(line)]
    return frozenset({*parts, *bare, *pairs} - {""})


def _plain(word: str) -> str:
    return _SEPARATORS.sub("", _without_accents(word))


def _without_accents(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.lower())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
