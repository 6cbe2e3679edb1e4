"""What people see on the page of a deployment that was recorded through this API."""

from __future__ import annotations

import pytest

from tests.support.native import SHA, TARGET, deployment
from tests.support.site import Html

pytestmark = pytest.mark.usefixtures("server")  # pages show one organization: that of a server of the test's own


async def test_the_page_tells_the_service_the_run_the_version_and_who_deployed(native):
    written = (await native.post(TARGET, json=deployment(job="deploy"))).json()
    text = Html((await native.get(f"/deployments/{written['id']}")).text).text
    for line in ("CI run github 77, attempt 1, job deploy", "Version 2.4.1", "Deployed by octocat", "Services, as sent checkout"):
        assert line in text
    assert "github.com/acme/shop" in text
    assert "bitbucket.org" not in text


async def test_the_deployment_is_listed_under_the_service_that_was_named(native):
    await native.post(TARGET, json=deployment(title="Checkout 2.4.1", releases=None))
    assert "Checkout 2.4.1" in Html((await native.get("/services/checkout")).text).text


async def test_the_page_shows_a_commit_that_was_sent(native):
    commit = {"repository": "github.com/acme/shop", "id": SHA, "authored_at": "2026-03-04T09:00:00Z", "message": "Keep the cart"}
    await native.post("/ledger/v1/commits", json={**commit, "author_name": "Ada"})
    written = (await native.post(TARGET, json=deployment())).json()
    assert "Keep the cart" in Html((await native.get(f"/deployments/{written['id']}")).text).text
