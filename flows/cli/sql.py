"""``paperclaims sql``: read-only questions to the warehouse."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.cli.app import app
from flows.cli.options import Database, TableFormat, database
from flows.cli.output import print_frame


@app.command(
    epilog='Example: `paperclaims sql "SELECT subject, factor, sentence FROM speedups ORDER BY factor DESC LIMIT 5"`'
)
def sql(
    query: Annotated[str | None, typer.Argument(help="One SELECT.", show_default="list the tables and columns")] = None,
    format: TableFormat = None,
    seconds: Annotated[float, typer.Option(min=0.1, help="Stop the query after this.")] = 60.0,
    db: Database = None,
) -> None:
    """Ask the warehouse in SQL (read-only); without a query, list its tables and columns with their comments."""
    from warehouse import Warehouse

    warehouse = Warehouse(database(db))
    if query is None:
        print_frame(warehouse.describe(), format, columns=("table_name", "column_name", "data_type", "comment"))
    else:
        print_frame(warehouse.query(query, seconds=seconds), format)
