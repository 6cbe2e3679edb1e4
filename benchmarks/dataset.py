"""Databases with many deployments, filled through the store's own verbs and kept under .cache/bench.

A file belongs to the schema and the loader that made it: its name has a digest of both, so that a change makes a new one.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import secrets
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from benchmarks import bodies
from shipledger.access.issuing import IssuedCredential, issue_credential
from shipledger.catalog.directory import Directory
from shipledger.catalog.service import ServiceDraft
from shipledger.clock import Clock
from shipledger.duties.roster import SILENT_SECONDS
from shipledger.ingestion.at_once import AskingStore
from shipledger.ingestion.refolding import Refolding
from shipledger.ledger.actor import Actor, ActorKind
from shipledger.ledger.decide import Situation, decide
from shipledger.ledger.identity import new_id
from shipledger.ledger.receipt import Receipt
from shipledger.ledger.submission import RecordDeployment, Submission
from shipledger.protocols.datadog.credentials import issue_application_key
from shipledger.protocols.opsgenie import translate
from shipledger.protocols.opsgenie.vocabulary import CREATE, PROTOCOL
from shipledger.store import migrations
from shipledger.store.contract import Store
from shipledger.store.open import open_store
from shipledger.store.receipts.contract import SettlementBatch
from shipledger.store.receipts.settled import SettledReceipt

CACHE = Path(".cache/bench")
BATCH = 4_000
SAMPLES = 5_000
LOADER = "loader"
_BY = Actor(ActorKind.COMMAND, "benchmark")
ACCEPTED_LATER = timedelta(seconds=1)


class Dataset(Struct, frozen=True):
    """A filled database: keys for it, some of its deployments, and all of its services."""

    database: str
    count: int
    organization_id: str
    api_key: str
    datadog_keys: dict[str, str]
    deployment_ids: list[str]
    service_ids: list[str]


def get_dataset(count: int) -> Dataset:
    """The dataset of ``count`` deployments, made when there is none."""
    CACHE.mkdir(parents=True, exist_ok=True)
    database = CACHE / f"{count}-{_revision()}.db"
    notes = database.with_suffix(".json")
    if not notes.exists():
        for leftover in CACHE.glob(f"{count}-*"):
            leftover.unlink()
        notes.write_bytes(msgspec.json.encode(asyncio.run(_fill(database.absolute(), count))))
    return replace(msgspec.json.decode(notes.read_bytes(), type=Dataset), database=str(database.absolute()))


def _revision() -> str:
    digest = hashlib.sha256(Path(bodies.__file__).read_bytes() + Path(__file__).read_bytes())
    for root in migrations.__path__:
        for file in sorted(Path(root).rglob("*.sql")):
            digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


async def _fill(database: Path, count: int) -> Dataset:
    store = await open_store(f"sqlite:///{database}")
    try:
        clock = Clock()
        # A server that is measured would else begin by bringing all of it to the rules of this version.
        await Refolding(store, time.monotonic, silent_seconds=SILENT_SECONDS, clock=clock).run()
        directory = Directory(store, clock, AskingStore(store, clock))
        organization_id = (await directory.ensure_default_organization()).organization_id
        service_ids = [await _create_service(directory, organization_id, number) for number in range(bodies.SERVICES)]
        api_key = (await _create_credential(store, organization_id, "opsgenie")).secret
        datadog = await _create_credential(store, organization_id, "datadog")
        application = issue_application_key(datadog.credential, frozenset())
        await store.create_credential(application.credential)
        sampled: list[str] = []
        began = time.perf_counter()
        for numbers in _batches(count):
            made = await _record(store, organization_id, numbers, count)
            sampled.extend(made[:: max(1, count // SAMPLES)])
            done = numbers.stop
            print(f"\rfilling {done:,} of {count:,}, {done / (time.perf_counter() - began):,.0f}/s", end="", flush=True)
        print()
    finally:
        await store.close()
    return Dataset(
        database=str(database),
        count=count,
        organization_id=organization_id,
        api_key=api_key,
        datadog_keys={"DD-API-KEY": datadog.secret, "DD-APPLICATION-KEY": application.secret},
        deployment_ids=sampled,
        service_ids=service_ids,
    )


def _batches(count: int) -> Iterator[range]:
    for start in range(0, count, BATCH):
        yield range(start, min(start + BATCH, count))


async def _create_service(directory: Directory, organization_id: str, number: int) -> str:
    service = await directory.create_service(organization_id, ServiceDraft(name=f"Service {number:02d}"), by=_BY)
    for repository in range(bodies.REPOSITORIES_OF_A_SERVICE):
        name = f"bench/{bodies.repository_of(number, repository)}"
        await directory.map_repository(organization_id, service.service_id, name, by=_BY)
    return service.service_id


async def _create_credential(store: Store, organization_id: str, kind: str) -> IssuedCredential:
    issued = issue_credential(
        organization_id=organization_id,
        kind=kind,
        name="bench",
        now=Clock().now(),
        randomness=secrets.token_bytes(8),
    )
    await store.create_credential(issued.credential)
    return issued


async def _record(store: Store, organization_id: str, numbers: range, count: int) -> list[str]:
    settled, deployments = [], []
    for number in numbers:
        receipt = _receipt(organization_id, number, count)
        submission = _name_more(receipt, number, count)
        decision = decide(Situation(current=None), receipt, 0, submission, receipt.accepted_at)
        assert decision.entry is not None
        assert decision.deployment is not None
        settled.append(SettledReceipt(receipt=receipt, verdicts=(decision.verdict,), entries=(decision.entry,)))
        deployments.append(decision.deployment)
    await store.append_receipts([one.receipt for one in settled], claimed_by=LOADER)
    now = settled[-1].receipt.accepted_at + ACCEPTED_LATER
    await store.settle(SettlementBatch(settled_at=now, receipts=tuple(settled), changed=tuple(deployments)))
    return [one.deployment_id for one in deployments]


def _name_more(receipt: Receipt, number: int, count: int) -> Submission:
    """What the create says, and an issue, a service and a version besides, as clients of other protocols give them."""
    (submission,) = translate.interpret(receipt)
    assert isinstance(submission, RecordDeployment)
    issue, service, version = bodies.issue_of(number, count), bodies.service_of(number, count), bodies.version_of(number)
    facts = replace(submission.facts, issue_keys=(issue,), services=(service,), version=version)
    return replace(submission, facts=facts)


def _receipt(organization_id: str, number: int, count: int) -> Receipt:
    accepted_at = bodies.NEWEST_START - bodies.SPAN * (1 - number / count) + ACCEPTED_LATER
    return Receipt(
        organization_id=organization_id,
        receipt_id=new_id(accepted_at, secrets.token_bytes(8)),
        credential_id=LOADER,
        protocol=PROTOCOL,
        operation=CREATE,
        parameters={},
        body=json.dumps(bodies.create(number, count), separators=(",", ":")),
        accepted_at=accepted_at,
    )
