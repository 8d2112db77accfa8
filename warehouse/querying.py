"""Read-only queries with a limit of time and size, and the description of what can be asked."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import chain, count
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa

from warehouse.connection import Connection, is_fault_of_file
from warehouse.errors import QueryError, one_line

QUERY_SECONDS = 60.0
"""A query is stopped after this."""
MAX_RESULT_BYTES = 2 * 1024**3
"""A result larger than this (in bytes) is refused."""

_ROWS_A_BATCH = 100_000


def run_query(
    connection: Connection, sql: str, parameters: Mapping[str, Any] | None = None, seconds: float = QUERY_SECONDS
) -> pl.DataFrame:
    """The result of one SELECT-like statement.

    Raises:
        QueryError: the statement is wrong, more than one, forbidden, too slow or its result too large.
    """
    try:
        statements = connection.extract_statements(sql)
        if len(statements) != 1:
            raise QueryError(f"one statement at a time, please ({len(statements)} given)")
        with _time_limit(connection, seconds):
            relation = connection.sql(statements[0], params=parameters or {})
            return pl.DataFrame() if relation is None else _fetched(relation)
    except duckdb.InterruptException:
        raise QueryError(f"stopped after {seconds:g} s: narrow the query, or allow more time") from None
    except duckdb.Error as error:
        if is_fault_of_file(error):
            raise
        raise QueryError(one_line(error)) from None


@contextmanager
def _time_limit(connection: Connection, seconds: float) -> Iterator[None]:
    timer = threading.Timer(seconds, connection.interrupt)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _fetched(relation: duckdb.DuckDBPyRelation) -> pl.DataFrame:
    reader = relation.to_arrow_reader(_ROWS_A_BATCH)
    batches, size = [], 0
    for batch in reader:
        size += batch.nbytes
        if size > MAX_RESULT_BYTES:
            raise QueryError(f"the result is larger than {MAX_RESULT_BYTES / 1024**3:g} GB: add a LIMIT")
        batches.append(batch)
    table = pa.Table.from_batches(batches, schema=reader.schema)
    return pl.DataFrame(
        [_series(name, column) for name, column in zip(_distinct(table.column_names), table.columns, strict=True)]
    )


def _series(name: str, column: pa.ChunkedArray) -> pl.Series:
    try:
        return pl.Series(name, column)
    except pl.exceptions.PolarsError:  # a type that polars does not have, such as an interval
        texts = [None if value is None else str(value) for value in column.to_pylist()]
        return pl.Series(name, texts, dtype=pl.String)


def _distinct(names: list[str]) -> list[str]:
    """The names with a number behind those that come again, as a join of two tables brings them."""
    taken: list[str] = []
    for name in names:
        candidates = chain([name], (f"{name}_{number}" for number in count(1)))
        taken.append(next(candidate for candidate in candidates if candidate not in taken))
    return taken
