"""The composition root, where all parts are wired together."""

from __future__ import annotations

import asyncio
import secrets
import time
from datetime import timedelta
from functools import cache

from starlette.applications import Starlette

from shipledger.access.access_token import AccessTokens
from shipledger.access.authenticator import Authenticator
from shipledger.access.limits import Limiter
from shipledger.access.people.doorkeeper import Doorkeeper
from shipledger.access.people.link import first_secrets
from shipledger.access.people.members import Members
from shipledger.access.people.passwords import Passwords
from shipledger.access.people.sign_in_limits import SignInLimits
from shipledger.access.people.sign_on.entrance import build_entrance
from shipledger.access.people.tokens import PersonalTokens
from shipledger.access.people.views import SavedViews
from shipledger.access.randomness import Randomness
from shipledger.access.sealing import Seal
from shipledger.access.signing_app import SigningApps
from shipledger.access.token_authenticator import TokenAuthenticator
from shipledger.access.tokens import TokenKeys
from shipledger.access.use import UseCounter
from shipledger.access.use_writing import UseWriting
from shipledger.catalog.association_rules import RuleBook
from shipledger.catalog.directory import Directory
from shipledger.catalog.environments import Environments
from shipledger.catalog.host_aliases import read_host_aliases
from shipledger.catalog.inbox import InboxDesk
from shipledger.catalog.known_repositories import KnownRepositories
from shipledger.catalog.organization_settings.changing import SettingsDesk
from shipledger.catalog.organization_settings.installation import InstallationSettings, read_sources
from shipledger.catalog.organization_settings.keeping import to_keeping
from shipledger.catalog.repository_names import RepositoryNames
from shipledger.catalog.service_merging import ServiceMerging
from shipledger.catalog.silence_limits import read_silence_limits, to_limit
from shipledger.catalog.tier_rules import TierRules
from shipledger.clock import Clock
from shipledger.database_url import is_postgres, parse_sqlite_path
from shipledger.dispatching import Dispatcher
from shipledger.duties.gate_timeouts import GateTimeouts
from shipledger.duties.left_gates import left_gates_duty
from shipledger.duties.merging import Merging
from shipledger.duties.old_sessions import old_sessions_duty
from shipledger.duties.outbox import Outbox
from shipledger.duties.outbox_upkeep import OutboxUpkeep
from shipledger.duties.refused_upkeep import RefusedUpkeep
from shipledger.duties.respelling import respelling_duty
from shipledger.duties.retention import Retention
from shipledger.duties.roster import SILENT_SECONDS, Roster
from shipledger.duties.tiers import tier_duty
from shipledger.duties.webhook_calls import WebhookCalls
from shipledger.duty import Duty
from shipledger.http.budget import Budget
from shipledger.http.hosts import read_known_hosts
from shipledger.http.proxies import read_proxies
from shipledger.http.refusing import Refusing
from shipledger.http.use_noting import UseNoting
from shipledger.ingestion.asked import AskingServer
from shipledger.ingestion.commit_naming import CommitNaming
from shipledger.ingestion.giving_up import PAUSE_SECONDS as GIVING_UP_PAUSE_SECONDS
from shipledger.ingestion.giving_up import GivingUp
from shipledger.ingestion.intake import Intake
from shipledger.ingestion.issue_naming import IssueNaming
from shipledger.ingestion.listener import Listener
from shipledger.ingestion.pressure import Pressure
from shipledger.ingestion.recorder import Recorder
from shipledger.ingestion.refolding import Refolding
from shipledger.ingestion.refused_keeping import RefusedKeeping
from shipledger.ingestion.settlements import Settlements
from shipledger.ingestion.worker import Worker
from shipledger.ledger.identity import new_id
from shipledger.lifecycle import App
from shipledger.long_work import LongWork
from shipledger.observability.clock_remark import describe_clock
from shipledger.observability.health import Health
from shipledger.observability.metrics import Metrics
from shipledger.observability.process import Process
from shipledger.observability.reach import Reach
from shipledger.outgoing.calls import Caller
from shipledger.outgoing.networks import read_networks
from shipledger.performing.all_topics import EveryPerformer
from shipledger.performing.correction_desk import CorrectionDesk
from shipledger.performing.gate_desk import GateDesk
from shipledger.performing.home import HomeReader
from shipledger.performing.merging_desk import MergingDesk
from shipledger.performing.performer import RealParts
from shipledger.performing.status import StatusReader
from shipledger.performing.timeline import TimelineReader
from shipledger.performing.webhook_desk import WebhookDesk
from shipledger.protocols.credential_desk import CredentialDesk, ServingDesk
from shipledger.protocols.declaration import Parts
from shipledger.protocols.interpreting import Interpreters
from shipledger.protocols.openapi import build_openapi
from shipledger.protocols.registry import build_protocols
from shipledger.protocols.router import build_router
from shipledger.scm.folder import git_folder
from shipledger.scm.git import GitLimits
from shipledger.scm.indexing import Indexer
from shipledger.scm.packs import Repositories
from shipledger.sealing.sealer import PAUSE_SECONDS as SEAL_PAUSE_SECONDS
from shipledger.sealing.sealer import Sealer
from shipledger.settings import Settings
from shipledger.store.contract import Store
from shipledger.store.identity_watch import IdentityWatch
from shipledger.store.key_agreement import agree_on_keys
from shipledger.store.key_file import sealing_keys_of
from shipledger.store.nodes.contract import keep_time
from shipledger.store.open import open_store_of
from shipledger.store.sqlite.page_watch import PageWatch
from shipledger.tracker.sync import IssueSync
from shipledger.verbs.real_keys import to_key_words
from shipledger.web.operations import Operations
from shipledger.web.pages.access import PageAccess
from shipledger.web.pages.site import build_pages
from shipledger.web.pages.visiting import Visiting

