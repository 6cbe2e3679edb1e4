"""What a form did, as the page says it that the form leads to."""

from __future__ import annotations

from collections.abc import Mapping

PARAMETER = "done"
SENTENCES = {
    "mapped": "Mapped. All deployments of the repository, including earlier ones, appear under the service.",
    "unmapped": "Removed. The deployments of the repository no longer appear under the service.",
    "aliased": "Done. The names count as one environment everywhere.",
    "split": "Done. The name is an environment of its own again.",
    "renamed": "Done. The environment has its new name everywhere.",
    "webhook_removed": "The webhook is removed, with its messages.",
    "redelivered": "The message is sent again, at once if its receiver answers.",
    "given_up": "The message is given up. You can still send it again.",
    "tiers": "Changed. Deployments follow at once, or within minutes where there are very many.",
    "set": "The setting is changed.",
    "inherited": "The setting is inherited again.",
    "unset": "Nothing was changed: the setting had this value already.",
    "invited": "Done. This person belongs to the organization now, and signs in with the account that they have.",
    "known": "This person belongs to the organization already. Nothing was changed.",
    "role": "Done. The role is changed.",
    "team": "Done. The roles in teams are changed.",
    "login": "Done. Deployments show the change, also those of before.",
    "corrected": "Corrected. Lists, lanes and numbers follow at once.",
    "merged": "Merged. Lists, lanes and numbers have one deployment now.",
    "parted": "Split. It is a deployment of its own again.",
    "uncorrected": "Undone. What held before the correction holds again.",
    "allowed": "Allowed. The deployment goes on when it asks again.",
    "prevented": "Prevented. The deployment is told when it asks again.",
    "marked": "Marked.",
    "view-saved": "Saved. Only you see it; its link works for everybody who may read.",
    "view-deleted": "The saved view is deleted.",
    "nothing": "That is so already. Nothing was changed.",
    "removed": "Removed. This person no longer belongs to the organization.",
    "ignored": "Ignored. It is listed below, where that can be undone.",
    "listed": "Done. It is open again.",
    "related": "Relation added.",
    "unrelated": "Relation removed.",
    "source-revoked": "Ended. Servers refuse the credential within a few seconds.",
    "token-revoked": "The token is revoked.",
}


def done_path(path: str, code: str) -> str:
    """``path``, which may have a query, with what was done."""
    return f"{path}{'&' if '?' in path else '?'}{PARAMETER}={code}"


def sentence_of(query: Mapping[str, str]) -> str:
    """What was done, or "". Anybody can write an address, so it only chooses a sentence."""
    return SENTENCES.get(query.get(PARAMETER, ""), "")
