"""Which names mean one environment, whatever was said of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipledger.ledger.environment_names import NO_NAMES, EnvironmentNames, is_in, name_key
from shipledger.ledger.submission import Environment

UUID = "0D1B4A3C-9f6a-4d2c-8b7a-5e10aa01bc23"
LETTERS = st.sampled_from("abcdeABCDE")
ALIASES = st.dictionaries(st.sampled_from("abcde"), LETTERS, max_size=5)


@pytest.mark.parametrize(
    "names",
    [
        ("prod", "PROD", " Prod\t", "\u2003prod\n"),
        ("Straße", "STRASSE"),
        (UUID, UUID.lower(), f"{{{UUID}}}", f" {{{UUID}}} "),
        ("ä" * 400, "Ä" * 400),
    ],
)
def test_names_are_one_whatever_their_case_and_the_space_around_them(names):
    assert len({name_key(name) for name in names}) == 1
    assert {NO_NAMES.key_of(name) for name in names} == {name_key(names[0])}


@given(st.text(max_size=8))
def test_a_key_is_the_same_as_its_name(name):
    assert name_key(name_key(name)) == name_key(name)


@given(ALIASES)
def test_every_name_means_one_environment_which_knows_all_its_names(aliases):
    names = EnvironmentNames(aliases)
    for name in "abcde":
        own = names.key_of(name)
        assert names.key_of(own) == own, "the end of a way"
        assert name_key(names.call(name)) == own
        assert name_key(name) in names.list_keys(name)
        assert own in names.list_keys(name)
        assert (names.find(name) is None) is (own == name_key(name))
        assert names.has_several(name) is (len(names.list_keys(name)) > 1)
        meant, seen = name, set()
        while meant in aliases and meant not in seen:
            seen.add(meant)
            meant = name_key(aliases[meant])
        assert own == (name if meant in seen else meant)
        assert (name in names.astray) is (meant in seen)
    keys = [key for name in "abcde" for key in names.list_keys(name) if names.key_of(name) == name]
    assert sorted(keys) == list("abcde"), "no name means two"


def test_an_environment_is_written_as_the_organization_says():
    names = EnvironmentNames({"prod": "Production", "live": "prod"})
    assert [names.call(one) for one in ("PROD", "live", "production ", "staging")] == [
        "Production",
        "Production",
        "Production",
        "staging",
    ]
    assert names.groups == {"production": ["live", "prod", "production"]}
    environment = Environment(id=UUID, name="Live", tier="unmapped")
    assert [is_in(environment, wanted, names) for wanted in ("prod", f"{{{UUID}}}", "staging", "")] == [True, True, False, False]
    assert is_in(None, "prod", names) is False
