"""Runs: one row each, whose accounts balance after every committed batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from warehouse.connection import Connection
from warehouse.errors import DatabaseUnusable
from warehouse.loading import Loaded
from warehouse.reference import refresh_reference
from warehouse.statements import statement


@dataclass(frozen=True, slots=True)
class RunSummary:
    """The accounts of a run: ``papers_read = papers_new + papers_changed + papers_known + papers_rejected``."""

    run_id: int
    status: str
    papers_read: int
    papers_new: int
    papers_changed: int
    papers_known: int
    papers_rejected: int
    sightings_new: int
    claims_loaded: int
    rows_rejected: int


def start_run(connection: Connection, sources: Sequence[str], extractor_version: str) -> int:
    """Enter a run; its number is one more than the last (no clock decides the order)."""
    refresh_reference(connection)
    parameters = {"sources": list(sources), "extractor_version": extractor_version}
    rows = connection.execute(statement("start_run"), parameters).fetchall()
    return int(rows[0][0])


def add_to_run(connection: Connection, run_id: int, loaded: Loaded, known: int, rejected: int, rows: int) -> None:
    """Add a batch to the accounts of its run: what was loaded, and what was skipped as known or rejected before."""
    amounts = {
        "papers_new": loaded.new,
        "papers_changed": loaded.changed,
        "papers_known": loaded.known + known,
        "papers_rejected": rejected,
        "sightings_new": loaded.sightings,
        "claims_loaded": loaded.claims,
        "rows_rejected": rows,
    }
    connection.execute(statement("add_to_run"), amounts | {"run_id": run_id}).fetchall()


def finish_run(connection: Connection, run_id: int, status: str) -> RunSummary:
    """Close the run and give its accounts.

    Raises:
        DatabaseUnusable: the database has no such run.
    """
    rows = connection.execute(statement("finish_run"), {"run_id": run_id, "status": status}).fetchall()
    if not rows:
        raise DatabaseUnusable(f"the database has no run {run_id}: it was replaced while the run went on; run again")
    return RunSummary(*rows[0])
