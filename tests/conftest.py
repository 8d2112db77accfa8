"""Fixtures that tests of several folders share."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

# Before numpy is loaded, and for the programs that tests start: each core has a test of its own to run.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

ROOT = Path(__file__).parents[1]
SHARED = ROOT / "../shared"
SAMPLES = ROOT / "flows/samples/papers.jsonl"

Cli = Callable[..., subprocess.CompletedProcess[str]]

GROUPS = {"prefect_api": "prefect", "browser": "browser"}
"""Fixtures that cost seconds to set up → the group of tests that one process runs, so that it is set up once."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest tests first, so that none is left over at the end; what shares a costly fixture in one process."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)
    for item in items:
        for name in GROUPS.keys() & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.xdist_group(GROUPS[name]))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real inputs beside the checkout."""
    if not SHARED.is_dir():
        pytest.skip(f"{SHARED} is not there: its real papers are not part of the project")
    return SHARED


@pytest.fixture(scope="session")
def program() -> str:
    """The console script of the environment that runs the tests."""
    return str(Path(sys.executable).with_name("paperclaims"))


@pytest.fixture
def cli(program: str, tmp_path: Path) -> Cli:
    """Runs ``paperclaims`` as its users do, in an empty folder."""

    def run(*arguments: object, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [program, *map(str, arguments)],
            input=stdin,
            capture_output=True,
            text=True,
            encoding="utf-8",
            cwd=tmp_path,
            env=os.environ | {"COLUMNS": "120"} | environment,
            timeout=300,
            check=False,
        )

    return run


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """Like ``cli``, in this process: for commands whose start and end are not what is tested."""
    from typer.testing import CliRunner

    from flows.cli import app

    monkeypatch.chdir(tmp_path)

    def run(*arguments: object, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        typed = [*map(str, arguments)]
        done = CliRunner().invoke(app, typed, stdin, env={"COLUMNS": "120", **environment}, catch_exceptions=False)
        return subprocess.CompletedProcess(typed, done.exit_code, done.stdout, done.stderr)

    return run


@pytest.fixture(scope="session")
def prefect_api() -> Iterator[None]:
    """One Prefect server for all tests that need one."""
    from flows.prefect_settings import apply_defaults

    apply_defaults(quiet=True)
    from prefect.testing.utilities import prefect_test_harness

    with prefect_test_harness(server_startup_timeout=120):
        yield


@pytest.fixture(scope="session")
def sample_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse with the sample papers; not to be written to."""
    from flows import steps
    from warehouse import Warehouse

    path = tmp_path_factory.mktemp("samples") / "samples.duckdb"
    steps.run(steps.Job([str(SAMPLES)], Warehouse(path), workers=1))
    return path
