"""Exit codes, the same for every command."""

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
    ExitCode.OK: "Success.",
    ExitCode.PROBLEM: "It was refused or failed, or a check found problems. Repeating it does not help.",
    ExitCode.USAGE: "The command, an option or a setting is invalid.",
    ExitCode.UNAVAILABLE: "The database or the server is unreachable, full or not answering. It may succeed later.",
}


def exit_code_of(error: ShipledgerError) -> ExitCode:
    """The exit code for a kind of error."""
    if isinstance(error, Unavailable) and not isinstance(error, DamagedStore):
        return ExitCode.UNAVAILABLE
    return ExitCode.USAGE if isinstance(error, Invalid) else ExitCode.PROBLEM
