"""Exports: all leaderboards, the same bytes every time, nothing outside the folder."""

from __future__ import annotations

import datetime
from pathlib import Path

import polars as pl
import pytest

from tests.warehouse.making import claim, load, paper
from warehouse import Warehouse, WarehouseError
from warehouse.leaderboards import leaderboards

FORMATS = ["csv", "json", "markdown", "parquet"]
CLAIMS = [
    claim(f"S{n} is {n}x faster.", f"{n}x", value=float(n), factor=float(n), subject=f"S{n}", good=True)
    for n in range(2, 12)
]


@pytest.fixture
def loaded(warehouse: Warehouse) -> Warehouse:
    load(warehouse, *[paper(f"Paper {n}", one, published="2024-02-03") for n, one in enumerate(CLAIMS)])
    return warehouse


def test_every_leaderboard_in_every_format(loaded: Warehouse, tmp_path: Path) -> None:
    files = loaded.export(tmp_path / "out", FORMATS)
    names = [f"{name}.{suffix}" for name in leaderboards() for suffix in ("csv", "json", "md", "parquet")]
    assert [file.name for file in files] == names
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(names)
    speedups = pl.read_parquet(tmp_path / "out" / "speedups.parquet")
    assert speedups.equals(loaded.leaderboard("speedups"))
    assert speedups["published"][0] == datetime.date(2024, 2, 3)
    assert (tmp_path / "out" / "speedups.md").read_text().startswith("# Fastest\n")


def test_the_same_database_gives_the_same_bytes(loaded: Warehouse, tmp_path: Path) -> None:
    first = [path.read_bytes() for path in loaded.export(tmp_path / "a", FORMATS)]
    loaded.finish_run(loaded.start_run(["nothing new"], "1"))
    again = [path.read_bytes() for path in loaded.export(tmp_path / "b", FORMATS)]
    assert first == again


def test_a_planted_link_is_replaced_not_followed(loaded: Warehouse, tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_text("precious")
    folder = tmp_path / "out"
    folder.mkdir()
    for name in ("speedups.csv", ".speedups.csv.part"):
        (folder / name).symlink_to(outside)

    loaded.export(folder, ["csv"])

    assert outside.read_text() == "precious"
    assert not (folder / "speedups.csv").is_symlink()


def test_a_file_in_place_of_the_folder_is_named(loaded: Warehouse, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    with pytest.raises(WarehouseError, match=r"cannot write to .*out"):
        loaded.export(tmp_path / "out", ["csv"])


def test_an_unknown_format_is_named(loaded: Warehouse, tmp_path: Path) -> None:
    with pytest.raises(WarehouseError, match="no export format 'xls'; there are: csv, json, markdown, parquet"):
        loaded.export(tmp_path / "out", ["xls"])
