"""Commits that senders tell of without sending them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from shipledger.catalog.commit import Telling
from shipledger.catalog.told import ToldCommit, ToldRepository
from shipledger.clock import to_microseconds
from shipledger.errors import NotFound
from shipledger.store import rows
from shipledger.store.session import Session, Steps, call

_decode_properties = msgspec.json.Decoder(dict[str, str]).decode
decode_telling = msgspec.json.Decoder(Telling).decode


class SqlTold(Session):
    """See ToldStore."""

    async def save_told(self, told: Sequence[tuple[ToldRepository, Sequence[ToldCommit]]], *, learned_at: datetime) -> None:
        learned_us = to_microseconds(learned_at)

        def save() -> Steps[None]:
            for repository, commits in told:
                owner = {"organization_id": repository.organization_id, "credential_id": repository.credential_id}
                if (yield call("find_teller", **owner)) is None:
                    raise NotFound("credential", "The credential was deleted meanwhile.")
                yield call("save_told_repository", **_columns(repository), learned_us=learned_us)
                if commits:
                    yield from _save_commits(repository, commits, learned_us)

        await self._write_steps(save())

    async def list_told_repositories(
        self, organization_id: str, credential_id: str, *, remote_id: str = ""
    ) -> list[ToldRepository]:
        found = await self._fetch_long(
            "list_told_repositories",
            organization_id=organization_id,
            credential_id=credential_id,
            remote_id=rows.indexable(remote_id),
        )
        return [_to_repository(row) for row in found]

    async def list_told_commits(self, repository: ToldRepository, *, limit: int) -> list[ToldCommit]:
        found = await self._fetch_long("list_told_commits", **_key(repository), limit=limit)
        return [ToldCommit(commit_id, sequence, decode_telling(told)) for commit_id, sequence, told in found]

    async def find_told_names(self, organization_id: str, credential_id: str, remote_ids: Sequence[str]) -> dict[str, str]:
        asked = {rows.indexable(remote_id): remote_id for remote_id in remote_ids}
        found = await self._fetch(
            "find_told_names", organization_id=organization_id, credential_id=credential_id, ids=rows.to_json(asked)
        )
        return {asked[key]: repository for key, repository in found}

    async def forget_told(self, repository: ToldRepository, *, commit_id: str = "", until: int) -> None:
        place = {
            "organization_id": repository.organization_id,
            "repository_key": rows.to_repository_key(repository.repository),
        }

        def forget() -> Steps[None]:
            yield call("forget_told_commits", **_key(repository), commit_id=rows.storable(commit_id), until=until)
            yield call("forget_untold_commits", **place, commit_id=rows.storable(commit_id))
            if not commit_id:
                yield call("forget_told_repository", **_key(repository), until=until)

        await self._write_steps(forget())


def _save_commits(repository: ToldRepository, commits: Sequence[ToldCommit], learned_us: int) -> Steps[None]:
    """Each commit once: in the order of their ids, so that two nodes wait for each other rather than deadlock."""
    newest: dict[str, ToldCommit] = {}
    for commit in sorted(commits, key=lambda one: (one.commit_id, one.update_sequence)):
        newest[commit.commit_id] = commit
    place = {"organization_id": repository.organization_id, "repository_key": rows.to_repository_key(repository.repository)}
    added = rows.to_json(map(_from_told, newest.values()))
    told = rows.to_json((one.commit_id, one.update_sequence, rows.to_document(one.telling)) for one in newest.values())
    yield call("save_told_commits", **place, rows=added)
    yield call(
        "save_tellings",
        **place,
        credential_id=repository.credential_id,
        remote_id=rows.indexable(repository.remote_id),
        learned_us=learned_us,
        rows=told,
    )


def _from_told(told: ToldCommit) -> rows.Row:
    telling = told.telling
    committed_at = telling.committed_at or telling.authored_at
    return (
        told.commit_id,
        to_microseconds(telling.authored_at),
        to_microseconds(committed_at),
        " ".join(telling.parents or ()),
        int(telling.parents is not None),
    )


def _key(repository: ToldRepository) -> dict[str, str]:
    return {
        "organization_id": repository.organization_id,
        "credential_id": repository.credential_id,
        "remote_id": rows.indexable(repository.remote_id),
    }


def _columns(repository: ToldRepository) -> dict[str, Any]:
    return {
        **_key(repository),
        "repository": rows.storable(repository.repository),
        "repository_key": rows.to_repository_key(repository.repository),
        "name": rows.storable(repository.name),
        "url": rows.storable(repository.url),
        "update_sequence": repository.update_sequence,
        "properties": rows.to_document(repository.properties),
    }


def _to_repository(row: rows.Row) -> ToldRepository:
    organization_id, credential_id, remote_id, repository, name, url, update_sequence, properties = row
    return ToldRepository(
        organization_id=organization_id,
        credential_id=credential_id,
        remote_id=remote_id,
        repository=repository,
        name=name,
        url=url,
        update_sequence=update_sequence,
        properties=_decode_properties(properties),
    )
