"""Services and the like of a version that kept rows alone: they become first entries, and everything stands."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import asyncpg
import pytest
from msgspec.structs import asdict

from shipledger.catalog.contract import RepositoryMapping, ServiceName
from shipledger.catalog.host_aliases import NO_ALIASES
from shipledger.catalog.issue import AssociationRules, IssueMode, IssueSite
from shipledger.catalog.repositories.model import NameRepository
from shipledger.catalog.repositories.names import name_alias
from shipledger.catalog.retiering import apply_policy, pin
from shipledger.catalog.tiers import DEFAULT_POLICY
from shipledger.clock import Clock
from shipledger.ingestion.adopting import adopt_former_records
from shipledger.ingestion.at_once import AskingStore
from shipledger.ingestion.rebuild import rebuild_projections
from shipledger.ingestion.refolding import Refolding
from shipledger.ledger.state import Tier
from shipledger.long_work import LongWork
from shipledger.performing.past_catalog import PastCatalogPerformer
from shipledger.pull_requests.model import PullRequestFacts, RecordPullRequest
from shipledger.sealing.sealer import Sealer
from shipledger.store.migration_files import read_migration
from shipledger.store.sqlite import migrate
from tests.erasure.conftest import Ticking
from tests.erasure.test_eraser import prove
from tests.support.factories import ACME, CHECKOUT, make_credential, make_organization, make_record, make_service, write
from tests.support.lent_databases import lent_ledger_database
from tests.support.services import add_service_name, ask, change_service, create_service, map_repository
from tests.support.settings import change_settings, save_association_rules
from tests.support.stores import opened
from tests.support.tiers import save_tier_policy
from tests.test_aggregates import check

NEW = "github.com/acme/till"

WITHOUT_ENTRIES = """
INSERT INTO repository_alias
SELECT organization_id, name_key, name, other_key, 1 FROM repository_link;
DELETE FROM service_entry;
DELETE FROM service_alias;
UPDATE service SET version = 0, document = '';
DELETE FROM repository_entry;
DELETE FROM repository_name;
DELETE FROM repository_link;
DELETE FROM named_repository;
INSERT INTO named_repository (organization_id, repository_id, name)
SELECT organization_id, repository_key, repository FROM repository_alias;
INSERT INTO repository_link (organization_id, repository_id, name_key, name, present_key, other_key, is_guess)
SELECT organization_id, repository_key, repository_key, repository, repository_key, former_key, 1
FROM repository_alias
WHERE is_followed = 1;
DELETE FROM tiering_entry;
DELETE FROM tier_policy_alias;
UPDATE tier_policy SET version = 0;
DELETE FROM setting_entry;
DELETE FROM setting_alias;
UPDATE setting SET version = 0;
"""
"""What is left of the services and the like of a ledger that the migration has just brought here: it had no entries of them."""


RULES = AssociationRules(ACME, IssueMode.PROJECTS, ("SHIP", "OPS"), True)
VALUES = {
    "issue_mode": "projects",
    "issue_projects": ("SHIP", "OPS"),
    "known_services": "registered",
    "issue_site": "https://jira.example",
    "issue_site_projects": ("SHIP",),
}


@pytest.fixture(params=["sqlite", "postgres"])
async def url(request, tmp_path: Path):
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'ledger.db'}"
        return
    async with lent_ledger_database() as lent:
        yield lent


async def run(url: str, statements: str, *, before: str = "0040_gates") -> None:
    if url.startswith("sqlite"):
        path = Path(url.removeprefix("sqlite:///"))
        migrate.downgrade(path, before)
        migrate.upgrade(path)
        return
    connection = await asyncpg.connect(url)
    await connection.execute(statements)
    await connection.close()


class Unasked:
    """A store that nobody asks for rows without entries: once it has been upgraded, there are none."""

    def __init__(self, store):
        self._store = store

    def __getattr__(self, name):
        assert name == "find_projection_rules", f"{name} is asked for at every opening"
        return getattr(self._store, name)


async def read_past(store, service):
    """From where it is that a service and a tier are known as of a moment before they had entries, and when it was created."""
    past = PastCatalogPerformer(SimpleNamespace(store=store, aliases=NO_ALIASES, long_work=LongWork()))
    then = service.created_at
    assert (await past.read_services_as_of(ACME, then - timedelta(microseconds=1))).services == ()
    services, tiers = await past.read_services_as_of(ACME, then), await past.find_tiers_as_of(ACME, then)
    assert services.find("cash DESK").service_id == service.service_id
    assert services.list_owners([CHECKOUT]) == services.list_owners([NEW]) == ["Till"]
    assert tiers.policy.pins == {"prod": Tier.TESTING}
    sources = asdict(services.sources).items(), asdict(tiers.sources).items()
    named = [words for source in sources for _, words in source if words]
    assert named == [{"services", "former_names"}, {"tier_rules"}]
    return [name for source in sources for name, words in source if words]


async def test_services_rules_settings_and_repositories_without_entries_begin_with_one_by_the_migration(url, tmp_path):
    service = make_service(6, name="Till")
    async with opened(url) as store:
        await store.save_organization(make_organization())
        await store.create_credential(make_credential(1))
        await write(store, 1, make_record(1))
        await create_service(store, service)
        await map_repository(store, ACME, RepositoryMapping(service.service_id, CHECKOUT))
        await add_service_name(store, ACME, ServiceName(service.service_id, "Cash desk"))
        await save_tier_policy(store, ACME, pin(DEFAULT_POLICY, "prod", Tier.TESTING))
        assert await apply_policy(store, ACME) == 1
        await save_association_rules(store, RULES)
        await ask(store, ACME, NameRepository(NEW, CHECKOUT))
        await store.save_issue_site(IssueSite(ACME, "https://jira.example", "", b"sealed", ("SHIP",)))
        await change_settings(store, ACME, issue_site="https://jira.example", issue_site_projects=("SHIP",))
        digests = await store.digest_projections()
        for table in ("service", "setting", "named_repository", "repository_link", "repository_name"):
            del digests[table]  # they tell who made their first entries
    await run(url, WITHOUT_ENTRIES)
    async with opened(url) as store:
        assert await store.find_service(ACME, "till") == service, "it is there from the first moment"
        assert await read_past(store, service) == ["by_todays"] * 2
        assert await store.find_association_rules(ACME) == RULES
        assert await store.find_services_of_repositories(ACME, [NEW]) == ["Till"]
        for _ in range(2):
            await Refolding(store, lambda: 0.0, silent_seconds=1).run()
        (entry,) = await store.list_entries_of("service", ACME, service.service_id)
        assert (str(entry.actor), entry.version) == ("migration:services", 1)
        (ruled,) = await store.list_entries_of("tiering", ACME, "tiers")
        assert (str(ruled.actor), ruled.submission.pins) == ("migration:tierings", {"prod": Tier.TESTING})
        (decided,) = await store.list_entries_of("setting", ACME, "organization")
        assert (str(decided.actor), decided.submission.values) == ("migration:settings", VALUES)
        assert await store.find_association_rules(ACME) == RULES
        assert await store.find_services_of_repositories(ACME, [NEW]) == ["Till"]
        (record,) = (await store.load_records("repository", [(ACME, name_alias(NEW))])).values()
        (named,) = await store.list_entries_of("repository", ACME, record.repository_id)
        assert (str(named.actor), record.is_told, record.followed) == ("migration:repositories", True, (CHECKOUT.lower(),))
        after = await store.digest_projections()
        assert {table: after[table] for table in digests} == digests
        assert await store.list_former_owners("service") == []
        assert await adopt_former_records(Unasked(store), AskingStore(store, Clock())) == 0
        assert await read_past(store, service) == ["by_first_entries"] * 2
        await rebuild_projections(store, advance=lambda *_: None, report=lambda found: pytest.fail(str(found)))
        assert await store.digest_projections() == after
        await prove(store, tmp_path)
        sealer = Sealer(store, Ticking())
        await sealer.seal(ACME, until=await sealer.find_heads(ACME))
        assert (await check(store)).entries == 5
        assert (await change_service(store, service, name="Cash")).name == "Cash"


async def test_pull_requests_of_a_version_before_are_found_by_their_commits(url):
    facts = PullRequestFacts(commits=("ABC1", "abc1", "abc2"), head_commit="abc2", merge_commit="FFF3")
    recorded = RecordPullRequest("native", "p1", "github.com/acme/shop", "7", facts, (1,))
    bare = RecordPullRequest("native", "p2", "github.com/acme/shop", "8", PullRequestFacts(), (1,))
    async with opened(url) as store:
        await store.save_organization(make_organization())
        await store.create_credential(make_credential(1))
        await ask(store, ACME, recorded)
        await ask(store, ACME, bare)
        before = await store.digest_projections()
    up = [one for one in read_migration("postgres", "0046_pull_request_commits", "up") if "INSERT" in one]
    await run(url, ";".join(["DELETE FROM pull_request_commit", *up]), before="0045_settings")
    async with opened(url) as store:
        assert await store.digest_projections() == before
        assert [one.number for one in await store.list_pull_requests_of_commits(ACME, ["fff3", "abc1"])] == ["7"]
        assert [one.number for one in await store.list_pull_requests_of_commit(ACME, "ABC", limit=9)] == ["7"]
