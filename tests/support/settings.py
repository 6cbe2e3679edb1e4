"""Settings of organizations, changed through the front door."""

from __future__ import annotations

from shipledger.catalog.issue import AssociationRules
from shipledger.catalog.organization_settings.model import WHOLE_ORGANIZATION, ChangeSettings, SettingScope, Value
from shipledger.clock import Clock
from shipledger.ingestion.at_once import AskingStore
from shipledger.ledger.verdict import Verdict, VerdictKind
from shipledger.store.contract import Store
from tests.support.services import TESTER


async def change_settings(
    store: Store, organization_id: str, scope: SettingScope = WHOLE_ORGANIZATION, **values: Value | None
) -> Verdict:
    """The verdict on a change."""
    asks = AskingStore(store, Clock())
    (verdict,) = await asks.ask(organization_id, [ChangeSettings(scope, values)], operation="test", actor=TESTER)
    return verdict


async def save_association_rules(store: Store, rules: AssociationRules) -> None:
    """Let ``rules`` stand for their organization."""
    verdict = await change_settings(
        store,
        rules.organization_id,
        issue_mode=rules.mode,
        issue_projects=rules.projects or None,
        known_services="registered" if rules.only_registered_services else None,
    )
    assert verdict.kind is not VerdictKind.REJECTED, verdict.sentence
