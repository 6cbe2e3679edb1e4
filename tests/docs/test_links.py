from __future__ import annotations

import re
from pathlib import Path

from tests.support.project import ROOT, read

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "src").rglob("*.md")])
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def list_anchors(page: str) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_link_within_the_documentation_leads_somewhere() -> None:
    wrong = [f"{path.relative_to(ROOT)}: {link}" for path in PAGES for link in LINK.findall(read(path)) if not leads(path, link)]
    assert len(PAGES) > 30
    assert wrong == []


def leads(path: Path, link: str) -> bool:
    """Whether a link in a page leads to a file, and to a heading in it that it names."""
    if "://" in link:
        return True
    name, _, anchor = link.partition("#")
    target = (path.parent / name).resolve() if name else path
    return target.exists() and (not anchor or anchor in list_anchors(read(target)))


def test_the_documentation_stands_alone() -> None:
    assert [path for path in PAGES if re.search(r"\.\./shared|contracts/\w+\.md", read(path))] == []
