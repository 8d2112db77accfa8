"""The primitive that carries scale: a chunk of papers in, an encoded part out.

The same function runs in this process, in a local pool of processes and on a cluster; it loads neither pandera, polars
nor DuckDB.
"""

from __future__ import annotations

import atexit
import functools
import gc
import json
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from flows.pool import OrderedPool
from schemas.records import Extraction, Link, Paper, Reject

if TYPE_CHECKING:
    from extractors.pipeline import Extractor

CHUNK_PAPERS = 64
"""Papers in a chunk. Fixed, whatever the number of workers: a network's last digits depend on what is in its batch."""

_PRELOAD = ("flows.extraction", "flows.preloaded")

_one_at_a_time = threading.Lock()

MAX_CLAIMS = 500
"""A paper with more claims is a reject. Of 20,000 abstracts none has over 86 numbers, whatever they say."""

MAX_RECORD_CHARS = 10_000
"""The JSON text of a reject is cut here (in characters)."""

Item = TypeVar("Item")
Found = Sequence[tuple[Paper, Extraction]]
Encoder = Callable[[Found], bytes]


@dataclass(frozen=True, slots=True)
class Part:
    """What one chunk came to: the encoded papers, how many papers and claims they hold, and what could not be read."""

    data: bytes
    papers: int
    claims: int
    rejects: tuple[Reject, ...] = ()


def extract_part(encode: Encoder, papers: Sequence[Paper], *, fast: bool = False) -> Part:
    """Extract from ``papers`` and encode the result. A paper that the extractors fail on becomes a reject."""
    found: list[tuple[Paper, Extraction]] = []
    rejects: list[Reject] = []
    for paper, extraction in zip(papers, _extract_each(papers, fast), strict=True):
        if isinstance(extraction, Reject):
            rejects.append(extraction)
        elif len(extraction.claims) > MAX_CLAIMS:
            reason = (
                f"{len(extraction.claims):,} claims in one abstract, more than {MAX_CLAIMS:,}: it is none, or noise"
            )
            rejects.append(rejected(paper, "claims_count", reason))
        else:
            found.append((paper, with_declared_links(paper, extraction)))
    claims = sum(len(extraction.claims) for _, extraction in found)
    return Part(encode(found), len(found), claims, tuple(rejects))


def extract_stream(
    papers: Iterable[Paper],
    encode: Encoder,
    *,
    workers: int,
    cluster: str | None = None,
    fast: bool = False,
    size: int = CHUNK_PAPERS,
) -> Iterator[Part]:
    """Parts for a stream of papers, in order and in constant memory.

    They come from ``workers`` processes, or from the workers of the Dask scheduler whose address is ``cluster``.
    """
    work = functools.partial(extract_part, encode, fast=fast)
    return _mapped(work, chunked(papers, size), workers, cluster, _dead_part)


def extract_parts(
    papers: Iterable[Paper], folder: str, *, workers: int, cluster: str | None = None, fast: bool = False
) -> Iterator[Part]:
    """Write Parquet parts into ``folder``; one that is there already, of the same papers and version, is left alone.

    The workers write the parts themselves: those of a ``cluster`` must reach the folder, a path or a fsspec URL. A part
    file holds PART_PAPERS papers.
    """
    from flows.parts import PART_PAPERS

    work = functools.partial(_write_part, folder, fast)
    numbered = chunked(enumerate(papers), PART_PAPERS)
    return _mapped(work, numbered, workers, cluster, lambda item: _dead_part(item[1]))


def _mapped(
    work: Callable[[Sequence[Item]], Part],
    chunks: Iterable[Sequence[Item]],
    workers: int,
    cluster: str | None,
    on_death: Callable[[Item], Part],
) -> Iterator[Part]:
    if cluster is None:
        return OrderedPool(work, workers=workers, preload=_PRELOAD, on_death=on_death).map(chunks)
    from flows.cluster import ClusterPool

    return ClusterPool(work, address=cluster, on_death=on_death).map(chunks)


def chunked(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """``items`` in lists of ``size``, the last one shorter."""
    chunk: list[Item] = []
    for item in items:
        chunk.append(item)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def with_declared_links(paper: Paper, extraction: Extraction) -> Extraction:
    """The extraction with the links that the paper's source declares beside the text (``origin`` "source")."""
    if not paper.declared_links:
        return extraction
    from extractors.links import repository_of

    declared = tuple(
        Link(url=link.url, role=link.role, repo=repository_of(link.url), origin="source")
        for link in paper.declared_links
    )
    return replace(extraction, links=extraction.links + declared)


def _write_part(folder: str, fast: bool, numbered: Sequence[tuple[int, Paper]]) -> Part:
    import extractors
    from flows import part_files, parts

    papers = [paper for _, paper in numbered]
    version = extractors.version(fast)
    place = part_files.join(folder, parts.part_name(numbered[0][0], papers, version))
    if (done := part_files.counts(place)) is not None:
        return Part(b"", *done)
    part = extract_part(functools.partial(parts.encode, extractor_version=version), papers, fast=fast)
    part_files.write(place, part.data)
    return replace(part, data=b"")


@functools.cache
def _extractor(fast: bool) -> Extractor:
    """One pipeline a process; the garbage collector need not look through its models again and again."""
    import extractors

    extractor = extractors.load(fast)
    gc.freeze()
    atexit.register(gc.unfreeze)  # what stays frozen at the end DuckDB's bindings call leaked, line by line
    return extractor


def _extract_each(papers: Sequence[Paper], fast: bool) -> list[Extraction | Reject]:
    with _one_at_a_time:  # a Dask worker may have several threads
        return _extract_chunk(_extractor(fast), papers)


def _extract_chunk(extractor: Extractor, papers: Sequence[Paper]) -> list[Extraction | Reject]:
    try:
        return list(extractor.extract_many([(paper.title, paper.abstract) for paper in papers]))
    except Exception:
        # One of them is to blame: find it, so that the others are not lost with it.
        return [_extract_alone(extractor, paper) for paper in papers]


def _extract_alone(extractor: Extractor, paper: Paper) -> Extraction | Reject:
    try:
        return extractor.extract(paper.title, paper.abstract)
    except Exception as error:
        return rejected(paper, "extract", f"the extractors failed on it: {type(error).__name__}: {error}")


def rejected(paper: Paper, check_name: str, reason: str) -> Reject:
    """The reject for a whole paper."""
    record = json.dumps({"title": paper.title, "abstract": paper.abstract})[:MAX_RECORD_CHARS]
    return Reject(paper.source, paper.record, check_name, reason, record)


def _dead_part(paper: Paper) -> Part:
    return Part(b"", 0, 0, (rejected(paper, "extract", "a worker process died on it, twice"),))
