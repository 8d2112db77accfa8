"""Options and arguments that several commands share."""

from __future__ import annotations

import datetime
import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

Sources = Annotated[
    list[str],
    typer.Argument(
        metavar="SOURCE…",
        help="Files, folders, globs, `-` for stdin, http(s) URLs, `hf:today`, `hf:2026-11-01` or `arxiv:QUERY`. "
        "The format is found by content.",
        show_default=False,
    ),
]
Workers = Annotated[int | None, typer.Option(min=1, metavar="N", help="Worker processes.", show_default="all cores")]
Database = Annotated[
    Path | None,
    typer.Option(
        "--db",
        metavar="FILE",
        envvar="PAPERCLAIMS_DB",
        help="The DuckDB file.",
        show_default="paperclaims.duckdb",
    ),
]

Since = Annotated[
    datetime.datetime | None,
    typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help="Only papers of this day or later (YYYY-MM-DD)."),
]


class Format(StrEnum):
    """How rows are written."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    MARKDOWN = "markdown"


TableFormat = Annotated[
    Format | None, typer.Option("--format", "-f", help="How to write the rows.", show_default="table")
]

DEFAULT_DATABASE = Path("paperclaims.duckdb")


def database(option: Path | None) -> Path:
    """The database file: ``--db``, else ``$PAPERCLAIMS_DB``, else ``paperclaims.duckdb`` in this folder."""
    return option or DEFAULT_DATABASE


def worker_count(option: int | None) -> int:
    """The number of worker processes: ``--workers``, else all cores that this process may use."""
    from flows.pool import default_workers

    return option or default_workers()


def is_terminal(stream: int) -> bool:
    """Whether the file descriptor is a terminal."""
    try:
        return os.isatty(stream)
    except OSError:
        return False


def as_date(option: datetime.datetime | None) -> datetime.date | None:
    """The day that ``--since`` names."""
    return option.date() if option else None
