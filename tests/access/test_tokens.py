"""Tokens name a credential and are good only with the installation's own key."""

from __future__ import annotations

import stat
from datetime import UTC, datetime, timedelta
from threading import Thread

import jwt
import pytest

from shipledger.access.installation_key import keep_key, read_key
from shipledger.access.tokens import LIMIT_CHARACTERS, Claims, TokenKeys, TokenRefused, mint_token, read_token
from shipledger.errors import Invalid, Unavailable

NOW = datetime(2026, 1, 2, tzinfo=UTC)
OLD, NEW = b"o" * 32, b"n" * 32
KEYS = TokenKeys(current=OLD)


def mint(keys=KEYS, **rest):
    return mint_token(keys, organization_id="org", credential_id="id", now=NOW, **rest)


def forge(**claims):
    said = {"iss": "shipledger", "sub": "id", "org": "org", "iat": int(NOW.timestamp()), **claims}
    return jwt.encode({name: value for name, value in said.items() if value is not None}, OLD, algorithm="HS256")


def test_a_token_names_its_credential():
    assert read_token(KEYS, mint(), NOW) == Claims(organization_id="org", credential_id="id")


def test_a_token_without_an_end_is_good_for_ever():
    assert read_token(KEYS, mint(), NOW + timedelta(days=9999)).credential_id == "id"


@pytest.mark.parametrize("seconds, is_good", [(0, True), (59, True), (60, True), (61, False)])
def test_a_token_ends_a_minute_after_its_time(seconds, is_good):
    token = mint(expires_at=NOW)
    if is_good:
        assert read_token(KEYS, token, NOW + timedelta(seconds=seconds))
    else:
        with pytest.raises(TokenRefused):
            read_token(KEYS, token, NOW + timedelta(seconds=seconds))


def test_the_previous_key_is_good_while_it_is_kept():
    assert read_token(TokenKeys(current=NEW, previous=OLD), mint(), NOW)
    with pytest.raises(TokenRefused):
        read_token(TokenKeys(current=NEW), mint(), NOW)


@pytest.mark.parametrize(
    "claims",
    [
        {"iat": None},
        {"iat": "1"},
        {"iat": True},
        {"sub": 5},
        {"sub": ""},
        {"org": None},
        {"exp": "x"},
        {"nbf": []},
        {"iss": None},
    ],
)
def test_missing_and_odd_claims_are_refused(claims):
    with pytest.raises(TokenRefused):
        read_token(KEYS, forge(**claims), NOW)


def test_other_claims_are_ignored():
    assert read_token(KEYS, forge(aud="somebody", jti=5, scope="all"), NOW)


@pytest.mark.parametrize("token", ["", ".", "..", "a.b.c", "x" * 9000, "\ud800", "é.é.é"])
def test_what_is_no_token_is_refused(token):
    with pytest.raises(TokenRefused):
        read_token(KEYS, token, NOW)


def test_keys_are_not_shown():
    assert "o" * 8 not in repr(KEYS)


def test_one_key_is_made_however_many_ask_at_once(tmp_path):
    path = tmp_path / "key"
    found = []
    threads = [Thread(target=lambda: found.append(keep_key(path))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1
    assert len(found[0]) == 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["key"]


def test_a_key_that_cannot_be_kept_says_so(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(Unavailable):
        keep_key(tmp_path / "file" / "key")


def test_a_key_is_kept_in_a_folder_that_is_made_for_it(tmp_path):
    path = tmp_path / "share" / "shipledger" / "key"
    assert keep_key(path) == keep_key(path)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_damaged_key_file_is_never_replaced(tmp_path):
    path = tmp_path / "key"
    path.write_text("00")
    with pytest.raises(Unavailable):
        keep_key(path)


def test_a_short_key_is_refused_and_not_repeated():
    with pytest.raises(Invalid) as refused:
        read_key("short-secret")
    assert "short-secret" not in refused.value.message


def test_what_a_key_file_holds_is_the_same_key_in_a_setting(tmp_path):
    kept = keep_key(tmp_path / "key")
    assert read_key("hex:" + (tmp_path / "key").read_text()) == kept
    assert read_key(f"\n hex:{kept.hex()} \n") == kept, "blanks around it belong to the setting"
    text = f" {'k' * 30} "
    assert read_key(text) == text.encode(), "in a text they may be meant"
    with pytest.raises(Invalid):
        read_key("hex:" + "not hexadecimal" * 9)


@pytest.mark.parametrize("claim", ["iat", "nbf"])
def test_a_clock_may_be_a_minute_ahead_of_ours_and_no_more(claim):
    at = int(NOW.timestamp())
    assert read_token(KEYS, forge(**{claim: at + 60}), NOW)
    with pytest.raises(TokenRefused):
        read_token(KEYS, forge(**{claim: at + 61}), NOW)


def test_a_token_has_at_most_eight_kib():
    spare = (LIMIT_CHARACTERS - len(forge(padding=""))) * 3 // 4 + 3
    longest = next(token for size in range(spare, 0, -1) if len(token := forge(padding="x" * size)) <= LIMIT_CHARACTERS)
    assert len(longest) >= LIMIT_CHARACTERS - 1  # base64 writes three bytes as four characters
    assert read_token(KEYS, longest, NOW)
    with pytest.raises(TokenRefused, match="larger than 8 KiB"):
        read_token(KEYS, longest + "x" * (LIMIT_CHARACTERS + 1 - len(longest)), NOW)


@pytest.mark.parametrize("length, is_good", [(31, False), (32, True)])
def test_a_key_has_at_least_32_bytes(length, is_good):
    if is_good:
        assert read_key("k" * length) == b"k" * length
        assert read_key("hex:" + "6b" * length) == b"k" * length
    else:
        for text in ("k" * length, "hex:" + "6b" * length):
            with pytest.raises(Invalid, match="at least 32 characters"):
                read_key(text)
