"""The key of a deployment in a path. Pure.

Some clients percent-encode ids and some do not, so an id with a slash may lie over several segments.
"""

from __future__ import annotations

from msgspec import Struct

from shipledger.protocols.jira.checking import read_int64
from shipledger.protocols.router import decode_segment

_EXACT = 5
_GATING = "gating-status"
_CANDIDATES_LIMIT = 16


class DeploymentKey(Struct, frozen=True):
    """What identifies a deployment for its provider."""

    pipeline_id: str
    environment_id: str
    sequence_number: int


class DeploymentPath(Struct, frozen=True):
    """What a path names. ``sequence_number`` is None when it is no int64."""

    places: tuple[tuple[str, str], ...]
    sequence_number: int | None
    is_gating: bool

    @property
    def keys(self) -> tuple[DeploymentKey, ...]:
        """The keys that may be meant, the likeliest first; one, unless slashes were not encoded."""
        number = self.sequence_number
        return () if number is None else tuple(DeploymentKey(pipeline, env, number) for pipeline, env in self.places)


def read_path(rest: str) -> DeploymentPath | None:
    """What follows ``/pipelines/`` in a raw path; None when it names no deployment."""
    segments = rest.split("/")
    is_gating = len(segments) > _EXACT and segments[-1] == _GATING
    if is_gating:
        segments.pop()
    if len(segments) < _EXACT or segments[-2] != "deployments" or not segments[-1]:
        return None
    places = _places(segments[:-2])
    if not places:
        return None
    return DeploymentPath(places=places, sequence_number=_read_number(segments[-1]), is_gating=is_gating)


def _places(segments: list[str]) -> tuple[tuple[str, str], ...]:
    """Every way to read pipeline and environment around a segment ``environments``."""
    splits = [at for at in range(1, len(segments) - 1) if segments[at] == "environments"]
    pairs = [(_join(segments[:at]), _join(segments[at + 1 :])) for at in splits[:_CANDIDATES_LIMIT]]
    return tuple(pair for pair in pairs if all(pair))


def _join(segments: list[str]) -> str:
    return "/".join(map(decode_segment, segments))


def _read_number(segment: str) -> int | None:
    return read_int64(decode_segment(segment))
