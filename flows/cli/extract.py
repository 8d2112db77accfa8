"""``paperclaims extract``: papers in, claims out, as a stream. No database, no orchestrator, no pandera, no polars."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated

import typer

from flows.cli.app import EXIT_REJECTS, EXIT_USAGE, app, say
from flows.cli.options import (
    Address,
    Engine,
    EngineOption,
    Fast,
    Sources,
    Workers,
    cluster_address,
    is_terminal,
    worker_count,
)
from flows.errors import UserError

if TYPE_CHECKING:
    from flows.extraction import Part
    from flows.intake import Intake


class ExtractFormat(StrEnum):
    """What ``extract`` writes."""

    JSONL = "jsonl"
    CSV = "csv"
    TABLE = "table"
    PARQUET = "parquet"


@app.command(
    epilog="Examples: `paperclaims extract page.txt` · `paperclaims extract papers/ -o claims.csv` · "
    "`cat papers.jsonl | paperclaims extract - | jq .claims`"
)
def extract(
    sources: Sources,
    format: Annotated[
        ExtractFormat | None,
        typer.Option("--format", "-f", help="Default: what the name after -o says, else jsonl."),
    ] = None,
    output: Annotated[
        str | None,
        typer.Option(
            "--output", "-o", metavar="FILE or DIR", help="A file; for parquet a folder of parts, or its fsspec URL."
        ),
    ] = None,
    workers: Workers = None,
    engine: EngineOption = Engine.LOCAL,
    address: Address = None,
    fast: Fast = False,
) -> None:
    """Extract claims, links and entities, one paper a line; needs no database."""
    from flows.intake import Intake, line

    cluster = cluster_address(engine, address)
    chosen = format or _format_of(output)
    intake = Intake(sources, report=lambda reject: say(f"paperclaims: {line(reject)}"))
    if chosen is ExtractFormat.PARQUET:
        _write_parts(intake, output, worker_count(workers), cluster, fast)
    else:
        _write_stream(intake, chosen, Path(output) if output else None, worker_count(workers), cluster, fast)


def _format_of(output: str | None) -> ExtractFormat:
    suffix = Path(output or "").suffix.lstrip(".").lower()
    return ExtractFormat(suffix) if suffix in ("jsonl", "csv") else ExtractFormat.JSONL


def _write_stream(
    intake: Intake, format: ExtractFormat, output: Path | None, workers: int, cluster: str | None, fast: bool
) -> None:
    from flows.encoders import ENCODERS, csv_header
    from flows.extraction import extract_stream

    parts = _Counted(extract_stream(intake, ENCODERS[format], workers=workers, cluster=cluster, fast=fast))
    with _opened(output) as stream:
        if format is ExtractFormat.TABLE:
            from flows.cli.tables import print_papers

            print_papers((part.data for part in parts), stream)
        else:
            if format is ExtractFormat.CSV:
                stream.write(csv_header())
            for part in parts:
                stream.write(part.data)
                stream.flush()
    _finish(intake, parts)


def _write_parts(intake: Intake, folder: str | None, workers: int, cluster: str | None, fast: bool) -> None:
    from flows import part_files
    from flows.extraction import extract_parts

    if folder is None:
        raise UserError("--format parquet writes a folder of parts: name it with -o DIR")
    part_files.make_folder(folder)
    parts = _Counted(extract_parts(intake, folder, workers=workers, cluster=cluster, fast=fast))
    for _ in parts:
        pass
    _finish(intake, parts)


class _Counted:
    """The parts of a stream as they pass, counted."""

    def __init__(self, parts: Iterable[Part]) -> None:
        self._parts = parts
        self.papers = self.claims = self.rejects = 0

    def __iter__(self) -> Iterator[Part]:
        from flows.intake import line

        for part in self._parts:
            self.papers += part.papers
            self.claims += part.claims
            self.rejects += len(part.rejects)
            for reject in part.rejects:
                say(f"paperclaims: {line(reject)}")
            yield part


def _finish(intake: Intake, parts: _Counted) -> None:
    """Say what was done where somebody watches, and choose the exit status."""
    rejects = intake.rejects + parts.rejects
    if is_terminal(2):
        say(f"{parts.papers} papers, {parts.claims} claims" + (f", {rejects} rejected" if rejects else ""))
    if not intake.papers:
        if not rejects:
            say(f"paperclaims: no papers in {', '.join(intake.sources)}")
        raise typer.Exit(EXIT_USAGE)
    if rejects:
        raise typer.Exit(EXIT_REJECTS)


@contextlib.contextmanager
def _opened(output: Path | None) -> Iterator[IO[bytes]]:
    """stdout, or a file that takes its name only when it is whole."""
    if output is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    temporary = output.with_name(f".{output.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as stream:
            yield stream
        temporary.replace(output)
    except OSError as error:
        raise UserError(f"{output}: cannot be written ({error.strerror or error})") from error
    finally:
        temporary.unlink(missing_ok=True)
