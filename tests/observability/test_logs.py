"""Log lines: readable, with their request, without secrets."""

from __future__ import annotations

import io
import json
import logging
from typing import Any

import pytest

from shipledger.access.credential import new_secret
from shipledger.observability.logs import REDACTED, StandardHandler, new_logger

SECRET = "q9VZ1-4pXkLm_0aBcDeFgHiJkLmNoPqRsTuVwXyZ123"


def json_lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def write(event: str, **fields: Any) -> dict[str, Any]:
    stream = io.StringIO()
    new_logger(level="info", output="json", stream=stream).info(event, **fields)
    return json_lines(stream)[0]


def test_a_line_leads_with_time_level_and_sentence() -> None:
    line = write("Settled a batch.", receipts=3, commit_seconds=0.002)

    assert list(line)[:3] == ["timestamp", "level", "message"]
    assert line["message"] == "Settled a batch."
    assert (line["receipts"], line["commit_seconds"]) == (3, 0.002)
    assert line["timestamp"].endswith("Z")


@pytest.mark.parametrize(
    "fields",
    [
        {"authorization": f"GenieKey {SECRET}"},
        {"Authorization": SECRET},
        {"api_key": SECRET},
        {"apiKey": SECRET},
        {"DD-API-KEY": SECRET},
        {"client_secret": SECRET},
        {"clientSecret": SECRET},
        {"session_cookie": SECRET},
        {"headers": {"authorization": SECRET}},
        {"headers": [("authorization", f"GenieKey {SECRET}")]},
        {"headers": [(b"authorization", f"GenieKey {SECRET}".encode())]},
        {"sentence": f"The header was Authorization: GenieKey {SECRET}."},
        {"sentence": f"bearer {SECRET}"},
        {"body": json.dumps({"api_key": SECRET, "name": "CI"})},
        {"body": f"grant_type=client_credentials&client_secret={SECRET}"},
        {"database_url": f"postgresql://shipledger:{SECRET}@db/ledger"},
        {"anything": f"the key {SECRET} alone"},
        {"error": ValueError(f"GenieKey {SECRET}")},
        {"deep": {"a": {"b": {"c": {"d": {"e": {"f": {"g": SECRET}}}}}}}},
    ],
)
@pytest.mark.parametrize("output", ["json", "console"])
def test_a_secret_never_reaches_a_line(fields: dict[str, Any], output: Any) -> None:
    stream = io.StringIO()
    new_logger(level="info", output=output, stream=stream).info("A client called.", **fields)

    assert SECRET not in stream.getvalue()
    assert REDACTED in stream.getvalue()


def test_keys_that_shipledger_makes_are_recognized_without_any_hint() -> None:
    secrets = [new_secret() for _ in range(50)]

    assert not any(secret in json.dumps(write(f"{secret} was used")) for secret in secrets)


def test_one_of_them_that_happens_to_have_no_digit_is_recognized_too() -> None:
    secret = ("OneInFourteenHundredKeys" * 2)[: len(new_secret())]

    assert secret not in json.dumps(write(f"{secret} was used"))


@pytest.mark.parametrize(
    "text",
    [
        "0194f2c1-6d2e-7b3a-9c4d-5e6f7a8b9c0d",
        "da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "bitbucket.org/opsgenie/opsgenie-integration",
        "Basically fine: the tokens are kept.",
    ],
)
def test_ordinary_texts_are_left_alone(text: str) -> None:
    assert write("Recorded.", subject=text)["subject"] == text


@pytest.mark.parametrize("output", ["json", "console"])
def test_a_traceback_has_no_local_variables_and_no_secret(output: Any) -> None:
    stream = io.StringIO()
    logger = new_logger(level="info", output=output, stream=stream)
    api_key = SECRET

    def fail() -> None:
        raise RuntimeError(f"cannot use GenieKey {api_key}")

    try:
        fail()
    except RuntimeError:
        logger.exception("It failed.")

    assert "RuntimeError" in stream.getvalue()
    assert "Traceback" in stream.getvalue()
    assert SECRET not in stream.getvalue()


def test_lines_below_the_level_are_not_written() -> None:
    stream = io.StringIO()
    logger = new_logger(level="warning", output="json", stream=stream)
    logger.info("no")
    logger.warning("yes")

    assert [line["message"] for line in json_lines(stream)] == ["yes"]


STEERING = (
    "\x1b[2J",
    "\x9b2J",
    "\x85",
    "\u202e",
    "\u2067",
    "\u2028",
    "\u2029",
    "\ud800",
    "\r",
    "\n2026-01-01 [info] All is well",
)


@pytest.mark.parametrize("text", STEERING)
def test_what_a_client_sent_does_not_break_or_steer_the_console(text: str) -> None:
    stream = io.StringIO()
    logger = new_logger(level="info", output="console", stream=stream)
    fields = {
        "alone": text,
        "among": f"a{text}b",
        "inside": [text],
        "named": {text: text},
        "bytes": text.encode(errors="replace"),
    }
    sentence = f"got{text}it"
    logger.info(sentence, **fields)
    try:
        int(text)
    except ValueError:
        logger.exception("It failed.", text=text)

    told = stream.getvalue()
    assert told.replace("\ufffd", "").isascii()
    assert "\x1b" not in told
    assert "\r" not in told
    lines = told.splitlines()
    assert [line for line in lines if not line.startswith(" ")] == [lines[0], lines[1]]


def test_libraries_are_heard_through_the_same_lines() -> None:
    stream = io.StringIO()
    handler = StandardHandler(new_logger(level="info", output="json", stream=stream))
    record = logging.LogRecord("uvicorn.error", 35, __file__, 1, "100%% of %s", ("it",), None)
    handler.handle(record)

    line = json_lines(stream)[0]
    assert (line["level"], line["message"], line["library"]) == ("warning", "100% of it", "uvicorn.error")
