"""What Node loads of packages: their archives, held to the hashes of a lock, without what only compilers and debuggers read.

Run as ``python -m tests.support.node_archives LOCK FOLDER``. ``npm ci`` takes half a minute of a processor for the largest
client, whose types and source maps are two thirds of its 28,000 files.
"""

from __future__ import annotations

import base64
import hashlib
import json
import platform
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

UNREAD = (".d.ts", ".d.mts", ".d.cts", ".map")
TYPES_ALONE = "node_modules/@types/"
EXECUTABLE = 0o111
NAMES_OF_MACHINES = {"x86_64": "x64", "aarch64": "arm64"}


def list_packages(lock: Path) -> dict[str, dict[str, Any]]:
    """What the lock pins for this machine, by the place below the folder."""
    cpu = NAMES_OF_MACHINES.get(platform.machine(), platform.machine())
    packages = json.loads(lock.read_text())["packages"]
    return {
        place: one
        for place, one in packages.items()
        if place
        and not place.startswith(TYPES_ALONE)
        and one.get("cpu", cpu) == cpu
        and one.get("os", sys.platform) == sys.platform
    }


def check(archive: Path, integrity: str) -> None:
    """Raises ValueError where it is not what the lock pins."""
    method, _, wanted = integrity.partition("-")
    found = base64.b64encode(hashlib.new(method, archive.read_bytes()).digest()).decode()
    if found != wanted:
        raise ValueError(f"{archive.name} is {method}-{found}, and the lock pins {integrity}.")


def unpack(archive: Path, folder: Path) -> None:
    """Write the files of a package, whose first folder has any name."""
    with tarfile.open(archive) as packed:
        for member in packed:
            _, _, name = member.name.partition("/")
            content = None if name.endswith(UNREAD) else packed.extractfile(member)
            if content is None:
                continue
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content.read())
            if member.mode & EXECUTABLE:
                file.chmod(0o755)


def install(lock: Path, folder: Path) -> None:
    """Fetch and unpack what the lock pins."""
    packages = list_packages(lock)
    named = {place: f"{place.rpartition('node_modules/')[2]}@{one['version']}" for place, one in packages.items()}
    folder.mkdir(parents=True, exist_ok=True)
    fetch = [
        "npm",
        "pack",
        "--silent",
        "--ignore-scripts",
        "--json",
        "--pack-destination",
        str(folder),
        *sorted(set(named.values())),
    ]
    told = json.loads(subprocess.run(fetch, check=True, stdout=subprocess.PIPE, text=True).stdout)
    archives = {one["id"]: folder / one["filename"].removeprefix("@").replace("/", "-") for one in told}
    for place, name in named.items():
        check(archives[name], packages[place]["integrity"])
        unpack(archives[name], folder / place)
    for archive in archives.values():
        archive.unlink()


if __name__ == "__main__":
    install(Path(sys.argv[1]), Path(sys.argv[2]))
