"""Texts that are longer than an index of PostgreSQL takes, and that no compression makes shorter."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from shipledger.catalog.contract import RepositoryMapping, ServiceName
from shipledger.catalog.issue import Issue
from shipledger.catalog.service import ServiceDraft
from shipledger.deployments.listing import DeploymentFilter
from shipledger.deployments.lookups import Lookup
from shipledger.ledger.deployment import issue_alias, service_alias
from shipledger.ledger.state import Tier
from shipledger.ledger.submission import Alias, Environment, Recognition, Release, Remediation, Target
from tests.store.conformance.test_commits import make_commit, make_pack
from tests.store.conformance.test_incidents import make_record as make_incident
from tests.store.conformance.test_incidents import settle
from tests.support.factories import ACME, make_record, make_service, moment, write
from tests.support.hostile import GROWING, WIDE
from tests.support.services import add_service_name, create_service, map_repository

LONG, OTHER = WIDE[:4_000], WIDE[:3_999] + "x"
REPOSITORY = f"git.example.com/{LONG}/{LONG}"


async def test_a_deployment_is_found_by_any_of_its_names_however_long(store):
    names = Recognition(names=(Alias(scope="vendor:moment", key=LONG),))
    said = {
        "external_id": LONG,
        "environment": Environment(id=LONG, name=LONG, tier=Tier.PRODUCTION),
        "releases": (Release(repository=REPOSITORY, commit=LONG),),
        "services": (LONG,),
        "issue_keys": (f"{LONG}-1",),
        "properties": {LONG: LONG},
        "remediation": Remediation(kind="rollback", id=LONG, scope="vendor:id"),
        "title": LONG,
        "version": LONG,
        "team": LONG,
        "tags": (LONG,),
    }
    record = replace(make_record(1, **said), identities=(Alias(scope="vendor:key", key=LONG),), recognition=names)
    deployment = await write(store, 1, record)
    aliases = [*deployment.aliases, issue_alias(f"{LONG}-1"), service_alias(LONG)]
    loaded = await store.load([Lookup(organization_id=ACME, alias=alias) for alias in aliases])
    assert loaded.by_alias == {(ACME, alias): deployment.deployment_id for alias in aliases}
    for wanted in ({"environment_id": LONG}, {"repository": REPOSITORY}, {"text": LONG}):
        assert await store.list_deployments(ACME, DeploymentFilter(**wanted)) == [deployment]
    assert await store.find_deployment(ACME, Target(scope="opsgenie:external", key=OTHER)) is None


async def test_an_incident_is_found_by_a_long_name(store):
    name = Alias(scope="vendor:id", key=LONG)
    incident = await settle(store, 1, replace(make_incident(1, title=LONG, services=(LONG,)), identities=(name,)))
    assert await store.load_incidents([(ACME, name), (ACME, replace(name, key=OTHER))]) == {(ACME, name): incident}


async def test_commits_are_found_in_a_repository_with_a_long_name(store):
    pack, commit = make_pack(1, repository=REPOSITORY), make_commit(1, subject=LONG)
    await store.append_pack_if_room(pack, b"PACK", room_bytes=10**9)
    await store.save_commits(pack, [commit])
    await store.make_known(pack, [commit.commit_id])
    assert await store.find_commits(ACME, REPOSITORY, [commit.commit_id, LONG]) == [commit]


@pytest.mark.parametrize("name", [WIDE[:512], GROWING[:512]])
async def test_a_service_has_the_longest_names_that_there_are(store, name):
    service = make_service(1, draft=ServiceDraft(name=name, team_id="t1"), slug="s" * 600)
    await create_service(store, service)
    further = ServiceName(service_id=service.service_id, name=f"{name[1:255]}x")
    assert await add_service_name(store, ACME, further)
    assert await store.find_service(ACME, name) == service
    assert await store.find_named_services(ACME, [further.name]) == {further.name: service.service_id}
    assert await map_repository(store, ACME, RepositoryMapping(service_id=service.service_id, repository=REPOSITORY))
    assert [one.repository for one in await store.list_mappings(ACME)] == [REPOSITORY]


async def test_an_issue_has_the_longest_key_that_there_is(store):
    issue = Issue(key=f"{'S' * 255}-{'1' * 255}", issue_id="1" * 30, summary=LONG, kind=LONG, status=LONG)
    await store.save_issues(ACME, [issue], seen_at=moment(1))
    assert await store.find_issues(ACME, [issue.key, LONG]) == [issue]