REFOLDING_PAUSE_SECONDS = 5.0


async def build(settings: Settings, *, clock: Clock | None = None) -> App:
    """A server, not yet started, over an open store at the latest schema. Raises Unavailable."""
    store, clock = await open_store_of(settings), clock or Clock()
    page_watch = None if is_postgres(settings.database_url) else PageWatch(parse_sqlite_path(settings.database_url))
    try:
        if page_watch is not None:
            await asyncio.to_thread(page_watch.check_small)
        keys = await agree_on_keys(store, settings)
        await keep_time(store, clock)  # before its first use: it never goes back
        ledger_id = (await store.find_installation()).ledger_id
    except BaseException:
        await store.close()
        raise
    return wire(settings, store, clock, token_keys=keys, page_watch=page_watch, ledger_id=ledger_id)


def wire(
    settings: Settings, store: Store, clock: Clock, *, token_keys: TokenKeys, page_watch: PageWatch | None, ledger_id: str
) -> App:
    """All parts, wired over an open store."""
    node_id = new_id(clock.now(), secrets.token_bytes(8))
    metrics, settlements, long_work = Metrics(), Settlements(), LongWork()
    process = Process(node_id, clock.now(), metrics.pace)
    aliases = read_host_aliases(settings.repository_host_aliases)
    interpreters = Interpreters()
    seal, hosts = Seal(lambda: sealing_keys_of(token_keys)), read_known_hosts(settings)
    identity = IdentityWatch(store, settings, token_keys)
    pressure = Pressure(time.monotonic)
    rules = RuleBook(store, time.monotonic)
    naming = IssueNaming(
        store=store,
        rules=rules,
        sources=read_sources(settings.issue_keys_in),
        denied=settings.jira_denied_projects,
        allowed=settings.jira_allowed_projects,
        monotonic=time.monotonic,
    )
    worker = Worker(
        store=store,
        clock=clock,
        interpret=interpreters.interpret,
        settlements=settlements,
        observer=metrics,
        pressure=pressure,
        naming=naming,
        aliases=aliases,
        node_id=node_id,
        queue_limit=settings.settlement_queue_limit,
        update_wait=timedelta(seconds=settings.update_wait_seconds),
    )
    intake = Intake(
        store=store,
        settler=worker,
        observer=metrics,
        pressure=pressure,
        node_id=node_id,
        queue_limit=settings.intake_queue_limit,
        naming=naming.rule,
    )
    metrics.watch_queue("intake", lambda: intake.depth)
    metrics.watch_queue("settlement", lambda: worker.depth)
    reach = Reach(lambda: worker.out_of_reach, lambda: intake.out_of_reach, store.find_silent_organizations)
    metrics.watch_reach(reach.count)
    limits = GitLimits(objects=settings.git_object_limit, seconds=settings.git_time_limit_seconds)
    indexer = Indexer(
        store=store,
        clock=clock,
        repositories=Repositories(git_folder(settings), limits),
        limits=limits,
        waiting_limit_bytes=settings.git_waiting_limit_bytes,
        tell_commits=CommitNaming(store, clock, naming, silent_seconds=SILENT_SECONDS).tell,
    )
    caller = Caller(read_networks(settings.outgoing_networks))
    issue_sync = IssueSync(store=store, seal=seal, caller=caller, clock=clock)
    authenticator, uses = Authenticator(store, time.monotonic), UseCounter()
    listener = Listener(store=store, settlements=settlements, forget_credentials=authenticator.forget, node_id=node_id)
    recorder = Recorder(store=store, intake=intake, settlements=settlements)
    asks = AskingServer(recorder, clock, lambda: secrets.token_bytes(8))
    personal_tokens = PersonalTokens(store, clock, asks, time.monotonic, observer=metrics)
    directory = Directory(store, clock, asks, aliases=aliases)
    doorkeeper = Doorkeeper(
        store, clock, Passwords(), SignInLimits(time.monotonic), first_secrets=first_secrets(token_keys), observer=metrics
    )
    members = Members(store, doorkeeper, asks, clock)
    parts = RealParts(
        store=store,
        clock=clock,
        authenticator=authenticator,
        access_tokens=AccessTokens(store, clock),
        personal_tokens=personal_tokens,
        uses=uses,
        members=members,
        apps=SigningApps(store, seal, clock),
        tokens=TokenAuthenticator(store, token_keys, clock),
        limiter=Limiter(time.monotonic),
        recorder=recorder,
        asks=asks,
        directory=directory,
        settings_desk=SettingsDesk(store, asks, InstallationSettings(settings)),
        merging=ServiceMerging(store, clock, asks, directory),
        repository_names=RepositoryNames(store, asks, aliases=aliases),
        aliases=aliases,
        indexer=indexer,
        rules=rules,
        long_work=long_work,
        randomness=Randomness(),
        known_repositories=KnownRepositories(time.monotonic),
        status=StatusReader(store, clock, settings, process),
        home=HomeReader.over(store, clock, asks, settings),
        views=SavedViews(store, clock),
        webhooks=WebhookDesk.over(store, clock, asks, seal),
        corrections=CorrectionDesk(
            store,
            clock,
            asks,
            aliases=aliases,
            repository_names=RepositoryNames(store, asks, aliases=aliases),
            new_randomness=lambda: secrets.token_bytes(8),
        ),
        key_words=to_key_words(settings.jira_denied_projects, settings.jira_allowed_projects),
    )
    ledger = EveryPerformer(parts)
    protocols = build_protocols(Parts(ledger=ledger, settings=settings, clock=clock, caller=caller, seal=seal))
    interpreters.use(protocols)
    refolding = Refolding(store, time.monotonic, silent_seconds=SILENT_SECONDS, clock=clock)
    silence_limits = read_silence_limits(settings.silence_limit_hours, settings.silence_limits)
    giving_up = GivingUp(store, clock, silence_limits, silent_seconds=SILENT_SECONDS)
    duties = [
        *_list_outbox_duties(
            settings,
            store,
            clock,
            Outbox(
                store,
                clock,
                caller,
                node_id=node_id,
                write_to_app={kind: write for one in protocols for kind, write in one.list_call_writers().items()},
                write_to_address=WebhookCalls(seal=seal, clock=clock, public_url=settings.public_url).write,
                observer=metrics,
            ),
        ),
        tier_duty(store),
        left_gates_duty(store),
        old_sessions_duty(store, clock),
        GateTimeouts(store, clock, parts.asks, to_limit(settings.gate_timeout_hours)).duty(),
        Merging(store, clock, asks).duty(),
        Duty(name="refolding", pause_seconds=REFOLDING_PAUSE_SECONDS, run=refolding.run),
        Duty(name="silence", pause_seconds=GIVING_UP_PAUSE_SECONDS, run=giving_up.run),
        Duty(name="seals", pause_seconds=SEAL_PAUSE_SECONDS, run=Sealer(store, clock).run),
        *([respelling_duty(store, asks, aliases)] if aliases.pairs else []),
        *_list_duties(settings, issue_sync),
        RefusedUpkeep(store, clock, keep=to_keeping(settings.refused_retention_days)).duty(),
        Retention(store, clock, to_keeping(settings.receipt_retention_days), metrics.observe_emptied).duty(),
        *(duty for protocol in protocols for duty in protocol.list_duties()),
    ]
    roster = Roster(store=store, duties=duties, node_id=node_id, clock=clock, monotonic=time.monotonic)
    process.watch_duties(roster.list_runs)
    budget = Budget(
        settings.bytes_in_flight_limit,
        seconds=settings.request_timeout_seconds,
        slowest_bytes_per_second=settings.slowest_bytes_per_second,
    )
    metrics.watch_bytes(lambda: budget.held_bytes)
    refused = RefusedKeeping(store, keep=settings.refused_request_limit, observe_dropped=metrics.observe_refused_dropped)
    proxies = read_proxies(settings.trusted_proxies)
    dispatcher = Dispatcher(
        router=build_router(protocols),
        observer=metrics,
        budget=budget,
        use=UseNoting(uses, proxies, clock),
        refusing=Refusing(refused, proxies, now=clock.now, new_id=ledger.new_request_id),
        is_talkative=settings.log_level == "debug",
    )
    health = Health(
        identity.ping,
        {
            "worker": lambda: None if worker.is_alive else "The worker has stopped. Check the log and restart the server.",
            "roster": lambda: (
                None if roster.is_alive else "This node has stopped sending heartbeats. Check the log and restart the server."
            ),
            "intake": lambda: None if intake.is_alive else "Intake has stopped. Check the log and restart the server.",
            "server": lambda: "The server is stopping." if dispatcher.is_stopping else None,
            **({"pages": page_watch.describe_damage} if page_watch is not None else {}),
        },
        time.monotonic,
        remarks={
            "clock": lambda: describe_clock(clock),
            "token key": identity.describe_key,
            "organizations": reach.describe,
        },
    )
    openapi = cache(lambda: build_openapi(protocols))  # few ask for it, and to build it takes a quarter of a start
    operations = Operations(backlogs=store, clock=clock, health=health, metrics=metrics, openapi=openapi, hosts=hosts)
    access = PageAccess(settings, hosts)
    pages = build_pages(
        store,
        settings,
        clock,
        directory=directory,
        environments=Environments(store, asks),
        inbox=InboxDesk(store, asks),
        organization_settings=parts.settings_desk,
        tier_rules=TierRules(store, asks),
        status=parts.status,
        home=parts.home,
        views=parts.views,
        timeline=TimelineReader(store, clock),
        webhooks=parts.webhooks,
        corrections=parts.corrections,
        merging=MergingDesk(store, asks),
        gates=GateDesk(asks),
        access=access,
        visiting=Visiting(doorkeeper, access, token_keys, ledger_id),
        members=members,
        tokens=personal_tokens,
        sources=CredentialDesk(
            store,
            clock,
            asks,
            ServingDesk(settings, store, seal, token_keys),
            new_randomness=lambda: secrets.token_bytes(8),
        ),
        openapi=openapi,
        long_work=long_work,
        news=settlements.news,
        answers=ledger,
        protocols=tuple(one.name for one in protocols),
        entrance=build_entrance(settings, store, members, caller=caller, seal=seal, clock=clock),
    )
    dispatcher.use_pages(Starlette(routes=[*operations.routes(), *pages]))
    return App(
        settings=settings,
        store=store,
        clock=clock,
        directory=directory,
        intake=intake,
        worker=worker,
        indexer=indexer,
        roster=roster,
        refolding=refolding,
        listener=listener,
        caller=caller,
        long_work=long_work,
        budget=budget,
        page_watch=page_watch,
        identity=identity,
        use_writing=UseWriting(store, uses),
        dispatcher=dispatcher,
        refused=refused,
        news=settlements.news,
    )


def _list_duties(settings: Settings, issue_sync: IssueSync) -> list[Duty]:
    """The background duties, each run by one node at a time."""
    if not settings.issue_sync_seconds:
        return []
    return [Duty(name="issues", pause_seconds=settings.issue_sync_seconds, run=issue_sync.run_all)]


def _list_outbox_duties(settings: Settings, store: Store, clock: Clock, outbox: Outbox) -> list[Duty]:
    """What sends messages, and keeps their log."""
    upkeep = OutboxUpkeep(store, clock, keep=to_keeping(settings.outbox_retention_days))
    return [upkeep.duty()] if settings.outbox == "off" else [outbox.duty(), upkeep.duty()]
