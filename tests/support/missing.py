"""What this machine lacks: a failure where CI says that everything must be there, and a skip elsewhere."""

from __future__ import annotations

import os
import shutil
from typing import NoReturn

import pytest

SYSTEM_PROGRAMS = "/usr/sbin:/sbin"
"""Where Debian puts what is meant for administrators, whose folders are not in everybody's PATH."""


def give_up(sentence: str) -> NoReturn:
    """End the test; ``sentence`` says what is missing, and the command that would install it."""
    if os.environ.get("CI"):
        pytest.fail(sentence)
    pytest.skip(sentence)


def require_package(name: str) -> str:
    """Where the program is that the package of its name brings."""
    found = shutil.which(name) or shutil.which(name, path=SYSTEM_PROGRAMS)
    return found or give_up(f"There is no {name} on this machine. Install it: apt-get update && apt-get install -y {name}")
