"""Runs: one row each, whose accounts balance after every committed batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

from warehouse.connection import Connection
from warehouse.errors import DatabaseUnusable
from warehouse.loading import Loaded

NOW = "now()::TIMESTAMPTZ AT TIME ZONE 'UTC'"


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
    rows = connection.execute(
        f"""INSERT INTO runs BY NAME
        SELECT coalesce(max(run_id), 0) + 1 AS run_id, {NOW} AS started_at, 'running' AS status,
               $sources::VARCHAR[] AS sources, $version AS extractor_version, {_ZEROES}
        FROM runs RETURNING run_id""",
        {"sources": list(sources), "version": extractor_version},
    ).fetchall()
    return int(rows[0][0])


def add_to_run(connection: Connection, run_id: int, loaded: Loaded, known: int, rejected: int, rows: int) -> None:
    """Add a batch to the accounts of its run."""
    amounts = {
        "papers_read": loaded.new + loaded.changed + loaded.known + known + rejected,
        "papers_new": loaded.new,
        "papers_changed": loaded.changed,
        "papers_known": loaded.known + known,
        "papers_rejected": rejected,
        "sightings_new": loaded.sightings,
        "claims_loaded": loaded.claims,
        "rows_rejected": rows,
    }
    additions = ", ".join(f"{name} = {name} + ${name}" for name in amounts)
    connection.execute(f"UPDATE runs SET {additions} WHERE run_id = $run_id", amounts | {"run_id": run_id})


def finish_run(connection: Connection, run_id: int, status: str) -> RunSummary:
    """Close the run and give its accounts.

    Raises:
        DatabaseUnusable: the database has no such run.
    """
    connection.execute(
        f"UPDATE runs SET status = $status, finished_at = {NOW} WHERE run_id = $run_id",
        {"status": status, "run_id": run_id},
    )
    columns = ", ".join(field.name for field in fields(RunSummary))
    rows = connection.execute(f"SELECT {columns} FROM runs WHERE run_id = $run_id", {"run_id": run_id}).fetchall()
    if not rows:
        raise DatabaseUnusable(f"the database has no run {run_id}: it was replaced while the run went on; run again")
    return RunSummary(*rows[0])


_COUNTS = [field.name for field in fields(RunSummary) if field.name not in ("run_id", "status")]
_ZEROES = ", ".join(f"0 AS {name}" for name in _COUNTS)
