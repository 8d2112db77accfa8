"""Files that are not ours, damaged, old, new or busy: one clear line, and nothing lost."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.warehouse.making import VERSION, claim, load, paper
from warehouse import Loaded, Warehouse, WarehouseError
from warehouse.migrating import migrations, newest_version
from warehouse.statements import statement

ONE = paper("vLLM", claim("It is 3x faster.", "3x", value=3.0))
ROOT = Path(__file__).parents[2]

HOLD = """
import duckdb, sys
connection = duckdb.connect(sys.argv[1])
print("held", flush=True)
sys.stdin.readline()
connection.close()
"""

LOAD = """
import sys
from tests.warehouse.making import VERSION, claim, frames, paper
from warehouse import Warehouse
warehouse = Warehouse(sys.argv[1])
run = warehouse.start_run([sys.argv[2]], VERSION)
for number in range(12):
    one = paper(f"Paper {number}", claim("It is 3x faster.", "3x", value=3.0))
    warehouse.load(run, VERSION, frames(one))
    print(number, flush=True)
warehouse.finish_run(run)
"""

FILL = """
import os, resource, signal, sys
from tests.warehouse.making import VERSION, frames, paper
from warehouse import Warehouse, WarehouseError
warehouse = Warehouse(sys.argv[1])
run = warehouse.start_run(["much"], VERSION)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (4_000_000, resource.RLIM_INFINITY))
try:
    for loaded in range(100):
        papers = [paper(f"Paper {loaded}-{n}", abstract=os.urandom(20_000).hex()) for n in range(20)]
        warehouse.load(run, VERSION, frames(*papers))
except WarehouseError as error:
    print(loaded)
    print(error)
