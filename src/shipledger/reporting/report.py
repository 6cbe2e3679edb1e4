"""A deployment as a CI job reports it."""

from __future__ import annotations

from msgspec import Struct

from shipledger.ledger.state import State, Tier, is_final


class Report(Struct, frozen=True, kw_only=True):
    """One deployment; unknown fields are empty. Times are RFC 3339 in UTC.

    ``tier`` is None if the server is to derive it from the environment's name. ``started_at`` is the caller's, or now for
    a deployment that begins. ``job_started_at`` is the reporting job's start, set only where it is needed to distinguish
    attempts. ``told_at`` is now.
    """

    state: State
    environment_id: str
    environment_name: str
    tier: Tier | None
    service: str
    version: str
    releases: tuple[tuple[str, str], ...]
    external_id: str
    started_at: str
    job_started_at: str
    finished_at: str
    told_at: str
    message: str
    description: str
    link: str
    actor: str
    ci: str
    run_id: str
    attempt: str
    job: str

    @property
    def is_over(self) -> bool:
        """Whether the state is final."""
        return is_final(self.state)
