"""Git packs and commits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from shipledger.catalog.commit import SMALLEST_PACK_BYTES, Commit, Pack, PackBacklog, PackRecord, PackState
from shipledger.catalog.commit_range import GraphNode
from shipledger.clock import from_microseconds, to_microseconds
from shipledger.errors import Conflict, NotFound
from shipledger.ledger.authors import Author
from shipledger.ledger.naming import find_keys
from shipledger.store import rows
from shipledger.store.commits.told import decode_telling
from shipledger.store.row_reading import read_each, reads
from shipledger.store.session import Session, Steps, call


class SqlCommits(Session):
    """What changed, as far as git packs told it."""

    async def append_pack_if_room(self, pack: Pack, content: bytes, *, room_bytes: int) -> bool:
        def append() -> Steps[bool]:
            organization = {"organization_id": pack.organization_id, "least_bytes": SMALLEST_PACK_BYTES}
            taken = yield call("sum_waiting_pack_bytes", **organization)
            if taken + max(pack.size_bytes, SMALLEST_PACK_BYTES) > room_bytes:
                return False
            yield call("append_pack", **_columns(pack), content=content)
            return True

        return await self._write_steps(append())

    async def append_refused_pack(self, pack: Pack, *, failure: str) -> None:
        await self._execute("append_refused_pack", **_columns(pack), failure=rows.storable(failure))

    async def list_next_packs(self) -> list[Pack]:
        return read_each(to_pack, await self._fetch("list_next_packs"))

    async def list_packs(self, organization_id: str, *, limit: int, state: PackState | None = None) -> list[PackRecord]:
        wanted = "" if state is None else state.value
        found = await self._fetch("list_packs", organization_id=organization_id, state=wanted, limit=limit)
        return read_each(_to_pack_record, found)

    async def find_pack_content(self, pack: Pack) -> bytes | None:
        row = await self._fetch_long("find_pack_content", **_key(pack))
        return None if row is None else row[0]

    async def save_commits(self, pack: Pack, commits: Sequence[Commit]) -> None:
        place, learned_us = _repository(pack), to_microseconds(pack.accepted_at)

        def save() -> Steps[None]:
            if (yield call("find_pack_state", **_key(pack))) is None:
                raise _erased()
            for commit in commits:
                yield call("save_commit", **place, **_from_commit(commit), learned_us=learned_us)
                if pack.credential_id:
                    sender = {"commit_id": commit.commit_id, "credential_id": pack.credential_id}
                    yield call("save_commit_sender", **place, **sender)

        await self._write_steps(save())

    async def list_unknown_trees(self, pack: Pack) -> dict[str, str]:
        return dict(await self._fetch_long("list_unknown_trees", **_repository(pack)))

    async def make_known(self, pack: Pack, commit_ids: Sequence[str]) -> None:
        place = _repository(pack)

        def make() -> Steps[None]:
            for commit_id in commit_ids:
                yield call("make_known", **place, commit_id=commit_id)

        await self._write_steps(make())

    async def settle_pack(self, pack: Pack, *, name: str, now: datetime) -> None:
        await self._end_pack(pack, {"state": PackState.INDEXED.value, "failure": None, "pack_name": name}, now)

    async def refuse_pack(self, pack: Pack, *, failure: str, now: datetime) -> None:
        outcome = {"state": PackState.REFUSED.value, "failure": rows.storable(failure), "pack_name": None}
        await self._end_pack(pack, outcome, now)

    async def _end_pack(self, pack: Pack, outcome: dict[str, str | None], now: datetime) -> None:
        def end() -> Steps[None]:
            if (yield call("settle_pack", **_key(pack), **outcome, now_us=to_microseconds(now))) == 1:
                return
            if (yield call("find_pack_state", **_key(pack))) is None:
                raise _erased()
            raise Conflict("pack_not_pending", "The pack was indexed or refused in the meantime.")

        await self._write_steps(end())

    async def find_commits(self, organization_id: str, repository: str, commit_ids: Sequence[str]) -> list[Commit]:
        found = await self._fetch(
            "find_commits",
            organization_id=organization_id,
            repository_key=rows.to_repository_key(repository),
            ids=rows.to_json(map(rows.storable, commit_ids)),
        )
        placed = sorted(found, key=lambda row: row[0])
        return [commit for commit in (_to_commit(row[1:]) for row in placed) if commit is not None]

    async def read_graph(self, organization_id: str, repository: str) -> dict[str, GraphNode]:
        found = await self._fetch_long(
            "read_graph", organization_id=organization_id, repository_key=rows.to_repository_key(repository)
        )
        return {commit_id: GraphNode(tuple(parents.split()), at_us) for commit_id, parents, at_us in found}

    async def read_ancestors(
        self, organization_id: str, commits: Iterable[tuple[str, str]], *, depth: int
    ) -> dict[str, dict[str, GraphNode]]:
        keys = rows.to_json((rows.to_repository_key(repository), rows.storable(commit)) for repository, commit in commits)
        found = await self._fetch_long("read_ancestors", organization_id=organization_id, keys=keys, depth=depth)
        graphs: dict[str, dict[str, GraphNode]] = {}
        for repository_key, commit_id, parents, at_us in found:
            graphs.setdefault(repository_key, {})[commit_id] = GraphNode(tuple(parents.split()), at_us)
        return graphs

    async def read_commits_behind(
        self, organization_id: str, repository: str, commit_ids: Sequence[str], *, limit: int
    ) -> dict[str, GraphNode]:
        found = await self._fetch_long(
            "read_commits_behind",
            organization_id=organization_id,
            repository_key=rows.to_repository_key(repository),
            ids=rows.to_json(map(rows.storable, commit_ids)),
            limit=limit,
        )
        return {commit_id: GraphNode(tuple(parents.split()), at_us) for commit_id, parents, at_us in found}

    async def find_commits_that_begin(self, organization_id: str, repository: str, start: str) -> list[str]:
        begin = rows.storable(start)
        found = await self._fetch(
            "find_commits_that_begin",
            organization_id=organization_id,
            repository_key=rows.to_repository_key(repository),
            commit_from=begin,
            commit_until=f"{begin}g",  # behind every digit
        )
        return [row[0] for row in found]

    async def find_commits_in_graph(self, organization_id: str, repository: str, commit_ids: Sequence[str]) -> set[str]:
        found = await self._fetch(
            "find_commits_in_graph",
            organization_id=organization_id,
            repository_key=rows.to_repository_key(repository),
            ids=rows.to_json(map(rows.storable, commit_ids)),
        )
        return {row[0] for row in found}

    async def find_commit_issues(self, commits: Sequence[tuple[str, str, str]]) -> dict[tuple[str, str, str], tuple[str, ...]]:
        keys = rows.to_json(
            (organization_id, rows.to_repository_key(repository), rows.storable(commit_id.lower()))
            for organization_id, repository, commit_id in commits
        )
        found = await self._fetch("find_commit_issues", keys=keys)
        named = {commits[place]: _to_issue_keys(*rest) for place, *rest in found}
        return {commit: issues for commit, issues in named.items() if issues}

    async def find_commit_authors(self, commits: Sequence[tuple[str, str, str]]) -> dict[tuple[str, str, str], Author]:
        keys = rows.to_json(
            (organization_id, rows.to_repository_key(repository), rows.storable(commit_id.lower()))
            for organization_id, repository, commit_id in commits
        )
        found = await self._fetch("find_commit_authors", keys=keys)
        authors = {commits[place]: _to_author(*rest) for place, *rest in found}
        return {commit: author for commit, author in authors.items() if author != Author()}

    async def has_commits(self, organization_id: str) -> bool:
        return await self._fetch("find_any_commit", organization_id=organization_id) is not None

    async def names_issues(self, organization_id: str) -> bool:
        return await self._fetch("find_naming_commit", organization_id=organization_id) is not None

    async def get_pack_backlog(self) -> PackBacklog:
        pending, refused = await self._fetch("get_pack_backlog")
        return PackBacklog(pending=pending, refused=refused)


def _to_issue_keys(is_known: int, issue_keys: str, told: str | None) -> tuple[str, ...]:
    """By the message of the commit itself, and where that was not sent, by the message that was told."""
    if is_known:
        return tuple(issue_keys.split())
    return () if told is None else find_keys(decode_telling(told).message)


def _to_author(is_known: int, name: str, address_hash: str, told: str | None) -> Author:
    """By the commit itself, and where that was not sent, or names nobody, by what was told of it."""
    telling = None if told is None else decode_telling(told)
    return Author(
        address_hash=(address_hash if is_known else "") or (telling.author_hash if telling else ""),
        name=((name if is_known else "") or (telling.author_name if telling else "")).strip(),
    )


def _erased() -> NotFound:
    return NotFound("pack", "The pack was erased in the meantime.")


def _columns(pack: Pack) -> dict[str, Any]:
    return {
        **_key(pack),
        "repository": rows.storable(pack.repository),
        "head_commit": pack.head,
        "size_bytes": pack.size_bytes,
        "accepted_us": to_microseconds(pack.accepted_at),
        "credential_id": pack.credential_id,
    }


def _key(pack: Pack) -> dict[str, str]:
    return {"organization_id": pack.organization_id, "pack_id": pack.pack_id}


def _repository(pack: Pack) -> dict[str, str]:
    return {"organization_id": pack.organization_id, "repository_key": rows.to_repository_key(pack.repository)}


@reads("git_pack", "ttttiittT", 0, 1)
def _to_pack_record(row: rows.Row) -> PackRecord:
    return PackRecord(pack=to_pack(row), state=PackState(row[7]), failure=row[8] or "")


@reads("git_pack", "ttttiit", 0, 1)
def to_pack(row: rows.Row) -> Pack:
    """A pack from the first seven columns."""
    return Pack(
        organization_id=row[0],
        pack_id=row[1],
        repository=row[2],
        head=row[3],
        size_bytes=row[4],
        accepted_at=from_microseconds(row[5]),
        credential_id=row[6],
    )


def _from_commit(commit: Commit) -> dict[str, str | int]:
    return {
        "commit_id": commit.commit_id,
        "parents": " ".join(commit.parents),
        "tree": commit.tree,
        "authored_us": to_microseconds(commit.authored_at),
        "committed_us": to_microseconds(commit.committed_at or commit.authored_at),
        "subject": rows.storable(commit.subject),
        "issue_keys": " ".join(commit.issue_keys),
        "author_name": rows.storable(commit.author_name),
        "author_hash": commit.author_hash,
        "message": rows.storable(commit.message),
    }


def _to_commit(row: rows.Row) -> Commit | None:
    """The commit as it was sent, once its pack is indexed, with what was told of it; or what was told alone; else None."""
    (
        commit_id,
        parents,
        tree,
        authored_us,
        committed_us,
        subject,
        issue_keys,
        is_known,
        has_parents,
        author_name,
        author_hash,
        message,
        learned_us,
        told,
        told_us,
    ) = row
    telling = None if told is None else decode_telling(told)
    if is_known:
        return Commit(
            commit_id=commit_id,
            parents=tuple(parents.split()),
            tree=tree,
            authored_at=from_microseconds(authored_us),
            committed_at=from_microseconds(committed_us),
            subject=subject,
            telling=telling,
            issue_keys=tuple(issue_keys.split()),
            has_parents=bool(has_parents),
            author_name=author_name or (telling.author_name if telling else ""),
            author_hash=author_hash or (telling.author_hash if telling else ""),
            message=message,
            learned_at=rows.optional_time(learned_us),
        )
    if telling is None:
        return None
    return Commit(
        commit_id=commit_id,
        parents=tuple(parents.split()) if has_parents else (),
        tree="",
        authored_at=telling.authored_at,
        committed_at=from_microseconds(committed_us) if has_parents else None,
        subject=telling.message.strip().partition("\n")[0].strip(),
        telling=telling,
        has_parents=bool(has_parents),
        author_name=telling.author_name,
        author_hash=telling.author_hash,
        message=telling.message.strip(),
        learned_at=rows.optional_time(told_us),
    )
