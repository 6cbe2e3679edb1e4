"""Write the lock files, or check that they fit pyproject.toml.

Lock files are requirement files with a hash for each package, and without the address of anything (docs/adr/0005). Each
carries a fingerprint of what it was made from in pyproject.toml, so that a check needs no network.

    python -m tools.lock            check
    python -m tools.lock UV [ARG…]  write them with this uv; arguments such as --upgrade go to `uv pip compile`
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tomllib
from typing import Any

from tools.tree import ROOT

FOLDER = ROOT / "lock"
# In this order: what runs in production must be what was tested, so runtime takes its versions from dev.
SOURCES: dict[str, tuple[str, ...]] = {
    "dev.txt": ("pyproject.toml", "--group", "dev"),
    "runtime.txt": ("pyproject.toml", "--constraints", "lock/dev.txt"),
    "uv.txt": ("--group", "uv"),
}
MARK = "# fingerprint: "


def fingerprint(project: dict[str, Any], name: str) -> str:
    """A hash of everything in pyproject.toml that decides what the lock file ``name`` holds."""
    groups = project["dependency-groups"]
    deciding: dict[str, Any] = {"python": project["project"]["requires-python"]}
    if name == "uv.txt":
        deciding["groups"] = {"uv": groups["uv"]}
    else:
        deciding["groups"] = {group: packages for group, packages in groups.items() if group != "uv"}
        deciding["dependencies"] = project["project"]["dependencies"]
        deciding["build"] = project["build-system"]["requires"]
    return hashlib.sha256(json.dumps(deciding, sort_keys=True).encode()).hexdigest()


def find_faults() -> list[str]:
    """What is wrong with the lock files, in sentences."""
    project = _read_project()
    faults = []
    for name in SOURCES:
        expected = MARK + fingerprint(project, name)
        path = FOLDER / name
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        if expected not in lines:
            faults.append(f"lock/{name} was not made from this pyproject.toml: run `make lock`.")
        for line, following in zip(lines, [*lines[1:], ""], strict=True):
            if "==" in line and not line.lstrip().startswith("#") and "--hash=" not in line + following:
                faults.append(f"lock/{name} has no hash for {line.split()[0]}: run `make lock`.")
    return faults


def write(uv: str, arguments: list[str]) -> None:
    """Resolve and write all lock files. Versions that still fit are kept, unless ``arguments`` say otherwise."""
    FOLDER.mkdir(exist_ok=True)
    for name, source in SOURCES.items():
        path = FOLDER / name
        subprocess.run(
            [
                *(uv, "pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--generate-hashes"),
                *("--no-emit-index-url", "--no-emit-find-links", "--custom-compile-command", "make lock"),
                *("--output-file", str(path.relative_to(ROOT)), *source, *arguments),
            ],
            cwd=ROOT,
            check=True,
        )
        head, _, rest = path.read_text(encoding="utf-8").partition("make lock\n")
        path.write_text(f"{head}make lock\n{MARK}{fingerprint(_read_project(), name)}\n{rest}", encoding="utf-8")


def _read_project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def main(arguments: list[str]) -> int:
    """0 when the lock files are written, or fit."""
    if arguments:
        write(arguments[0], arguments[1:])
    faults = find_faults()
    print("\n".join(faults) or "The lock files fit pyproject.toml.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
