"""Pages are written beside the event loop, which serves everybody else meanwhile."""

from __future__ import annotations

import ast
import threading
from pathlib import Path
from typing import Any

import pytest
from jinja2 import DictLoader, Environment, nodes
from starlette.requests import Request

from shipledger.clock import Clock
from shipledger.errors import NotFound
from shipledger.long_work import LongWork
from shipledger.settings import Settings
from shipledger.web.pages import site
from shipledger.web.pages.frame import Frame

TEMPLATES = {"page.html": "<p>{% block live %}{{ thread() }}{% endblock %}", "error.html": "{{ error.message }}"}


def make_frame() -> Frame:
    nothing: Any = None
    templates = Environment(loader=DictLoader(TEMPLATES), autoescape=True)
    templates.globals["thread"] = threading.get_ident
    return Frame(
        ledger=nothing,
        directory=nothing,
        environments=nothing,
        inbox=nothing,
        sources=nothing,
        organization_settings=nothing,
        tier_rules=nothing,
        status=nothing,
        webhooks=nothing,
        corrections=nothing,
        gates=nothing,
        merging=nothing,
        tokens=nothing,
        settings=Settings(),
        clock=Clock(),
        access=nothing,
        visiting=nothing,
        members=nothing,
        templates=templates,
        long_work=LongWork(),
        news=nothing,
        answers=nothing,
        home=nothing,
        views=nothing,
        timeline=nothing,
    )


def request(**headers: str) -> Request:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": raw})


async def test_pages_and_their_live_parts_are_written_beside_the_loop():
    frame = make_frame()
    page = await frame.render(request(), "page.html")
    part = await frame.render_live(request(hx_request="true"), "page.html", shown=1)
    threads = {int(bytes(page.body).removeprefix(b"<p>")), int(part.body)}
    assert threading.get_ident() not in threads


async def test_an_error_is_shown_at_once():
    answer = make_frame().render_error(request(), NotFound("x", "It is not there."))
    assert (answer.status_code, answer.body) == (404, b"It is not there.")


async def test_no_page_passes_what_every_template_has():
    with pytest.raises(AssertionError, match="already: thread"):
        await make_frame().render(request(), "page.html", thread=1)


def test_no_page_and_no_template_calls_something_as_every_template_does():
    """Of every call that renders, whether or not a test reaches it."""
    templates = site.build_templates(Path(site.__file__).parents[1] / "static")
    shared = templates.globals.keys() - Environment(autoescape=True).globals.keys()
    assert {"program_version", "menu", "tabs", "themes", "static_version"} <= shared
    found = []
    for path in sorted(Path(site.__file__).parent.glob("*.py")):
        calls = (one for one in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(one, ast.Call))
        renders = (one for one in calls if isinstance(one.func, ast.Attribute) and one.func.attr.lstrip("_").startswith("render"))
        found += [f"{path.name}: {word.arg}" for one in renders for word in one.keywords if word.arg in templates.globals]
    assert templates.loader is not None
    for name in templates.list_templates(extensions=["html"]):
        tree = templates.parse(templates.loader.get_source(templates, name)[0])
        found += [f"{name}: {one.name}" for one in tree.find_all(nodes.Name) if one.ctx != "load" and one.name in shared]
    assert found == []
