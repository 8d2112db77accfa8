"""What is new at the top: rows among the first of any leaderboard whose paper was not known before."""

from __future__ import annotations

import datetime
from importlib.resources import files

import polars as pl

from warehouse import Warehouse
from warehouse.leaderboards import leaderboards

TOP_PLACES = 3
"""So many places of a leaderboard are its top."""

_COLUMNS = ("place", "subject", "claim", "metric", "benchmark", "title", "url", "published", "sentence", "paper_id")


def new_since(warehouse: Warehouse, day: datetime.date) -> pl.DataFrame:
    """The new rows at the top since the first run of ``day`` (UTC) or later."""
    rows = warehouse.query(_sql("first_run_since"), {"since": day})
    return new_since_run(warehouse, int(rows.item()))


def new_since_run(warehouse: Warehouse, run_id: int) -> pl.DataFrame:
    """The new rows at the top, best first, of the papers that this run or a later one saw first.

    A column ``leaderboard`` names the board; what a board does not have is null.
    """
    papers = warehouse.query(_sql("papers_since_run"), {"run_id": run_id})
    frames = []
    for board in leaderboards().values():
        if {"place", "subject"} <= set(board.columns) and not papers.is_empty():
            rows = warehouse.leaderboard(board.name).filter(pl.col("place") <= TOP_PLACES)
            if "subject_count" in rows.columns:  # the only one of its contest is no news
                rows = rows.filter(pl.col("subject_count") > 1)
            rows = rows.join(papers, on="paper_id", how="semi", maintain_order="left")
            kept = [name for name in _COLUMNS if name in rows.columns]
            frames.append(rows.select(pl.lit(board.name).alias("leaderboard"), *kept))
    empty = pl.DataFrame(schema=dict.fromkeys(("leaderboard", *_COLUMNS), pl.Null))
    return pl.concat([empty, *frames], how="diagonal_relaxed")


def _sql(name: str) -> str:
    return files("flows").joinpath(f"sql/{name}.sql").read_text(encoding="utf-8")
