"""The bodies of gates and decisions. Pure."""

from __future__ import annotations

from shipledger.errors import Invalid
from shipledger.gating.gate import GateStatus
from shipledger.ledger.state import State, is_final
from shipledger.protocols.native.bodies import Checked, check_items, read_deployment
from shipledger.protocols.native.reading import SHOULD_BE_AN_OBJECT, SHOULD_BE_PROVIDED, Reader, open_object, read_items
from shipledger.protocols.native.vocabulary import DECISIONS
from shipledger.protocols.native.wire import DeploymentIn
from shipledger.protocols.wire_json import decode_kept

REASON_LIMIT = 1_000
NOT_YET = "should not be final: a gate is asked before the deployment"


def check_gate(text: str) -> Checked[DeploymentIn]:
    """The deployment that asks, in a body that arrives. Raises what ``check_items`` does."""
    checked = check_items(text, _read_asking)
    if checked.is_list:
        raise Invalid("body", "The body is not an object.", fields={"body": SHOULD_BE_AN_OBJECT})
    return checked


def read_kept_gate(text: str) -> tuple[DeploymentIn, ...]:
    """The deployment in a body that was checked when it arrived."""
    return tuple(_read_asking(item) for item in read_items(decode_kept(text), {}))


def read_decision(text: str) -> tuple[GateStatus, str]:
    """What somebody decided, and why. Raises Invalid with a text for every wrong member, and what ``decode_body`` raises."""
    body, faults = open_object(text)
    if not body.has("decision"):
        body.fault("decision", SHOULD_BE_PROVIDED)
    decision = body.word("decision", {word: DECISIONS[word] for word in ("allow", "prevent")}, DECISIONS)
    reason = body.text("reason", limit=REASON_LIMIT)
    if faults or decision is None:
        raise Invalid("body", "The body has wrong members.", fields=faults)
    return decision[0], reason or ""


def _read_asking(body: Reader) -> DeploymentIn:
    read = read_deployment(body, assumed_state=State.PENDING)
    if is_final(read.state):
        body.fault("state", NOT_YET)
    return read
