"""Settings of organizations as an aggregate, and what each inherits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET
from msgspec.structs import replace

from shipledger.catalog.organization_settings.aggregate import decide, fold_history
from shipledger.catalog.organization_settings.declared import DAYS, SETTINGS
from shipledger.catalog.organization_settings.forms import to_words
from shipledger.catalog.organization_settings.in_force import Place, find_in_force, index, trace
from shipledger.catalog.organization_settings.installation import InstallationSettings
from shipledger.catalog.organization_settings.losing import ERASING
from shipledger.catalog.organization_settings.model import (
    WHOLE_ORGANIZATION,
    ChangeSettings,
    Held,
    ScopeKind,
    ScopeSettings,
    SettingScope,
)
from shipledger.ledger.by_name import Question
from shipledger.ledger.erasure import Erased
from shipledger.ledger.verdict import Reason, VerdictKind
from shipledger.settings import Settings
from tests.support.factories import ACME, make_receipt, moment

HOURS = st.sampled_from((0, 1.5, 72))
VALUES = {
    "silence_limit_hours": HOURS,
    "gate_timeout_hours": HOURS,
    "known_services": st.sampled_from(("any", "registered")),
    "issue_projects": st.sampled_from((("SHIP",), ("SHIP", "OPS"))),
}
CHANGES = st.lists(
    st.fixed_dictionaries({}, optional={key: st.one_of(st.none(), values) for key, values in VALUES.items()}), max_size=8
)
SERVICE = SettingScope(ScopeKind.SERVICE, "s-1")


def ask(current, number, values, scope=WHOLE_ORGANIZATION):
    return decide(Question(current, make_receipt(number), 0, ChangeSettings(scope, values), 0, moment(number)))


@given(CHANGES)
def test_each_key_has_what_was_set_last_by_whoever_set_it_and_entries_alone_make_it(changes):
    """Nobody says what stands for keys that are not theirs, so two who change different keys lose nothing."""
    current, entries, wanted = None, [], {}
    for number, values in enumerate(changes, start=1):
        before, wanted = wanted, {key: one for key, one in {**wanted, **values}.items() if one is not None}
        decided = ask(current, number, values)
        assert (decided.verdict.kind is VerdictKind.DUPLICATE) == (before == wanted)
        entries += decided.entries
        for entry in decided.entries:
            assert all(before.get(key) != value for key, value in entry.submission.values.items())
        current = decided.states[0] if decided.states else current
        assert {key: held.value for key, held in (current.values if current else {}).items()} == wanted
        for key in wanted.keys() - before.keys():
            assert current.values[key].at == moment(number)
    if entries:
        assert fold_history(entries) == current
        assert fold_history([replace(entry, submission=Erased()) for entry in entries]) is None


@pytest.mark.parametrize(
    "values, scope, reason, sentence",
    [
        ({"colour": "red"}, WHOLE_ORGANIZATION, Reason.UNKNOWN_SETTING, "colour is no setting; the settings are issue_mode, "),
        ({"gate_timeout_hours": -1}, WHOLE_ORGANIZATION, Reason.INVALID_SETTING, "hours from 0 to 87,600; 0: forever."),
        ({"gate_timeout_hours": 10**400}, SERVICE, Reason.INVALID_SETTING, "gate_timeout_hours must be a number of hours"),
        ({"gate_timeout_hours": True}, SERVICE, Reason.INVALID_SETTING, "gate_timeout_hours must be a number of hours"),
        ({"gate_timeout_hours": "soon"}, SERVICE, Reason.INVALID_SETTING, "gate_timeout_hours must be a number of hours"),
        ({"known_services": "all"}, WHOLE_ORGANIZATION, Reason.INVALID_SETTING, "known_services must be any or registered."),
        ({"issue_projects": "SHIP"}, WHOLE_ORGANIZATION, Reason.INVALID_SETTING, "issue_projects must be a list of 1 to 1,000"),
        ({"issue_projects": ("a b!",)}, WHOLE_ORGANIZATION, Reason.INVALID_SETTING, "issue_projects must be a list"),
        ({"issue_keys_in": ("title", "body")}, WHOLE_ORGANIZATION, Reason.INVALID_SETTING, "of title, message, commit; empty:"),
        ({"receipt_retention_days": 0.5}, WHOLE_ORGANIZATION, Reason.INVALID_SETTING, "must be a whole number of days from 0"),
        ({"known_services": "any"}, SERVICE, Reason.INVALID_SETTING, "cannot be set for a service, only for the organization."),
        ({"issue_mode": "projects"}, WHOLE_ORGANIZATION, Reason.INVALID_SETTING, "issue_projects must name a project while"),
    ],
)
def test_what_cannot_be_set_is_rejected_whole_with_what_can(values, scope, reason, sentence):
    decided = ask(None, 1, {"silence_limit_hours": 1, **values}, scope)
    assert (decided.verdict.kind, decided.verdict.reason, decided.entries) == (VerdictKind.REJECTED, reason, ())
    assert sentence in decided.verdict.sentence


@pytest.mark.parametrize(
    "seen, wanted, kind",
    [
        ({"gate_timeout_hours": 1.0}, {"gate_timeout_hours": 3}, VerdictKind.APPLIED),
        ({"gate_timeout_hours": None}, {"gate_timeout_hours": 3}, VerdictKind.REJECTED),
        ({"gate_timeout_hours": 2.0}, {"gate_timeout_hours": None}, VerdictKind.REJECTED),
        ({"gate_timeout_hours": 2.0}, {"gate_timeout_hours": 1}, VerdictKind.DUPLICATE),
        ({"silence_limit_hours": None}, {"silence_limit_hours": 3}, VerdictKind.APPLIED),
    ],
)
def test_whoever_has_seen_another_value_of_the_same_key_changes_nothing(seen, wanted, kind):
    (current,) = ask(None, 1, {"gate_timeout_hours": 1}).states
    asked = ChangeSettings(WHOLE_ORGANIZATION, wanted, seen)
    decided = decide(Question(current, make_receipt(2), 0, asked, 0, moment(2)))
    assert decided.verdict.kind is kind
    assert (decided.verdict.reason is Reason.CHANGED_MEANWHILE) == (kind is VerdictKind.REJECTED)
    assert all(one.submission.expects is UNSET for one in decided.entries), "entries say what is, not what was seen"


def test_whatever_is_kept_for_days_is_said_to_be_erased_before_that_is_set():
    assert {key for key, one in SETTINGS.items() if one.form is DAYS} == ERASING


def test_a_value_is_kept_in_one_form():
    (state,) = ask(None, 1, {"gate_timeout_hours": 72, "issue_projects": ["ship", "SHIP", "ops"]}).states
    assert [to_words(held.value) for held in state.values.values()] == ["72", "SHIP, OPS"]


SCOPES = (
    SettingScope(ScopeKind.PIPELINE, "Deploy-EU"),
    SERVICE,
    SettingScope(ScopeKind.SERVICE, "s-2"),
    SettingScope(ScopeKind.TEAM, "Web"),
    WHOLE_ORGANIZATION,
)
PLACE = Place(pipelines=("deploy-eu",), service_ids=("s-1", "s-2"), teams=("web",), names=("deploy-eu",))
OPERATORS = {
    "installation": Settings(silence_limit_hours=5, silence_limits="x=1"),
    "default": Settings(),
    "a rule of the installation": Settings(silence_limit_hours=5, silence_limits="deploy-*=6"),
}


@given(
    st.lists(st.tuples(st.sampled_from(SCOPES), HOURS), unique_by=lambda one: one[0].key),
    st.sampled_from(sorted(OPERATORS)),
)
def test_the_most_particular_scope_that_sets_a_value_wins_and_is_named(own, operator):
    held = index(ScopeSettings(ACME, scope, 1, {"silence_limit_hours": Held(value)}) for scope, value in own)
    found = find_in_force(SETTINGS["silence_limit_hours"], PLACE, held, InstallationSettings(OPERATORS[operator]))
    expected = [(scope, dict(own)[scope]) for scope in SCOPES if scope in dict(own)]
    fallback = {"installation": ("installation", 5), "default": ("default", 24)}.get(operator, ("installation", 6))
    assert (found.source, found.value) == (expected[0] if expected else fallback)
    said = trace(SETTINGS["silence_limit_hours"], PLACE, held, InstallationSettings(OPERATORS[operator]))
    first = next(one for one in said if one.value is not None)
    assert (first.source, first.value) == (found.source, found.value)


@pytest.mark.parametrize(
    "key, setting, said, value, default",
    [
        ("issue_keys_in", "issue_keys_in", "Message, title", ("title", "message"), ("title", "message", "commit")),
        ("issue_keys_in", "issue_keys_in", "", (), ("title", "message", "commit")),
        ("issue_denied_projects", "jira_denied_projects", "utf", ("UTF",), None),
        ("gate_timeout_hours", "gate_timeout_hours", 3, 3, 168),
        ("receipt_retention_days", "receipt_retention_days", 0, 0, 400),
        ("outbox_retention_days", "outbox_retention_days", 9, 9, 30),
        ("refused_retention_days", "refused_retention_days", 9, 9, 30),
    ],
)
def test_the_installation_says_what_counts_where_an_organization_has_set_nothing(key, setting, said, value, default):
    said_by_operator, as_it_comes = (InstallationSettings(Settings(**given)) for given in ({setting: said}, {}))
    found = find_in_force(SETTINGS[key], Place(), {}, said_by_operator)
    assert (found.source, found.value, SETTINGS[key].form.accept(found.value)) == ("installation", value, value)
    found = find_in_force(SETTINGS[key], Place(), {}, as_it_comes)
    assert (found.source, found.value in {default, SETTINGS[key].form.accept(found.value)}) == ("default", True)
    assert default is None or found.value == default
