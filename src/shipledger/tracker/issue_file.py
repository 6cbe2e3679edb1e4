"""Issues in a CSV file, such as trackers export."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from shipledger.catalog.issue import Issue
from shipledger.errors import Invalid
from shipledger.reasons import reason_of
from shipledger.tracker.issue_form import read_id, read_key, shorten

HEADINGS: dict[str, tuple[str, ...]] = {
    "key": ("issue key", "key", "issuekey", "work item key"),
    "issue_id": ("issue id", "id", "issueid", "work item id"),
    "summary": ("summary", "title"),
    "kind": ("issue type", "type", "work type"),
    "status": ("status", "state"),
}
"""What the columns may be called, without case; the first that is there counts. Only the key is needed."""


def read_issue_file(path: Path) -> list[Issue]:
    """The issues of a file, each once: of several lines with one key the last counts. Raises Invalid."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            return list({issue.key: issue for issue in _read(csv.reader(lines, strict=True), path.name)}.values())
    except OSError as error:
        raise Invalid("issue_file", f"{path} cannot be read: {reason_of(error)}.") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise Invalid("issue_file", f"{path} is not a CSV file in UTF-8: {reason_of(error)}.") from None


def _read(lines: Iterator[Sequence[str]], name: str) -> Iterator[Issue]:
    columns = _find_columns(next(lines, ()), name)
    for number, line in enumerate(lines, start=2):
        if not any(line):
            continue
        texts = {field: line[place].strip() if place < len(line) else "" for field, place in columns.items()}
        key = read_key(texts.pop("key"))
        if key is None:
            raise Invalid("issue_file", f"Line {number} of {name} has no issue key such as SHIP-1 in its key column.")
        issue_id = read_id(texts.pop("issue_id", ""))
        yield Issue(key=key, issue_id=issue_id, **{field: shorten(text) for field, text in texts.items()})


def _find_columns(headings: Sequence[str], name: str) -> dict[str, int]:
    places = {heading.strip().casefold(): place for place, heading in reversed([*enumerate(headings)])}
    found = {
        field: places[heading]
        for field, known in HEADINGS.items()
        for heading in [next((one for one in known if one in places), None)]
        if heading is not None
    }
    if "key" not in found:
        raise Invalid("issue_file", f"The header row of {name} has no column Issue key or key.")
    return found
