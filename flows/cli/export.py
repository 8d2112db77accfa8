"""``paperclaims export``: all leaderboards as files or as a site."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.cli.app import app, say
from flows.cli.options import Database, database


@app.command(
    epilog="Examples: `paperclaims export boards/ --format csv,parquet` · `paperclaims export site/ --format html`"
)
def export(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Made where it is missing.")],
    format: Annotated[
        str, typer.Option("--format", "-f", metavar="LIST", help="csv, json, parquet, markdown, html; comma between.")
    ] = "csv,json,parquet,markdown",
    db: Database = None,
) -> None:
    """Write all leaderboards as files, or as a site ("html"); the same database gives the same bytes."""
    from warehouse import Warehouse

    formats = [name.strip() for name in format.split(",") if name.strip()]
    files = Warehouse(database(db)).export(folder, formats)
    start = f"; start at {folder / 'index.html'}" if "html" in formats else ""
    say(f"{len(files)} files in {folder}{start}")
