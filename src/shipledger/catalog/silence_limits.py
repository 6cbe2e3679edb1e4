"""How long a running deployment may be silent, by its pipeline. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from fnmatch import fnmatchcase

from msgspec import Struct

from shipledger.errors import Invalid
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.silence import names_of_pipeline

MOST_HOURS = 87_600.0


class SilenceLimit(Struct, frozen=True):
    """``after``: the limit; None: forever. ``pattern``: matches pipeline names; "" for all."""

    after: timedelta | None
    pattern: str = ""

    @property
    def hours(self) -> float:
        """0: forever."""
        return self.after / timedelta(hours=1) if self.after is not None else 0.0


class SilenceLimits(Struct, frozen=True):
    """The first of ``rules`` that matches any name of a pipeline wins, else ``default``. ``*`` is any text."""

    default: SilenceLimit
    rules: tuple[SilenceLimit, ...] = ()

    @property
    def shortest(self) -> timedelta | None:
        """The shortest limit; None if everything may be silent forever."""
        return min((one.after for one in (self.default, *self.rules) if one.after is not None), default=None)

    def find(self, deployment: Deployment) -> SilenceLimit:
        """The limit of a deployment."""
        return self.find_rule(names_of_pipeline(deployment)) or self.default

    def find_rule(self, names: Iterable[str]) -> SilenceLimit | None:
        """The first rule that matches one of the names of a pipeline, without case; None if none does."""
        folded = [name.casefold() for name in names]
        fitting = (rule for rule in self.rules if any(fnmatchcase(name, rule.pattern.casefold()) for name in folded))
        return next(fitting, None)


def read_silence_limits(default_hours: float, text: str) -> SilenceLimits:
    """Parse a setting such as ``deploy-eu=72, github.com/acme/*=1.5``; 0 hours: forever. Raises Invalid."""
    rules = []
    for part in filter(str.strip, text.split(",")):
        pattern, mark, hours = (word.strip() for word in part.rpartition("="))
        if not (pattern and mark and hours):
            raise Invalid("settings", f"silence_limits contains {part.strip()!r}; write pipeline=hours, such as deploy-eu=72.")
        rules.append(SilenceLimit(after=_read_hours(hours, part.strip()), pattern=pattern))
    return SilenceLimits(default=SilenceLimit(after=to_limit(default_hours)), rules=tuple(rules))


def _read_hours(text: str, rule: str) -> timedelta | None:
    try:
        hours = float(text)
    except ValueError:
        hours = -1.0
    if not 0 <= hours <= MOST_HOURS:
        raise Invalid("settings", f"silence_limits contains {rule!r}; hours must be a number from 0 to {MOST_HOURS:,.0f}.")
    return to_limit(hours)


def to_limit(hours: object) -> timedelta | None:
    """So many hours; None for 0: forever."""
    return timedelta(hours=hours) if isinstance(hours, int | float) and hours else None
