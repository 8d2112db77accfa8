"""The command line answers at once: heavy libraries are imported by the commands that need them."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.conftest import SAMPLES, Cli

HEAVY = ("spacy", "prefect", "polars", "pandera", "duckdb", "pyarrow", "numpy", "onnxruntime")


def imported_by(code: str) -> set[str]:
    """The top-level modules in memory after the code ran in a new interpreter."""
    listing = f"{code}\nimport sys; print(*sorted(sys.modules), sep='\\n', file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", listing], capture_output=True, text=True, check=True)
    return {name.partition(".")[0] for name in done.stderr.splitlines()}


def test_help_imports_nothing_heavy() -> None:
    code = "from typer.testing import CliRunner; from flows.cli import app; CliRunner().invoke(app, ['--help'])"
    assert imported_by(code).isdisjoint(HEAVY)


@pytest.mark.parametrize("format", ["jsonl", "csv", "table"])
def test_extract_loads_neither_tables_nor_orchestrator(format: str) -> None:
    code = (
        "from typer.testing import CliRunner; from flows.cli import app;"
        f"done = CliRunner().invoke(app, ['extract', {str(SAMPLES)!r}, '--format', {format!r}, '--workers', '1']);"
        "assert done.exit_code == 0, done.output"
    )
    assert imported_by(code).isdisjoint({"polars", "pandera", "prefect", "duckdb"})


def test_help_names_every_command_of_the_design(cli: Cli) -> None:
    text = cli("--help").stdout
    for command in ("demo", "extract", "run", "sql", "leaderboard", "export", "show", "evaluate", "schedule"):
        assert f" {command} " in text


@pytest.mark.parametrize(
    "arguments", [["nonsense"], ["run"], ["extract", "--workers", "0", "x"], ["leaderboard", "--x"]]
)
def test_wrong_usage_ends_with_status_2_and_says_so_on_stderr(cli: Cli, arguments: list[str]) -> None:
    done = cli(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Usage: paperclaims" in done.stderr


def test_a_run_in_one_process_ends_without_a_word_about_leaks(cli: Cli) -> None:
    done = cli("run", "--direct", "--workers", "1", SAMPLES, "--db", "quiet.duckdb")
    assert done.returncode == 0
    assert "leaked" not in done.stderr
