"""An organization that everybody may read: a screen on a wall."""

from __future__ import annotations

import pytest

from shipledger.access.people.roles import Role
from shipledger.catalog.organization_settings.changing import SettingsDesk
from shipledger.catalog.organization_settings.declared import EVERYBODY, MEMBERS, READERS
from shipledger.catalog.organization_settings.installation import InstallationSettings
from shipledger.catalog.organization_settings.model import WHOLE_ORGANIZATION
from shipledger.ingestion.at_once import AskingStore
from shipledger.settings import Settings
from tests.support.people import TESTER
from tests.support.site import LOCAL, Html, Site

BODY = "Marzipan-Confidential"


async def set_readers(site: Site, readers: str) -> None:
    desk = SettingsDesk(site.store, AskingStore(site.store, site.clock), InstallationSettings(Settings()))
    await desk.change(site.pen.organization_id, WHOLE_ORGANIZATION, {READERS: readers}, by=TESTER)


@pytest.mark.both_stores
async def test_everybody_reads_what_is_open_and_nobody_changes_it_or_sees_what_arrived(site: Site) -> None:
    await site.pen.create_service("Checkout", at=site.now)
    await site.pen.record(at=site.now, title="Alpha")
    receipt = site.pen.receipt("create", at=site.now, body=BODY)
    await site.pen.settle_raw(receipt)
    assert (await site.get("/deployments", cookies={})).status_code == 303
    await set_readers(site, EVERYBODY)
    opened = {"cookies": {}, "settings": {"public_url": "http://wall.example"}}  # which has not asked before
    page = Html((await site.get("/deployments", **opened)).text)
    assert "Alpha" in page.text
    assert "/login" in page.links()
    for path in ("/", "/services/checkout", "/repositories", "/requests", "/ledger/docs"):
        answer = await site.get(path, **opened)
        assert answer.status_code == 200, path
        sent = [form["action"] for form in Html(answer.text).all("form") if form.get("method") == "post"]
        assert sent == ["/theme"], path
    assert BODY not in (await site.get(f"/requests/{receipt.receipt_id}", **opened)).text
    assert BODY in (await site.get(f"/requests/{receipt.receipt_id}", role=Role.EDITOR)).text
    for path in ("/profile", f"/requests?find={BODY}"):
        assert (await site.get(path, **opened)).status_code == 303, path
    sent = {
        "headers": {"Origin": LOCAL, "Sec-Fetch-Site": "same-origin"},
        "data": {"service": "checkout", "repository": "acme/x"},
    }
    for path in ("/repositories", "/services/checkout/relations"):
        assert (await site.ask("POST", path, **sent, **opened)).headers["Location"] == "/login"
    await set_readers(site, MEMBERS)
    assert (await site.get("/deployments", cookies={}, settings={"public_url": "http://later.example"})).status_code == 303


async def test_a_host_name_opens_its_own_organization_alone(one_site: Site) -> None:
    await set_readers(one_site, EVERYBODY)
    settings = {"organization_hosts": "wall.example=default, rival.example=rival"}
    asked = {"cookies": {}, "settings": settings}
    assert (await one_site.get("/deployments", headers={"Host": "wall.example"}, **asked)).status_code == 200
    assert (await one_site.get("/deployments", headers={"Host": "rival.example"}, **asked)).status_code == 303
