"""The policies of organizations, for transactions that need one."""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from shipledger.catalog.tiers import DEFAULT_POLICY, TierPolicy
from shipledger.ledger.environment_names import EnvironmentNames
from shipledger.store.row_reading import Row, reads
from shipledger.store.session import Steps, call

_decode_policy = msgspec.json.Decoder(TierPolicy).decode


def find_policy(organization_id: str) -> Steps[TierPolicy]:
    """The policy that stands in the transaction."""
    row = yield call("find_tier_policy", organization_id=organization_id)
    return DEFAULT_POLICY if row is None else to_owned_policy((organization_id, *row))[1]


def find_names(organization_id: str) -> Steps[EnvironmentNames]:
    """The names of environments that stand in the transaction."""
    policy = yield from find_policy(organization_id)
    return policy.names


@reads("tier_policy", "tit", 0)
def to_owned_policy(row: Row) -> tuple[str, TierPolicy]:
    """An organization and its policy."""
    organization_id, revision, document = row
    return organization_id, replace(_decode_policy(document), revision=revision)
