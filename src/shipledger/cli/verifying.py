"""The checks of ``shipledger verify``. An unreadable part does not stop the rest."""

from __future__ import annotations

import tempfile
from collections.abc import Awaitable, Callable, Collection
from pathlib import Path

from msgspec import Struct

from shipledger.cli.output import show_progress
from shipledger.errors import DamagedRecord, DamagedStore
from shipledger.ingestion.rebuild import Verification, describe_damaged, verify_projections
from shipledger.ledger.chain import Finding
from shipledger.ledger.history import RULES
from shipledger.sealing.checking import Chain, check_chains
from shipledger.store.contract import Store
from shipledger.store.open import open_store
from shipledger.store.upkeep.contract import Difference

Report = Callable[[Difference], None]


class Verified(Struct):
    """The findings. ``verification`` is None if damage prevents the comparison.

    ``is_by_these_rules``: the projections were made by this version's rules, so a difference is damage.
    """

    verification: Verification | None = None
    chains: tuple[Chain, ...] = ()
    is_by_these_rules: bool = True


async def verify_ledger(store: Store, *, report: Report, expected: Collection[str]) -> Verified:
    """Run all checks; ``report`` receives each difference."""
    verified = Verified(is_by_these_rules=await store.find_projection_rules() == RULES)

    async def check_seals() -> None:
        verified.chains = tuple(await check_chains(store, report=_reporting_findings(report), expected=expected))

    async def compare() -> None:
        verified.verification = await _compare(store, report)

    async def read_rows() -> None:
        with show_progress("Reading every row") as advance:
            for difference in await store.find_unreadable(advance=advance):
                report(difference)

    for difference in await store.find_damaged_pages():
        report(difference)
    for step in (check_seals, compare, read_rows):
        await _go_on(step, report)
    return verified


async def _compare(store: Store, report: Report) -> Verification:
    with tempfile.TemporaryDirectory(prefix="shipledger-verify-") as folder:
        scratch = await open_store(f"sqlite:///{Path(folder) / 'scratch.db'}")
        try:
            with show_progress("Verifying") as advance:
                return await verify_projections(store, scratch, advance=advance, report=report)
        finally:
            await scratch.close()


async def _go_on(step: Callable[[], Awaitable[None]], report: Report) -> None:
    """Run a step; report the error that stops it, so that the next one still runs."""
    try:
        await step()
    except DamagedStore as error:
        report(Difference(organization_id="", table="", key="", sentence=f"Not everything could be checked. {error.message}"))
    except DamagedRecord as error:
        report(describe_damaged(error))


def _reporting_findings(report: Report) -> Callable[[str, Finding], None]:
    def report_finding(organization_id: str, finding: Finding) -> None:
        report(Difference(organization_id=organization_id, table="seal", key=finding.name, sentence=finding.sentence))

    return report_finding
