"""Bodies of the Development Information API: repositories, with their commits, branches and pull requests. Pure.

Commits are kept. Branches and pull requests are judged and answered; of a branch its last commit is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from shipledger.catalog.commit import FileChange, Telling
from shipledger.protocols.jira.associations import Associations, read_associations
from shipledger.protocols.jira.bulk import read_elements, read_members, read_properties, refuse_body
from shipledger.protocols.jira.checking import Checker, id_text, read_int64
from shipledger.protocols.jira.known import KnownRule
from shipledger.protocols.jira.neighbours import KEYS_LIMIT, to_messages, unknown_of
from shipledger.protocols.jira.vocabulary import ISSUE_TYPES
from shipledger.protocols.scalars import to_text
from shipledger.texts import storable

REPOSITORIES_LIMIT = 100
ENTITIES_LIMIT = 400
"""Of one kind in one repository."""
FILES_LIMIT = 10
MESSAGE_LIMIT = 1_024
ID_LIMIT = 1_024
NAME_LIMIT = 255
URL_LIMIT = 2_000
MERGE = "MERGE_COMMIT"
KINDS = {
    "ADDED": "added",
    "COPIED": "copied",
    "DELETED": "deleted",
    "MODIFIED": "modified",
    "MOVED": "moved",
    "UNKNOWN": "unknown",
}

_ENTITY_ID = re.compile(r"[A-Za-z0-9~._-]{1,1024}")
_HASH = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


class CommitIn(Struct, frozen=True):
    """A commit as it is kept. ``email`` is not."""

    commit_id: str
    update_sequence: int
    telling: Telling
    email: str


class EntityIn(Struct, frozen=True):
    """A commit, branch or pull request. ``commit`` is what of it is kept, None for what has no git id or has errors."""

    id: str
    errors: tuple[str, ...]
    associations: Associations
    commit: CommitIn | None = None


class RepositoryIn(Struct, frozen=True):
    """A repository with what was sent of it. With ``errors`` nothing of it is accepted."""

    id: str
    name: str
    url: str
    update_sequence: int
    errors: tuple[str, ...]
    commits: tuple[EntityIn, ...]
    branches: tuple[EntityIn, ...]
    pull_requests: tuple[EntityIn, ...]

    @property
    def kept_commits(self) -> Iterable[CommitIn]:
        """What of it is kept."""
        return (one.commit for one in (*self.commits, *self.branches) if one.commit is not None and not one.errors)


class DevinfoIn(Struct, frozen=True):
    """A request that is readable as a whole."""

    repositories: tuple[RepositoryIn, ...]
    properties: dict[str, str]

    @property
    def items(self) -> tuple[EntityIn, ...]:
        """All that it names."""
        return tuple(
            entity
            for repository in self.repositories
            for entity in (*repository.commits, *repository.branches, *repository.pull_requests)
        )


def read_devinfo(text: str, rule: KnownRule) -> DevinfoIn:
    """A body of submit. Raises Invalid, whose ``fields`` are keyed by the messages that refuse it as a whole."""
    body = read_members(text)
    errors: list[str] = []
    elements = read_elements(body, "repositories", REPOSITORIES_LIMIT, errors)
    properties = read_properties(body.get("properties"), errors)
    if errors:
        raise refuse_body(*errors)
    return DevinfoIn(tuple(_read_repository(Checker(element, []), rule) for element in elements), properties)


def answer_devinfo(body: DevinfoIn) -> dict[str, Any]:
    """What of a request is accepted, what is not and why, by repository, and what it names that is not known."""
    accepted: dict[str, Any] = {}
    failed: dict[str, Any] = {}
    for repository in body.repositories:
        kinds = {"commits": repository.commits, "branches": repository.branches, "pullRequests": repository.pull_requests}
        if repository.errors:
            failed[repository.id] = {"errorMessages": to_messages(repository.errors), **{kind: [] for kind in kinds}}
            continue
        accepted[repository.id] = {kind: [one.id for one in entities if not one.errors] for kind, entities in kinds.items()}
        wrong = {
            kind: [{"id": one.id, "errorMessages": to_messages(one.errors)} for one in entities if one.errors]
            for kind, entities in kinds.items()
        }
        if any(wrong.values()):
            failed[repository.id] = {"errorMessages": [], **wrong}
    return {"acceptedDevinfoEntities": accepted, "failedDevinfoEntities": failed, **unknown_of(body.items)}


def _read_repository(repository: Checker, rule: KnownRule) -> RepositoryIn:
    repository_id = _id_of(repository)
    if not repository_id:
        repository.fault("id", "is required")
    elif len(repository_id) > ID_LIMIT:
        repository.fault("id", f"must have at most {ID_LIMIT} characters")
    name, url = repository.name("name"), repository.url("url")
    entities = {kind: _list_entities(repository, kind) for kind in ("commits", "branches", "pullRequests")}
    sequence = repository.integer("updateSequenceId")
    return RepositoryIn(
        id=repository_id,
        name=name,
        url=url,
        update_sequence=sequence,
        errors=tuple(dict.fromkeys(repository.errors)),
        commits=tuple(_read_commit(Checker(one, []), rule) for one in entities["commits"]),
        branches=tuple(_read_branch(Checker(one, []), rule) for one in entities["branches"]),
        pull_requests=tuple(_read_pull_request(Checker(one, []), rule) for one in entities["pullRequests"]),
    )


def _list_entities(repository: Checker, kind: str) -> list[dict[str, Any]]:
    elements = repository.array(kind) or []
    if len(elements) > ENTITIES_LIMIT:
        repository.fault(kind, f"can have a maximum of {ENTITIES_LIMIT} elements")
        return []
    for index, one in enumerate(elements):
        if type(one) is not dict:
            repository.fault(f"{kind}[{index}]", "must be an object")
    return [one for one in elements if type(one) is dict]


def _read_commit(commit: Checker, rule: KnownRule) -> EntityIn:
    entity_id, sequence = _read_head(commit)
    told, email = _read_telling(commit)
    associations = _read_associations(commit, rule)
    telling = replace(told, issue_keys=_list_issues(associations, rule))
    names = [name.lower() for name in (entity_id, _text_of(commit, "hash", NAME_LIMIT)) if _HASH.fullmatch(name.lower())]
    errors = tuple(dict.fromkeys(commit.errors))
    kept = CommitIn(names[0], sequence, telling, email) if names and not errors else None
    return EntityIn(entity_id, errors, associations, kept)


def _read_branch(branch: Checker, rule: KnownRule) -> EntityIn:
    entity_id, _ = _read_head(branch)
    _require(branch, "name", "url")
    branch.required_object("lastCommit")
    last = branch.get("lastCommit")
    commit = _read_commit(Checker(last, []), rule).commit if type(last) is dict else None
    associations = _read_associations(branch, rule)
    return EntityIn(entity_id, tuple(dict.fromkeys(branch.errors)), associations, commit)


def _read_pull_request(request: Checker, rule: KnownRule) -> EntityIn:
    entity_id, _ = _read_head(request)
    _require(request, "status", "title", "url", "lastUpdate")
    associations = _read_associations(request, rule)
    return EntityIn(entity_id, tuple(dict.fromkeys(request.errors)), associations)


def _require(entity: Checker, *names: str) -> None:
    """Note the members that are missing of what is not kept."""
    for name in names:
        if entity.get(name) is None:
            entity.fault(name, "is required")


def _read_head(entity: Checker) -> tuple[str, int]:
    """The id, as far as it can be read, and the number that orders updates."""
    entity_id = _id_of(entity)
    if not entity_id:
        entity.fault("id", "is required")
    elif not _ENTITY_ID.fullmatch(entity_id):
        entity.fault("id", "must have 1 to 1024 letters, digits and characters of '~.-_'")
    return entity_id[:ID_LIMIT], entity.integer("updateSequenceId")


def _read_associations(entity: Checker, rule: KnownRule) -> Associations:
    return read_associations(entity, rule, most_keys=KEYS_LIMIT, nothing_known="No valid associations found")


def _read_telling(commit: Checker) -> tuple[Telling, str]:
    """What is kept of a commit, and the address of its author. A message that is too long is cut, as the vendor does."""
    message = to_text(commit.get("message"))
    if type(message) is not str:
        commit.fault("message", "is required" if message is None else "must be a string")
        message = ""
    author = commit.get("author")
    person = Checker(author, []) if type(author) is dict else Checker({}, [])
    if author is not None and type(author) is not dict:
        commit.fault("author", "must be an object")
    flags = commit.get("flags")
    return (
        Telling(
            message=storable(message[:MESSAGE_LIMIT]),
            authored_at=commit.time("authorTimestamp"),
            author_name=_text_of(person, "name", NAME_LIMIT),
            is_merge=type(flags) is list and MERGE in flags,
            file_count=read_int64(commit.get("fileCount")),
            files=_read_files(commit.get("files")),
            url=_text_of(commit, "url", URL_LIMIT),
            display_id=_text_of(commit, "displayId", NAME_LIMIT),
        ),
        _text_of(person, "email", NAME_LIMIT),
    )


def _list_issues(found: Associations, rule: KnownRule) -> tuple[str, ...]:
    """The known issues of a commit."""
    associated = [value for one in found.known if one.type in ISSUE_TYPES for value in one.values]
    keys = (rule.keys_of_ids.get(sent, sent).upper() for sent in (*found.issue_keys, *associated))
    return tuple(dict.fromkeys(keys))


def _read_files(value: object) -> tuple[FileChange, ...]:
    """The files, without what names none."""
    elements = value[:FILES_LIMIT] if type(value) is list else []
    found = (_read_file(Checker(one, [])) for one in elements if type(one) is dict)
    return tuple(one for one in found if one.path)


def _read_file(file: Checker) -> FileChange:
    return FileChange(
        path=_text_of(file, "path", MESSAGE_LIMIT),
        kind=KINDS.get(_text_of(file, "changeType", NAME_LIMIT), "unknown"),
        lines_added=read_int64(file.get("linesAdded")),
        lines_removed=read_int64(file.get("linesRemoved")),
    )


def _text_of(holder: Checker, name: str, limit: int) -> str:
    """A text that refuses nothing: "" where there is none, and cut where it is too long."""
    text = to_text(holder.get(name))
    return storable(text[:limit]) if type(text) is str else ""


def _id_of(holder: Checker) -> str:
    return storable(id_text(holder.get("id")))
