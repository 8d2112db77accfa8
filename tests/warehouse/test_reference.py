"""The reference tables: their names are those of the extractors, and a run brings them up to the program's."""

from __future__ import annotations

import duckdb
import polars as pl

from extractors.names import lookup, resolve_metric
from tests.warehouse.making import VERSION
from warehouse import Warehouse
from warehouse.reference import reference_tables


def test_names_are_canonical() -> None:
    tables = reference_tables()
    usual = tables["usual_metrics"]
    assert [name for name in usual["benchmark"] if lookup("BENCHMARK", name) != name] == []
    metrics = {*usual["metric"], *usual["also"].explode(), *tables["metric_ranges"]["metric"]} - {None}
    assert [name for name in metrics if (metric := resolve_metric(name)) is None or metric.canonical != name] == []
    assert usual["benchmark"].is_unique().all()
    assert tables["metric_ranges"]["metric"].is_unique().all()


def test_the_usual_metric_is_better_in_its_own_direction() -> None:
    wrong = [
        (row["metric"], row["better"])
        for row in reference_tables()["usual_metrics"].iter_rows(named=True)
        if (metric := resolve_metric(row["metric"])) is None or metric.better != row["better"]
    ]
    assert wrong == []


def test_a_run_brings_the_tables_up_to_date(warehouse: Warehouse) -> None:
    warehouse.start_run([], VERSION)
    with duckdb.connect(str(warehouse.path)) as connection:
        connection.execute("DELETE FROM metric_ranges; UPDATE unit_measures SET measure = 'odd'")
    warehouse.start_run([], VERSION)
    for name, rows in reference_tables().items():
        assert warehouse.query(f"FROM {name}").equals(rows)
    assert isinstance(warehouse.query("FROM usual_metrics")["also"].dtype, pl.List)
