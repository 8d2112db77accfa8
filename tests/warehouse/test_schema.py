"""The database says what DESIGN.md says, explains itself, and agrees with the schemas."""

from __future__ import annotations

import polars as pl
import pytest

from schemas.frames import CLAIM_COLUMNS, ENTITY_COLUMNS, LINK_COLUMNS, PAPER_COLUMNS
from tests.warehouse.making import VERSION
from warehouse import Warehouse

DUCKDB_TYPES = {
    pl.String(): "VARCHAR",
    pl.List(pl.String): "VARCHAR[]",
    pl.Float64(): "DOUBLE",
    pl.Int32(): "INTEGER",
    pl.Boolean(): "BOOLEAN",
    pl.Date(): "DATE",
}


@pytest.fixture
def described(warehouse: Warehouse) -> pl.DataFrame:
    warehouse.start_run([], VERSION)
    return warehouse.describe()


def columns(described: pl.DataFrame, table: str) -> dict[str, str]:
    return dict(described.filter(pl.col("table_name") == table).select("column_name", "data_type").rows())


def test_tables_and_views_of_the_design_are_there(described: pl.DataFrame) -> None:
    names = set(described["table_name"])
    assert names >= {"papers", "sightings", "identifiers", "claims", "links", "entities", "runs", "rejects"}
    assert names >= {"schema_migrations", "ledger"}
    assert names >= {"speedups", "efficiency", "scores", "improvements", "measurements"}
    assert names >= {"model_sizes", "dataset_sizes", "repositories"}


def test_every_table_and_column_says_what_it_is(described: pl.DataFrame) -> None:
    assert described.filter(pl.col("table_comment").is_null()).is_empty()
    silent = described.filter((pl.col("kind") != "leaderboard") & pl.col("comment").is_null())
    assert silent.select("table_name", "column_name").rows() == []


def test_no_name_needs_quoting(warehouse: Warehouse, described: pl.DataFrame) -> None:
    tables = described.filter(pl.col("kind") != "leaderboard")
    for table in tables["table_name"].unique():
        listed = ", ".join(f"{table}.{name}" for name in columns(described, table))
        bare = ", ".join(columns(described, table))
        warehouse.query(f"SELECT {listed} FROM {table}")
        warehouse.query(f"SELECT {bare} FROM {table}")


@pytest.mark.parametrize(
    ("table", "schema"), [("claims", CLAIM_COLUMNS), ("links", LINK_COLUMNS), ("entities", ENTITY_COLUMNS)]
)
def test_tables_have_the_columns_of_the_frames(
    described: pl.DataFrame, table: str, schema: dict[str, pl.DataType]
) -> None:
    expected = {name: DUCKDB_TYPES[dtype] for name, dtype in schema.items() if name != "paper_row"}
    assert columns(described, table) == expected


def test_sightings_hold_what_a_paper_frame_says(described: pl.DataFrame) -> None:
    kept = columns(described, "sightings")
    for name, dtype in PAPER_COLUMNS.items():
        if name not in ("paper_row", "paper_hash", "title_key", "code"):
            assert kept[name] == DUCKDB_TYPES[dtype]
