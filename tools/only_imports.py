"""A contract for import-linter: modules import from a list and nothing else, the standard library included.

A list of what is allowed holds where a list of what is forbidden would forget something.
"""

from __future__ import annotations

from typing import Any, cast

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output
from importlinter.domain.imports import Module


class OnlyImports(Contract):
    """Every direct import of ``source_modules`` and what is below them leads into one of ``allowed_modules``."""

    source_modules = fields.ListField(subfield=fields.ModuleField())
    allowed_modules = fields.ListField(subfield=fields.ModuleField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: FBT001  import-linter's signature
        """Broken by each import that leads anywhere else."""
        del verbose
        sources = [cast("Module", module).name for module in cast("list[Any]", self.source_modules)]
        allowed = [cast("Module", module).name for module in cast("list[Any]", self.allowed_modules)]
        broken = [
            (importer, imported)
            for source in sources
            for importer in sorted({source, *graph.find_descendants(source)})
            for imported in sorted(graph.find_modules_directly_imported_by(importer))
            if not any(imported == name or imported.startswith(f"{name}.") for name in allowed)
        ]
        return ContractCheck(kept=not broken, metadata={"broken": broken})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print one line for each import that is not allowed."""
        for importer, imported in check.metadata["broken"]:
            output.print_error(f"{importer} imports {imported}, which is not on its list")
