"""Prefect's server: orphans are ended, strangers are not, and a cron schedule really brings rows."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from flows import prefect_server
from flows.errors import UserError
from tests.conftest import SAMPLES
from warehouse import Warehouse

SERVER = "import time; time.sleep(600)  # prefect.server.api.server:create_app"
OWNER = """
import subprocess, sys, time
from flows import prefect_server
server = subprocess.Popen([sys.executable, "-c", sys.argv[1]])
with prefect_server._recorded(server.pid):
    print(server.pid, flush=True)
    time.sleep(600)
"""


@pytest.fixture(autouse=True)
def state_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Records of servers go to a folder of the test's own."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


def start_owner(command: str) -> tuple[subprocess.Popen[str], int]:
    """A process that has a server on record, and the server's process id."""
    owner = subprocess.Popen([sys.executable, "-c", OWNER, command], stdout=subprocess.PIPE, text=True)
    assert owner.stdout is not None
    return owner, int(owner.stdout.readline())


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def wait_until_gone(pid: int) -> bool:
    deadline = time.monotonic() + 10
    while is_alive(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not is_alive(pid)


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks at /proc")
def test_the_server_of_a_killed_run_is_ended_by_the_next() -> None:
    owner, server = start_owner(SERVER)
    try:
        assert prefect_server.end_orphans() == 0
        assert is_alive(server), "its run is alive"
        owner.send_signal(signal.SIGKILL)
        owner.wait()
        assert is_alive(server)
        assert prefect_server.end_orphans() == 1
        assert wait_until_gone(server)
        assert prefect_server.end_orphans() == 0
    finally:
        owner.kill()
        if is_alive(server):
            os.kill(server, signal.SIGKILL)


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks at /proc")
def test_a_process_that_is_no_prefect_server_is_left_alone() -> None:
    owner, stranger = start_owner("import time; time.sleep(600)")
    try:
        owner.kill()
        owner.wait()
        assert prefect_server.end_orphans() == 0
        assert is_alive(stranger)
    finally:
        os.kill(stranger, signal.SIGKILL)


def test_a_server_that_cannot_start_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prefect_server, "_APPLICATION", "no.such.module:create_app")
    with pytest.raises(UserError, match="did not start"), prefect_server.local_server() as server:
        server.wait()


def test_a_configured_api_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:1/api")
    with prefect_server.server() as started:
        assert started is None


def test_a_server_that_is_switched_off_is_not_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    monkeypatch.setenv("PREFECT_SERVER_EPHEMERAL_ENABLED", "false")
    with pytest.raises(UserError, match="--direct"), prefect_server.server():
        pass


@pytest.mark.slow
def test_a_cron_schedule_brings_rows(program: str, tmp_path: Path) -> None:
    """With the pinned versions the scheduler creates runs; with SQLAlchemy 2.1 it never did."""
    database, log = tmp_path / "scheduled.duckdb", tmp_path / "log.txt"
    # Six fields: a tick every ten seconds.
    command = [program, "schedule", str(SAMPLES), "--cron", "* * * * * */10", "--db", str(database)]
    environment = os.environ | {
        "PREFECT_HOME": str(tmp_path / "prefect"),
        "PREFECT_API_URL": "",
        "PREFECT_RUNNER_POLL_FREQUENCY": "1",  # seconds between two looks for what is due; 10 by itself
    }
    with log.open("w") as output:
        process = subprocess.Popen(
            command, env=environment, stdout=output, stderr=output, cwd=tmp_path, start_new_session=True
        )
    try:
        deadline = time.monotonic() + 150
        while time.monotonic() < deadline and process.poll() is None:
            time.sleep(1)
            if (
                database.exists()
                and Warehouse(database).query("SELECT count(*) FROM runs WHERE status = 'done'").item()
            ):
                break
        assert process.poll() is None, log.read_text()
    finally:
        os.killpg(process.pid, signal.SIGINT)
        status = process.wait(timeout=60)
    assert "UI: http://127.0.0.1:" in log.read_text()
    assert Warehouse(database).query("SELECT count(*) FROM papers").item() == 46
    assert (status, "Traceback" in log.read_text()) == (130, False)
