"""The reference tables of the database: what is known of metrics, benchmarks and units, from ``warehouse/data``.

They are written anew where the schema is made and where a run starts, so that they are those of the program.
"""

from __future__ import annotations

import csv
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

import polars as pl

from warehouse.connection import Connection

_METRIC_RANGES = pl.Schema({"metric": pl.String(), "low": pl.Float64(), "high": pl.Float64()})
_UNIT_MEASURES = pl.Schema({"unit": pl.String(), "measure": pl.String()})
_USUAL_METRICS = pl.Schema(
    {
        "benchmark": pl.String(),
        "metric": pl.String(),
        "better": pl.String(),
        "also": pl.List(pl.String()),
        "unstated": pl.Boolean(),
    }
)


@cache
def reference_tables() -> dict[str, pl.DataFrame]:
    """The rows of each reference table."""
    usual: list[dict[str, Any]] = tomllib.loads(_text("usual_metrics.toml"))["usual"]
    return {
        "metric_ranges": _table("metric_ranges.csv", _METRIC_RANGES),
        "unit_measures": _table("unit_measures.csv", _UNIT_MEASURES),
        "usual_metrics": pl.DataFrame(
            [entry | {"benchmark": benchmark} for entry in usual for benchmark in entry["benchmarks"]],
            schema=_USUAL_METRICS,
        ),
    }


def refresh_reference(connection: Connection) -> None:
    """Write the reference tables where they differ from the files."""
    for name, rows in reference_tables().items():
        if not connection.sql(f"FROM {name}").pl().equals(rows):
            connection.execute(f"DELETE FROM {name}")
            connection.register("reference_rows", rows.to_arrow())
            connection.execute(f"INSERT INTO {name} BY NAME FROM reference_rows")
            connection.unregister("reference_rows")


def _table(name: str, schema: pl.Schema) -> pl.DataFrame:
    rows = list(csv.DictReader(_text(name).splitlines()))
    return pl.DataFrame(rows).select(pl.col(column).cast(dtype) for column, dtype in schema.items())


def _text(name: str) -> str:
    return files("warehouse.data").joinpath(name).read_text(encoding="utf-8")
