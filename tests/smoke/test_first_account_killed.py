"""A server that is killed between the first account and its membership: who has made the account gets in all the same."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from tests.support.program import EMAIL, PASSWORD, RunningServer

pytestmark = pytest.mark.smoke


def test_whoever_made_the_first_account_signs_in_after_the_server_was_killed_before_it_had_a_membership(tmp_path: Path) -> None:
    killed = RunningServer(tmp_path, killed_at="shipledger.access.people.members:Members.add")
    killed.start()
    (link,) = parse_qs(urlsplit(killed.link).query)["link"]
    fields = {"link": link, "email": EMAIL, "name": "Ada", "password": PASSWORD, "again": PASSWORD}
    with pytest.raises(httpx2.TransportError):
        httpx2.post(f"{killed.url}/welcome", data=fields, headers={"Origin": killed.url}, trust_env=False, timeout=30)
    killed.kill()
    server = RunningServer(tmp_path, name="next")
    server.start()
    try:
        with server.reader() as reader:
            home = reader.get("/")
            assert (home.status_code, "Record your first deployment" in home.text) == (200, True)
            assert "Invite somebody" in reader.get("/settings/people").text
    finally:
        server.kill()
