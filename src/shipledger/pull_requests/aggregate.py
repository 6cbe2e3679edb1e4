"""Pull requests, described as an aggregate."""

from __future__ import annotations

from shipledger.clock import to_microseconds
from shipledger.ledger.aggregate import Aggregate, Column, Keeping, Subtable
from shipledger.ledger.by_name import Rules, study_by_name
from shipledger.ledger.submission import Alias
from shipledger.ledger.verdict import Reason
from shipledger.pull_requests.decide import decide
from shipledger.pull_requests.fold import fold_history
from shipledger.pull_requests.model import KIND, PullRequest, RecordPullRequest, number_alias
from shipledger.search_words import words_of
from shipledger.texts import storable, without_case


def names_in(submission: RecordPullRequest) -> tuple[Alias, ...]:
    """The name by which it is found."""
    return (number_alias(submission.repository, submission.number),)


def known_by(one: PullRequest) -> tuple[Alias, ...]:
    """All that names it: its id, its repository and number, and the keys of requests."""
    return (Alias(scope="", key=one.pull_request_id), number_alias(one.repository, one.number), *one.names)


def _to_commits(one: PullRequest) -> list[tuple[str]]:
    return [(commit_id,) for commit_id in dict.fromkeys(without_case(storable(said)) for said in one.commit_ids)]


def _to_tokens(one: PullRequest) -> list[tuple[str, int]]:
    placed_us = to_microseconds(one.placed_at)
    return [(word, placed_us) for word in words_of(one.facts.title)]


def call(submission: RecordPullRequest) -> str:
    """A name by which the sender can identify an item."""
    return f"{submission.repository}#{submission.number}"


PULL_REQUESTS = Aggregate(
    kind=KIND,
    submissions=(RecordPullRequest,),
    records=(RecordPullRequest,),
    names_in=names_in,
    names_of=known_by,
    known_by=known_by,
    call=call,
    unknown=Reason.NO_MATCH,
    study=study_by_name(Rules(KIND, names_in, known_by, decide)),
    state=PullRequest,
    fold_history=fold_history,
    acts=(),
    keeping=Keeping(
        entries="pull_request_entry",
        table="pull_request",
        id="pull_request_id",
        columns=(Column("placed_us", "bigint"),),
        to_columns=lambda one: (to_microseconds(one.placed_at),),
        parts=(
            Subtable("pull_request_commit", (Column("commit_id", "text"),), _to_commits),
            Subtable("pull_request_token", (Column("token", "text"), Column("placed_us", "bigint")), _to_tokens),
        ),
    ),
    cost=2_000,
)
