"""The words of the site, from ``labels.toml``."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files


@cache
def labels(table: str) -> dict[str, str]:
    """The labels of one table of ``labels.toml``: columns, filters, claim_types or link_roles."""
    text = files("warehouse.site").joinpath("labels.toml").read_text(encoding="utf-8")
    words: dict[str, dict[str, str]] = tomllib.loads(text)
    return words[table]
