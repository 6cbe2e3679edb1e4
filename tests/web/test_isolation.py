"""What senders wrote turns nothing around that stands beside it."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from shipledger.ledger.state import State, Tier
from shipledger.ledger.submission import Environment, Pipeline
from shipledger.ledger.verdict import Reason, Verdict, VerdictKind
from shipledger.web.pages.commands import Commands
from shipledger.web.pages.isolation import in_a_sentence, isolated, isolated_in_text, join_isolated
from tests.support.directions import ATTACKS, Turned, turning_outside, turns
from tests.support.site import Site

TEXTS = st.text(
    st.sampled_from("ab \n\u05d0\u0627\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2029\x85\x1c\u200f\u061c<&")
)


def test_every_character_of_unicode_that_turns_a_text_has_it_isolated():
    every = [chr(code) for code in range(sys.maxunicode + 1) if turns(chr(code))]
    assert {"\u05d0", "\u0627", "\u0660", "\u202e", "\u2069"} <= set(every)
    assert [character for character in every if isolated(f"a{character}") == f"a{character}"] == []


@given(TEXTS | st.text())
def test_an_isolated_text_keeps_its_directions_to_itself(text: str):
    in_text, marked = str(isolated_in_text(text)), isolated(text)
    assert turning_outside(in_text) == ""
    assert in_text == text or "\n" not in in_text
    assert Turned(str(marked) if isinstance(marked, Markup) else "").found == []
    assert turning_outside(str(join_isolated([text, text], ", ")).replace("<bdi>", "\u2068").replace("</bdi>", "\u2069")) == ""


@pytest.mark.parametrize("text", ["", "plain", "Grüße, 東京 and 🚀", "a\nb"])
def test_a_text_that_turns_nothing_is_left_as_it_is(text: str):
    assert isolated(text) is text
    assert isolated_in_text(text) is text


def test_a_sentence_of_ours_shows_what_a_quotation_would_have_done():
    assert in_a_sentence("The workspace \u202e\u2069x is unknown") == r"The workspace \u202e\u2069x is unknown"


@pytest.mark.parametrize("value", [*ATTACKS, "plain", "it's", "nul\x00 \x1b[2J \\ ' \u202e\U000e0041 \n"])
def test_a_command_says_what_it_seems_to_say_and_pastes_as_it_was_sent(value: str):
    line = Commands().create_service(value)
    assert not [character for character in line if turns(character) and not character.isalpha()]
    assert line.isprintable()
    if "\0" not in value:
        told = subprocess.run(
            ["bash", "-c", line.replace("shipledger service create", "printf %s")], capture_output=True, check=True
        )
        assert told.stdout.decode() == value


async def write_attacks(site: Site) -> list[str]:
    """Everything that a sender can say, each time with another attack; the pages that show it."""
    paths = [
        "/",
        "/deployments",
        "/requests",
        "/services",
        "/repositories",
        "/issues",
        "/issues/SHIP-1",
        "/projects/SHIP",
        "/incidents",
    ]
    for number, text in enumerate(ATTACKS):
        at = site.now - timedelta(minutes=number + 1)
        service = await site.pen.create_service(f"{number}{text}", f"github.com/acme/{text}", at=at, description=text)
        _, verdict = await site.pen.record(
            at=at,
            state=State.IN_PROGRESS,
            lasted=None,
            environment=Environment(id=f"e{text}", name=text, tier=Tier.PRODUCTION, original_tier=text),
            releases=((f"github.com/acme/{text}", text), (f"github.com/other/{text}", text)),
            external_id=f"{number}{text}",
            title=text,
            description=text,
            url=f"https://example.com/{text}",
            pipeline=Pipeline(id=text, name=text, url=f"https://example.com/{text}"),
            version=text,
            team=text,
            services=(text, f"{text}b"),
            issue_keys=("SHIP-1", f"{text}-1"),
            tags=(text, text),
            properties={text: text},
            actor=text,
            branch=text,
            asks_for_gate=True,
        )
        deployment_id = verdict.deployment_id or ""
        receipt = site.pen.receipt("create", at=at, body=text, **{f"name{text}": text})
        await site.pen.settle_raw(
            receipt,
            Verdict(kind=VerdictKind.REJECTED, reason=Reason.UNKNOWN_WORKSPACE, sentence=f"{text} is unknown", subject=text),
        )
        quarantined = await site.pen.quarantine(at=at, failure=f"KeyError: {text}")
        paths += [
            f"/deployments/{deployment_id}",
            f"/services/{service.slug}",
            f"/requests/{receipt.receipt_id}",
            f"/requests/{quarantined}",
        ]
    return paths


async def test_no_page_lets_a_text_turn_what_stands_beside_it(site: Site):
    paths = await write_attacks(site)
    for path in [*paths, "/issues/\u202ex", "/deployments/\u202e\u2069", "/issues?jql=\u202e(", "/deployments?state=\u202e"]:
        assert Turned((await site.get(path)).text).found == [], path
