"""Whose turn it is: every organization that waits gets the same time, however much it sends and however long that takes. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence


class Turns:
    """Gives the next turn to who has had the least time.

    Who begins to wait is put beside those that wait already: time that nobody wanted is not saved up.
    """

    def __init__(self) -> None:
        self._had_seconds: dict[str, float] = {}
        self._level = 0.0

    def choose(self, waiting: Sequence[str]) -> str:
        """One of ``waiting``, who are named in the order in which they have waited; of equals the first."""
        for name in waiting:
            self._had_seconds[name] = max(self._had_seconds.get(name, 0.0), self._level)
        chosen = min(waiting, key=self._had_seconds.__getitem__)
        self._level = self._had_seconds[chosen]
        return chosen

    def charge(self, name: str, seconds: float) -> None:
        """Note how long the turn of ``name`` took."""
        self._had_seconds[name] = max(self._had_seconds.get(name, 0.0), self._level) + seconds

    def forget_all_but(self, names: Collection[str]) -> None:
        """Forget those that would be put beside the others anyway, but for ``names``."""
        self._had_seconds = {
            name: seconds for name, seconds in self._had_seconds.items() if seconds > self._level or name in names
        }
