"""``shipledger verify --archive``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import typer

from shipledger.cli.exit_codes import ExitCode
from shipledger.cli.output import print_json, print_line, print_note
from shipledger.errors import Invalid
from shipledger.ledger.chain import Finding
from shipledger.sealing.archive_check import check_archive

KEY_DIGITS = 64


def verify_archive(path: Path, *, public_key: str, expected: Sequence[str], as_json: bool) -> None:
    """Check an archive and print the result; exit with 1 on damage. Raises Conflict when the archive proves nothing."""
    if public_key and (len(public_key) != KEY_DIGITS or not all(one in "0123456789abcdefABCDEF" for one in public_key)):
        raise Invalid("public_key", f"A public key has {KEY_DIGITS} hexadecimal digits, as printed by `shipledger export`.")
    findings: list[Finding] = []
    found = check_archive(path, report=findings.append, public_key=public_key, expected=expected)
    if as_json:
        print_json({"archive": found, "damage": findings})
    else:
        for finding in findings:
            print_line(f"{finding.name}: {finding.sentence}")
        print_line(
            f"{found.organization}, as of {found.created_at}: {found.seals} seals, {found.entries} entries, "
            f"{found.erased} of them erased, {found.unsealed} not yet sealed. Head: {found.head or 'none'}"
        )
        print_line(f"Signed by {found.public_key}.")
        if not public_key:
            print_note("Check that this is the key you expect, or pass the expected key with --public-key.")
    if findings:
        raise typer.Exit(ExitCode.PROBLEM)
