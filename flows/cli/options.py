"""Options and arguments that several commands share."""

from __future__ import annotations

import datetime
import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Engine(StrEnum):
    """Who works on the chunks."""

    LOCAL = "local"
    DASK = "dask"


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
EngineOption = Annotated[
    Engine, typer.Option("--engine", help="Processes of this machine, or the workers of a Dask scheduler.")
]
Address = Annotated[
    str | None, typer.Option("--address", metavar="HOST:PORT", help="The Dask scheduler.", show_default=False)
]
Fast = Annotated[
    bool, typer.Option("--fast", help="Without the network: more than twice as fast, and less often right.")
]
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


def cluster_address(engine: Engine, address: str | None) -> str | None:
    """The address of the Dask scheduler; None for processes of this machine."""
    if engine is Engine.DASK and not address:
        raise typer.BadParameter("--engine dask needs the --address of its scheduler, such as 10.0.0.5:8786")
    if engine is Engine.LOCAL and address:
        raise typer.BadParameter("--address is that of a Dask scheduler: say --engine dask too")
    return address


def is_terminal(stream: int) -> bool:
    """Whether the file descriptor is a terminal."""
    try:
        return os.isatty(stream)
    except OSError:
        return False


def as_date(option: datetime.datetime | None) -> datetime.date | None:
    """The day that ``--since`` names."""
    return option.date() if option else None
