"""The steps of a run as plain functions: read → extract → validate → load.

:mod:`flows.pipeline` wraps them as Prefect tasks; ``--direct`` calls them as they are. Between the steps travels a
:class:`Batch`. All of them work on a stream: while one batch is validated and loaded, the workers already extract the
next one.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from itertools import chain, compress
from pathlib import Path

import extractors
from flows import part_files, parts
from flows.errors import UserError
from flows.extraction import Part, chunked, extract_stream
from flows.intake import UNREADABLE, Intake, line
from flows.sources.addresses import named
from schemas.frames import Frames, to_frames
from schemas.records import Extraction, Paper, Reject
from schemas.tables import validate as validate_frames
from warehouse import RunSummary, Warehouse

BATCH_PAPERS = 2_000
"""Papers in one load transaction, and in one round of tasks."""

MAX_SHOWN_REJECTS = 20
"""Rejects named one by one in a run's report; the table ``rejects`` holds all."""

_CLAIMS_BY_TYPE = "SELECT type, count(*) AS claims FROM claims GROUP BY type ORDER BY claims DESC, type"

Watch = Callable[["Job"], None]


@dataclass(slots=True)
class Batch:
    """What travels from step to step. Each step takes what the one before left, so that nothing is held twice."""

    extractor_version: str
    parts: list[Part] = field(default_factory=list)
    found: list[tuple[Paper, Extraction]] = field(default_factory=list)
    frames: Frames | None = None


@dataclass(slots=True)
class Waiting:
    """What came up since the last load transaction, and belongs to the next one."""

    papers_known: int = 0
    papers_rejected: int = 0
    rejects: list[Reject] = field(default_factory=list)


@dataclass(slots=True)
class Job:
    """One run: where it reads, where it writes, and its accounts so far.

    ``cluster`` is the address of a Dask scheduler whose workers extract, instead of ``workers`` processes.
    ``fast`` leaves the network out.
    """

    sources: Sequence[str]
    warehouse: Warehouse
    workers: int
    watch: Watch = lambda job: None
    cluster: str | None = None
    fast: bool = False
    run_id: int = 0
    papers: int = 0
    claims: int = 0
    unreadable: list[str] = field(default_factory=list)
    shown_rejects: list[str] = field(default_factory=list)
    started: float = field(default_factory=time.monotonic)
    batches: Iterator[Batch] = field(default_factory=lambda: iter(()))
    waiting: Waiting = field(default_factory=lambda: Waiting())

    def reject_paper(self, reject: Reject) -> None:
        """Note a record that became no paper, or a source that could not be read."""
        if reject.check_name == UNREADABLE:
            self.unreadable.append(line(reject))
        else:
            self.papers += 1
            self.waiting.papers_rejected += 1
        self.reject(reject)

    def reject(self, reject: Reject) -> None:
        """Note what could not be used; it is stored with the next batch."""
        self.waiting.rejects.append(reject)
        if len(self.shown_rejects) < MAX_SHOWN_REJECTS:
            self.shown_rejects.append(line(reject))
        self.watch(self)

    def skip_known(self, papers: Sequence[Paper], extractor_version: str) -> list[bool]:
        """Which of the papers are new to the warehouse; the others are counted as known."""
        known = self.warehouse.known(papers, extractor_version)
        self.papers += len(papers)
        self.waiting.papers_known += sum(known)
        self.watch(self)
        return [not one for one in known]


@dataclass(frozen=True, slots=True)
class Report:
    """What a run came to; ``claims`` counts those that the warehouse now holds, by type."""

    summary: RunSummary
    claims: dict[str, int]
    seconds: float
    unreadable: list[str]
    rejects: list[str]

    @property
    def rejected(self) -> int:
        return self.summary.papers_rejected + self.summary.rows_rejected


def read(job: Job) -> None:
    """Open the run in the warehouse, and the sources as a stream of batches."""
    job.run_id = job.warehouse.start_run([named(source) for source in job.sources], extractors.version(job.fast))
    folders = {source: files for source in job.sources if (files := part_files.find(source))}
    papers = Intake([source for source in job.sources if source not in folders], job.reject_paper)
    job.batches = chain(
        _extracted(job, papers),
        (batch for files in folders.values() for batch in _ready_made(job, files)),
    )


