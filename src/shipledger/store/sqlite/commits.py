"""Git packs and commits in a SQLite file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from shipledger.catalog.commit import Commit, Pack, PackBacklog, PackRecord, PackState
from shipledger.catalog.repository import repository_key
from shipledger.clock import from_microseconds, to_microseconds
from shipledger.errors import Conflict
from shipledger.store import rows
from shipledger.store.sqlite.connection import Connection
from shipledger.store.sqlite.session import SqliteSession


class SqliteCommits(SqliteSession):
    """What changed, as far as git packs told it."""

    async def append_pack(self, pack: Pack, content: bytes) -> None:
        """See CommitStore."""
        parameters = {
            **_key(pack),
            "repository": rows.storable(pack.repository),
            "head_commit": pack.head,
            "size_bytes": pack.size_bytes,
            "accepted_us": to_microseconds(pack.accepted_at),
            "content": content,
        }
        await self._write(lambda connection: connection.execute(self._sql["append_pack"], parameters).rowcount)

    async def list_pending_packs(self, *, limit: int) -> list[Pack]:
        """See CommitStore."""
        parameters = {"limit": limit}
        found = await self._read(lambda connection: connection.execute(self._sql["list_pending_packs"], parameters).fetchall())
        return [_to_pack(row) for row in found]

    async def list_packs(self, organization_id: str, *, limit: int) -> list[PackRecord]:
        """See CommitStore."""
        parameters = {"organization_id": organization_id, "limit": limit}
        found = await self._read(lambda connection: connection.execute(self._sql["list_packs"], parameters).fetchall())
        return [PackRecord(pack=_to_pack(row), state=PackState(row[6]), failure=row[7] or "") for row in found]

    async def find_pack_content(self, pack: Pack) -> bytes | None:
        """See CommitStore."""
        parameters = _key(pack)
        row = await self._read_long(lambda connection: connection.execute(self._sql["find_pack_content"], parameters).fetchone())
        return None if row is None else row[0]

    async def save_commits(self, pack: Pack, commits: Sequence[Commit]) -> None:
        """See CommitStore."""
        parameters = [{**_repository(pack), **_from_commit(commit)} for commit in commits]
        await self._write(lambda connection: connection.executemany(self._sql["save_commit"], parameters).rowcount)

    async def list_unknown_trees(self, pack: Pack) -> dict[str, str]:
        """See CommitStore."""
        parameters = _repository(pack)

        def read(connection: Connection) -> dict[str, str]:
            return dict(connection.execute(self._sql["list_unknown_trees"], parameters).fetchall())

        return await self._read_long(read)

    async def make_known(self, pack: Pack, commit_ids: Sequence[str]) -> None:
        """See CommitStore."""
        parameters = [{**_repository(pack), "commit_id": commit_id} for commit_id in commit_ids]
        await self._write(lambda connection: connection.executemany(self._sql["make_known"], parameters).rowcount)

    async def settle_pack(self, pack: Pack, *, now: datetime) -> None:
        """See CommitStore."""
        await self._end_pack(pack, PackState.INDEXED, None, now)

    async def refuse_pack(self, pack: Pack, *, failure: str, now: datetime) -> None:
        """See CommitStore."""
        await self._end_pack(pack, PackState.REFUSED, rows.storable(failure), now)

    async def _end_pack(self, pack: Pack, state: PackState, failure: str | None, now: datetime) -> None:
        parameters = {**_key(pack), "state": state.value, "failure": failure, "now_us": to_microseconds(now)}

        def end(connection: Connection) -> None:
            if connection.execute(self._sql["settle_pack"], parameters).rowcount != 1:
                raise Conflict("pack_not_pending", "The pack has been indexed or refused meanwhile.")

        await self._write(end)

    async def find_commits(self, organization_id: str, repository: str, commit_ids: Sequence[str]) -> list[Commit]:
        """See CommitStore."""
        place = {"organization_id": organization_id, "repository_key": repository_key(repository)}

        def read(connection: Connection) -> list[Commit]:
            found = (
                connection.execute(self._sql["find_commit"], {**place, "commit_id": commit_id}).fetchone()
                for commit_id in commit_ids
            )
            return [_to_commit(row) for row in found if row is not None]

        return await self._read(read)

    async def get_pack_backlog(self) -> PackBacklog:
        """See CommitStore."""
        pending, refused = await self._read(lambda connection: connection.execute(self._sql["get_pack_backlog"]).fetchone())
        return PackBacklog(pending=pending, refused=refused)


def _key(pack: Pack) -> dict[str, str]:
    return {"organization_id": pack.organization_id, "pack_id": pack.pack_id}


def _repository(pack: Pack) -> dict[str, str]:
    return {"organization_id": pack.organization_id, "repository_key": repository_key(pack.repository)}


def _to_pack(row: rows.Row) -> Pack:
    return Pack(
        organization_id=row[0],
        pack_id=row[1],
        repository=row[2],
        head=row[3],
        size_bytes=row[4],
        accepted_at=from_microseconds(row[5]),
    )


def _from_commit(commit: Commit) -> dict[str, str | int]:
    return {
        "commit_id": commit.commit_id,
        "parents": " ".join(commit.parents),
        "tree": commit.tree,
        "authored_us": to_microseconds(commit.authored_at),
        "committed_us": to_microseconds(commit.committed_at),
        "subject": rows.storable(commit.subject),
    }


def _to_commit(row: rows.Row) -> Commit:
    commit_id, parents, tree, authored_us, committed_us, subject = row
    return Commit(
        commit_id=commit_id,
        parents=tuple(parents.split()),
        tree=tree,
        authored_at=from_microseconds(authored_us),
        committed_at=from_microseconds(committed_us),
        subject=subject,
    )
