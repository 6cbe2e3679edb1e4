"""In a real browser: our own words read from left to right, whatever senders wrote beside them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.async_api import Page

from shipledger.ledger.state import State, Tier
from shipledger.ledger.submission import Environment, Pipeline
from tests.support.directions import ATTACKS
from tests.support.pen import Pen
from tests.support.server import Server

pytestmark = pytest.mark.browser

TURNED = r"""
() => {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  const boxOf = (node, at) => {
    range.setStart(node, at);
    range.setEnd(node, at + 1);
    return range.getBoundingClientRect();
  };
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (node.parentElement.closest("bdi, pre, title, option, svg") || !node.parentElement.checkVisibility()) continue;
    for (const { index } of node.data.matchAll(/[a-z](?=[a-z])/gi)) {
      const [one, next] = [boxOf(node, index), boxOf(node, index + 1)];
      if (one.width && next.width && one.top === next.top && next.left < one.left) {
        found.push(node.data.trim());
        break;
      }
    }
  }
  return found;
}
"""


async def test_no_text_of_a_sender_turns_a_word_of_ours_around(page: Page, server: Server, pen: Pen) -> None:
    now = server.app.clock.now()
    paths = ["/", "/deployments", "/issues/SHIP-1", "/projects/SHIP", "/repositories", "/services"]
    for number, text in enumerate(ATTACKS):
        at = now - timedelta(minutes=number + 1)
        await pen.create_service(f"{number}{text}", f"github.com/acme/{text}", at=at, description=text)
        _, verdict = await pen.record(
            at=at,
            state=State.FAILED,
            environment=Environment(id=f"e{text}", name=f"{number}{text}", tier=Tier.PRODUCTION, original_tier=text),
            releases=((f"github.com/acme/{text}", text), (f"github.com/other/{text}", text)),
            external_id=f"{number}{text}",
            title=text,
            description=f"{text}\n{text}",
            pipeline=Pipeline(id=text, name=text),
            services=(text, f"{text}b"),
            issue_keys=("SHIP-1",),
            tags=(text, f"{text}b"),
            properties={text: text},
        )
        paths.append(f"/deployments/{verdict.deployment_id}")
    turned = {}
    for path in paths:
        await page.goto(path)
        turned[path] = await page.evaluate(TURNED)
    assert {path: found for path, found in turned.items() if found} == {}