def extract(job: Job) -> Batch | None:
    """The next batch of new papers with what the extractors found in them; None at the end."""
    return next(job.batches, None)


def validate(job: Job, batch: Batch) -> None:
    """Turn the batch into frames and keep the rows that pass every check; the others become rejects."""
    found = [pair for part in batch.parts for pair in parts.decode(BytesIO(part.data))[1]]
    batch.parts.clear()
    found += batch.found
    batch.found.clear()
    good, rejects = validate_frames(to_frames(found))
    batch.frames = good
    job.waiting.papers_rejected += len(found) - good.papers.height
    for reject in rejects:
        job.reject(reject)
    job.claims += good.claims.height
    job.watch(job)


def load(job: Job, batch: Batch) -> None:
    """Write the batch and its accounts in one transaction. May be called again where it failed."""
    assert batch.frames is not None, "validate comes first"
    job.warehouse.load(
        job.run_id,
        batch.extractor_version,
        batch.frames,
        job.waiting.rejects,
        papers_known=job.waiting.papers_known,
        papers_rejected=job.waiting.papers_rejected,
    )
    job.waiting = Waiting()
    batch.frames = None


def finish(job: Job, status: str = "done") -> Report:
    """Close the run in the warehouse and give its report."""
    return Report(
        summary=job.warehouse.finish_run(job.run_id, status),
        claims=dict(job.warehouse.query(_CLAIMS_BY_TYPE).iter_rows()),
        seconds=time.monotonic() - job.started,
        unreadable=job.unreadable,
        rejects=job.shown_rejects,
    )


@dataclass(frozen=True, slots=True)
class Steps:
    """The steps in their order, plain or as Prefect tasks."""

    read: Callable[[Job], None] = read
    extract: Callable[[Job], Batch | None] = extract
    validate: Callable[[Job, Batch], None] = validate
    load: Callable[[Job, Batch], None] = load
    finish: Callable[[Job, str], Report] = finish


def run(job: Job, steps: Steps = Steps()) -> Report:
    """The whole job. A run that is interrupted or fails is closed as "failed"; what was loaded before stays."""
    steps.read(job)
    try:
        while batch := steps.extract(job):
            steps.validate(job, batch)
            steps.load(job, batch)
    except BaseException:
        finish(job, "failed")
        raise
    return steps.finish(job, "failed" if job.unreadable else "done")


def _extracted(job: Job, papers: Iterable[Paper]) -> Iterator[Batch]:
    """Papers that the warehouse does not know yet, extracted by the workers, in batches; the last one may be empty."""
    version = extractors.version(job.fast)

    def fresh() -> Iterator[Paper]:
        for read_ahead in chunked(papers, BATCH_PAPERS):
            yield from compress(read_ahead, job.skip_known(read_ahead, version))

    encode = functools.partial(parts.encode, extractor_version=version)
    batch = Batch(version)
    for part in extract_stream(fresh(), encode, workers=job.workers, cluster=job.cluster, fast=job.fast):
        for reject in part.rejects:
            job.reject_paper(reject)
        if part.data:
            batch.parts.append(part)
        if sum(part.papers for part in batch.parts) >= BATCH_PAPERS:
            yield batch
            batch = Batch(version)
    yield batch  # even an empty one takes the last rejects and the number of known papers along


def _ready_made(job: Job, files: Iterable[str]) -> Iterator[Batch]:
    """Batches from Parquet parts that ``extract`` wrote: nothing is extracted again."""
    for file in files:
        try:
            with part_files.opened(file) as stream:
                version, found = parts.decode(stream, Path(file).name)
        except (UserError, OSError) as error:
            job.reject_paper(Reject(named(file), "", UNREADABLE, str(error)))
            yield Batch(extractors.version(job.fast))
            continue
        new = job.skip_known([paper for paper, _ in found], version)
        yield Batch(version, found=list(compress(found, new)))
