"""A server reads issues in the background."""

from __future__ import annotations

import asyncio

from shipledger.access.sealing import Seal
from shipledger.catalog.issue import AssociationRules, IssueMode, IssueSite
from shipledger.store.key_file import load_sealing_keys
from tests.support.jira import associated, deployment
from tests.support.jira_clients import SITE, connect_client
from tests.support.jira_site import ACCOUNT, TOKEN, jira_site
from tests.support.server import serving
from tests.support.settings import save_association_rules

PATIENCE_SECONDS = 60


async def test_an_issue_of_the_site_is_known_to_a_running_server_soon(database):
    with jira_site() as site:
        site.put("SHIP-1", minutes_ago=1)
        async with serving(database, outgoing_networks="127.0.0.1", issue_sync_seconds=1) as server:
            store, organization_id = server.app.store, await server.organization_id()
            sealed = Seal(lambda: load_sealing_keys(server.app.settings)).seal(TOKEN)
            await save_association_rules(store, AssociationRules(organization_id, IssueMode.SYNCED))
            await store.save_issue_site(IssueSite(organization_id, site.url, ACCOUNT, sealed))
            async with asyncio.timeout(PATIENCE_SECONDS):
                while not await store.count_issues(organization_id):  # noqa: ASYNC110  the store has no signal
                    await asyncio.sleep(0.05)
            async with await connect_client(server) as client:
                body = {
                    "deployments": [deployment(**associated("issueIdOrKeys", "SHIP-1", "SHIP-2", site.issues["SHIP-1"]["id"]))]
                }
                answer = (await client.post(f"{SITE}/bulk", json=body)).json()
    assert answer["unknownAssociations"] == [{"associationType": "issueIdOrKeys", "values": ["SHIP-2"]}]
