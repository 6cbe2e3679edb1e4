"""How a shell on this machine finds this program, for commands that people paste."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

PROGRAM = "shipledger"


def find_program() -> str:
    """The name of the program where PATH has it, else its path.

    After ``make`` the program is in a folder that is not in PATH. The path is as it was typed, when it was typed.
    """
    if shutil.which(PROGRAM):
        return PROGRAM
    typed = Path(sys.argv[0])
    if typed.name == PROGRAM:
        return str(typed)
    beside = Path(sys.executable).with_name(PROGRAM)
    return str(beside) if beside.exists() else PROGRAM
