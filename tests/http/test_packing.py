"""Pages are compressed for browsers that can read that, and as long as nobody can tell anything by their length."""

from __future__ import annotations

import gzip

import pytest

from shipledger.http.packing import pack, takes_gzip
from tests.support.server import Server


@pytest.mark.parametrize(
    "accepted, takes",
    [
        ("gzip, deflate, br", True),
        ("br;q=1.0, GZIP;q=0.8", True),
        ("x-gzip", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000", False),
        ("", False),
        ("identity", False),
        ("*", False),
        ("gzip;q=nonsense", True),
        (",;,=", False),
    ],
)
def test_only_who_names_it_gets_it(accepted: str, takes: bool):
    assert takes_gzip(accepted) == takes


def test_the_length_of_the_same_page_differs_and_what_is_in_it_does_not():
    body = b"<p>token</p>" * 1_000
    packed = {pack(body) for _ in range(50)}
    assert {gzip.decompress(one) for one in packed} == {body}
    assert len({len(one) for one in packed}) > 10


async def test_a_page_is_compressed_and_an_event_stream_a_redirect_and_an_old_client_are_not(server: Server):
    async with server.client() as client:
        for accepted, coding in (("gzip", "gzip"), ("identity", None)):
            page = await client.get("/deployments", headers={"Accept-Encoding": accepted})
            assert (page.status_code, page.headers.get("Content-Encoding")) == (200, coding)
            assert "Accept-Encoding" in page.headers["Vary"] or coding is None
            assert "</html>" in page.text
        assert "Content-Encoding" not in (await client.get("/issues?key=SHIP-1", follow_redirects=False)).headers
        head = await client.head("/nowhere", headers={"Accept-Encoding": "gzip"})
        assert head.status_code == 404
