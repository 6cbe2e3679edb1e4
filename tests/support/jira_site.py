"""A Jira Cloud site, as far as its REST API 3 is asked for issues. Shapes are those that the vendor publishes."""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

ACCOUNT = "bot@acme.example"
TOKEN = "ATATT3xFfGF0"
SINCE = re.compile(r'updated >= "(?:-(?P<minutes>\d+)m|(?P<day>[\d-]+))"')
PROJECTS = re.compile(r"project in \((?P<list>[^)]*)\)")


class JiraSite:
    """Has issues, and answers ``faults`` first. ``asked`` are the queries that it heard."""

    def __init__(self) -> None:
        self.port = 0
        self.issues: dict[str, dict[str, Any]] = {}
        self.page_size = 2
        self.faults: list[tuple[int, dict[str, str], bytes]] = []
        self.asked: list[str] = []
        self.authorization = "Basic " + base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    def put(self, key: str, *, minutes_ago: float = 60, **changes: str) -> None:
        """Add or change an issue."""
        number = str(10_000 + len(self.issues))
        known = self.issues.get(key, {"id": number, "summary": f"About {key}", "issuetype": "Story", "status": "To Do"})
        self.issues[key] = {**known, **changes, "updated": datetime.now(UTC) - timedelta(minutes=minutes_ago)}

    def answer(self, target: str, authorization: str) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body."""
        parts = urlsplit(target)
        if self.faults:
            return self.faults.pop(0)
        is_known = authorization == self.authorization
        if parts.path == "/rest/api/3/myself":
            if is_known:
                return _json(200, {"accountId": "5b10a2844c20165700ede21g", "emailAddress": ACCOUNT, "active": True})
            return 401, {}, b"Client must be authenticated to access this resource."
        if parts.path != "/rest/api/3/search/jql":
            return _json(404, {"errorMessages": ["No such resource"]})
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        self.asked.append(query["jql"])
        return self._search(query, is_known=is_known)

    def _search(self, query: dict[str, str], *, is_known: bool) -> tuple[int, dict[str, str], bytes]:
        since, projects = SINCE.search(query["jql"]), PROJECTS.search(query["jql"])
        if since is None:
            sentence = "Unbounded JQL queries are not allowed here. Please add a search restriction to your query."
            return _json(400, {"errorMessages": [sentence], "warningMessages": []})
        start = (
            datetime.now(UTC) - timedelta(minutes=int(since["minutes"]))
            if since["minutes"]
            else datetime.fromisoformat(since["day"]).replace(tzinfo=UTC)
        )
        wanted = re.findall(r'"(\w+)"', projects["list"]) if projects else None
        found = sorted(
            (issue["updated"], key)
            for key, issue in self.issues.items()
            if is_known and issue["updated"] >= start and (wanted is None or key.partition("-")[0] in wanted)
        )
        first = int(query["nextPageToken"].removeprefix("at:")) if "nextPageToken" in query else 0
        last = min(first + min(self.page_size, int(query["maxResults"])), len(found))
        page: dict[str, Any] = {"issues": [self._issue(key, query["fields"]) for _, key in found[first:last]]}
        page["isLast"] = last == len(found)
        if last < len(found):
            page["nextPageToken"] = f"at:{last}"
        return _json(200, page)

    def _issue(self, key: str, fields: str) -> dict[str, Any]:
        issue = self.issues[key]
        known: dict[str, Any] = {
            "summary": issue["summary"],
            "issuetype": {"self": f"{self.url}/rest/api/3/issuetype/10001", "id": "10001", "name": issue["issuetype"]},
            "status": {"self": f"{self.url}/rest/api/3/status/10000", "name": issue["status"], "id": "10000"},
            "updated": issue["updated"].strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "+0000",
        }
        return {
            "expand": "renderedFields,names,schema,operations,editmeta,changelog,versionedRepresentations",
            "id": issue["id"],
            "self": f"{self.url}/rest/api/3/issue/{issue['id']}",
            "key": key,
            "fields": {name: known[name] for name in fields.split(",")},
        }


def _json(status: int, body: Any) -> tuple[int, dict[str, str], bytes]:
    return status, {"Content-Type": "application/json;charset=UTF-8"}, json.dumps(body).encode()


@contextmanager
def jira_site() -> Iterator[JiraSite]:
    """A site that answers, in a thread of its own: commands have an event loop of their own."""
    site = JiraSite()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, body = site.answer(self.path, self.headers.get("Authorization", ""))
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  as in http.server
            """Tests are silent."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        site.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield site
        finally:
            server.shutdown()
            thread.join()
