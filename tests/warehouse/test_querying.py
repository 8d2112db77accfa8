"""``query`` reads, and can do nothing else."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import duckdb
import polars as pl
import pytest

from tests.warehouse.making import load, paper
from warehouse import Warehouse, WarehouseError
from warehouse.errors import DatabaseMissing, QueryError
from warehouse.rendering import render


@pytest.fixture
def loaded(warehouse: Warehouse) -> Warehouse:
    load(warehouse, paper("vLLM"))
    return warehouse


def test_a_select_gives_a_frame(loaded: Warehouse) -> None:
    result = loaded.query("SELECT title, $n + 1 AS m, [1, 2] AS xs FROM papers", {"n": 1})
    assert result.to_dicts() == [{"title": "vLLM", "m": 2, "xs": [1, 2]}]


def test_an_empty_result_keeps_its_columns(loaded: Warehouse) -> None:
    assert loaded.query("SELECT title, value FROM claims, papers").schema == {"title": pl.String, "value": pl.Float64}


def test_a_join_may_bring_a_name_twice(loaded: Warehouse) -> None:
    joined = loaded.query(
        "SELECT p.paper_id, s.paper_id, 1 AS paper_id_1 FROM papers p JOIN sightings s USING (paper_id)"
    )
    assert joined.columns == ["paper_id", "paper_id_1", "paper_id_1_1"]


def test_types_that_polars_lacks_come_as_text(loaded: Warehouse) -> None:
    odd = loaded.query("SELECT INTERVAL 1 DAY AS i, MAP {'a': 1} AS m, 'a'::BLOB AS b, 1::HUGEINT AS h, {'x': 1} AS s")
    assert odd.height == 1
    for kind in ("csv", "json", "markdown", "table"):
        assert render(odd, kind)


@pytest.mark.parametrize(
    "sql", ["SHOW TABLES", "DESCRIBE claims", "SUMMARIZE papers", "EXPLAIN SELECT 1", "VALUES (1);"]
)
def test_whatever_only_looks_is_allowed(loaded: Warehouse, sql: str) -> None:
    assert loaded.query(sql).height > 0


def test_a_reader_waits_for_a_writing_thread(loaded: Warehouse) -> None:
    holding = threading.Event()

    def hold() -> None:
        with duckdb.connect(str(loaded.path)):
            holding.set()
            time.sleep(0.3)

    thread = threading.Thread(target=hold)
    thread.start()
    holding.wait()
    assert loaded.query("SELECT title FROM papers").rows() == [("vLLM",)]
    thread.join()


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO papers SELECT * FROM papers",
        "DELETE FROM papers",
        "DROP TABLE papers",
        "COPY papers TO '{folder}/stolen.csv'",
        "EXPORT DATABASE '{folder}/stolen'",
        "ATTACH '{folder}/other.duckdb'",
        "CREATE TABLE other AS SELECT 1",
        "SELECT * FROM read_text('{folder}/secret.txt')",
        "SELECT * FROM read_csv('{folder}/secret.txt')",
        "FROM '{folder}/secret.txt'",
        "SELECT * FROM glob('{folder}/*')",
        "INSTALL fts",
        "LOAD fts",
        "SET enable_external_access = true",
        "RESET lock_configuration",
        "CREATE PERSISTENT SECRET s (TYPE s3)",
        "SELECT 1; DELETE FROM papers",
        "PRAGMA enable_profiling = 'json'",
        "SELECT * FROM sentinel",
        "SELEC 1",
        "",
    ],
)
def test_nothing_but_reading_is_possible(loaded: Warehouse, tmp_path: Path, sql: str) -> None:
    sentinel = pl.DataFrame({"a": [1]})  # a variable of the caller is no table
    (tmp_path / "secret.txt").write_text("secret")
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}

    with pytest.raises(QueryError) as error:
        loaded.query(sql.format(folder=tmp_path))

    assert "\n" not in str(error.value)
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before
    assert sentinel.height == 1


def test_a_query_has_a_time_limit(loaded: Warehouse) -> None:
    start = time.monotonic()
    with pytest.raises(QueryError, match=r"stopped after 0\.2 s"):
        loaded.query("SELECT count(*) FROM range(1_000_000_000_000) AS r(n) WHERE n % 7 = 3", seconds=0.2)
    assert time.monotonic() - start < 5


def test_a_missing_database_says_what_to_do(warehouse: Warehouse) -> None:
    with pytest.raises(DatabaseMissing, match=r"load papers into it first with 'paperclaims run SOURCE'"):
        warehouse.query("SELECT 1")
    assert not warehouse.path.exists()
    assert issubclass(DatabaseMissing, WarehouseError)
