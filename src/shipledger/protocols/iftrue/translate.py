"""From a report to a submission. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any

from msgspec import UNSET, Struct

from shipledger.catalog.clone_url import LOCAL_HOST, read_clone_url, to_clone_url
from shipledger.catalog.repository import repository_key
from shipledger.errors import Invalid
from shipledger.ledger.digest_alias import digest_alias
from shipledger.ledger.identity import derive_id
from shipledger.ledger.naming import KEYS_LIMIT, find_keys
from shipledger.ledger.receipt import Receipt
from shipledger.ledger.state import PHASES, is_final
from shipledger.ledger.submission import (
    Alias,
    Facts,
    Recognition,
    RecordDeployment,
    Release,
    StateReport,
    Submission,
)
from shipledger.protocols.iftrue.branches import BranchRule, find_environment
from shipledger.protocols.iftrue.reading import Faults, Reader
from shipledger.protocols.iftrue.vocabulary import DEFAULT_STATUS, GITHUB_HOST, SOURCE, SPELLINGS, STATES
from shipledger.protocols.iftrue.wire import ReportIn
from shipledger.protocols.wire_json import REPLACED, decode_body, decode_json, decode_kept, encode_json, note_replaced

TITLE_LIMIT = 1_000
TEXT_LIMIT = 100_000
LINK_LIMIT = 4_096
NAME_LIMIT = 512
ID_LIMIT = 255
DURATION_LIMIT_MINUTES = 5_256_000
REPEAT_SECONDS = 600

SHOULD_NAME_A_REPOSITORY = "should name a host and a repository"
NODE_ID_NEEDED = "should be provided for a GitHub repository"
SHOULD_BE_A_STATUS = f"should be one of {', '.join(STATES)}"


class Checked(Struct, frozen=True):
    """A report, and its body as it may be kept: without the user and password of the repository's URL.

    ``parameters`` is what its receipt keeps besides.
    """

    report: ReportIn
    body: str
    parameters: dict[str, str]


def check_report(text: str, github_hosts: Collection[str]) -> Checked:
    """The report in a body that arrives. Raises Invalid with a text for every wrong member, and what ``decode_body`` raises."""
    members = decode_body(text)
    if type(members) is not dict:
        raise Invalid("body", "The body is not an object.", fields={"body": "should be an object"})
    faults: Faults = {}
    report = _read_report(Reader(members, faults), faults)
    host = report.repository.partition("/")[0]
    if host in {GITHUB_HOST, *github_hosts} and report.deployment_node_id is None:
        faults.setdefault("deployment_node_id", NODE_ID_NEEDED)
    if faults:
        raise Invalid("body", "The body has wrong members.", fields=faults)
    cleaned = encode_json({**decode_json(text), "repository_url": to_clone_url(report.repository)}).decode()
    return Checked(report=report, body=cleaned, parameters=note_replaced(text))


def interpret(receipt: Receipt, rules: tuple[BranchRule, ...] = ()) -> Sequence[Submission]:
    """What a stored receipt asks for. Gives the same whenever it is asked under the same rules."""
    return (to_submission(receipt, _read_report(Reader(decode_kept(receipt.body), {}), {}), rules),)


def to_submission(receipt: Receipt, report: ReportIn, rules: tuple[BranchRule, ...] = ()) -> RecordDeployment:
    """What a receipt with this report asks for. The wire has no times, so all are told from the time of arrival."""
    arrived_at = receipt.accepted_at
    state = STATES[report.status]
    has_duration = report.deployment_duration_minutes is not None
    started_at = arrived_at - timedelta(minutes=report.deployment_duration_minutes or 0)
    return RecordDeployment(
        source=SOURCE,
        deployment_id=derive_id(receipt.receipt_id, 0, "deployment"),
        identities=_identities(report),
        recognition=_recognition(report),
        facts=Facts(
            external_id=_said(report.deployment_node_id),
            started_at=started_at if has_duration else UNSET,
            duration_seconds=_duration_seconds(report, is_over=is_final(state)),
            title=report.title,
            description=_said(report.changelog),
            url=_said(report.url),
            releases=(Release(repository=report.repository, commit=report.commit_id),),
            branch=report.branch,
            pull_request=report.pull_request_number,
            commits_count=_said(report.commits_count),
            actor=report.member_id,
            is_fix=_said(report.is_fix),
            is_hotfix=_said(report.is_hotfix),
            is_forced=_said(report.is_forced),
        ),
        order=(receipt.order_us,),
        assumed=Facts(environment=find_environment(rules, report.branch), started_at=started_at),
        assumed_order=(-receipt.order_us,),
        state=StateReport(
            state=state,
            original=report.status,
            order=(PHASES[state], receipt.order_us),
            reported_at=arrived_at if is_final(state) else None,
        ),
        left_out=_describe_left_out(receipt, report.changelog),
    )


def _read_report(body: Reader, faults: Faults) -> ReportIn:
    report = ReportIn(
        title=body.required_text("title", limit=TITLE_LIMIT),
        changelog=body.text("changelog", limit=TEXT_LIMIT),
        url=body.text("url", limit=LINK_LIMIT),
        branch=body.required_text("branch", limit=NAME_LIMIT),
        commit_id=body.required_text("commit_id", limit=ID_LIMIT),
        deployment_duration_minutes=body.number("deployment_duration", maximum=DURATION_LIMIT_MINUTES),
        is_fix=body.boolean("is_fix"),
        is_hotfix=body.boolean("is_hotfix"),
        is_forced=body.boolean("is_forced"),
        commits_count=body.count("commits_count"),
        repository=_read_repository(body),
        member_id=body.required_text("member_id", limit=ID_LIMIT),
        pull_request_number=body.required_count("pull_request_number"),
        deployment_node_id=body.text("deployment_node_id", limit=NAME_LIMIT),
        status=_read_status(body),
    )
    # In the order of the vendor's table, whatever was found first.
    ordered = {name: faults[name] for name in _MEMBERS if name in faults}
    faults.clear()
    faults.update(ordered)
    return report


_MEMBERS = (
    "title",
    "changelog",
    "url",
    "branch",
    "commit_id",
    "deployment_duration",
    "is_fix",
    "is_hotfix",
    "is_forced",
    "commits_count",
    "repository_url",
    "member_id",
    "pull_request_number",
    "deployment_node_id",
    "status",
)


def _read_repository(body: Reader) -> str:
    text = body.required_text("repository_url", limit=LINK_LIMIT)
    if not body.is_sound("repository_url"):
        return ""
    name = read_clone_url(text)
    if name is None or name.startswith(f"{LOCAL_HOST}/"):
        body.fault("repository_url", SHOULD_NAME_A_REPOSITORY)
        return ""
    return name


def _read_status(body: Reader) -> str:
    value = body.raw("status")
    if value is None or value == "":
        return DEFAULT_STATUS
    word = value.strip().lower() if type(value) is str else ""
    word = SPELLINGS.get(word, word)
    if word not in STATES:
        body.fault("status", SHOULD_BE_A_STATUS)
        return DEFAULT_STATUS
    return word


def _duration_seconds(report: ReportIn, *, is_over: bool) -> Any:
    """Known when it was sent. When a report of the end has none, the difference to the start stands for it."""
    if report.deployment_duration_minutes is not None:
        return round(report.deployment_duration_minutes * 60, 6)
    return None if is_over else UNSET


def _identities(report: ReportIn) -> tuple[Alias, ...]:
    if report.deployment_node_id is None:
        return ()
    return (digest_alias("iftrue:node", repository_key(report.repository), report.deployment_node_id),)


def _recognition(report: ReportIn) -> Recognition | None:
    """Without an id of the provider the same commit may honestly be deployed twice."""
    if report.deployment_node_id is not None:
        return None
    said = (repository_key(report.repository), report.branch, report.commit_id, str(report.pull_request_number))
    return Recognition(names=(digest_alias("iftrue:commit", *said),), within_seconds=REPEAT_SECONDS)


def _describe_left_out(receipt: Receipt, changelog: str | None) -> str:
    """What of the report is not kept as it was sent, in sentences."""
    is_cut = len(find_keys(changelog, KEYS_LIMIT + 1)) > KEYS_LIMIT
    cut = f"The changelog names more than {KEYS_LIMIT} issues; the first {KEYS_LIMIT} are kept." if is_cut else ""
    return " ".join(filter(None, (receipt.parameters.get(REPLACED, ""), cut)))


def _said(value: Any) -> Any:
    """Absent says nothing: a later report without a text leaves the one that is known."""
    return UNSET if value is None else value
