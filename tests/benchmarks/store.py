"""A warehouse of many claims: loading, replacing, asking, exporting. The claims are those of real abstracts."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

from flows import part_files, parts
from flows.extraction import extract_parts
from flows.intake import Intake
from flows.pool import default_workers
from schemas.frames import Frames, to_frames
from schemas.records import Extraction, Paper
from schemas.tables import validate
from tests.benchmarks import papers
from tests.benchmarks.speed import Row
from warehouse import Warehouse
from warehouse.leaderboards import leaderboards

BATCH_PAPERS = 2_000
SQL = "SELECT metric_id, count(*), median(factor) FROM claims WHERE own GROUP BY metric_id ORDER BY 2 DESC"
FORMATS = ("csv", "json", "parquet", "markdown", "html")


def warehouse(folder: Path, claims: int, replaced: int) -> Iterator[Row]:
    """Seconds and bytes of a warehouse of so many claims, ``replaced`` of whose papers come again."""
    found = _extracted(folder)
    store = Warehouse(folder / "large.duckdb")
    run = store.start_run(["benchmark"], "1")
    seconds = {"checking": 0.0, "loading": 0.0}
    loaded = 0
    in_all = 0
    for batch in _repeated(found):
        loaded += _load(store, run, "1", batch, seconds)
        in_all += len(batch)
        if loaded >= claims:
            break
    size = store.path.stat().st_size / 1e6
    yield f"warehouse: load {loaded:,} claims of {in_all:,} papers", f"{seconds['loading']:.1f} s, {size:,.0f} MB"
    yield "warehouse: checks of the same rows", f"{seconds['checking']:.1f} s"
    again = {"checking": 0.0, "loading": 0.0}
    for batch in islice(_repeated(found), replaced // BATCH_PAPERS):
        _load(store, run, "2", batch, again)
    yield f"warehouse: replace {replaced:,} papers by a new version", f"{again['loading']:.1f} s"
    store.finish_run(run)
    yield from _asked(store, folder)


def _asked(store: Warehouse, folder: Path) -> Iterator[Row]:
    for name in leaderboards():
        started = time.perf_counter()
        store.leaderboard(name, limit=20)
        yield f"warehouse: `leaderboard {name}`", f"{time.perf_counter() - started:.2f} s"
    started = time.perf_counter()
    store.query(SQL)
    yield "warehouse: `sql`, all claims grouped by metric", f"{time.perf_counter() - started:.2f} s"
    for format in FORMATS:
        started = time.perf_counter()
        written = store.export(folder / f"export-{format}", [format])
        size = sum(path.stat().st_size for path in written if path.is_file()) / 1e6
        yield f"warehouse: `export --format {format}`", f"{time.perf_counter() - started:.1f} s, {size:,.1f} MB"


def _extracted(folder: Path) -> list[tuple[Paper, Extraction]]:
    place = str(folder / "parts")
    part_files.make_folder(place)
    intake = Intake([str(papers.source())], report=lambda reject: None)
    for _ in extract_parts(intake, place, workers=default_workers()):
        pass
    found = []
    for part in part_files.find(place):
        with part_files.opened(part) as file:
            found += parts.decode(file, part)[1]
    return found


def _repeated(found: Sequence[tuple[Paper, Extraction]]) -> Iterator[list[tuple[Paper, Extraction]]]:
    """The papers over and over in batches, each time under other titles and without identifiers: as other papers."""

    def copies() -> Iterator[tuple[Paper, Extraction]]:
        number = 0
        while True:
            for paper, extraction in found:
                title = f"{number} {paper.title}"
                yield replace(paper, title=title, arxiv_id=None, doi=None, url=None), _shifted(extraction, number)
            number += 1

    stream = copies()
    while True:
        yield list(islice(stream, BATCH_PAPERS))


def _shifted(extraction: Extraction, number: int) -> Extraction:
    """The extraction with its offsets in the title moved, since every title begins with a number now."""
    by = len(f"{number} ")
    claims = tuple(
        replace(claim, start=claim.start + by, end=claim.end + by) if claim.field == "title" else claim
        for claim in extraction.claims
    )
    return replace(extraction, claims=claims, links=())


def _load(
    store: Warehouse, run: int, version: str, batch: list[tuple[Paper, Extraction]], seconds: dict[str, float]
) -> int:
    started = time.perf_counter()
    frames: Frames = validate(to_frames(batch))[0]
    seconds["checking"] += time.perf_counter() - started
    started = time.perf_counter()
    loaded = store.load(run, version, frames)
    seconds["loading"] += time.perf_counter() - started
    return loaded.claims
