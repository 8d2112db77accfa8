"""The run as a Prefect flow: the steps of :mod:`flows.steps` as tasks, its report as artifacts.

``prefect.yaml`` and ``paperclaims schedule`` name the flows by their place in this module.
"""

from __future__ import annotations

import logging
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from prefect import flow, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.settings import PREFECT_API_URL, PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings
from prefect.states import Completed, Failed

from flows import steps
from flows.pool import default_workers
from flows.report import as_markdown, headline
from warehouse import Warehouse, WarehouseError

_OWN_LOGGERS = ("prefect.flow_runs", "prefect.task_runs", "prefect.engine")

WRITER_TAG = "paperclaims-writer"
"""Tag of the task that writes. ``paperclaims schedule`` sets a concurrency limit of 1 on it: one run writes at a time."""

watcher: ContextVar[steps.Watch] = ContextVar("watcher", default=lambda job: None)
"""Who is told how a run gets on: the progress bar of the command line."""


def _may_help(task: Any, run: Any, state: State) -> bool:
    """Whether to try again: not after an error that only the user can mend."""
    return not isinstance(state.result(raise_on_failure=False), WarehouseError)


# The ledger in the warehouse knows what was done before; Prefect's cache would only repeat it.
read = task(name="read", cache_policy=NO_CACHE)(steps.read)
extract = task(name="extract", cache_policy=NO_CACHE)(steps.extract)
validate = task(name="validate", cache_policy=NO_CACHE)(steps.validate)
load = task(
    name="load",
    cache_policy=NO_CACHE,
    retries=2,
    retry_delay_seconds=[1, 10],
    retry_condition_fn=_may_help,
    tags=[WRITER_TAG],
)(steps.load)
finish = task(name="finish", cache_policy=NO_CACHE)(steps.finish)


@flow(name="paperclaims")
def load_papers(sources: list[str], database: Path = Path("paperclaims.duckdb"), workers: int | None = None) -> State:
    """Read papers, extract their claims and load them into the warehouse.

    Args:
        sources: files, folders, globs, URLs, ``hf:…`` or ``arxiv:…``; known papers are skipped.
        database: the DuckDB file, made where it is missing.
        workers: processes that extract; default: all cores.

    The run ends as failed where a source could not be read; the others are loaded all the same.
    """
    job = steps.Job(sources, Warehouse(database), workers or default_workers(), watcher.get())
    report = steps.run(job, steps.Steps(read, extract, validate, load, finish))
    create_markdown_artifact(as_markdown(report), key="paperclaims-run", description="What the run came to")
    if report.unreadable:
        return Failed(message="; ".join(report.unreadable), data=report)
    return Completed(message=headline(report), data=report)


def run_now(sources: list[str], database: Path, workers: int, watch: steps.Watch, api: str | None) -> steps.Report:
    """Run the flow in this process and give its report. What goes wrong is raised, not logged as well.

    ``api`` is the address of Prefect's API; None takes the configured one.
    """
    for name in _OWN_LOGGERS:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    token = watcher.set(watch)
    try:
        # The heartbeat's thread sleeps for a second when a flow ends; a run that somebody watches needs none.
        settings: dict[Any, Any] = {PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}
        if api:
            settings[PREFECT_API_URL] = api
        with temporary_settings(settings):
            state: State = load_papers(sources, database, workers, return_state=True)
    finally:
        watcher.reset(token)
    report = state.result(raise_on_failure=False)
    if isinstance(report, BaseException):
        raise report
    assert isinstance(report, steps.Report)
    return report
