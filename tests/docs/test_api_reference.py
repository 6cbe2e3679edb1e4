from __future__ import annotations

import re
from typing import cast

import pytest

from shipledger.protocols.contract import LedgerVerbs
from shipledger.protocols.registry import build_protocols
from shipledger.settings import Settings
from tests.support.project import DOCS, read

PROTOCOLS = build_protocols(cast("LedgerVerbs", None), Settings())
CALLS = sorted(f"{route.method} {route.path}" for protocol in PROTOCOLS for route in protocol.routes())
DOCUMENTED = set(re.findall(r"`([A-Z]+ /[^`]*)`", read(DOCS / "reference" / "api.md")))


@pytest.mark.parametrize("call", CALLS)
def test_every_call_is_in_the_reference(call: str) -> None:
    assert call in DOCUMENTED
