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


def test_records_need_only_the_standard_library() -> None:
    tree = ast.parse((ROOT / "schemas/records.py").read_text(encoding="utf-8"))
    modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert modules == {"__future__", "dataclasses", "typing"}
