"""Words as a search compares them."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipledger.search_words import WORD_LENGTH, WORDS_LIMIT, clean, fold, read_query, to_token, words_of
from shipledger.texts import STEERING


@pytest.mark.parametrize(
    "title, words",
    [
        ("Fix the login of guests", ("fix", "login", "guests")),
        ("Checkout-service: v1.4.2 (SHOP-7)", ("checkout", "service", "v1.4.2", "shop")),
        ("STRASSE stra\N{LATIN SMALL LETTER SHARP S}e", ("strasse",)),
        ("Caf\N{LATIN SMALL LETTER E WITH ACUTE} Cafe\N{COMBINING ACUTE ACCENT}", ("caf\N{LATIN SMALL LETTER E WITH ACUTE}",)),
        ("\N{RIGHT-TO-LEFT OVERRIDE}lo\N{ZERO WIDTH SPACE}gin\N{POP DIRECTIONAL FORMATTING}", ("login",)),
        ("\N{CJK UNIFIED IDEOGRAPH-4FEE} ok", ("\N{CJK UNIFIED IDEOGRAPH-4FEE}", "ok")),
        ("a % _ \\ ' \" \x00", ()),
        ("<script>alert(1)</script>", ("script", "alert")),
        (None, ()),
        (7, ()),
    ],
)
def test_the_words_of_a_title(title, words):
    assert words_of(title) == words


@given(st.text())
def test_every_word_of_a_title_is_found_however_it_is_written(title):
    words = words_of(title)
    assert len(words) <= WORDS_LIMIT
    assert all(0 < len(word) <= WORD_LENGTH and not STEERING.search(word) for word in words)
    for written in (title.upper(), title.lower(), unicodedata.normalize("NFD", title), unicodedata.normalize("NFC", title)):
        if fold(written) == fold(title):
            assert words_of(written) == words
    for word in words:
        assert words_of(word) == (word,)
        assert read_query(word).words == (word,)


@given(st.text())
def test_what_is_folded_and_cleaned_stays_as_it_is(text):
    assert fold(fold(text)) == fold(text)
    assert clean(clean(text)) == clean(text)
    assert not STEERING.search(clean(text))
    assert to_token(to_token(text)) == to_token(text)
    query = read_query(text)
    assert query == read_query(query.text)


def test_a_very_long_title_costs_a_few_words():
    assert words_of("word " * 2_000) == ("word",)
    assert words_of("x" * 10_000) == ("x" * WORD_LENGTH,)
    assert len(words_of(" ".join(f"w{number}" for number in range(2_000)))) == WORDS_LIMIT
    assert to_token("9" * 10_000) == "9" * WORD_LENGTH
