"""The lines of an issue: one sender's pipeline in one environment, and the order of the deployments in it. Pure."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from typing import TypeAlias

from shipledger.ledger.deployment import Deployment
from shipledger.ledger.environment_names import name_key
from shipledger.ledger.state import Tier
from shipledger.ledger.submission import Pipeline

Place: TypeAlias = tuple[bool, int, datetime, str]
"""Where a deployment stands among those of its line; the greatest is the newest."""

TIERS_BY_REACH = (Tier.PRODUCTION, Tier.STAGING, Tier.TESTING, Tier.DEVELOPMENT, Tier.UNMAPPED)
"""The most advanced first."""

_RUN_NUMBER = re.compile(r"[\s#]+[0-9]+\s*\Z")


def place_in_line(deployment: Deployment) -> Place:
    """By the sender's number, else by when it happened, else by its id."""
    sequence = sequence_in_line(deployment)
    return sequence is not None, sequence or 0, deployment.placed_at, deployment.deployment_id


def sequence_in_line(deployment: Deployment) -> int | None:
    """The sender's number of the deployment, which counts those of one pipeline in one environment; None for none."""
    sequence = deployment.facts.sequence
    return sequence if isinstance(sequence, int) else None


def line_key(deployment: Deployment) -> str:
    """What the deployments of one line have in common, as they name it; a short hash."""
    parts = (sender_of(deployment), pipeline_key(deployment), environment_key(deployment))
    return hashlib.sha256("\0".join(parts).encode(errors="replace")).hexdigest()[:20]


def environment_key(deployment: Deployment) -> str:
    """What tells its environment apart from others: the name, as ids may be made for each run. "" if none was reported."""
    environment = deployment.environment
    return name_key(environment.name) if environment else ""


def sender_of(deployment: Deployment) -> str:
    """Whose ids its pipeline and its environment have."""
    return deployment.namespace or deployment.source


def tier_of(deployment: Deployment) -> Tier:
    """The tier of its environment; unmapped if none was reported."""
    return deployment.environment.tier if deployment.environment else Tier.UNMAPPED


def pipeline_key(deployment: Deployment, name: str = "") -> str:
    """What tells its pipeline apart from others of its sender: the name, as ids may be made for each run.

    ``name``: what it is called now, if not as the deployment calls it. For senders that name no pipeline, the repository does.
    """
    pipeline = deployment.facts.pipeline
    if isinstance(pipeline, Pipeline):
        return f"pipeline:{_without_run(name or pipeline.name or pipeline.id, pipeline.id)}".casefold()
    return f"repository:{repository_of(deployment)}"


def repository_of(deployment: Deployment) -> str:
    """The first repository of its releases; "" if none was reported."""
    return deployment.releases[0].repository if deployment.releases else ""


def _without_run(name: str, pipeline_id: str) -> str:
    """GitLab counts runs in the id of a pipeline, and in its name: ``orders pipeline 4711``."""
    return (_RUN_NUMBER.sub("", name) or name) if pipeline_id.isdecimal() else name
