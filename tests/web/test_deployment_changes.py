"""What changed, on ``/deployments/{id}``."""

from __future__ import annotations

from datetime import timedelta

from shipledger.catalog.commit import Telling
from shipledger.catalog.told import ToldCommit
from tests.support.site import Site
from tests.support.telling import tell_commits

SUBJECTS = ("Start", "SHIP-2 One", "SHIP-3 Two SHA-256", "<script>alert(1)</script>")


async def test_what_came_in_and_was_taken_out_is_shown_with_what_stands_next_to_it(site: Site) -> None:
    repository, ids = "github.com/acme/shop", [one * 40 for one in "abcd"]
    told = [
        ToldCommit(one, place + 1, Telling(SUBJECTS[place], site.now, author_name="<i>Ada</i>", parents=tuple(ids[:place][-1:])))
        for place, one in enumerate(ids)
    ]
    await tell_commits(site, repository, told)
    made = []
    for hours, commit in ((5, ids[0]), (4, ids[3]), (3, ids[1]), (2, "e" * 40)):
        at = site.now - timedelta(hours=hours)
        _, verdict = await site.pen.record(at=at, title=f"{hours} h", releases=((repository, commit),))
        made.append(f"/deployments/{verdict.deployment_id}")
    pages = [await site.page(one) for one in made]
    assert "Nothing before it in this environment. Next: 4 h" in pages[0].text
    assert "there is nothing to compare with" in pages[0].text
    forward = pages[1].text
    assert "Previous: 5 h" in forward
    assert "Next: 3 h" in forward
    assert "By <i>Ada</i>." in forward.replace(" .", ".")
    assert "Issues: SHIP-3, SHIP-2." in forward.replace(" ,", ",").replace(" .", ".")
    assert "Compared with 5 h, which ran here before at aaaaaaaaaa" in forward.replace(" ,", ",")
    changed = forward[forward.index("What changed") : forward.index("Writes and")]
    assert "Came in: 3 commits" in changed
    assert "Taken out" not in changed
    assert changed.index("<script>alert(1)</script>") < changed.index("SHIP-3 Two") < changed.index("SHIP-2 One")
    assert {"/issues/SHIP-3", f"https://{repository}/commit/{ids[3]}", made[0], made[2]} <= set(pages[1].links())
    assert "It went back to an older commit." in pages[2].text
    assert "Taken out: 2 commits" in pages[2].text
    assert "Nobody has sent this commit with its parents" in pages[3].text
    assert "shipledger commits push" in pages[3].text


async def test_the_newest_of_thousands_of_commits_are_shown(site: Site) -> None:
    repository, ids = "github.com/acme/shop", [f"{number:040x}" for number in range(3_000)]
    told = [
        ToldCommit(
            one, place + 1, Telling("x" * 10_000 if place % 100 == 0 else "Fix", site.now, parents=tuple(ids[:place][-1:]))
        )
        for place, one in enumerate(ids)
    ]
    await tell_commits(site, repository, told)
    for hours, commit in ((5, ids[0]), (4, ids[-1])):
        _, verdict = await site.pen.record(at=site.now - timedelta(hours=hours), releases=((repository, commit),))
    answer = await site.get(f"/deployments/{verdict.deployment_id}")
    assert "Came in: 2999 commits" in answer.text
    assert "2949" in answer.text
    assert "shipledger deployments changes --limit 1000" in answer.text
    assert len(answer.content) < 60_000
