from __future__ import annotations

from pathlib import Path

import pytest

from warehouse import Warehouse


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    """A warehouse in a file that does not exist yet."""
    return Warehouse(tmp_path / "papers.duckdb")
