"""The run as a Prefect flow: the steps of :mod:`flows.steps` as tasks, its report as artifacts.

``prefect.yaml`` and ``paperclaims schedule`` name the flows by their place in this module.
"""

from __future__ import annotations

import atexit
import logging
import os
from contextvars import ContextVar
from pathlib import Path
from typing import Any, NoReturn

import httpx
import polars as pl
from prefect import flow, get_client, task
from prefect import serve as prefect_serve
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.deployments.runner import RunnerDeployment
from prefect.events.clients import PrefectEventsClient
from prefect.events.worker import EventsWorker
from prefect.schedules import Cron
from prefect.settings import PREFECT_API_URL, PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings
from prefect.states import Completed, Failed
from prefect.types.entrypoint import EntrypointType

from flows import steps
from flows.errors import UserError
from flows.news import new_since_run
from flows.pool import default_workers
from flows.report import as_markdown, headline
from warehouse import Warehouse, WarehouseError
from warehouse.exporting import SITE, SUFFIXES

# Prefect's threads keep references until Python ends, so that DuckDB's binding (nanobind) reports forty lines of leaks
# after everything is over, in every process that ran a flow. Nobody can use them: stderr is closed as a last step.
atexit.register(lambda: os.dup2(os.open(os.devnull, os.O_WRONLY), 2))

_OWN_LOGGERS = ("prefect.flow_runs", "prefect.task_runs", "prefect.engine", "prefect.events")

MAX_NEWS = 100
"""Rows in the artifact that tells what is new."""

WRITER_TAG = "paperclaims-writer"
"""Tag of the task that writes. A concurrency limit of 1 on it (``paperclaims schedule`` sets it) lets one run write."""

watcher: ContextVar[steps.Watch] = ContextVar("watcher", default=lambda job: None)
"""Who is told how a run gets on: the progress bar of the command line."""


class SourcesUnreadable(UserError):
    """A run that loaded what it could, with its report; Prefect raises it as the result of the failed run."""

    def __init__(self, report: steps.Report) -> None:
        super().__init__(report)
        self.report = report

    def __str__(self) -> str:
        return "; ".join(self.report.unreadable)


def _without_traceback(record: logging.LogRecord) -> bool:
    """Shortens Prefect's log of a scheduled run that failed for its sources: the reason stands in the state already."""
    if record.exc_info and isinstance(record.exc_info[1], SourcesUnreadable):
        record.exc_info, record.msg, record.args = None, "Some sources could not be read; the others are loaded", None
    return True


logging.getLogger("prefect.flow_runs").addFilter(_without_traceback)


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
def load_papers(
    sources: list[str],
    database: Path = Path("paperclaims.duckdb"),
    workers: int | None = None,
    cluster: str | None = None,
    fast: bool = False,
) -> State:
    """Read papers, extract their claims and load them into the warehouse.

    Args:
        sources: files, folders, globs, URLs, ``hf:…`` or ``arxiv:…``; known papers are skipped.
        database: the DuckDB file, made where it is missing.
        workers: processes that extract; default: all cores.
        cluster: address of a Dask scheduler whose workers extract instead.
        fast: leave the network out.

    The run ends as failed where a source could not be read; the others are loaded all the same.
    """
    job = steps.Job(sources, Warehouse(database), workers or default_workers(), watcher.get(), cluster, fast)
    report = steps.run(job, steps.Steps(read, extract, validate, load, finish))
    create_markdown_artifact(as_markdown(report), key="paperclaims-run", description="What the run came to")
    news = new_since_run(job.warehouse, job.run_id)
    create_table_artifact(
        news.head(MAX_NEWS).select(pl.all().cast(pl.String)).to_dicts(),
        key="paperclaims-new",
        description="What is new at the top of any leaderboard",
    )
    if report.unreadable:
        failure = SourcesUnreadable(report)
        return Failed(message=str(failure), data=failure)
    return Completed(message=headline(report), data=report)


@flow(name="paperclaims-export")
def export_leaderboards(folder: Path, database: Path = Path("paperclaims.duckdb")) -> list[Path]:
    """Write all leaderboards of the warehouse into a folder, in every format, the site too."""
    return Warehouse(database).export(folder, [*SUFFIXES, SITE])


def run_now(
    sources: list[str],
    database: Path,
    workers: int,
    watch: steps.Watch,
    api: str | None,
    cluster: str | None = None,
    fast: bool = False,
) -> steps.Report:
    """Run the flow in this process and give its report. What goes wrong is raised, not logged as well.

    ``api`` is the address of Prefect's API; None takes the configured one.

    Raises:
        UserError: Prefect's server went away in the middle, or answers with errors.
    """
    for name in _OWN_LOGGERS:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    token = watcher.set(watch)
    try:
        # The heartbeat's thread sleeps for a second when a flow ends; a run that somebody watches needs none.
        settings: dict[Any, Any] = {PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}
        if api:
            settings[PREFECT_API_URL] = api
            # That server is a process of our own: where it has ended, nothing waits minutes for it to come back.
            EventsWorker.set_client_override(PrefectEventsClient, api_url=api, reconnection_attempts=1)
        with temporary_settings(settings):
            state: State = load_papers(sources, database, workers, cluster, fast, return_state=True)
        report = state.result(raise_on_failure=False)
        if isinstance(report, SourcesUnreadable):
            report = report.report
        if isinstance(report, BaseException):
            raise report
    except httpx.HTTPError as error:  # the readers turn theirs into rejects
        raise UserError(
            f"Prefect's server cannot be reached any more ({error}): what was loaded before is kept; "
            "run again, or with --direct to do without it"
        ) from error
    finally:
        watcher.reset(token)
    assert isinstance(report, steps.Report)
    return report


def serve(name: str, cron: str, timezone: str, parameters: dict[str, Any]) -> NoReturn:
    """Deploy :func:`load_papers` with a cron schedule and run what falls due, in this process, until interrupted.

    Raises UserError where the cron expression or the time zone is none.
    """
    try:
        schedule = Cron(cron, timezone=timezone)
    except ValueError as error:
        raise UserError(f"no schedule: {str(error).splitlines()[-1].strip()}") from error
    _let_one_write()
    deployment = RunnerDeployment.from_flow(
        load_papers,
        name=name,
        schedule=schedule,
        parameters=parameters,
        tags=["paperclaims"],
        concurrency_limit=1,
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
    try:
        prefect_serve(deployment, pause_on_shutdown=False)
    except BaseExceptionGroup as errors:
        if errors.subgroup(KeyboardInterrupt) is None:
            raise
    # Prefect's runner swallows Ctrl-C or wraps it, as it happens; nothing else ends it.
    raise KeyboardInterrupt


def _let_one_write() -> None:
    with get_client(sync_client=True) as client:
        client.create_concurrency_limit(WRITER_TAG, 1)
