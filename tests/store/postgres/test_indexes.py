"""An index of PostgreSQL holds no row of more than about 2,700 bytes, so no text of any length may be indexed as it came."""

from __future__ import annotations

import asyncpg

from tests.support.lent_databases import lent_ledger_database

OURS = {
    *("organization_id", "credential_id", "receipt_id", "deployment_id", "incident_id", "gate_id", "pull_request_id"),
    *("service_id", "pack_id", "key_id", "person_id", "member_id", "issuance_id", "webhook_id"),
    *("node_id", "version_num", "state", "tier", "said_tier", "kind", "source", "scope"),
}
"""Columns of ids that we make, and of words that the program knows. A scope may name a credential besides."""

INDEXABLE = "kept by ``rows.indexable``: the start of a long text and its hash"

BOUNDED = {
    "connect_app.app_key": "80 characters, by its form",
    "deployment.environment_id": INDEXABLE,
    "deployment.environment_key": INDEXABLE,
    "deployment.environment_name": INDEXABLE,
    "deployment_alias.key": INDEXABLE,
    "deployment_release.environment_id": INDEXABLE,
    "deployment_release.repository_key": INDEXABLE,
    "git_commit.commit_id": "40 or 64 digits, by a rule of the table",
    "git_commit.repository_key": INDEXABLE,
    "git_commit_sender.commit_id": "as that of the commit",
    "git_commit_sender.remote_id": INDEXABLE,
    "git_commit_sender.repository_key": INDEXABLE,
    "deployment_token.field": "a word of ours",
    "deployment_token.token": "64 characters",
    "gate_alias.key": INDEXABLE,
    "pull_request_alias.key": INDEXABLE,
    "ignoring.ignoring_id": "a word of ours",
    "ignoring_alias.ignoring_id": "a word of ours",
    "ignoring_alias.key": "a word of ours",
    "ignoring_entry.ignoring_id": "a word of ours",
    "incident_alias.key": INDEXABLE,
    "incident_token.token": "64 characters",
    "issuance_alias.key": INDEXABLE,
    "webhook_alias.key": INDEXABLE,
    "issue.issue_id": "30 digits, by its form",
    "issue.issue_key": "511 letters of ASCII, by its form",
    "issue_standing.issue_key": INDEXABLE,
    "lane.environment_key": INDEXABLE,
    "lane.lane_key": f"a word of ours before a name, {INDEXABLE}",
    "lane.part": "a word of ours",
    "lane.sender_id": INDEXABLE,
    "lease.name": "the name of a duty",
    "member_alias.key": INDEXABLE,
    "organization.slug": "100 characters, by the directory",
    "outbox_attempt.message_id": "an id of ours",
    "outbox_message.claimed_by": "the id of a node",
    "outbox_message.message_id": "an id of ours",
    "outbox_message.subject_id": "an id of ours",
    "outbox_message.target_id": "an id of ours",
    "outbox_target.target_id": "an id of ours",
    "person_identity.issuer": "by the setting that names it",
    "person_identity.subject": "512 characters, by what reads it",
    "person.email_key": "254 characters, by the form of an address",
    "pull_request_commit.commit_id": "128 characters, by our own API",
    "pull_request_token.token": "64 characters",
    "saved_view.name": "100 characters, by who keeps them",
    "saved_view.view_id": "an id of ours",
    "service_alias.key": INDEXABLE,
    "setting.setting_id": "a word of ours before a name of at most 255 characters, by the desk",
    "setting_alias.key": INDEXABLE,
    "setting_alias.setting_id": "as that of the setting",
    "setting_entry.setting_id": "as that of the setting",
    "tier_policy_alias.tiering_id": "a word of ours",
    "tiering_entry.tiering_id": "a word of ours",
    "tier_policy.tiering_id": "a word of ours",
    "tier_policy_alias.key": INDEXABLE,
    "repository_alias.former_key": INDEXABLE,
    "repository_alias.repository_key": INDEXABLE,
    "named_repository.repository_id": "an id of ours, or a key that is cut",
    "repository_entry.repository_id": "an id of ours, or a key that is cut",
    "repository_name.repository_id": "an id of ours, or a key that is cut",
    "repository_name.key": INDEXABLE,
    "repository_link.repository_id": "an id of ours, or a key that is cut",
    "repository_link.name_key": INDEXABLE,
    "repository_link.other_key": INDEXABLE,
    "service.name_key": "512 characters, by the directory; those that grow without case are few, and are compressed",
    "service.slug": "made of a name that is bounded",
    "service_name.name_key": "255 characters, by the directory",
    "service_relation.other_id": "an id of ours",
    "service_repository.repository_key": INDEXABLE,
    "told_repository.remote_id": INDEXABLE,
    "tombstone.subject_id": "an id of ours",
    "refused_request.refused_id": "an id of ours",
    "unknown_sender.address": "an address, which has at most 200 characters",
    "unfinished.name": "the name of an operation of ours",
    "verdict.subject": "64 characters, by the index itself",
}
"""Columns that hold what others said, and what keeps it short."""

INDEXED_TEXTS = """
SELECT DISTINCT t.relname || '.' || a.attname
FROM pg_index AS i
JOIN pg_class AS t ON t.oid = i.indrelid AND t.relnamespace = 'public'::regnamespace
JOIN unnest(i.indkey) AS k (number) ON true
JOIN pg_attribute AS a ON a.attrelid = t.oid AND a.attnum = k.number
WHERE a.atttypid IN ('text'::regtype, 'varchar'::regtype)
"""


async def test_every_text_that_is_indexed_is_bounded():
    async with lent_ledger_database() as url:
        connection = await asyncpg.connect(url)
        indexed = {name for (name,) in await connection.fetch(INDEXED_TEXTS)}
        await connection.close()
    assert {name for name in indexed if name.partition(".")[2] not in OURS} == BOUNDED.keys()
