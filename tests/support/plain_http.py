"""HTTP without TLS, as tests speak it with a server on this machine."""

from __future__ import annotations

import ssl
from functools import cache


@cache
def no_certificates() -> ssl.SSLContext:
    """Trust in nobody, for a client that calls no https: reading the machine's certificates takes longer than most tests."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
