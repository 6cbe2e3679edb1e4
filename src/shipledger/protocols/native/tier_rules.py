"""The rules for tiers of an organization: what they are, and others in their place."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from http import HTTPStatus
from typing import Any, Protocol

from msgspec import UNSET, Struct, UnsetType
from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.grant import Grant, Scope
from shipledger.catalog.retiering import replace_rules
from shipledger.catalog.tier_rules import RulePreview
from shipledger.catalog.tiers import PATTERN_LIMIT, TierPolicy, TierRule, check_pattern
from shipledger.errors import Conflict, Invalid
from shipledger.ledger.state import Tier
from shipledger.protocols.contract import Route
from shipledger.protocols.native.call import Admission, read_text, reply
from shipledger.protocols.native.describing import BODY_ERRORS, choice, operation, text
from shipledger.protocols.native.faults import busy
from shipledger.protocols.native.parameters import DRY_RUN, FLAG, Parameters
from shipledger.protocols.native.reading import (
    SHOULD_BE_PROVIDED,
    Reader,
    open_object,
    refuse_faults,
)
from shipledger.protocols.native.vocabulary import PREFIX, TIERS
from shipledger.verbs.calls import CallVerbs
from shipledger.verbs.catalog import CatalogVerbs

PATH = f"{PREFIX}/tier-rules"
RULES_LIMIT = 500


class Verbs(CallVerbs, CatalogVerbs, Protocol):
    """What is asked of the ledger here."""


class RuleOut(Struct, frozen=True):
    """Environments whose name matches a pattern have a tier, if their sender gives none."""

    pattern: str
    tier: str


class MoveOut(Struct, frozen=True):
    """Deployments that get another tier."""

    environment: str
    environment_id: str
    was: str
    becomes: str
    deployments: int


class RulePreviewOut(Struct, frozen=True):
    """What a change would move."""

    deployments: int
    environments: tuple[MoveOut, ...]


class TierRulesOut(Struct, frozen=True):
    """The rules in the order in which they are tried, and tiers by environment that were set by hand, which come before them.

    `preview`: with `dry_run`, what would be moved; nothing was changed then.
    """

    revision: int
    rules: tuple[RuleOut, ...]
    set_by_hand: dict[str, str]
    preview: RulePreviewOut | UnsetType = UNSET


class RulesIn(Struct, frozen=True):
    """Rules for those that stand, and the revision that whoever asks has seen."""

    rules: tuple[TierRule, ...]
    revision: int | None


class TierRuleOperations:
    """The operations on rules for tiers."""

    def __init__(self, ledger: Verbs, admission: Admission) -> None:
        self._ledger = ledger
        self._admission = admission

    def routes(self) -> Sequence[Route]:
        """Its operations."""
        admit = self._admission.endpoint
        return (
            Route("GET", PATH, admit(Scope.READ, self.get), base=PREFIX),
            Route("PUT", PATH, admit(Scope.CONFIGURATION, self.replace), base=PREFIX),
        )

    async def get(self, request: Request, grant: Grant) -> Response:
        """200 with the rules."""
        Parameters(request.query_params, ()).check()
        policy = await self._ledger.find_tier_policy(grant.organization_id)
        return reply(self._ledger.new_request_id(), HTTPStatus.OK, _to_rules(policy))

    async def replace(self, request: Request, grant: Grant) -> Response:
        """200 when all deployments follow the rules, 202 when some still do in the background; 409 if others were faster."""
        parameters = Parameters(request.query_params, (DRY_RUN,))
        is_dry_run = parameters.flag(DRY_RUN)
        parameters.check()
        text_ = await read_text(request)
        sent = await self._ledger.compute(grant.organization_id, lambda: read_rules(text_), size=len(text_))
        change = partial(replace_rules, rules=sent.rules)
        if is_dry_run:
            preview = await self._ledger.preview_tier_rules(grant.organization_id, change)
            return reply(self._ledger.new_request_id(), HTTPStatus.OK, _to_rules(preview.before, preview))
        try:
            policy, is_done = await self._ledger.change_tier_rules(
                grant.organization_id, change, by=grant.actor, expects=sent.revision
            )
        except Conflict as error:
            raise busy(error.message) from None
        return reply(self._ledger.new_request_id(), HTTPStatus.OK if is_done else HTTPStatus.ACCEPTED, _to_rules(policy))


def read_rules(body: str) -> RulesIn:
    """The rules in a body. Raises Invalid with a text for every wrong member."""
    reader, faults = open_object(body)
    reader.refuse_others(("rules", "revision"))
    if not reader.is_there("rules"):
        reader.fault("rules", SHOULD_BE_PROVIDED)
    revision = reader.raw("revision")
    if revision is not None and (type(revision) is not int or revision < 0):
        reader.fault("revision", "should be a whole number from 0")
    rules = tuple(_read_rule(one) for one in reader.objects("rules", limit=RULES_LIMIT))
    refuse_faults(faults)
    return RulesIn(rules, revision)


def _read_rule(reader: Reader) -> TierRule:
    reader.refuse_others(("pattern", "tier"))
    pattern = reader.required_text("pattern", limit=PATTERN_LIMIT)
    if pattern:
        try:
            pattern = check_pattern(pattern)
        except Invalid as error:
            reader.fault("pattern", error.message)
    if not reader.has("tier"):
        reader.fault("tier", SHOULD_BE_PROVIDED)
    tier, _ = reader.word("tier", TIERS, {}) or (Tier.UNMAPPED, "")
    return TierRule(pattern, tier)


def _to_rules(policy: TierPolicy, preview: RulePreview | None = None) -> TierRulesOut:
    return TierRulesOut(
        policy.revision,
        tuple(RuleOut(one.pattern, one.tier.value) for one in policy.rules),
        {name: tier.value for name, tier in policy.pins.items()},
        UNSET if preview is None else _to_preview(preview),
    )


def _to_preview(preview: RulePreview) -> RulePreviewOut:
    moves = (
        MoveOut(one.place.name, one.place.environment_id, one.place.tier.value, one.tier.value, one.deployments)
        for one in preview.moves
    )
    return RulePreviewOut(preview.deployments, tuple(moves))


def tier_rule_paths() -> dict[str, Any]:
    """The part of the OpenAPI page that describes them."""
    rule = {
        "type": "object",
        "required": ["pattern", "tier"],
        "additionalProperties": False,
        "properties": {
            "pattern": text(
                PATTERN_LIMIT, "Such as `eu-*`, or `word:prod|live` for names with one of these words.", is_required=True
            ),
            "tier": {"type": "string", "enum": list(TIERS)},
        },
    }
    body = {
        "type": "object",
        "required": ["rules"],
        "additionalProperties": False,
        "properties": {
            "rules": {"type": "array", "maxItems": RULES_LIMIT, "items": rule},
            "revision": {
                "type": "integer",
                "minimum": 0,
                "description": "That of the rules that you have seen; others get a 409.",
            },
        },
    }
    changed = {
        200: ("The rules that stand now.", TierRulesOut),
        202: ("The same; some deployments still get their tiers in the background.", TierRulesOut),
    }
    return {
        PATH: {
            "get": operation("Rules for tiers", {200: ("In the order in which they are tried.", TierRulesOut)}, errors=(422,)),
            "put": {
                **operation(
                    "Replace the rules for tiers",
                    changed,
                    errors=(*BODY_ERRORS, 409),
                    parameters=(choice(DRY_RUN, tuple(FLAG)),),
                ),
                "description": "Past deployments follow. With `dry_run=true` nothing changes; `preview` counts what would.",
                "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
            },
        }
    }
