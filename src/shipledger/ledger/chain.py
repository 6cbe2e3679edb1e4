"""A chain of seals over the entries: changing, removing or inserting an entry later breaks it.

A seal lists entries with the digests of their contents, in the order of settlement, and contains the previous seal's
hash. It holds no contents: an erased entry leaves its digest, and the chain stays intact. The idea is from RFC 9162, which
keeps logs append-only in the same way.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec
from msgspec import Struct

from shipledger.ledger.digest import digest_of

FIRST_PREVIOUS = "0" * 64
"""The previous hash in an organization's first seal."""


class SealedEntry(Struct, frozen=True, array_like=True):
    """An entry of a deployment or an incident as a seal lists it. ``position`` is its place in the order of settlement."""

    kind: str
    position: int
    subject_id: str
    version: int
    digest: str

    @property
    def name(self) -> str:
        """A readable name of the entry."""
        return f"entry {self.version} of {self.kind} {self.subject_id}"


class EntrySeal(Struct, frozen=True):
    """One seal. ``covered`` is the last position, per kind, covered by this seal and those before it."""

    organization_id: str
    number: int
    previous: str
    sealed_at: datetime
    covered: dict[str, int]
    entries: tuple[SealedEntry, ...]
    hash: str


class Finding(Struct, frozen=True):
    """A deviation from what was sealed. ``name`` is the entry or seal; ``number`` is the seal."""

    name: str
    number: int
    sentence: str


def make_seal(
    organization_id: str, previous: EntrySeal | None, entries: Sequence[SealedEntry], covered: dict[str, int], now: datetime
) -> EntrySeal:
    """The seal after ``previous``, over ``entries``."""
    seal = EntrySeal(
        organization_id=organization_id,
        number=1 if previous is None else previous.number + 1,
        previous=FIRST_PREVIOUS if previous is None else previous.hash,
        sealed_at=now,
        covered=covered,
        entries=tuple(entries),
        hash="",
    )
    return msgspec.structs.replace(seal, hash=hash_of(seal))


def hash_of(seal: EntrySeal) -> str:
    """The hash over a seal's contents, which the next seal contains."""
    said = msgspec.structs.asdict(seal) | {"sealed_at": seal.sealed_at.isoformat(timespec="microseconds")}
    del said["hash"]
    return digest_of(said)


def check_link(seal: EntrySeal, previous: EntrySeal | None) -> list[Finding]:
    """Faults of a seal itself, and of its place after ``previous``."""
    findings: list[Finding] = []
    expected = 1 if previous is None else previous.number + 1
    if seal.number != expected:
        missing = str(expected) if seal.number == expected + 1 else f"{expected} to {seal.number - 1}"
        findings.append(Finding(f"seal {missing}", seal.number, f"It is missing before seal {seal.number}."))
    elif seal.previous != (FIRST_PREVIOUS if previous is None else previous.hash):
        sentence = "It does not follow the seal before it: one of the two was changed."
        findings.append(Finding(f"seal {seal.number}", seal.number, sentence))
    if hash_of(seal) != seal.hash:
        findings.append(Finding(f"seal {seal.number}", seal.number, "It was changed: its hash does not match what it lists."))
    return findings


def check_entries(seal: EntrySeal, found: Iterable[SealedEntry]) -> list[Finding]:
    """Differences between the entries ``found`` in the range of a seal and those that it lists."""
    sealed = {(one.kind, one.subject_id, one.version): one for one in seal.entries}
    findings: list[Finding] = []
    for entry in found:
        expected = sealed.pop((entry.kind, entry.subject_id, entry.version), None)
        if expected is None:
            sentence = f"It was inserted: it is among the entries of seal {seal.number}, which does not list it."
            findings.append(Finding(entry.name, seal.number, sentence))
        elif entry.digest != expected.digest:
            findings.append(Finding(entry.name, seal.number, f"It was changed after seal {seal.number} was made."))
        elif entry.position != expected.position:
            findings.append(Finding(entry.name, seal.number, f"It was moved after seal {seal.number} was made."))
    missing = (Finding(one.name, seal.number, f"It is missing: seal {seal.number} lists it.") for one in sealed.values())
    return [*findings, *missing]
