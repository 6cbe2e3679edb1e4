"""What is read for decisions about incidents: what they name, what they may repeat, and nothing else."""

from __future__ import annotations

from datetime import timedelta

from msgspec.structs import replace

from shipledger.incidents.knowledge import study
from shipledger.incidents.marks import Cause, IncidentMarks
from shipledger.incidents.model import MarkIncident
from shipledger.ledger.aggregate import Asked
from shipledger.ledger.submission import Alias
from tests.incidents.test_fold import TARGET, record
from tests.support.factories import ACME, RIVAL, make_receipt, make_service, moment


class Reader:
    """A store that holds one service of every id, and notes what it is asked."""

    def __init__(self) -> None:
        self.asked: list[tuple] = []

    async def load_incidents(self, names):
        self.asked.append(("names", set(names)))
        return {}

    async def scan_incidents(self, organization_id, *, started_from, started_until, after, limit):
        self.asked.append(("recent", organization_id, started_from, started_until))
        return []

    async def find_last_incident_numbers(self, organization_ids):
        self.asked.append(("numbers", organization_ids))
        return dict.fromkeys(organization_ids, 7)

    async def find_service(self, organization_id, service):
        self.asked.append(("service", organization_id, service))
        return make_service(name="Checkout", service_id=service.removeprefix("named-"))

    async def find_known_causes(self, organization_id, causes):
        self.asked.append(("causes", organization_id, list(causes)))
        return frozenset(causes)


async def look_up(*asked, shared=()):
    reader = Reader()
    return await study(reader, [Asked(receipt, submission) for receipt, submission in asked], shared), reader.asked


async def test_a_record_reads_what_it_names_the_last_number_and_its_services():
    name, claim, other = (Alias("vendor:id", key) for key in ("one", "two", "three"))
    submission = record(identities=(name,), claims=(claim,), required_services=("s1", "named-s2"))
    known, asked = await look_up((make_receipt(), submission), shared=[(RIVAL, other)])
    assert asked == [
        ("numbers", [ACME]),
        ("names", {(ACME, name), (ACME, claim), (RIVAL, other)}),
        ("service", ACME, "named-s2"),
        ("service", ACME, "s1"),
    ]
    assert known.numbers == {ACME: 7}
    assert known.services == {ACME: {"s1": "Checkout"}}


async def test_what_may_be_repeated_is_read_once_for_all_in_whole_seconds():
    early, late = make_receipt(1), make_receipt(9)
    elsewhere = replace(early, organization_id=RIVAL)
    asks = record(repeats_within=60)
    _, asked = await look_up((late, asks), (early, asks), (elsewhere, record(repeats_within=1)), (late, record(repeats_within=0)))
    windows = [one for one in asked if one[0] == "recent"]
    begin, minute, second = moment(1).replace(microsecond=0), timedelta(minutes=1), timedelta(seconds=1)
    assert windows == [
        ("recent", ACME, begin - minute, begin + timedelta(seconds=8) + minute + second),
        ("recent", RIVAL, begin - second, begin + second + second),
    ]


async def test_a_mark_reads_its_causes_and_no_number():
    deployment, commit = Cause(deployment_id="d"), Cause(repository="github.com/acme/shop", commit="abc")
    marks = IncidentMarks(caused_by=("d",), root_cause=commit, potential_causes=(deployment,), duplicate_of="original")
    mark = MarkIncident(source="vendor", target=TARGET, marks=marks, order=(1,))
    known, asked = await look_up((make_receipt(), mark), (make_receipt(2), replace(mark, marks=IncidentMarks(note="n"))))
    assert asked == [
        ("names", {(ACME, Alias("vendor:id", "one")), (ACME, Alias("", "original"))}),
        ("causes", ACME, [deployment, commit]),
    ]
    assert known.causes == {ACME: frozenset({deployment, commit})}
