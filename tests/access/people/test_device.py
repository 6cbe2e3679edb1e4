"""The mark of a browser in which somebody has signed in before."""

from __future__ import annotations

from shipledger.access.people.device import device_in, make_mark
from shipledger.access.tokens import TokenKeys

KEY = TokenKeys(current=b"k" * 32)


def test_a_mark_names_a_browser_for_its_own_account_and_ledger_alone():
    mark, other = make_mark(KEY, "ada"), make_mark(KEY, "ada")
    device = device_in(mark, KEY, "ada")
    assert device
    assert device_in(other, KEY, "ada") not in ("", device)
    wrong = ["", ".", device, f"{device}.", f"{mark}x", mark[1:], other.split(".")[0] + "." + mark.split(".")[1], "\ud800.\ud800"]
    assert {device_in(one, KEY, "ada") for one in wrong} == {""}
    assert device_in(mark, KEY, "bob") == device_in(mark, TokenKeys(current=b"x" * 32), "ada") == ""
    assert device_in(mark, TokenKeys(current=b"x" * 32, previous=KEY.current), "ada") == device, "a new key forgets no browser"
