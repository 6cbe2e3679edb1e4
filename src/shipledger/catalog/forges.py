"""Forges that have several names or addresses for one repository. Pure."""

from __future__ import annotations

from collections.abc import Sequence

AZURE = "dev.azure.com"
_FORMER_AZURE = ".visualstudio.com"

FORGES = frozenset({"github.com", "gitlab.com", "bitbucket.org", "codeberg.org", "git.sr.ht", "gitea.com", AZURE})
"""They are served at their default ports alone."""

_OTHER_HOSTS = {
    "www.github.com": "github.com",
    "ssh.github.com": "github.com",  # https://docs.github.com/authentication/troubleshooting-ssh/using-ssh-over-the-https-port
    "www.gitlab.com": "gitlab.com",
    "altssh.gitlab.com": "gitlab.com",  # https://about.gitlab.com/blog/gitlab-dot-com-now-supports-an-alternate-git-plus-ssh-port/
    "www.bitbucket.org": "bitbucket.org",
    "altssh.bitbucket.org": "bitbucket.org",  # https://support.atlassian.com/bitbucket-cloud/docs/troubleshoot-ssh-issues/
    "www.codeberg.org": "codeberg.org",
}
_AZURE_OVER_SSH = frozenset({"ssh.dev.azure.com", "vs-ssh.visualstudio.com"})
_VERSION = "v3"
_COLLECTION = "defaultcollection"
_REPOSITORY = "_git"


def name_at_forge(host: str, parts: Sequence[str]) -> str:
    """The canonical name of a repository that is called ``parts`` at ``host``, which may be another address of its forge."""
    name, _, port = host.partition(":")
    if name in _OTHER_HOSTS and port in ("", "443"):
        return "/".join([_OTHER_HOSTS[name], *parts])
    found = _at_azure(name, parts)
    return "/".join([host, *parts] if found is None else [AZURE, *found])


def _at_azure(host: str, parts: Sequence[str]) -> list[str] | None:
    """Organization, project, ``_git`` and repository; None when it is no repository of Azure.

    Its hosts have the organization in the name, or in the path; and a repository that is named as its project may stand for both
    (https://learn.microsoft.com/azure/devops/repos/git/clone).
    """
    if host in _AZURE_OVER_SSH:
        is_whole = len(parts) == 4 and parts[0] == _VERSION  # noqa: PLR2004  with organization, project and repository
        return [parts[1], parts[2], _REPOSITORY, parts[3]] if is_whole else None
    if host == AZURE:
        organization, rest = parts[0], list(parts[1:])
    elif host.endswith(_FORMER_AZURE):
        organization, rest = host.removesuffix(_FORMER_AZURE), list(parts)
        if rest[0].lower() == _COLLECTION:
            rest = rest[1:]
    else:
        return None
    if len(rest) == 2 and rest[0] == _REPOSITORY:  # noqa: PLR2004  the project is left out
        rest = [rest[1], *rest]
    return [organization, *rest] if len(rest) == 3 and rest[1] == _REPOSITORY else None  # noqa: PLR2004
