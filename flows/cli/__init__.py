"""The command line: one small module a command or two, heavy imports inside the commands.

``paperclaims --help`` must answer at once, so nothing here imports spaCy, Prefect, polars, pandera or DuckDB at its
top.
"""

from __future__ import annotations

from flows.cli import diff, evaluate, export, extract, leaderboards, run, schedule, show, sql  # noqa: F401  (each registers its commands)
from flows.cli.app import app

__all__ = ["app", "main"]


def main() -> None:
    """The console script ``paperclaims``."""
    app()
