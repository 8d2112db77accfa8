"""How a run gets on, shown on a terminal; elsewhere only what went wrong, a line each."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

if TYPE_CHECKING:
    from flows.steps import Job, Watch

_UPDATE_SECONDS = 0.1


@contextlib.contextmanager
def status(message: str) -> Iterator[None]:
    """A spinner on stderr while the block runs, where somebody watches."""
    console = Console(stderr=True)
    if console.is_terminal:
        with console.status(message):
            yield
    else:
        yield


@contextlib.contextmanager
def watching() -> Iterator[Watch]:
    """A watcher of a job: names each reject on stderr, and draws a progress bar where stderr is a terminal."""
    console = Console(stderr=True, highlight=False, markup=False, emoji=False, soft_wrap=True)
    bar = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        TextColumn("{task.fields[papers]:,} papers · {task.fields[claims]:,} claims · {task.fields[rate]:,.0f}/s"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    task = bar.add_task("reading", total=None, papers=0, claims=0, rate=0.0)
    named, updated = 0, 0.0

    def watch(job: Job) -> None:
        nonlocal named, updated
        for reject in job.shown_rejects[named:]:
            console.print(f"paperclaims: {reject}")
        named = len(job.shown_rejects)
        now = time.monotonic()
        if now - updated >= _UPDATE_SECONDS:
            updated = now
            rate = job.papers / max(now - job.started, _UPDATE_SECONDS)
            what = "extracting" if job.papers else "reading"
            bar.update(task, description=what, papers=job.papers, claims=job.claims, rate=rate)

    with bar:
        yield watch
