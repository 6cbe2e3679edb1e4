from __future__ import annotations

import re

import pytest

from tests.support.project import DOCS, read
from tests.support.protocols import list_protocols

PROTOCOLS = list_protocols()
CALLS = sorted(f"{route.method} {route.path}" for protocol in PROTOCOLS for route in protocol.routes())
DOCUMENTED = set(re.findall(r"`([A-Z]+ /[^`]*)`", read(DOCS / "reference" / "api.md")))


@pytest.mark.parametrize("call", CALLS)
def test_every_call_is_in_the_reference(call: str) -> None:
    assert call in DOCUMENTED
