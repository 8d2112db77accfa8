"""Hostile values reach the database only as values: in rows, in filters, in parameters."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from tests.warehouse.making import claim, load, paper
from warehouse import Filters, Warehouse
from warehouse.errors import NoMatch
from warehouse.leaderboards import leaderboards

HOSTILE = [
    "'); DROP TABLE papers; --",
    "x' OR '1'='1",
    '"; DELETE FROM claims; --',
    "$1 $wanted ? :name %s {0} {{7*7}}",
    "\\'; ATTACH 'x'; --",
    "/* */ UNION SELECT * FROM papers --",
]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_values_are_values(warehouse: Warehouse, hostile: str) -> None:
    slots = {"metric": hostile, "subject": hostile, "benchmark": (hostile,), "baseline": (hostile,)}
    fast = claim(f"{hostile} is 3x faster.", "3x", value=3.0, factor=3.0, good=True, **slots)
    one = paper(hostile, fast, authors=(hostile,), categories=(hostile,), source=hostile)
    load(warehouse, one, paper("Bystander", claim("It is 2x faster.", "2x", value=2.0)))

    assert warehouse.query("SELECT title FROM papers ORDER BY title").rows() == sorted([(hostile,), ("Bystander",)])
    row = warehouse.query("SELECT subject, baseline FROM claims WHERE subject = $name", {"name": hostile})
    assert row.rows() == [(hostile, [hostile])]
    for name in leaderboards():
        warehouse.leaderboard(name)
    assert warehouse.leaderboard("beats", Filters(baseline=hostile)).select(pl.len()).item() >= 1


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("slot", ["benchmark", "metric", "baseline", "hardware"])
def test_filters_are_values(warehouse: Warehouse, slot: str, hostile: str) -> None:
    load(warehouse, paper("Bystander", claim("It is 2x faster.", "2x", value=2.0)))
    for name in leaderboards():
        with pytest.raises(NoMatch):
            warehouse.leaderboard(name, replace(Filters(), **{slot: hostile}))
    assert warehouse.query("SELECT count(*) FROM papers").item() == 1
