"""Guards that an organization which somebody administers keeps an administrator, whoever takes the role away at once.

Who else has the role stands in other records, which others change. So the transaction that takes it from somebody holds the
organization, and looks again: whoever was faster has committed by then.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from shipledger.access.people.membership.administrators import list_administrators
from shipledger.access.people.membership.aggregate import MEMBERS
from shipledger.access.people.membership.decide import LAST_ADMINISTRATOR, may_end_administration
from shipledger.access.people.membership.model import KIND, Member
from shipledger.errors import Conflict
from shipledger.store import rows
from shipledger.store.codecs import codec_of
from shipledger.store.projecting import Cause, Change
from shipledger.store.row_reading import read_each
from shipledger.store.session import Steps, call


class LastAdministrators:
    """Refuses a settlement that leaves an organization without an administrator. It looks before the rows are written."""

    def hear(self, change: Change) -> Steps[None]:
        """Raises Conflict: whoever decides again knows who else is there."""
        lowered = [] if change.cause is not Cause.SETTLEMENT else sorted({*_list_lowered(change.entries)})
        changed = [one for one in change.records_of(KIND) if one.organization_id in lowered]
        return _guard(lowered, changed)


def keep_administrators(person_id: str) -> Steps[None]:
    """Raises Conflict if an organization has no other administrator than a person, who is about to be kept out."""
    found = yield call("list_memberships", person_id=person_id)
    organizations = {row[0]: row[1] for row in found}
    left: list[str] = []
    for organization_id in sorted(organizations):
        administrators = yield from _hold_administrators(organization_id)
        if {one.person_id for one in administrators} == {person_id}:
            left.append(organizations[organization_id])
    if left:
        raise Conflict(
            "last_administrator",
            f"This is the last administrator of {', '.join(left)}. Make somebody else an administrator first: "
            "`shipledger user set-role EMAIL --role administrator`.",
        )


def _guard(organization_ids: Sequence[str], changed: Sequence[Member]) -> Steps[None]:
    for organization_id in organization_ids:
        before = yield from _hold_administrators(organization_id)
        after = {one.member_id: one for one in before}
        gained = yield from _keep_enabled(one for one in list_administrators(changed) if one.organization_id == organization_id)
        for one in changed:
            after.pop(one.member_id, None)
        if before and not after and not gained:
            raise Conflict("last_administrator", LAST_ADMINISTRATOR)


def _hold_administrators(organization_id: str) -> Steps[list[Member]]:
    """Those who can sign in, as they are until the transaction ends. A membership that cannot be read is nobody's."""
    yield call("hold_members", organization_id=organization_id)
    found = yield call("list_members", organization_id=organization_id)
    decode = codec_of(MEMBERS).decode
    members = read_each(lambda row: decode(row[1], (organization_id, row[0])), found)
    return (yield from _keep_enabled(list_administrators(members)))


def _keep_enabled(members: Iterable[Member]) -> Steps[list[Member]]:
    persons = {one.person_id: one for one in members}
    if not persons:
        return []
    disabled = {person_id for (person_id,) in (yield call("list_disabled", ids=rows.to_json(sorted(persons))))}
    return [one for person_id, one in persons.items() if person_id not in disabled]


def _list_lowered(entries: Iterable[Any]) -> Iterable[str]:
    for one in entries:
        if one.kind == KIND and may_end_administration(one.submission):
            yield one.organization_id
