"""``paperclaims run`` and ``paperclaims demo``: papers into the warehouse."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.app import EXIT_REJECTS, EXIT_USAGE, app, say
from flows.cli.options import (
    Address,
    Database,
    Engine,
    EngineOption,
    Fast,
    Sources,
    Workers,
    cluster_address,
    database,
    worker_count,
)

if TYPE_CHECKING:
    from flows.steps import Report

DEMO_DATABASE = Path("paperclaims-demo.duckdb")


@app.command()
def demo() -> None:
    """The whole job on sample papers, and a leaderboard: start here."""
    from importlib.resources import as_file, files

    from flows.cli.leaderboards import print_demo

    with as_file(files("flows.samples") / "papers.jsonl") as samples:
        report = _run_flow([str(samples)], DEMO_DATABASE, worker_count(None))
    print_demo(DEMO_DATABASE, report)


@app.command(
    epilog="Examples: `paperclaims run pages/*.txt` · `paperclaims run papers.jsonl --db my.duckdb --direct` · "
    "`paperclaims run parts/` (of `extract --format parquet`)"
)
def run(
    sources: Sources,
    db: Database = None,
    workers: Workers = None,
    direct: Annotated[bool, typer.Option("--direct", help="The same steps without Prefect.")] = False,
    engine: EngineOption = Engine.LOCAL,
    address: Address = None,
    fast: Fast = False,
) -> None:
    """Load papers and their claims into the warehouse, as a Prefect flow. What is known is skipped."""
    start = _run_directly if direct else _run_flow
    report = start(sources, database(db), worker_count(workers), cluster_address(engine, address), fast)
    _show(report)
    if not report.summary.papers_read:
        if not report.unreadable:
            say(f"paperclaims: no papers in {', '.join(sources)}")
        raise typer.Exit(EXIT_USAGE)
    if report.rejected or report.unreadable:
        raise typer.Exit(EXIT_REJECTS)


def _run_directly(sources: list[str], path: Path, workers: int, cluster: str | None, fast: bool) -> Report:
    from flows.cli.progress import watching

    with watching() as watch:
        from flows import steps
        from warehouse import Warehouse

        return steps.run(steps.Job(sources, Warehouse(path), workers, watch, cluster, fast))


def _run_flow(sources: list[str], path: Path, workers: int, cluster: str | None = None, fast: bool = False) -> Report:
    from flows.cli.progress import status, watching
    from flows.prefect_server import server
    from flows.prefect_settings import apply_defaults

    apply_defaults(quiet=True)
    with server() as started:
        with status("Starting Prefect …"):
            from flows import pipeline

            api = started.wait() if started else None
        with watching() as watch:
            return pipeline.run_now(sources, path, workers, watch, api, cluster, fast)


def _show(report: Report) -> None:
    """The run's accounts on stderr, since a run has no data to print."""
    from rich.console import Console

    from flows.report import as_table

    console = Console(stderr=True, highlight=False)
    console.print(as_table(report))
    hidden = report.summary.rows_rejected - len(report.rejects)
    if hidden > 0:
        say(f'{hidden} more rejects: paperclaims sql "SELECT * FROM rejects WHERE run_id = {report.summary.run_id}"')
