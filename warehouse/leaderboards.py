"""The leaderboards: which there are, what each can be narrowed by, and helpful answers where nothing matches."""

from __future__ import annotations

import datetime
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from typing import Any

import polars as pl
from rapidfuzz import fuzz, process, utils

from warehouse.connection import Connection
from warehouse.errors import NoMatch
from warehouse.querying import run_query
from warehouse.statements import statement

_NEAR_NAMES = 5
_NEAR_SCORE = 60  # of 100: below it, names share little more than letters


@dataclass(frozen=True, slots=True)
class Filters:
    """What narrows a leaderboard; None asks for everything.

    ``benchmark`` is a whole name (canonical or as worded); ``metric``, ``baseline`` and ``hardware`` are words of one
    ("A100" finds "NVIDIA A100"). ``all_results`` adds results that a paper quotes; ``no_up_to`` drops "up to" claims;
    ``confidence`` is the least probability, from 0 to 1: the default leaves out what is more likely wrong than right.
    """

    benchmark: str | None = None
    metric: str | None = None
    baseline: str | None = None
    hardware: str | None = None
    since: datetime.date | None = None
    all_results: bool = False
    no_up_to: bool = False
    confidence: float = 0.5


EVERYTHING = Filters()
"""The defaults: own results, "up to" included, more likely right than wrong."""


@dataclass(frozen=True, slots=True)
class Leaderboard:
    """A leaderboard as ``leaderboards.toml`` describes it."""

    name: str
    title: str
    about: str
    relation: str
    filters: tuple[str, ...]
    columns: tuple[str, ...]
    contest: tuple[str, ...]
    arguments: Mapping[str, str]


_PARAMETERS = {
    "benchmark": "on_benchmark",
    "metric": "in_metric",
    "baseline": "over_baseline",
    "hardware": "on_hardware",
    "since": "since_date",
    "all_results": "all_results",
    "no_up_to": "no_up_to",
    "confidence": "min_confidence",
}
_NAMED = ("benchmark", "metric", "baseline", "hardware")


@cache
def leaderboards() -> dict[str, Leaderboard]:
    """All leaderboards by name, in the order of the file."""
    text = files("warehouse").joinpath("leaderboards.toml").read_text(encoding="utf-8")
    return {
        name: Leaderboard(
            name=name,
            title=entry["title"],
            about=entry["about"],
            relation=entry["relation"],
            filters=tuple(entry["filters"]),
            columns=tuple(entry["columns"]),
            contest=tuple(entry.get("contest", ())),
            arguments=entry.get("arguments", {}),
        )
        for name, entry in tomllib.loads(text).items()
    }


def find_leaderboard(name: str) -> Leaderboard:
    """The leaderboard of this name.

    Raises:
        NoMatch: there is none; the message names them all.
    """
    try:
        return leaderboards()[name]
    except KeyError:
        raise NoMatch(f"no leaderboard {name!r}; there are: {', '.join(leaderboards())}") from None


def query_leaderboard(
    connection: Connection, board: Leaderboard, filters: Filters = EVERYTHING, limit: int | None = None
) -> pl.DataFrame:
    """The rows of the leaderboard, best first; no more than ``limit``.

    Raises:
        NoMatch: the board has no such filter, or a filter names what the database does not hold (with near names).
    """
    given = _given(filters)
    for name in given:
        if name not in board.filters:
            takes = ", ".join(board.filters) or "none"
            raise NoMatch(f"leaderboard {board.name!r} cannot be narrowed by {name}; it can by: {takes}")
    parameters: dict[str, Any] = {_PARAMETERS[name]: value for name, value in given.items()} | dict(board.arguments)
    arguments = ", ".join(f"{parameter} := ${parameter}" for parameter in parameters)
    sql = f"FROM {board.relation}({arguments}) LIMIT $row_limit"
    rows = run_query(connection, sql, parameters | {"row_limit": limit})
    if rows.is_empty():
        for kind in _NAMED:
            if kind in given:
                _require_name(connection, kind, given[kind])
    return rows


def benchmarks_below(connection: Connection, name: str, limit: int = _NEAR_NAMES) -> list[str]:
    """Benchmarks whose names begin with this one ("AIME": "AIME 2024"): a filter by it leaves them out."""
    rows = run_query(connection, statement("benchmarks_below"), {"wanted": name, "row_limit": limit})
    return rows["name"].to_list()


def _given(filters: Filters) -> dict[str, Any]:
    return {field.name: value for field in fields(Filters) if (value := getattr(filters, field.name)) != field.default}


def _require_name(connection: Connection, kind: str, wanted: str) -> None:
    """Raise NoMatch with near names where no paper uses the wanted one."""
    if run_query(connection, statement("name_known"), {"kind": kind, "wanted": wanted})["known"][0]:
        return
    names = run_query(connection, statement("names_by_use"), {"kind": kind})["name"].to_list()
    near = process.extract(
        wanted,
        [name for name in names if 2 * len(name) >= len(wanted)],  # "R" stands in every word
        scorer=fuzz.WRatio,
        processor=utils.default_process,
        limit=_NEAR_NAMES,
        score_cutoff=_NEAR_SCORE,
    )
    hint = f"; near: {', '.join(name for name, _, _ in near)}" if near else ""
    raise NoMatch(f"no {kind} {wanted!r}{hint}")