"""


def python(code: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def make_old_schema(path: Path, version: int = 1) -> duckdb.DuckDBPyConnection:
    """A database as an earlier migration left it, open."""
    connection = duckdb.connect(str(path))
    connection.execute(statement("schema_migrations"))
    for number, (name, sql) in migrations().items():
        if number > version:
            break
        connection.execute(sql)
        connection.execute("INSERT INTO schema_migrations VALUES (?, ?, now()::TIMESTAMP)", [number, name])
    connection.execute("INSERT INTO ledger VALUES ('hash', 'old')")
    return connection


def refused(warehouse: Warehouse, match: str) -> None:
    """Reading and writing are both refused in one line."""
    for action in (lambda: warehouse.query("SELECT 1 FROM papers"), lambda: load(warehouse, ONE)):
        with pytest.raises(WarehouseError, match=match) as error:
            action()
        assert "\n" not in str(error.value)
        assert str(warehouse.path) in str(error.value)


@pytest.mark.parametrize("content", [b"", b"not a database " * 500])
def test_a_file_that_is_no_database_is_left_alone(warehouse: Warehouse, content: bytes) -> None:
    warehouse.path.write_bytes(content)
    refused(warehouse, "is not a DuckDB database: name another file with --db")
    assert warehouse.path.read_bytes() == content


def test_an_sqlite_file_is_left_alone(warehouse: Warehouse) -> None:
    with sqlite3.connect(warehouse.path) as connection:
        connection.execute("CREATE TABLE papers (a)")
    refused(warehouse, "is not a DuckDB database")


@pytest.mark.parametrize("table", ["papers (a INT)", "schema_migrations (version VARCHAR)", "other (a INT)"])
def test_another_programs_database_is_left_alone(warehouse: Warehouse, table: str) -> None:
    with duckdb.connect(str(warehouse.path)) as connection:
        connection.execute(f"CREATE TABLE {table}")
    refused(warehouse, "another program's database: name another file with --db")
    with duckdb.connect(str(warehouse.path)) as connection:
        assert connection.execute("SELECT table_name FROM duckdb_tables()").fetchall() == [(table.split()[0],)]


@pytest.mark.parametrize("offset", [4096, 0.5])
def test_a_damaged_file_is_named(warehouse: Warehouse, offset: float) -> None:
    load(warehouse, *[paper(f"Paper {n}", claim(f"It is {n}x faster.", f"{n}x", value=float(n))) for n in range(500)])
    size = warehouse.path.stat().st_size
    with warehouse.path.open("r+b") as file:
        file.seek(int(offset if offset >= 1 else offset * size))
        file.write(b"\xff" * (size // 4))

    with pytest.raises(WarehouseError, match="is damaged") as error:
        Warehouse(warehouse.path).query("SELECT sum(value), max(abstract) FROM claims, papers")
    assert "\n" not in str(error.value)


def test_a_folder_in_place_of_the_file_is_named(tmp_path: Path) -> None:
    refused(Warehouse(tmp_path), "cannot be read")


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(WarehouseError, match="cannot be opened"):
        Warehouse(tmp_path / "none" / "papers.duckdb").start_run([], VERSION)


@pytest.fixture
def without_privileges() -> Iterator[None]:
    """The superuser may write everywhere: act as somebody else meanwhile."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def read_only_folder() -> Iterator[Path]:
    """A folder with a loaded database in which nothing can be written (outside the private folders of pytest)."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        load(Warehouse(folder / "papers.duckdb"), ONE)
        (folder / "papers.duckdb").chmod(0o444)
        folder.chmod(0o555)
        yield folder
        folder.chmod(0o755)


@pytest.fixture
def old_read_only_folder(read_only_folder: Path) -> Path:
    """The same, of the first schema."""
    old = read_only_folder / "old.duckdb"
    make_old_schema(old).close()
    old.chmod(0o444)
    return read_only_folder


@pytest.mark.usefixtures("old_read_only_folder", "without_privileges")
def test_an_old_schema_that_cannot_be_backed_up_is_left_alone(old_read_only_folder: Path) -> None:
    with pytest.raises(WarehouseError, match=r"of schema 1 and cannot be backed up .*: copy it to where"):
        Warehouse(old_read_only_folder / "old.duckdb").query("SELECT 1")


@pytest.mark.usefixtures("read_only_folder", "without_privileges")
def test_in_a_read_only_folder_one_can_read_and_is_told_why_not_write(read_only_folder: Path) -> None:
    warehouse = Warehouse(read_only_folder / "papers.duckdb")
    assert warehouse.query("SELECT title FROM papers").rows() == [("vLLM",)]
    for path in (warehouse.path, read_only_folder / "new.duckdb"):
        with pytest.raises(WarehouseError, match="cannot be written to: name another file with --db"):
            load(Warehouse(path), ONE)
    with pytest.raises(WarehouseError, match="cannot write to"):
        warehouse.export(read_only_folder / "out", ["csv"])


def test_an_older_schema_is_migrated_and_backed_up(warehouse: Warehouse) -> None:
    make_old_schema(warehouse.path).close()
    before = warehouse.path.read_bytes()
    said: list[str] = []

    upgraded = Warehouse(warehouse.path, notify=said.append)

    assert upgraded.query("SELECT extractor_version FROM ledger").rows() == [("old",)]
    assert upgraded.query("SELECT max(version) FROM schema_migrations").rows() == [(newest_version(),)]
    backup = warehouse.path.with_name(f"{warehouse.path.name}.v1.bak")
    assert backup.read_bytes() == before
    assert len(said) == 1
    assert str(backup) in said[0]


@pytest.mark.parametrize("version", sorted(migrations())[:-1])
def test_every_older_schema_becomes_the_newest(warehouse: Warehouse, tmp_path: Path, version: int) -> None:
    make_old_schema(warehouse.path, version).close()
    fresh = Warehouse(tmp_path / "fresh.duckdb")
    fresh.start_run([], VERSION)

    migrated = Warehouse(warehouse.path, notify=lambda _: None)

    assert migrated.describe().equals(fresh.describe())
    assert load(migrated, ONE) == Loaded(new=1, sightings=1, claims=1)


def test_a_newer_schema_is_refused(warehouse: Warehouse) -> None:
    load(warehouse, ONE)
    with duckdb.connect(str(warehouse.path)) as connection:
        connection.execute("INSERT INTO schema_migrations VALUES (9999, '9999_future.sql', now()::TIMESTAMP)")
    refused(Warehouse(warehouse.path), "is of schema 9999, this program knows .*: update paperclaims")


def test_readers_and_writers_give_up_in_one_line(warehouse: Warehouse) -> None:
    load(warehouse, ONE)
    holder = python(HOLD, str(warehouse.path))
    assert holder.stdout
    assert holder.stdout.readline() == "held\n"
    try:
        impatient = Warehouse(warehouse.path, read_wait_seconds=0.2, write_wait_seconds=0.2)
        refused(impatient, r"in use by another program for 0\.2 s: try again")
    finally:
        holder.communicate("\n")


def test_a_second_writer_waits_with_a_message_then_goes_on(warehouse: Warehouse) -> None:
    load(warehouse, ONE)
    holder = python(HOLD, str(warehouse.path))
    assert holder.stdout
    assert holder.stdout.readline() == "held\n"
    said: list[str] = []

    def heard(message: str) -> None:
        said.append(message)
        holder.communicate("\n")

    assert load(Warehouse(warehouse.path, notify=heard), ONE) == Loaded(known=1)
    assert said == [f"{warehouse.path} is in use by another program: waiting for up to 600 s"]


def test_two_runs_on_one_database_share_it(warehouse: Warehouse) -> None:
    runs = [python(LOAD, str(warehouse.path), name) for name in ("a", "b")]
    assert [run.communicate()[0].split()[-1] for run in runs] == ["11", "11"]

    for table in ("papers", "claims", "sightings", "ledger"):
        assert warehouse.query(f"SELECT count(*) FROM {table}").rows() == [(12,)], table
    accounts = warehouse.query("SELECT sum(papers_new), sum(papers_known), sum(papers_read), min(status) FROM runs")
    assert accounts.rows() == [(12, 12, 24, "done")]


def test_a_killed_run_loses_nothing_that_was_committed(warehouse: Warehouse) -> None:
    for _ in range(2):
        run = python(LOAD, str(warehouse.path), "killed")
        assert run.stdout
        acknowledged = int(run.stdout.readline())
        time.sleep(0.05)
        run.kill()
        run.communicate()
        assert warehouse.query("SELECT count(*) FROM papers")["count_star()"][0] > acknowledged

    run = python(LOAD, str(warehouse.path), "whole")
    run.communicate()
    never_killed = Warehouse(warehouse.path.with_name("other.duckdb"))
    for number in range(12):
        load(never_killed, paper(f"Paper {number}", claim("It is 3x faster.", "3x", value=3.0)))
    for table in ("papers", "claims", "identifiers", "ledger"):
        query = f"SELECT * FROM {table} ORDER BY ALL"
        assert warehouse.query(query).equals(never_killed.query(query)), table


def test_a_database_taken_away_meanwhile_is_said(warehouse: Warehouse) -> None:
    run = warehouse.start_run(["a"], VERSION)
    warehouse.path.unlink()
    with pytest.raises(WarehouseError, match=f"no run {run}"):
        warehouse.finish_run(run)


def test_a_leftover_log_of_a_killed_run_is_part_of_the_backup(warehouse: Warehouse, tmp_path: Path) -> None:
    connection = make_old_schema(warehouse.path)
    killed = tmp_path / "killed.duckdb"
    for suffix in ("", ".wal"):  # what a kill leaves: everything still in the log
        shutil.copyfile(f"{warehouse.path}{suffix}", f"{killed}{suffix}")
    connection.close()

    Warehouse(killed, notify=lambda _: None).query("SELECT 1")

    with duckdb.connect(str(tmp_path / "killed.duckdb.v1.bak")) as backup:
        assert backup.execute("SELECT version FROM schema_migrations").fetchall() == [(1,)]


def test_a_full_disk_is_said_and_what_was_committed_stays(warehouse: Warehouse) -> None:
    loaded, message = python(FILL, str(warehouse.path)).communicate()[0].splitlines()
    assert message == (
        f"{warehouse.path} could not be written (file too large): "
        "what was committed before is kept; make room and run again"
    )
    assert warehouse.query("SELECT papers_new, papers_read FROM runs").rows() == [(int(loaded) * 20, int(loaded) * 20)]
    assert warehouse.query("SELECT count(*) FROM papers").rows() == [(int(loaded) * 20,)]
    assert load(warehouse, ONE) == Loaded(new=1, sightings=1, claims=1)
