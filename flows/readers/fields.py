"""The names under which sources keep what a paper has (``fields.toml``), and questions about columns by them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any


@cache
def names() -> dict[str, dict[str, Any]]:
    """The tables of ``fields.toml``; every name in them is folded."""
    return tomllib.loads(files("flows.readers").joinpath("fields.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=4096)
def fold(name: str) -> str:
    """A name as ``fields.toml`` writes it: in lower case, letters and digits only."""
    return "".join(character for character in name.lower() if character.isalnum())


def is_known_column(name: str) -> bool:
    """Whether a column of a table is one that a paper is made of."""
    known = names()
    groups = (known["text"], known["one"], known["many"], known["links"], {"comment": known["comments"]["names"]})
    return any(fold(name) in aliases for group in groups for aliases in group.values())


def is_part(name: str) -> bool:
    """Whether a column of a table is a structure with columns of a paper in it."""
    return fold(name) in names()["nesting"]["parts"]


def has_text_columns(columns: Iterable[str]) -> bool:
    """Whether the columns of a table hold a title and an abstract."""
    folded = {fold(column) for column in columns}
    return all(folded.intersection(aliases) for aliases in names()["text"].values())


def first_value(fields: Mapping[str, Any], names: Iterable[str]) -> Any:
    """The first of these fields that there is, else None."""
    return next((fields[name] for name in names if name in fields), None)


def first_text(fields: Mapping[str, Any], names: Iterable[str]) -> str:
    """The first of these fields that is a text or a whole number, as text; "" without one."""
    for name in names:
        if (value := fields.get(name)) is None:
            continue
        if isinstance(value, str) and (text := value.strip()):
            return text
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**18:
            return str(value)
    return ""
