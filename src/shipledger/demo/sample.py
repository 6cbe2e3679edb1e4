"""All calls of the sample."""

from __future__ import annotations

from datetime import datetime
from heapq import merge

from shipledger.demo.incidents import list_incidents
from shipledger.demo.issues import list_submissions
from shipledger.demo.platform import list_reports
from shipledger.demo.year import Call, list_calls


def list_sample(until: datetime) -> list[Call]:
    """Every call before ``until``, through whatever API, oldest first."""
    told = (list_calls(until), list_submissions(until), list_incidents(until), list_reports(until))
    return list(merge(*told, key=lambda call: call.at))
