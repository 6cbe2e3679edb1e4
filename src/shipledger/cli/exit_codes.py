"""What the exit code of every command means."""

from __future__ import annotations

from enum import IntEnum

from shipledger.errors import DamagedStore, Invalid, ShipledgerError, Unavailable


class ExitCode(IntEnum):
    """Stable: scripts rely on these numbers."""

    OK = 0
    PROBLEM = 1
    USAGE = 2
    UNAVAILABLE = 3


MEANINGS: dict[ExitCode, str] = {
    ExitCode.OK: "It is done, and nothing is wrong.",
    ExitCode.PROBLEM: "It was refused or has failed, or a check has found problems. Repeating it changes nothing.",
    ExitCode.USAGE: "The command, an option or a setting cannot be used as given.",
    ExitCode.UNAVAILABLE: "The database or the server cannot be reached, is full or does not answer. It may succeed later.",
}


def exit_code_of(error: ShipledgerError) -> ExitCode:
    """The exit code for a kind of error."""
    if isinstance(error, Unavailable) and not isinstance(error, DamagedStore):
        return ExitCode.UNAVAILABLE
    return ExitCode.USAGE if isinstance(error, Invalid) else ExitCode.PROBLEM
