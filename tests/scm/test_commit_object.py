"""Commits as git keeps them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipledger.ledger.authors import hash_address
from shipledger.scm.commit_object import MESSAGE_LIMIT, SUBJECT_LIMIT, read_commit
from tests.support.factories import ACME

ID = "a" * 40
TREE = "b" * 40


def write(message: bytes = b"Subject\n", *, author: bytes = b"A <a@b> 1772704800 +0100", more: bytes = b"") -> bytes:
    head = b"tree " + TREE.encode() + b"\n" + more + b"author " + author + b"\ncommitter C <c@d> 1772704860 -0700\n"
    return head + b"\n" + message


def test_it_has_parents_tree_both_times_and_a_subject() -> None:
    commit = read_commit(ACME, ID, write(more=b"parent " + b"c" * 40 + b"\nparent " + b"d" * 40 + b"\n"))
    assert commit is not None
    assert (commit.commit_id, commit.tree, commit.parents) == (ID, TREE, ("c" * 40, "d" * 40))
    assert commit.authored_at == datetime(2026, 3, 5, 10, 0, tzinfo=UTC)
    assert commit.committed_at == datetime(2026, 3, 5, 10, 1, tzinfo=UTC)
    assert commit.subject == "Subject"


def test_of_its_author_the_name_is_kept_and_the_address_as_a_hash() -> None:
    commit = read_commit(ACME, ID, write(author="Ada  Lövelace <Ada@example.com> 1772704800 +0100".encode()))
    assert commit is not None
    assert (commit.author_name, commit.author_hash) == ("Ada Lövelace", hash_address(ACME, "ada@example.com"))
    assert "@" not in repr(commit)


def test_the_whole_message_is_kept_up_to_a_limit() -> None:
    commit = read_commit(ACME, ID, write(b"One\n\nTwo\n" + b"x" * 100_000))
    assert commit is not None
    assert commit.message.startswith("One\n\nTwo\nxxx")
    assert len(commit.message) == MESSAGE_LIMIT


@pytest.mark.parametrize(
    "message, subject",
    [
        (b"One\nparagraph\n\nand more\n", "One paragraph"),
        (b"\n\n  Late\n", "Late"),
        (b"", ""),
        (b"Tab\tand \x00 and \x1b[31m", "Tab and and [31m"),
        ("Größer".encode(), "Größer"),
        (b"Broken \xff", "Broken \ufffd"),
        (b"x" * 100_000, "x" * SUBJECT_LIMIT),
    ],
)
def test_a_subject_is_the_first_paragraph_in_one_line(message: bytes, subject: str) -> None:
    commit = read_commit(ACME, ID, write(message))
    assert commit is not None
    assert commit.subject == subject


@pytest.mark.parametrize(
    "encoding, subject",
    [(b"ISO-8859-1", "Größer"), (b"windows-1252", "Größer"), (b"hex", "Gr\ufffd\ufffder"), (b"euc", "Gr")],
)
def test_a_subject_in_another_character_set_is_read_and_no_other_codec_is(encoding: bytes, subject: str) -> None:
    commit = read_commit(ACME, ID, write("Größer".encode("latin-1")).replace(b"\n\n", b"\nencoding " + encoding + b"\n\n", 1))
    assert commit is not None
    assert commit.subject.startswith(subject)


def test_signatures_and_what_else_has_lines_of_its_own_is_passed_over() -> None:
    signed = write().replace(b"\n\n", b"\ngpgsig -----BEGIN\n author x\n tree y\n -----END\n\n", 1)
    assert read_commit(ACME, ID, signed) == read_commit(ACME, ID, write())


@pytest.mark.parametrize("author", [b"A <a@b>", b"A <a@b> never", b"A <a@b> 999999999999 +0000", b"A <a@b> -5 +0000", b""])
def test_a_commit_without_a_time_that_can_be_read_is_none(author: bytes) -> None:
    assert read_commit(ACME, ID, write(author=author)) is None


def test_a_commit_without_a_tree_is_none() -> None:
    assert read_commit(ACME, ID, write().replace(TREE.encode(), b"short")) is None


@given(st.binary() | st.binary().map(write) | st.binary().map(lambda author: write(author=author)))
def test_whatever_it_holds_it_is_read_or_left_out(content: bytes) -> None:
    read_commit(ACME, ID, content)


def test_the_issues_of_its_whole_message_are_found_and_not_any_number_of_them() -> None:
    commit = read_commit(ACME, ID, write(b"SHIP-1 Subject\n\nBody of SHIP-2,\nand OPS-7.\n"))
    assert commit is not None
    assert commit.issue_keys == ("SHIP-1", "SHIP-2", "OPS-7")
    squashed = read_commit(ACME, ID, write(b" ".join(b"SHIP-%d" % number for number in range(1, 1_000))))
    assert squashed is not None
    assert len(squashed.issue_keys) == 100
