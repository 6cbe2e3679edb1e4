from __future__ import annotations

import re

from tests.support.project import DOCS, read
from tests.support.protocols import list_protocols

PROTOCOLS = list_protocols()
CALLS = {f"{route.method} {route.path}" for protocol in PROTOCOLS for route in protocol.routes()}
DOCUMENTED = set(re.findall(r"`([A-Z]+ /[^`]*)`", read(DOCS / "reference" / "api.md")))


def test_every_call_is_in_the_reference() -> None:
    assert len(CALLS) > 100
    assert sorted(CALLS - DOCUMENTED) == []
