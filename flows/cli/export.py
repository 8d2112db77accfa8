"""``paperclaims export``: all leaderboards as files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.cli.app import app, say
from flows.cli.options import Database, database


@app.command(epilog="Example: `paperclaims export boards/ --format csv,parquet`")
def export(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Made where it is missing.")],
    format: Annotated[
        str, typer.Option("--format", "-f", metavar="LIST", help="csv, json, parquet, markdown; comma between.")
    ] = "csv,json,parquet,markdown",
    db: Database = None,
) -> None:
    """Write all leaderboards as files; the same database gives the same bytes."""
    from warehouse import Warehouse

    formats = [name.strip() for name in format.split(",") if name.strip()]
    files = Warehouse(database(db)).export(folder, formats)
    say(f"{len(files)} files in {folder}")
