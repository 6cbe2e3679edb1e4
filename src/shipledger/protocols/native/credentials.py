"""The token of this API."""

from __future__ import annotations

from shipledger.access.grant import NATIVE, Scope
from shipledger.access.people.roles import Right
from shipledger.protocols.declaration import CredentialKind, keep_secret
from shipledger.protocols.native.snippets import list_snippets

APPROVE = "approve"
"""The right to decide at gates: who deploys should not have it."""

ADMINISTER = Right.ADMINISTER.value
"""The right to invite people and to give roles. No token of an organization has it unless an operator gave it by name."""

GLANCE = "glance"
"""The right to see what runs of a service. ``read`` includes it. Only a token that has it alone may stand in an address."""

KINDS = (
    CredentialKind(
        name=NATIVE,
        keep=keep_secret("token"),
        scopes=frozenset({*Scope, APPROVE}),
        named_scopes=frozenset({ADMINISTER, GLANCE}),
        title="Our own API",
        list_snippets=list_snippets,
    ),
)
