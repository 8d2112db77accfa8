"""Databases of earlier versions become the newest, with a backup, and not a row is lost.

``databases/`` keeps real files, packed: the sample papers as the first schema held them, and as the first version that
others could have (schema 3) wrote them. They are never made anew; a later version adds its own before it is released.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
import zstandard

from tests.conftest import SAMPLES
from tests.warehouse.making import claim, load, paper
from warehouse import Loaded, Warehouse
from warehouse.migrating import newest_version

KEPT = sorted(Path(__file__).with_name("databases").glob("*.zst"))
TABLES = ("papers", "sightings", "identifiers", "claims", "links", "entities", "runs", "rejects", "ledger")

Rows = dict[str, list[tuple[object, ...]]]


@pytest.fixture(params=KEPT, ids=lambda path: path.name.partition(".")[0])
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A database of an earlier version."""
    path = tmp_path / "old.duckdb"
    path.write_bytes(zstandard.decompress(request.param.read_bytes()))
    return path


def columns_and_rows(path: Path) -> tuple[dict[str, str], Rows]:
    """What each table holds, by plain DuckDB: its columns as a list for a query, and its rows in one order."""
    with duckdb.connect(str(path), read_only=True) as connection:
        columns = {
            table: ", ".join(name for name, *_ in connection.execute(f"DESCRIBE {table}").fetchall())
            for table in TABLES
        }
        return columns, {table: rows(connection, table, columns[table]) for table in TABLES}


def rows(connection: duckdb.DuckDBPyConnection, table: str, columns: str) -> list[tuple[object, ...]]:
    return connection.execute(f"SELECT {columns} FROM {table} ORDER BY ALL").fetchall()


def test_every_row_survives_and_a_backup_is_kept(old: Path) -> None:
    columns, before = columns_and_rows(old)
    assert len(before["papers"]) == 46
    assert len(before["claims"]) > 150
    content = old.read_bytes()
    said: list[str] = []

    version = Warehouse(old, notify=said.append).query("SELECT max(version) FROM schema_migrations").item()

    assert version == newest_version()
    with duckdb.connect(str(old), read_only=True) as connection:
        assert {table: rows(connection, table, columns[table]) for table in TABLES} == before
    (backup,) = old.parent.glob("*.bak")
    assert backup.read_bytes() == content
    assert [str(backup) in line for line in said] == [True]


def test_it_is_like_a_new_database_afterwards(old: Path, tmp_path: Path) -> None:
    from flows import steps

    fresh = Warehouse(tmp_path / "fresh.duckdb")
    migrated = Warehouse(old, notify=lambda _: None)
    for warehouse in (fresh, migrated):
        summary = steps.run(steps.Job([str(SAMPLES)], warehouse, workers=1)).summary
        assert summary.papers_read == 46
    assert migrated.describe().equals(fresh.describe())
    for columns in ("* EXCLUDE (sighting_id) FROM papers", "* FROM claims", "* FROM links", "* FROM entities"):
        query = f"SELECT {columns} ORDER BY ALL"
        assert migrated.query(query).equals(fresh.query(query)), query
    one = paper("vLLM", claim("It is 3x faster.", "3x", value=3.0))
    assert load(migrated, one) == load(fresh, one) == Loaded(new=1, sightings=1, claims=1)
    assert migrated.export(tmp_path / "a", ["json"])
