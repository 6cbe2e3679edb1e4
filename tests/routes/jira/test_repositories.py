"""The repositories that commit associations name, and the services that they belong to."""

from __future__ import annotations

import pytest

from shipledger.catalog.service import ServiceDraft
from shipledger.ledger.submission import Target
from shipledger.protocols.jira.paths import DeploymentKey
from shipledger.protocols.jira.translate import to_target
from tests.support.jira import associated, deployment
from tests.support.jira_clients import SITE, fetch_token, get_until, issue_client
from tests.support.services import TESTER
from tests.support.site import Html

AT = f"{SITE}/pipelines/storefront/environments/prod/deployments/41"
SHOP = "github.com/Acme/shop"


async def record(server, *repositories):
    """The releases of a deployment whose commit is in each of ``repositories``, and its associations as they are answered."""
    credential, secret = await issue_client(server)
    headers = {"Authorization": f"Bearer {await fetch_token(server, credential, secret)}"}
    commits = [{"commitHash": "a1b2c3d", "repositoryId": one} for one in repositories]
    async with server.client(headers=headers) as client:
        answer = await client.post(f"{SITE}/bulk", json={"deployments": [deployment(**associated("commit", *commits))]})
        assert len(answer.json()["acceptedDeployments"]) == 1
        stored = await get_until(client, AT)
    target: Target = to_target(credential.credential_id, DeploymentKey("storefront", "prod", 41))
    found = await server.app.store.find_deployment(await server.organization_id(), target)
    return found, stored.json()["associations"]


@pytest.mark.parametrize(
    "sent, name",
    [
        ("https://github.com/Acme/shop", SHOP),
        ("https://user:token@github.com/Acme/shop.git", SHOP),
        ("git@github.com:Acme/shop.git", SHOP),
        ("ssh://git@ssh.github.com:443/Acme/shop", SHOP),
        ("github.com/Acme/shop", SHOP),
        ("https://acme.visualstudio.com/web/_git/shop", "dev.azure.com/acme/web/_git/shop"),
        ("codecommit::eu-central-1://shop", "git-codecommit.eu-central-1.amazonaws.com/v1/repos/shop"),
        ("601234567", "601234567"),
        (601234567, "601234567"),
        ("de7fbebffabe", "de7fbebffabe"),
        ("{33838c22-0000-4000-8000-000000000000}", "{33838c22-0000-4000-8000-000000000000}"),
        ("Acme/shop", "Acme/shop"),
        ("s3://bucket/shop", "s3://bucket/shop"),
    ],
    ids=repr,
)
async def test_a_repository_that_is_called_by_its_address_has_its_canonical_name(place, sent, name):
    found, answered = await record(place, sent)
    assert [(one.repository, one.commit) for one in found.releases] == [(name, "a1b2c3d")]
    assert answered[0]["values"][0]["repositoryId"] == str(sent)


async def test_two_spellings_of_one_repository_are_one_release(place):
    found, answered = await record(place, "https://github.com/Acme/shop", "git@github.com:acme/shop.git")
    assert [one.repository for one in found.releases] == [SHOP]
    assert len(answered[0]["values"]) == 2


@pytest.mark.parametrize("repository", ["601234567", "de7fbebffabe", "Acme/shop", "https://github.com/Acme/shop"])
async def test_a_repository_can_be_mapped_by_what_its_sender_calls_it_and_unmapped(server, repository):
    found, _ = await record(server, repository)
    organization_id = await server.organization_id()
    service = await server.app.directory.create_service(organization_id, ServiceDraft(name="Checkout"), by=TESTER)
    mapping, is_new = await server.app.directory.map_repository(organization_id, "checkout", f" {repository} ", by=TESTER)
    assert (mapping.repository, is_new) == (found.releases[0].repository, True)
    assert await server.app.store.find_services_of_repositories(organization_id, [found.releases[0].repository]) == ["Checkout"]
    async with server.client() as client:
        assert "Release 41" in Html((await client.get(f"/services/{service.slug}")).text).text
        form = {"service": service.service_id, "repository": repository, "action": "unmap", "from": "repositories"}
        answer = await client.post(
            "/repositories", data={**form, "form_token": server.form_token}, headers={"Origin": server.url}
        )
        assert answer.status_code == 303, answer.text
    assert await server.app.store.list_mappings(organization_id) == []


async def test_a_number_can_be_mapped_before_anything_names_it_and_a_word_cannot(server):
    organization_id = await server.organization_id()
    await server.app.directory.create_service(organization_id, ServiceDraft(name="Checkout"), by=TESTER)
    mapping, _ = await server.app.directory.map_repository(organization_id, "checkout", "601234567", by=TESTER)
    assert mapping.repository == "601234567"
    with pytest.raises(Exception, match="repository"):
        await server.app.directory.map_repository(organization_id, "checkout", "shop", by=TESTER)
