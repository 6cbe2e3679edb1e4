"""Every member of a submission that names a repository is declared so, whatever kind of record it is asked of."""

from __future__ import annotations

import re
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import fields

from shipledger.aggregates import AGGREGATES
from shipledger.catalog.services.model import ChangeService
from shipledger.incidents.marks import Cause, IncidentMarks
from shipledger.incidents.model import MarkIncident
from shipledger.ledger.repository_names import RepositoryName, list_members, rename_repositories
from shipledger.ledger.submission import Release, Target

SUBMISSIONS = [submission for aggregate in AGGREGATES for submission in aggregate.submissions]
LOOKS_LIKE_ONE = re.compile(r"repositor|workspace|(^|\.)(un)?map\*?$|former_name|(^|\.)(joined|followed)$")
OTHERWISE = {
    "ChangeService.unmap": "a mapping is taken away by the name that it was made for",
    "DeclareService.repositories": "what a version before has mapped stays as it was",
    "Hear.submission.workspace_originals.*": "the sender's words",
    "JoinRepository.repository": "decided from a renaming",
    "NameRepository.former_name": "a name that an earlier version gave",
    "NameRepository.repository_id": "an id",
    "RecordDeployment.workspace_originals.*": "the sender's words",
    "RenameRepository.followed": "decided from what was recorded",
    "RenameRepository.former_name": "what was recorded under another host may be joined",
    "RenameRepository.joined": "decided from what was recorded",
    "SeparateRepository.former_name": "the same",
}
"""Members that look as if they named a repository, and why they are not renamed."""


def test_each_member_that_names_a_repository_is_declared_or_listed_here_with_the_reason():
    members = {f"{one.__name__}.{path}" for one in SUBMISSIONS for path in list_members(one)}
    found = {path for path in members if LOOKS_LIKE_ONE.search(path.partition(".")[2])}
    assert {path for path in found if not path.endswith("*") or path.endswith(".*")} == OTHERWISE.keys()
    assert {path for path in members if path.endswith("*") and not path.endswith(".*")} <= found


@pytest.mark.parametrize("submission", SUBMISSIONS, ids=lambda one: one.__name__)
def test_renaming_reaches_every_declared_member_and_nothing_else(submission):
    """Each text that is declared ends in a mark then, in whatever list, mapping or struct it stands."""
    sample = make_sample(submission)
    renamed = msgspec.to_builtins(rename_repositories(sample, lambda name: f"{name}!"))
    declared = {path.rstrip("*") for path in list_members(submission) if path.endswith("*") and not path.endswith(".*")}
    assert set(list_marked(renamed)) == {path for path in declared if reaches(msgspec.to_builtins(sample), path)}
    assert rename_repositories(sample, lambda name: name) is sample


def make_sample(struct: type[Struct]) -> Any:
    """A struct in which every member that may name a repository does."""
    given: dict[str, Any] = {}
    for field in fields(struct):
        if field.default is msgspec.NODEFAULT and field.default_factory is msgspec.NODEFAULT:
            given[field.name] = "x"
    made = struct(**given)
    return fill(made)


def fill(made: Any) -> Any:
    release, cause = (Release(repository="h/a/b", commit="1" * 40),), Cause(repository="h/a/b", commit="1" * 40)
    for name, value in {
        "repository": "h/a/b",
        "map": ("h/a/b",),
        "required_workspaces": ("h/a",),
        "workspace_originals": {"h/a": "A"},
        "marks": IncidentMarks(root_cause=cause, potential_causes=(cause,)),
    }.items():
        if name in made.__struct_fields__ and (name != "marks" or isinstance(made, MarkIncident)):
            made = msgspec.structs.replace(made, **{name: value})
    for name in ("facts", "assumed"):
        if name in made.__struct_fields__:
            kind = next(one for one in fields(type(made)) if one.name == name).type
            classes = [one for one in getattr(kind, "__args__", (kind,)) if isinstance(one, type) and issubclass(one, Struct)]
            if classes and "releases" in classes[0].__struct_fields__:
                made = msgspec.structs.replace(made, **{name: classes[0](releases=release)})
    return made


def list_marked(value: Any, path: str = "") -> list[str]:
    if isinstance(value, dict):
        return [
            found
            for key, one in value.items()
            for found in ([path] if key.endswith("!") else []) + list_marked(one, f"{path}.{key.rstrip('!')}".lstrip("."))
        ]
    if isinstance(value, list | tuple):
        return [found for one in value for found in list_marked(one, path)]
    return [path] if isinstance(value, str) and value.endswith("!") else []


def reaches(value: Any, path: str) -> bool:
    if not path:
        return value not in (None, "", [], {})
    if isinstance(value, list | tuple):
        return any(reaches(one, path) for one in value)
    first, _, rest = path.partition(".")
    return isinstance(value, dict) and first in value and reaches(value[first], rest)


def test_what_was_not_said_stays_unsaid_and_a_kind_of_tomorrow_needs_no_rule():
    class Pin(Struct, frozen=True):
        name: RepositoryName | None = None
        among: dict[str, RepositoryName] | UnsetType = UNSET
        text: str = "h/a"

    assert rename_repositories(Pin("h/a", {"h/a": "h/b"}), str.upper) == Pin("H/A", {"h/a": "H/B"})
    for unsaid in (Pin(), Pin(""), MarkIncident("native", Target(key="1"), IncidentMarks(), (1,))):
        assert rename_repositories(unsaid, str.upper) is unsaid


@given(st.lists(st.text(max_size=5), max_size=3))
def test_a_renaming_that_changes_nothing_gives_the_same_object(names):
    asked = ChangeService("1", map=tuple(names))
    assert rename_repositories(asked, lambda name: name) is asked
