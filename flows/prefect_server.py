"""Prefect's ephemeral server: started ahead of the flow, and ended even where the run that started it was killed.

Prefect would start the same process itself, but only when the flow is called, and after importing all of its server
into this process (5 s). Started first, it comes up on another core while this process imports what it needs.

A temporary server is ended when Python exits, so after ``kill -9`` it lives on. Each run therefore holds a lock on a
small file that names its server; the operating system releases the lock with the process, and the next run ends the
servers whose lock is free.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from flows.errors import UserError
from flows.pool import interrupts_held
from flows.prefect_settings import configured_settings

_APPLICATION = "prefect.server.api.server:create_app"
_EPHEMERAL = {"PREFECT_UI_ENABLED": "0", "PREFECT__SERVER_EPHEMERAL": "1"}
_FALSE = ("0", "false", "no", "off")


class LocalServer:
    """A Prefect server of this process's own, on the loopback interface; it ends with the process.

    Args:
        port: where it listens; default: a free port.
        ephemeral: without the UI and without the scheduler, as Prefect's own temporary server.
    """

    def __init__(self, port: int | None = None, *, ephemeral: bool = True) -> None:
        self.port = port or _free_port()
        self._errors = tempfile.TemporaryFile("w+")  # noqa: SIM115  (closed by stop)
        command = [sys.executable, "-m", "uvicorn", "--factory", _APPLICATION, "--host", "127.0.0.1"]
        command += ["--port", str(self.port), "--log-level", "error", "--lifespan", "on"]
        environment = os.environ | {"PREFECT__SERVER_FINAL": "1"} | (_EPHEMERAL if ephemeral else {})
        with interrupts_held():  # Ctrl-C is for the run, which still has to tell the server how it ended
            self._process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=self._errors)
        self.pid = self._process.pid

    def wait(self) -> str:
        """The address of the API, once it answers. Raises UserError where the server does not come up."""
        url = f"http://127.0.0.1:{self.port}/api"
        limit = float(os.environ.get("PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", "120"))
        deadline = time.monotonic() + limit
        while not answers(url):
            if self._process.poll() is not None:
                self._errors.seek(0)
                last = (self._errors.read().strip().splitlines() or ["no message"])[-1]
                raise UserError(f"Prefect's temporary server did not start ({last}); --direct runs without it")
            if time.monotonic() > deadline:
                raise UserError(f"Prefect's temporary server did not answer for {limit:g} s; --direct runs without it")
            time.sleep(0.05)
        return url

    def stop(self) -> None:
        """End the server, by force after some seconds."""
        self._process.terminate()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._errors.close()


@contextlib.contextmanager
def server() -> Iterator[LocalServer | None]:
    """A starting server for the block; None where the user has configured an API.

    Raises UserError where no API is configured and the ephemeral server is switched off.
    """
    settings = configured_settings()
    if settings.get("PREFECT_API_URL"):
        yield None
        return
    if settings.get("PREFECT_SERVER_EPHEMERAL_ENABLED", "true").lower() in _FALSE:
        raise UserError("Prefect's temporary server is switched off: set PREFECT_API_URL, or run with --direct")
    with local_server() as started:
        yield started


@contextlib.contextmanager
def local_server(port: int | None = None, *, ephemeral: bool = True) -> Iterator[LocalServer]:
    """A starting server of this process's own for the block; ends those that killed processes left behind first."""
    end_orphans()
    started = LocalServer(port, ephemeral=ephemeral)
    try:
        with _recorded(started.pid):
            yield started
    finally:
        started.stop()


def end_orphans() -> int:
    """End the servers of runs that are gone; how many there were."""
    ended = 0
    for record in sorted(_folder().glob("server-*.pid")):
        with contextlib.suppress(OSError), record.open("r+") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # fails where the run that wrote it is alive
            ended += _end(file.read())
            record.unlink(missing_ok=True)
    return ended


@contextlib.contextmanager
def _recorded(pid: int) -> Iterator[None]:
    """While the block runs, the server is on record as this run's. A home that cannot be written to has no records."""
    file: IO[str] | None = None
    record = _folder() / f"server-{pid}.pid"
    with contextlib.suppress(OSError):
        record.parent.mkdir(parents=True, exist_ok=True)
        file = record.open("w")
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write(str(pid))
        file.flush()
    try:
        yield
    finally:
        if file is not None:
            record.unlink(missing_ok=True)
            file.close()


def _end(pid: str) -> bool:
    # A number may have gone to another process since: only one with a Prefect server's command line is ended.
    if not pid.isdigit() or _APPLICATION not in _command_line(int(pid)):
        return False
    with contextlib.suppress(ProcessLookupError):
        os.kill(int(pid), signal.SIGTERM)
        return True
    return False


def _command_line(pid: int) -> str:
    proc = Path("/proc")
    if (proc / "self").exists():
        with contextlib.suppress(OSError):
            return (proc / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        return ""
    listing = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return listing.stdout


def _folder() -> Path:
    return Path(os.environ.get("XDG_STATE_HOME") or "~/.local/state").expanduser() / "paperclaims"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(url: str) -> bool:
    """Whether a Prefect API is alive at this address."""
    # Not through a proxy that the environment names for the outside world.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{url}/health", timeout=2) as response:
            return bool(response.status == 200)
    except OSError:
        return False
