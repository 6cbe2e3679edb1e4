"""Corrections and marks of deployments by hand: the rules shared by all interfaces."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from msgspec import UNSET

from shipledger.catalog.clone_url import read_clone_url
from shipledger.catalog.environments import find_known
from shipledger.catalog.host_aliases import HostAliases
from shipledger.catalog.repository_names import RepositoryNames
from shipledger.catalog.tiers import resolve
from shipledger.clock import Clock, to_microseconds
from shipledger.deployments.consequences import LaneMove, Preview, list_issues, list_places, move_issue, move_lane
from shipledger.errors import Conflict, Invalid, NotFound
from shipledger.ledger.actor import Actor
from shipledger.ledger.asking import Asks, make_asked_receipt
from shipledger.ledger.correcting import find_changes, value_of
from shipledger.ledger.corrections import count_changes, find_in_force
from shipledger.ledger.decide import Situation, decide
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.environment_names import EnvironmentNames, name_key
from shipledger.ledger.history import fold_removed
from shipledger.ledger.identity import bare_uuid, new_id
from shipledger.ledger.lanes import Lane
from shipledger.ledger.receipt import OWN_PROTOCOL
from shipledger.ledger.submission import Correct, CorrectedFacts, Environment, Facts, Mark, Release, Target, UndoCorrection
from shipledger.ledger.testimony import find_report
from shipledger.ledger.verdict import Reason, Verdict, VerdictKind
from shipledger.store.contract import Store
from shipledger.texts import storable
from shipledger.verbs.corrections import REASON_LIMIT, Asking, Corrected, Testimony, Wish

ISSUES_LIMIT = 50
"""So many issues of a deployment are looked at in a preview."""
NAMES_SHOWN = 10
_OPERATIONS = {Correct: "correct deployment", UndoCorrection: "undo correction", Mark: "mark deployment"}


class CorrectionDesk:
    """See ``verbs.corrections.CorrectionVerbs``."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        asks: Asks,
        *,
        aliases: HostAliases,
        repository_names: RepositoryNames,
        new_randomness: Callable[[], bytes],
    ) -> None:
        self._store = store
        self._clock = clock
        self._asks = asks
        self._aliases = aliases
        self._repository_names = repository_names
        self._new_randomness = new_randomness

    async def read_corrections(self, organization_id: str, deployment_id: str) -> Corrected:
        """A deployment with its corrections."""
        deployment = await self._get(organization_id, deployment_id)
        in_force = find_in_force(deployment.corrections)
        entries = await self._store.list_entries(organization_id, deployment.deployment_id) if in_force else []
        reported = deployment.as_reported
        told = {}
        for field in in_force:
            entry = find_report(entries, reported, field)
            value = value_of(reported, field)
            told[field] = (
                Testimony(value)
                if entry is None
                else Testimony(value, entry.accepted_at, entry.actor, getattr(entry.submission, "source", ""), entry.receipt_id)
            )
        return Corrected(deployment, count_changes(deployment.corrections), told)

    async def preview_correction(self, organization_id: str, deployment_id: str, wish: Wish, asking: Asking) -> Preview:
        """What a correction would move."""
        current = await self._get(organization_id, deployment_id, is_listed=True)
        asked = await self._to_correct(organization_id, current, wish, asking)
        return await self._preview(current, asked, asking.by)

    async def correct_deployment(self, organization_id: str, deployment_id: str, wish: Wish, asking: Asking) -> str:
        """Correct a deployment; the id of the correction."""
        current = await self._get(organization_id, deployment_id, is_listed=True)
        asked = await self._to_correct(organization_id, current, wish, asking)
        named = [one.repository for one in asked.said.releases or ()]
        if named:
            await self._keep_former_names(organization_id, named, asking.by)
        await self._ask(organization_id, asked, asking.by)
        return asked.correction_id

    async def preview_undo(self, organization_id: str, deployment_id: str, correction_id: str, asking: Asking) -> Preview:
        """What taking a correction back would move."""
        current = await self._get(organization_id, deployment_id)
        return await self._preview(current, self._to_undo(current, correction_id, asking), asking.by)

    async def undo_correction(self, organization_id: str, deployment_id: str, correction_id: str, asking: Asking) -> None:
        """Take a correction back."""
        current = await self._get(organization_id, deployment_id)
        await self._ask(organization_id, self._to_undo(current, correction_id, asking), asking.by)

    async def mark_deployment(self, organization_id: str, deployment_id: str, marks: Facts, *, by: Actor) -> bool:
        """Say by hand how a deployment went; whether that changed anything."""
        current = await self._get(organization_id, deployment_id, is_listed=True)
        order = (to_microseconds(self._clock.next_order()),)
        asked = Mark(source=OWN_PROTOCOL, target=Target(key=current.deployment_id), facts=marks, order=order)
        return (await self._ask(organization_id, asked, by)).kind is VerdictKind.APPLIED

    async def list_correctable_environments(self, organization_id: str) -> Sequence[str]:
        """The names of the environments that deployments went to."""
        places = await self._store.list_tier_places(organization_id)
        return sorted({one.name for one in places if one.name})

    async def _keep_former_names(self, organization_id: str, repositories: Sequence[str], by: Actor) -> None:
        await self._repository_names.remember(organization_id, list(dict.fromkeys(repositories)), by=by)

    async def _get(self, organization_id: str, deployment_id: str, *, is_listed: bool = False) -> Deployment:
        """The deployment; unless it must be ``is_listed``, also one that was removed by hand. Raises NotFound."""
        found_id = bare_uuid(deployment_id).lower()
        found = await self._store.find_deployment(organization_id, Target(key=found_id))
        if found is None and not is_listed:
            found = fold_removed(await self._store.list_entries(organization_id, found_id))
        if found is None:
            raise NotFound("deployment", "There is no deployment with this id.")
        return found

    async def _to_correct(self, organization_id: str, current: Deployment, wish: Wish, asking: Asking) -> Correct:
        """The submission that makes a wish true. Raises Invalid."""
        faults: dict[str, str] = {}
        words = _read_reason(asking.reason, faults, is_required=True)
        said = CorrectedFacts(
            started_at=wish.started_at,
            finished_at=wish.finished_at,
            state=wish.state,
            environment=await self._find_environment(organization_id, wish.environment, faults),
            services=await self._find_services(organization_id, wish.services, faults),
            version=wish.version,
            title=wish.title,
            releases=self._find_releases(wish.releases, faults),
            is_removed=wish.is_removed,
        )
        if wish == Wish():
            faults.setdefault("body", "should have at least one field to correct")
        if faults:
            raise Invalid("correction", "; ".join(f"{name} {text}" for name, text in faults.items()), fields=faults)
        clock = self._clock
        return Correct(
            source=OWN_PROTOCOL,
            target=Target(key=current.deployment_id),
            correction_id=new_id(clock.next_order(), self._new_randomness()),
            said=said,
            reason=words,
            seen=asking.seen,
        )

    def _to_undo(self, current: Deployment, correction_id: str, asking: Asking) -> UndoCorrection:
        faults: dict[str, str] = {}
        words = _read_reason(asking.reason, faults, is_required=False)
        if faults:
            raise Invalid("correction", f"reason {faults['reason']}", fields=faults)
        meant = bare_uuid(correction_id).lower()
        if all(one.correction_id != meant for one in current.corrections):
            raise NotFound("correction", "This deployment has no correction with this id.")
        target = Target(key=current.deployment_id)
        return UndoCorrection(OWN_PROTOCOL, target, meant, words, asking.seen)

    async def _find_environment(self, organization_id: str, wanted: Any, faults: dict[str, str]) -> Any:
        """The environment of other deployments that has an id or a name."""
        if wanted is UNSET:
            return UNSET
        places = await self._store.list_tier_places(organization_id)
        policy = await self._store.find_tier_policy(organization_id)
        own = [one for one in places if name_key(wanted) in (name_key(one.name), name_key(one.environment_id))]
        known = None if own else find_known(policy, places, wanted)
        found = [*own, *(() if known is None else known.places)]
        if not found:
            known_names = sorted({one.name for one in places if one.name})[:NAMES_SHOWN]
            faults["environment"] = f"should be one that deployments went to, such as {', '.join(known_names) or 'none yet'}"
            return UNSET
        return Environment(id=found[0].environment_id, name=found[0].name, tier=found[0].said)

    async def _find_services(self, organization_id: str, wanted: Any, faults: dict[str, str]) -> Any:
        """The names of services as senders give them."""
        if wanted is UNSET:
            return UNSET
        if not wanted:
            faults["services"] = "should name a service"
            return UNSET
        found = await self._store.find_named_services(organization_id, list(wanted))
        unknown = [one for one in wanted if one not in found]
        if unknown:
            faults["services"] = "should be known services; create one first, or use the name of one"
        return tuple(dict.fromkeys(wanted))

    def _find_releases(self, wanted: Any, faults: dict[str, str]) -> Any:
        if wanted is UNSET:
            return UNSET
        read = [(read_clone_url(repository), commit) for repository, commit in wanted]
        if any(repository is None for repository, _ in read):
            faults["releases"] = "should name a host and a repository, such as github.com/acme/shop or a clone URL"
            return UNSET
        rename = self._aliases.rename
        return tuple(Release(repository=rename(repository), commit=commit) for repository, commit in read if repository)

    async def _ask(self, organization_id: str, asked: Correct | UndoCorrection | Mark, by: Actor) -> Verdict:
        (verdict,) = await self._asks.ask(organization_id, [asked], operation=_OPERATIONS[type(asked)], actor=by)
        return _accept(verdict)

    async def _preview(self, current: Deployment, asked: Correct | UndoCorrection, by: Actor) -> Preview:
        """The same decision as that of the settlement, of which nothing is kept."""
        clock = self._clock
        receipt = make_asked_receipt(
            current.organization_id,
            [asked],
            operation=_OPERATIONS[type(asked)],
            actor=by,
            receipt_id=new_id(clock.next_order(), self._new_randomness()),
            accepted_at=clock.now(),
        )
        decision = decide(Situation(current=current), receipt, 0, asked, clock.now())
        _accept(decision.verdict)
        policy = await self._store.find_tier_policy(current.organization_id)
        after = resolve(decision.deployment or current, policy)
        fields = find_changes(current, after)
        return Preview(
            before=current,
            after=after,
            fields=fields,
            lanes=tuple(await self._move_lanes(current, after, policy.names)),
            issues=tuple(await self._move_issues(current, after)),
        )

    async def _move_lanes(self, before: Deployment, after: Deployment, names: EnvironmentNames) -> list[LaneMove]:
        own = {True: await self._find_own_services(before), False: await self._find_own_services(after)}
        moves = []
        for service_id, called in sorted((own[True] | own[False]).items(), key=lambda one: one[1]):
            lanes = await self._store.list_lanes(before.organization_id, service_id)
            by_key = {names.key_of(one.environment): one for one in lanes}
            was = list_places(before, names) if service_id in own[True] else frozenset[str]()
            becomes = list_places(after, names) if service_id in own[False] else frozenset[str]()
            for key in sorted(was | becomes):
                lane = by_key.get(key) or Lane(environment="")
                in_it = (before if key in was else None), (after if key in becomes else None)
                moves.append(move_lane(called, lane, before=in_it[0], after=in_it[1], names=names))
        return [one for one in moves if one.has_moved]

    async def _find_own_services(self, one: Deployment) -> dict[str, str]:
        """The services in whose lanes a deployment stands: those that it names, and those of its repositories."""
        store, organization_id = self._store, one.organization_id
        repositories = [release.repository for release in one.releases]
        mapped = await store.find_services_of_repositories(organization_id, repositories) if repositories else []
        named = [*(one.facts.services or ()), *mapped]
        found = await store.find_named_services(organization_id, named) if named else {}
        return {service_id: name for name, service_id in reversed([*found.items()])}

    async def _move_issues(self, before: Deployment, after: Deployment) -> list[Any]:
        keys = list_issues(before, after)[:ISSUES_LIMIT]
        if not keys:
            return []
        lines = await self._store.list_issue_lines(
            before.organization_id, {key: [key] for key in keys}, of_each=1, in_all=len(keys)
        )
        moves = (move_issue(key, lines.get(key, ()), before, after) for key in keys)
        return [one for one in moves if one.has_moved]


def _accept(verdict: Verdict) -> Verdict:
    """``verdict``, if it is no rejection. Raises NotFound and Conflict."""
    if verdict.kind is not VerdictKind.REJECTED:
        return verdict
    if verdict.reason is Reason.UNKNOWN_DEPLOYMENT:
        raise NotFound("deployment", "There is no deployment with this id.")
    if verdict.reason is Reason.UNKNOWN_TARGET:
        raise NotFound("correction", verdict.sentence)
    raise Conflict(verdict.reason, verdict.sentence)


def _read_reason(reason: str, faults: dict[str, str], *, is_required: bool) -> str:
    words = storable(reason).strip()
    if not words and is_required:
        faults["reason"] = "should say why"
    if len(words) > REASON_LIMIT:
        faults["reason"] = f"should have at most {REASON_LIMIT} characters"
    return words
