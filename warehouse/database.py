"""The one door to the database file: loading, runs and read-only queries."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl

from schemas.frames import Frames, paper_hash
from schemas.records import Paper, Reject
from warehouse.connection import (
    READ_WAIT_SECONDS,
    WRITE_WAIT_SECONDS,
    Connection,
    Notify,
    reader,
    to_stderr,
    transaction,
    writer,
)
from warehouse.exporting import export_leaderboards
from warehouse.leaderboards import EVERYTHING, Filters, benchmarks_below, find_leaderboard, query_leaderboard
from warehouse.loading import Loaded, insert_rejects, known_hashes, load_batch
from warehouse.migrating import ensure_newest
from warehouse.querying import QUERY_SECONDS, run_query
from warehouse.running import RunSummary, add_to_run, finish_run, start_run
from warehouse.statements import statement


class Warehouse:
    """A DuckDB file of papers and claims, opened only for the moment of each call.

    Args:
        path: the database file; the first writing call makes it.
        notify: is told in one line when a call has to wait for another program (default: standard error).
        read_wait_seconds, write_wait_seconds: how long a call waits before it gives up.

    Every method raises :class:`warehouse.errors.WarehouseError`, one clear line, where the file is missing (reading),
    damaged, another program's, of a newer schema, or busy for too long.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        notify: Notify = to_stderr,
        read_wait_seconds: float = READ_WAIT_SECONDS,
        write_wait_seconds: float = WRITE_WAIT_SECONDS,
    ) -> None:
        self.path = Path(path)
        self._notify = notify
        self._read_wait_seconds = read_wait_seconds
        self._write_wait_seconds = write_wait_seconds
        self._migrated = False

    def start_run(self, sources: Sequence[str], extractor_version: str) -> int:
        """Enter a run and give its number; makes the database where it is missing."""
        with self._writing() as connection:
            return start_run(connection, sources, extractor_version)

    def known(self, papers: Sequence[Paper], extractor_version: str) -> list[bool]:
        """For each paper, whether these extractors have read exactly this record before (so that it can be skipped)."""
        if not papers or not os.path.exists(self.path):
            return [False] * len(papers)
        hashes = pl.Series("paper_hash", [paper_hash(paper) for paper in papers], dtype=pl.String)
        with self.reading() as connection:
            return hashes.is_in(known_hashes(connection, extractor_version, hashes).implode()).to_list()

    def load(
        self,
        run_id: int,
        extractor_version: str,
        frames: Frames,
        rejects: Sequence[Reject] = (),
        *,
        papers_known: int = 0,
        papers_rejected: int = 0,
    ) -> Loaded:
        """Load one validated batch and its rejects in one transaction, replacing by paper; loading twice adds nothing.

        ``papers_known`` counts the records skipped because :meth:`known` said so, ``papers_rejected`` those that became
        no valid paper; both only enter the accounts of the run.
        """
        with self._writing() as connection:
            loaded = load_batch(connection, run_id, extractor_version, frames)
            insert_rejects(connection, run_id, rejects)
            add_to_run(connection, run_id, loaded, papers_known, papers_rejected, len(rejects))
            return loaded

    def finish_run(self, run_id: int, status: str = "done") -> RunSummary:
        """Close the run ("done" or "failed") and give its accounts."""
        with self._writing() as connection:
            return finish_run(connection, run_id, status)

    def query(
        self, sql: str, parameters: Mapping[str, Any] | None = None, *, seconds: float = QUERY_SECONDS
    ) -> pl.DataFrame:
        """The result of one read-only statement; it can touch no other file and load no extension.

        Raises:
            QueryError: the statement is wrong, forbidden, or runs longer than ``seconds``.
        """
        with self.reading() as connection:
            return run_query(connection, sql, parameters, seconds)

    def describe(self) -> pl.DataFrame:
        """What can be asked, with columns kind, table_name, table_comment, column_name, data_type, comment.

        ``kind`` is table, view or leaderboard: a table macro, which has one row with its parameters in ``table_name``.
        """
        with self.reading() as connection:
            tables = run_query(connection, statement("describe"))
            return pl.concat([tables, run_query(connection, statement("describe_macros"))], how="diagonal")

    def leaderboard(
        self, name: str = "speedups", filters: Filters = EVERYTHING, *, limit: int | None = None
    ) -> pl.DataFrame:
        """The rows of one of :func:`warehouse.leaderboards.leaderboards`, best first, all columns.

        Raises:
            NoMatch: no such leaderboard or filter, or a filter names what the database does not hold (with near names).
        """
        board = find_leaderboard(name)
        with self.reading() as connection:
            return query_leaderboard(connection, board, filters, limit)

    def benchmarks_below(self, name: str) -> list[str]:
        """The most-used benchmarks whose names begin with this one ("AIME": "AIME 2024"), five at most."""
        with self.reading() as connection:
            return benchmarks_below(connection, name)

    def export(self, folder: str | Path, formats: Sequence[str]) -> list[Path]:
        """Write all leaderboards as files ("csv", "json", "markdown", "parquet") or a site ("html"); give the paths."""
        with self.reading() as connection:
            return export_leaderboards(connection, Path(folder), formats)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A read-only connection for several queries on the same state."""
        if os.path.exists(self.path):
            self._migrate(self._read_wait_seconds)
        with reader(self.path, self._notify, self._read_wait_seconds) as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        self._migrate(self._write_wait_seconds)
        with writer(self.path, self._notify, self._write_wait_seconds) as connection, transaction(connection):
            yield connection

    def _migrate(self, wait_seconds: float) -> None:
        """Once, and again where somebody took the file away meanwhile."""
        if not self._migrated or not os.path.exists(self.path):
            ensure_newest(self.path, self._notify, wait_seconds)
            self._migrated = True
