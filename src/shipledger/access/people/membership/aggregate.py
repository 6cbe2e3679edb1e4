"""Memberships, described as an aggregate."""

from __future__ import annotations

from shipledger.access.people.membership.administrators import look_around
from shipledger.access.people.membership.decide import decide
from shipledger.access.people.membership.fold import fold_history
from shipledger.access.people.membership.model import (
    KIND,
    AddMember,
    ChangeMember,
    KnowMemberAs,
    LinkMember,
    Member,
    RemoveMember,
)
from shipledger.access.people.membership.names import call, id_of, known_by, names_in
from shipledger.ledger.aggregate import Aggregate, Column, Keeping
from shipledger.ledger.by_name import Rules, study_by_name
from shipledger.ledger.verdict import Reason

MEMBERS = Aggregate(
    kind=KIND,
    submissions=(AddMember, ChangeMember, RemoveMember, LinkMember, KnowMemberAs),
    records=(AddMember,),
    removals=(RemoveMember,),
    names_in=names_in,
    names_of=known_by,
    known_by=known_by,
    call=call,
    unknown=Reason.UNKNOWN_MEMBER,
    study=study_by_name(Rules(KIND, names_in, known_by, decide, about=id_of, look_around=look_around)),
    state=Member,
    fold_history=fold_history,
    keeping=Keeping(
        entries="member_entry",
        table="member",
        id="member_id",
        columns=(Column("person_id", "text"),),
        to_columns=lambda member: (member.person_id,),
    ),
    is_shared=True,
)
