"""The import rules of the folders: data flows one way, and the extractors read only files of their own."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.conftest import ROOT

MAY_IMPORT = {
    "schemas": {"schemas"},
    "extractors": {"extractors", "schemas"},
    "warehouse": {"warehouse", "schemas"},
    "flows": {"flows", "extractors", "schemas", "warehouse"},
}
FOLDERS = set(MAY_IMPORT)


def imported_folders(module: Path) -> set[str]:
    """Those of our folders that the module imports, anywhere in it."""
    names = set()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: imports are absolute"
            names.add(node.module or "")
    return {name.partition(".")[0] for name in names} & FOLDERS


@pytest.mark.parametrize("folder", sorted(FOLDERS))
def test_a_folder_imports_only_what_lies_before_it(folder: str) -> None:
    modules = sorted((ROOT / folder).rglob("*.py"))
    assert modules
    strangers = {str(module): imported_folders(module) - MAY_IMPORT[folder] for module in modules}
    assert {module: names for module, names in strangers.items() if names} == {}


@pytest.mark.parametrize(
    ("module", "needs"),
    [
        ("records", {"__future__", "dataclasses", "typing"}),
        ("safety", {"__future__", "re"}),
    ],
)
def test_what_the_stream_uses_needs_only_the_standard_library(module: str, needs: set[str]) -> None:
    tree = ast.parse((ROOT / f"schemas/{module}.py").read_text(encoding="utf-8"))
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    imported |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert imported == needs
