"""The errors of the warehouse: each message is one line for a user (what, where, what to do)."""

from __future__ import annotations


class WarehouseError(Exception):
    """Something about the database or a query that a user can mend; ``str(error)`` is one clear line."""


class DatabaseMissing(WarehouseError):
    """There is no database file where one is to be read."""


class DatabaseBusy(WarehouseError):
    """Another program kept the database open for writing longer than we wait."""


class DatabaseUnusable(WarehouseError):
    """The file is damaged, of another program, or of a newer version."""


class QueryError(WarehouseError):
    """A query that DuckDB refuses, or that takes too long."""


class NoMatch(WarehouseError):
    """A filter names something that the database does not hold; the message gives near names."""


def one_line(error: Exception) -> str:
    """The first paragraph of DuckDB's message on one line, without its hints and the quoted query."""
    return " ".join(str(error).split("\n\n", 1)[0].split("\nLINE ", 1)[0].split())
