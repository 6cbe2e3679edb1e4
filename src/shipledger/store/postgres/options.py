"""How a node uses its database."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from shipledger.settings import Settings


class Options(Struct, frozen=True, kw_only=True):
    """See the settings that begin with ``database_``. A ``statement_seconds`` of 0 does not limit.

    ``stall_seconds``: a node that hangs so long amid a transaction loses it, and others get what it had locked. That is
    sooner than they take it for dead, so that they can settle what it had claimed.
    """

    pool_size: int = 10
    statement_seconds: float = 30.0
    stall_seconds: float = 5.0
    connect_seconds: float = 10.0
    has_pgbouncer: bool = False


def read_options(settings: Settings) -> Options:
    """What the settings say about it."""
    return Options(
        pool_size=settings.database_pool_size,
        statement_seconds=settings.database_statement_timeout_seconds,
        connect_seconds=settings.database_connect_timeout_seconds,
        has_pgbouncer=settings.database_pgbouncer,
    )


def without_limit(options: Options) -> Options:
    """The same for work that may take its time."""
    return replace(options, statement_seconds=0.0, stall_seconds=0.0)
