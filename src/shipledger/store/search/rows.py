"""Rows by which a search finds deployments."""

from __future__ import annotations

from shipledger.clock import to_microseconds
from shipledger.ledger.deployment import Deployment
from shipledger.search_words import to_token, words_of
from shipledger.store.row_reading import Row

TITLE, VERSION = "title", "version"


def from_tokens(deployment: Deployment) -> list[Row]:
    """A row for each word of a deployment's title, and one for its version.

    By its other names, commits and issues it is found in the tables that have them.
    """
    facts = deployment.facts
    tokens = [(TITLE, word) for word in sorted(words_of(facts.title))]
    version = to_token(facts.version)
    if version:
        tokens.append((VERSION, version))
    if not tokens:
        return []
    placed_us = to_microseconds(deployment.placed_at)
    return [(deployment.organization_id, deployment.deployment_id, *token, placed_us) for token in tokens]
