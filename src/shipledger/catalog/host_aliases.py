"""Names of one place of repositories: an SSH host or port, a host that has moved, a path that only one of the two has. Pure.

What the large forges are also called is known (``forges``). Of a company's own forge nobody else can know it.
"""

from __future__ import annotations

from msgspec import Struct

from shipledger.catalog.clone_url import read_clone_url
from shipledger.errors import Invalid

_BELOW = "/owner/name"


class HostAliases(Struct, frozen=True):
    """``pairs`` of beginnings of canonical names: one that is not to be used, and the one that stands for it; longest first."""

    pairs: tuple[tuple[str, str], ...] = ()

    def rename(self, name: str) -> str:
        """``name``, a canonical name of a repository or the beginning of one, by the one host that it has here."""
        for alias, present in self.pairs:
            if name[: len(alias)].lower() == alias and name[len(alias) : len(alias) + 1] in ("", "/"):
                return present + name[len(alias) :]
        return name

    def is_present(self, name: str) -> bool:
        """Whether ``name`` begins with a host that stands for another one, so that its port is meant."""
        return any(name.lower().startswith(f"{present}/") for _, present in self.pairs)


NO_ALIASES = HostAliases()


def read_host_aliases(text: str) -> HostAliases:
    """The aliases in ``alias=host`` pairs that are separated by commas. Raises Invalid."""
    pairs: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in text.split(","))):
        alias, equals, host = (part.strip() for part in pair.partition("="))
        read = [_read_place(alias), _read_place(host)]
        if not equals or None in read:
            raise Invalid(
                "settings", f"repository_host_aliases has {pair!r}; write alias=host, such as git.corp=github.corp:8443."
            )
        pairs[str(read[0])] = str(read[1])
    aliases = HostAliases(tuple(sorted(pairs.items(), key=lambda pair: (-len(pair[0]), pair[0]))))
    for alias, host in aliases.pairs:
        if aliases.rename(host) != host:
            raise Invalid("settings", f"repository_host_aliases maps {alias} to {host}, which is an alias itself; name the host.")
    return aliases


def _read_place(text: str) -> str | None:
    """A host with its port, and perhaps the beginning of a path, as canonical names begin; None when it is none."""
    if not text or any(letter in text for letter in "@?# \t"):
        return None
    name = read_clone_url(text.rstrip("/") + _BELOW if "://" in text else f"https://{text.rstrip('/')}{_BELOW}")
    return name.removesuffix(_BELOW).lower() if name is not None and name.endswith(_BELOW) else None
