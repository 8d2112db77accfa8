"""``paperclaims schedule``: the run again and again, as a Prefect deployment with a cron schedule."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from typing import Annotated

import typer

from flows.cli.app import app, say
from flows.cli.options import Database, Sources, Workers, database

_DEFAULT_PORT = 4200
"""Where Prefect's server and its UI are expected."""


@app.command(epilog='Example: `paperclaims schedule hf:today "arxiv:cat:cs.CL" --cron "0 6 * * *"`')
def schedule(
    sources: Sources,
    cron: Annotated[str, typer.Option(metavar="CRON", help="When, as cron says it.")],
    name: Annotated[str | None, typer.Option(help="The deployment's name.", show_default="from the sources")] = None,
    timezone: Annotated[str, typer.Option(help="The time zone of the cron expression.")] = "UTC",
    workers: Workers = None,
    db: Database = None,
) -> None:
    """Load sources on a schedule: serves a Prefect deployment until Ctrl-C, with a server of its own if need be."""
    from flows.prefect_settings import apply_defaults

    apply_defaults(quiet=False)
    with _api() as url:
        os.environ["PREFECT_API_URL"] = url  # for this process, and for the processes of the runs
        from flows import pipeline

        say(f"Prefect's UI: {url.removesuffix('/api')}")
        pipeline.serve(
            name or _name_of(sources),
            cron,
            timezone,
            {"sources": sources, "database": str(database(db).absolute()), "workers": workers},
        )


@contextlib.contextmanager
def _api() -> Iterator[str]:
    """The API that is configured, else a server that runs here already, else one of our own for the block."""
    from flows.cli.progress import status
    from flows.prefect_server import answers, local_server
    from flows.prefect_settings import configured_settings

    usual = f"http://127.0.0.1:{_DEFAULT_PORT}/api"
    if configured := configured_settings().get("PREFECT_API_URL"):
        yield configured
    elif answers(usual):
        yield usual
    else:
        with local_server(_DEFAULT_PORT, ephemeral=False) as server:
            with status("Starting Prefect's server …"):
                url = server.wait()
            yield url


def _name_of(sources: list[str]) -> str:
    """A deployment name that Prefect takes, from the sources."""
    return re.sub(r"[^\w.-]+", "-", " ".join(sources)).strip("-")[:60] or "papers"
