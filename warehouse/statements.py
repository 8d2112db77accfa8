"""The SQL statements of ``warehouse/sql``, one a file."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def statement(name: str) -> str:
    """The text of ``warehouse/sql/NAME.sql``."""
    return files("warehouse.sql").joinpath(f"{name}.sql").read_text(encoding="utf-8")
