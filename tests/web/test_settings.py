"""``/settings``."""

from __future__ import annotations

from msgspec.structs import fields

from shipledger.catalog.organization_settings.model import ScopeKind, SettingScope
from shipledger.protocols.registry import settings_type
from shipledger.web.pages import limits
from shipledger.web.pages.menu import MENU
from shipledger.web.pages.settings_tabs import TABS
from tests.support.settings import change_settings
from tests.support.site import Html, Site


async def test_the_limits_in_force_are_shown(one_site: Site) -> None:
    page = Html((await one_site.get("/settings/limits", settings={"intake_queue_limit": 77})).text)
    assert "intake_queue_limit SHIPLEDGER_INTAKE_QUEUE_LIMIT 77" in page.text
    assert "connection_limit SHIPLEDGER_CONNECTION_LIMIT 10,000" in page.text
    assert set(limits.NAMES) <= {field.name for field in fields(settings_type())}, "each name is that of a setting"


async def test_settings_are_shown_with_their_source_and_who_changed_them(site: Site) -> None:
    owner = site.pen.organization_id
    service = await site.pen.create_service("Checkout", "bitbucket.org/acme/checkout", at=site.now)
    await change_settings(site.store, owner, gate_timeout_hours=72)
    await change_settings(site.store, owner, SettingScope(ScopeKind.SERVICE, service.service_id), silence_limit_hours=0)
    await change_settings(site.store, owner, SettingScope(ScopeKind.PIPELINE, "a&b <i>"), silence_limit_hours=1)

    page = await site.page("/settings")
    assert "gate_timeout_hours set to 72." in page.text
    assert "By an operator, with shipledger test" in page.text
    pipeline, checkout = "/settings?pipeline=a%26b+%3Ci%3E", f"/settings?service={service.service_id}"
    assert {pipeline, checkout} <= set(page.links())
    of_service = await site.page(checkout)
    assert "Settings of the service Checkout" in of_service.text
    assert "silence_limit_hours set to 0." in of_service.text
    assert "gate_timeout_hours set to" not in of_service.text, "that is the organization's"
    assert "pipeline a&b <i>" in (await site.page(pipeline)).text
    assert checkout.rpartition("=")[0] in str((await site.page("/services/checkout")).links())
    assert (await site.get("/settings?service=nothing")).status_code == 404
    assert (await site.get("/settings?team=a&service=b")).status_code == 400


def test_the_menu_shows_settings_on_every_page_that_has_a_tab_there():
    (settings,) = (one for one in MENU if one.path == "/settings")
    assert [tab.path for tab in TABS if not settings.is_around(tab.path)] == []
    assert settings.is_around("/sources/01a2")
    assert not settings.is_around("/settingsx")
