"""Faults in the middle of a real run: whatever dies, what was committed stays, and the next run gives the same rows."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import duckdb
import pytest

from tests.conftest import ROOT, Cli
from tests.flows.test_extract_command import papers
from warehouse import Warehouse

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("run faults")]
Rows = dict[str, list[tuple[object, ...]]]

LONG, READ_AHEAD = 2_000, 1_500
"""Papers of a run, and how many of them it must see before its first load transaction is certain."""

# The program as it is, with load transactions of 200 papers for 2,000, so that a test meets many of them soon.
PROGRAM = "from flows import steps; steps.BATCH_PAPERS = 200; from flows.cli import main; main()"

# A run's own number (a killed run leaves one behind) is not what was found.
TABLES = {"papers": "*", "identifiers": "*", "claims": "*", "links": "*", "entities": "*", "ledger": "*"}
TABLES["sightings"] = "* EXCLUDE (run_id)"

KILLS = int(os.environ.get("PAPERCLAIMS_TEST_KILLS", "3"))
"""Kills at random moments; more of them for a long trial."""
LONGEST_LIFE = 6.0
"""A run is killed within this many seconds of its start, in which an undisturbed one is done on an idle machine."""

procfs = pytest.mark.skipif(not Path("/proc/self").exists(), reason="finds processes in /proc")


class Run:
    """``paperclaims run -``: what it reads is fed by the test, so that it can be met in the middle."""

    def __init__(self, database: Path, *, direct: bool = True, **environment: str) -> None:
        self.database = database
        self.lines = papers(LONG).splitlines(keepends=True)
        arguments = ["run", "-", "--db", str(database), "--workers", "2", *(["--direct"] if direct else [])]
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, *arguments],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            cwd=ROOT,
            env=os.environ | environment,
        )

    @property
    def stdin(self) -> IO[bytes]:
        assert self.process.stdin is not None
        return self.process.stdin

    def feed(self, start: int = 0, end: int | None = None) -> None:
        self.stdin.write("".join(self.lines[start:end]).encode())
        self.stdin.flush()

    def feed_all(self) -> None:
        """Feed everything and end the input, in the background; a run that is killed takes no more."""
        with suppress(BrokenPipeError):
            self.feed()
            self.stdin.close()

    def until_committed(self) -> None:
        """Feed the first papers and wait for the first load transaction."""
        self.feed(0, READ_AHEAD)
        deadline = time.monotonic() + 300
        while time.monotonic() < deadline and self.process.poll() is None:
            if self.database.exists() and self.count("papers"):
                return
            time.sleep(0.1)
        raise AssertionError(f"nothing was loaded: {self.end()}")

    def count(self, table: str) -> int:
        return int(Warehouse(self.database).query(f"SELECT count(*) FROM {table}").item())

    def end(self) -> tuple[int, str]:
        """Its exit status and what it said, after its input has ended."""
        if self.stdin.closed:  # communicate() would flush it
            self.process.stdin = None
        _, said = self.process.communicate(timeout=600)
        return self.process.returncode, said.decode()

    def workers(self) -> list[int]:
        """The processes that extract: children of the server that they are forked from, which is a child of the run."""
        return [pid for child in children(self.process.pid) for pid in children(child)]


def children(parent: int) -> list[int]:
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:  # it has ended meanwhile
            continue
        if int(fields[1]) == parent and fields[0] != "Z":
            found.append(int(entry.name))
    return found


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Run]]:
    """Starts a run; what is left of it ends with the test."""
    started: list[Run] = []

    def run(*, direct: bool = True, **environment: str) -> Run:
        started.append(Run(tmp_path / "run.duckdb", direct=direct, **environment))
        return started[-1]

    yield run
    for one in started:
        if one.process.poll() is None:
            os.killpg(one.process.pid, signal.SIGKILL)
            one.process.communicate()


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Rows:
    """The rows of a run that nothing happened to."""
    run = Run(tmp_path_factory.mktemp("undisturbed") / "run.duckdb")
    run.feed()
    assert run.end()[0] == 0
    return rows(run.database)


def rows(database: Path) -> Rows:
    warehouse = Warehouse(database)
    return {
        table: warehouse.query(f"SELECT {columns} FROM {table} ORDER BY ALL").rows()
        for table, columns in TABLES.items()
    }


def runs(database: Path) -> list[dict[str, Any]]:
    return Warehouse(database).query("SELECT * FROM runs ORDER BY run_id").to_dicts()


def go_on(start: Callable[..., Run]) -> Path:
    """Run once more over the same papers: what is there is known, and the accounts balance."""
    again = start()
    kept = again.count("papers") if again.database.exists() else 0
    again.feed()
    status, said = again.end()
    assert status == 0, said
    last = runs(again.database)[-1]
    assert (last["papers_read"], last["papers_new"], last["papers_known"]) == (LONG, LONG - kept, kept)
    return again.database


def gone(pids: list[int]) -> bool:
    deadline = time.monotonic() + 20
    while (left := [pid for pid in pids if Path(f"/proc/{pid}").exists()]) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not left


def test_ctrl_c_says_so_and_keeps_what_was_committed(start: Callable[..., Run], undisturbed: Rows) -> None:
    run = start()
    run.until_committed()
    os.killpg(run.process.pid, signal.SIGINT)
    status, said = run.end()
    assert (status, said.strip()) == (130, "paperclaims: interrupted; what was finished before stays")
    assert 0 < run.count("papers") < LONG
    assert [one["status"] for one in runs(run.database)] == ["failed"]
    assert rows(go_on(start)) == undisturbed


@procfs
def test_kill_9_at_random_moments_loses_nothing(start: Callable[..., Run], undisturbed: Rows) -> None:
    """In the start, in the middle of extraction and of loading: the next run gives the rows of one never killed."""
    for _ in range(KILLS):
        run = start()
        feeder = threading.Thread(target=run.feed_all, daemon=True)
        feeder.start()
        time.sleep(random.uniform(0.5, LONGEST_LIFE))
        workers = run.workers()
        run.process.kill()
        run.end()
        feeder.join()
        assert gone(workers), "workers outlive their run"
    assert rows(go_on(start)) == undisturbed


@procfs
def test_a_worker_that_is_killed_costs_nothing(start: Callable[..., Run], undisturbed: Rows) -> None:
    run = start()
    run.until_committed()
    os.kill(run.workers()[-1], signal.SIGKILL)
    run.feed(READ_AHEAD)
    assert run.end()[0] == 0
    assert rows(run.database) == undisturbed


def test_one_can_ask_and_export_during_a_run(start: Callable[..., Run], undisturbed: Rows, cli: Cli) -> None:
    run = start()
    run.until_committed()
    feeder = threading.Thread(target=run.feed, args=(READ_AHEAD,))
    feeder.start()
    asked = cli("sql", "SELECT count(*) AS n FROM papers", "--format", "json", "--db", run.database)
    exported = cli("export", "out", "--format", "json", "--db", run.database)
    feeder.join()
    assert run.end()[0] == 0
    assert (asked.returncode, exported.returncode) == (0, 0), asked.stderr + exported.stderr
    assert 200 <= json.loads(asked.stdout)[0]["n"] <= LONG
    assert rows(run.database) == undisturbed


def test_two_runs_at_once_give_the_rows_of_one(start: Callable[..., Run], undisturbed: Rows) -> None:
    first, second = start(), start()
    feeders = [threading.Thread(target=run.feed_all) for run in (first, second)]
    for feeder in feeders:
        feeder.start()
    assert [first.end()[0], second.end()[0]] == [0, 0]
    assert rows(first.database) == undisturbed
    accounts = runs(first.database)
    assert [one["papers_read"] for one in accounts] == [LONG, LONG]
    assert sum(one["papers_new"] for one in accounts) == sum(one["papers_known"] for one in accounts) == LONG


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 6 MB of its own, really full soon."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(folder)], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"cannot mount a small file system: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_ends_a_run_in_one_line_and_the_next_goes_on(
    small_disk: Path, tmp_path: Path, cli: Cli, undisturbed: Rows
) -> None:
    (tmp_path / "papers.jsonl").write_text(papers(LONG))
    filler = small_disk / "filler"
    filler.write_bytes(bytes(4_000_000))
    full = cli("run", "--direct", tmp_path / "papers.jsonl", "--db", small_disk / "run.duckdb")
    assert full.returncode == 2
    assert "make room and run again" in full.stderr
    assert "Traceback" not in full.stderr
    filler.unlink()
    again = Run(small_disk / "run.duckdb")
    again.feed()
    assert again.end()[0] == 0
    assert len(rows(again.database)["papers"]) == LONG


@pytest.mark.parametrize("target", ["disk", "/dev/full"])
def test_extract_to_a_full_disk_says_so_in_one_line(
    small_disk: Path, tmp_path: Path, program: str, target: str
) -> None:
    (tmp_path / "papers.jsonl").write_text(papers(500))
    (small_disk / "filler").write_bytes(bytes(6_000_000))
    output = f"> {target}" if target == "/dev/full" else f"-o {small_disk / 'out.jsonl'}"
    done = subprocess.run(
        ["bash", "-c", f"{program} extract {tmp_path / 'papers.jsonl'} {output}"], capture_output=True, text=True
    )
    assert done.returncode == 2
    assert "No space left on device" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert [path.name for path in small_disk.iterdir()] == ["filler"]


def test_a_clock_that_was_set_back_changes_no_order(start: Callable[..., Run], undisturbed: Rows) -> None:
    run = start()
    run.feed()
    assert run.end()[0] == 0
    with duckdb.connect(str(run.database)) as connection:  # as a run leaves it whose clock was years ahead
        connection.execute("UPDATE runs SET started_at = '2999-01-01', finished_at = '2999-01-02'")
    go_on(start)
    assert [one["run_id"] for one in runs(run.database)] == [1, 2]
    assert rows(run.database) == undisturbed


@procfs
def test_a_prefect_server_that_goes_away_is_said_and_what_was_committed_stays(
    start: Callable[..., Run], undisturbed: Rows, tmp_path: Path
) -> None:
    # Prefect's client tries again for minutes; once is enough here.
    run = start(direct=False, PREFECT_HOME=str(tmp_path), PREFECT_API_URL="", PREFECT_CLIENT_MAX_RETRIES="1")
    run.until_committed()
    (server,) = (pid for pid in children(run.process.pid) if b"create_app" in Path(f"/proc/{pid}/cmdline").read_bytes())
    os.kill(server, signal.SIGKILL)
    run.feed(READ_AHEAD)
    status, said = run.end()
    assert status == 2
    assert "Prefect's server cannot be reached any more" in said
    assert "Traceback" not in said
    assert 0 < run.count("papers") <= LONG  # on a quick machine all is loaded before the flow looks for its server
    assert rows(go_on(start)) == undisturbed
