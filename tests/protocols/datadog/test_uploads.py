"""Bodies of several parts."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipledger.protocols.datadog.bodies import BadRequestError
from shipledger.protocols.datadog.uploads import HEADER_BYTES, HEADERS_LIMIT, PARTS_LIMIT, read_parts

FORM = 'multipart/form-data; boundary="b o"'


def part(name: str, content: bytes, *more: str) -> bytes:
    head = "\r\n".join((f'Content-Disposition: form-data; name="{name}"; filename="{name}.pack"', *more))
    return b"--b o\r\n" + head.encode() + b"\r\n\r\n" + content + b"\r\n"


def body(*parts: bytes) -> bytes:
    return b"".join(parts) + b"--b o--\r\n"


def test_parts_are_read_in_any_order_and_byte_by_byte() -> None:
    pack = bytes(range(256)) + b"\r\n--b \r\n\r\n"
    one, other = part("pushedSha", b"{}", "Content-Type: application/json"), part("packfile", pack)
    assert read_parts(body(one, other), FORM) == read_parts(body(other, one), FORM) == {"pushedSha": b"{}", "packfile": pack}


def test_of_two_parts_with_one_name_the_first_counts() -> None:
    assert read_parts(body(part("a", b"1"), part("a", b"2")), FORM) == {"a": b"1"}


def test_what_stands_before_and_behind_is_passed_over() -> None:
    assert read_parts(b"preamble\r\n" + body(part("a", b"1")) + b"epilogue", FORM) == {"a": b"1"}
    assert read_parts(body(), FORM) == {}


@pytest.mark.parametrize(
    "content_type", ["", "application/json", "multipart/form-data", "multipart/mixed; boundary=x", "\xff", FORM + " " * 1_000]
)
def test_another_content_type_is_refused(content_type: str) -> None:
    with pytest.raises(BadRequestError, match="content type"):
        read_parts(body(part("a", b"1")), content_type)


@pytest.mark.parametrize(
    "content, reason",
    [
        (b"", "cut off"),
        (part("a", b"1"), "cut off"),
        (part("a", b"1") * (PARTS_LIMIT + 1) + body(), "more than"),
        (b"--b o\r\n\r\n1\r\n--b o--", "no name"),
        (b"--b ox\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--b o--", "not valid"),
        (b"--b o\r\nContent-Disposition: form-data; name=a\r\n--b o--", "not valid"),
        (b"--b o\r\nContent Disposition: form-data; name=a\r\n\r\n1\r\n--b o--", "not valid"),
        (
            b"--b o\r\nContent-Disposition: form-data; name=" + b"a" * HEADER_BYTES + b"\r\n\r\n1\r\n--b o--",
            "more than 4096 bytes",
        ),
        (part("a", b"1", *["X: 1"] * HEADERS_LIMIT) + body(), "16 headers"),
        (b"--b o\r\nContent-Disposition: form-data\r\n\r\n1\r\n--b o--", "no name"),
    ],
)
def test_a_body_that_is_not_whole_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(BadRequestError, match=reason):
        read_parts(content, FORM)


@given(st.binary(), st.text())
def test_whatever_comes_is_read_or_refused(content: bytes, boundary: str) -> None:
    for each in (content, part("a", content), body(part("a", content))):
        for kind in (FORM, f"multipart/form-data; boundary={boundary}"):
            with contextlib.suppress(BadRequestError):
                read_parts(each, kind)
