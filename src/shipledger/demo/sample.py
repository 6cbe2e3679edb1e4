"""All calls of the sample."""

from __future__ import annotations

from datetime import datetime

from shipledger.demo.call import Call
from shipledger.demo.growth import list_steps
from shipledger.demo.history import History
from shipledger.demo.incidents import list_incidents
from shipledger.demo.issues import list_submissions
from shipledger.demo.platform import list_reports
from shipledger.demo.refusals import list_refusals
from shipledger.demo.setting_up import list_names, list_settings
from shipledger.demo.year import list_calls


def list_sample(until: datetime) -> list[Call]:
    """Every call before ``until``, through whatever API, oldest first. The same end gives the same calls."""
    history = History(until)
    told = [
        *list_calls(until, history),
        *list_submissions(until, history),
        *list_reports(until, history),
        *list_steps(until, history),
        *list_incidents(until),
        *list_refusals(until),
        *list_names(until),
    ]
    told = sorted((*history.list_calls(), *told), key=lambda call: call.at)
    return [*list_settings(told[0].at), *told]
