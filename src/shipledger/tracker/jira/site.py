"""Reads issues from a Jira site, over the REST API 3 of Jira Cloud."""

from __future__ import annotations

import asyncio
import base64
import contextlib
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from http import HTTPStatus
from urllib.parse import urlencode, urlsplit

import msgspec
from msgspec import Struct

from shipledger.catalog.issue import Issue
from shipledger.errors import Denied, Invalid, Unavailable
from shipledger.outgoing.answer import Answer
from shipledger.outgoing.calls import Caller
from shipledger.reasons import reason_of
from shipledger.tracker.issue_form import read_id, read_key, shorten
from shipledger.tracker.jira.wire import FaultIn, IssueIn, SearchIn

SEARCH_PATH = "/rest/api/3/search/jql"
SELF_PATH = "/rest/api/3/myself"
FIELDS = "summary,issuetype,status,updated"
PAGE_ISSUES = 500
"""How many issues to ask for at a time; the site may send fewer."""

TRIES = 5
FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 60.0
_MESSAGE_LIMIT = 300

_decode_search = msgspec.json.Decoder(SearchIn).decode
_decode_fault = msgspec.json.Decoder(FaultIn).decode

Sleep = Callable[[float], Awaitable[None]]


class IssuePage(Struct, frozen=True):
    """Some issues, when the one that changed last did so, and the token of the next page; "" at the end."""

    issues: tuple[Issue, ...]
    updated_at: datetime | None
    next_token: str


class JiraSite:
    """One site. ``account`` is the e-mail address that the token belongs to; empty for a token that stands alone."""

    def __init__(self, caller: Caller, url: str, *, account: str, token: str, sleep: Sleep = asyncio.sleep) -> None:
        self._caller = caller
        self._url = url.rstrip("/")
        self._headers = {"Accept": "application/json", "Authorization": _authorization(account, token)}
        self._sleep = sleep

    async def check(self) -> None:
        """Prove that the token is good: with a bad one a search finds nothing, as if there were no issues.

        Raises Denied for a token that is not good, and otherwise as ``read_page`` does.
        """
        await self._ask(SELF_PATH)

    async def read_page(self, jql: str, token: str) -> IssuePage:
        """A page of what ``jql`` finds; the first one for the token "".

        Raises Denied when the site lets nobody in with this token, Invalid when it cannot be asked like this, and
        Unavailable when it does not answer after several tries.
        """
        query = {"jql": jql, "fields": FIELDS, "maxResults": str(PAGE_ISSUES)} | ({"nextPageToken": token} if token else {})
        answer = await self._ask(f"{SEARCH_PATH}?{urlencode(query)}")
        try:
            page = _decode_search(answer.body)
        except msgspec.DecodeError as error:
            raise Invalid("issue_site", f"{self._host} did not answer with a page of issues: {reason_of(error)}.") from None
        changes = [moment for one in page.issues if (moment := _read_time(one)) is not None]
        return IssuePage(
            issues=tuple(issue for one in page.issues if (issue := _to_issue(one)) is not None),
            updated_at=max(changes, default=None),
            next_token="" if page.is_last else page.next_page_token or "",
        )

    @property
    def _host(self) -> str:
        return urlsplit(self._url).hostname or ""

    async def _ask(self, path: str) -> Answer:
        """The answer with status 200. Waits and asks again where that may help."""
        pause = FIRST_PAUSE_SECONDS
        for tries_left in reversed(range(TRIES)):
            wait = pause
            try:
                answer = await self._caller.call("GET", self._url + path, headers=self._headers)
                if answer.status == HTTPStatus.OK:
                    return answer
                if not _may_help_to_wait(answer.status):
                    raise self._refusal(answer)
                wait = max(pause, _read_pause(answer))
                failure = Unavailable("issue_site", f"{self._host} answers {answer.status}; it will be retried.")
            except Unavailable as error:
                failure = error
            if not tries_left:
                raise failure
            await self._sleep(min(wait, LONGEST_PAUSE_SECONDS))
            pause *= 2
        raise AssertionError("unreachable: the last try returns or raises")

    def _refusal(self, answer: Answer) -> Exception:
        if answer.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            sentence = f"{self._host} rejects this account and token ({answer.status}); connect it again."
            return Denied("issue_site", sentence)
        if answer.status == HTTPStatus.BAD_REQUEST:
            return Invalid("issue_site", f"{self._host} rejects the query: {_read_messages(answer)}")
        return Invalid(
            "issue_site", f"{self._host} answers {answer.status}, so there is no REST API 3 of Jira Cloud at this address."
        )


def _authorization(account: str, token: str) -> str:
    if not account:
        return f"Bearer {token}"
    return "Basic " + base64.b64encode(f"{account}:{token}".encode()).decode()


def _may_help_to_wait(status: int) -> bool:
    return status in {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS} or status >= HTTPStatus.INTERNAL_SERVER_ERROR


def _read_pause(answer: Answer) -> float:
    """How many seconds the site asks to wait; 0 when it does not say."""
    with contextlib.suppress(ValueError):
        return max(0.0, float(answer.headers.get("retry-after", "")))
    return 0.0


def _read_messages(answer: Answer) -> str:
    try:
        messages = _decode_fault(answer.body).error_messages
    except msgspec.DecodeError:
        messages = ()
    return shorten(" ".join(messages))[:_MESSAGE_LIMIT] or "no reason given."


def _to_issue(found: IssueIn) -> Issue | None:
    key = read_key(found.key)
    if key is None:
        return None
    fields = found.fields
    return Issue(
        key=key,
        issue_id=read_id(found.id),
        summary=shorten(fields.summary or "") if fields else "",
        kind=shorten(fields.issuetype.name or "") if fields and fields.issuetype else "",
        status=shorten(fields.status.name or "") if fields and fields.status else "",
    )


def _read_time(found: IssueIn) -> datetime | None:
    with contextlib.suppress(ValueError, OverflowError):
        moment = datetime.fromisoformat(found.fields.updated or "" if found.fields else "")
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None
