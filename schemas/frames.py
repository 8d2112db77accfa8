"""Records as polars frames, in the table form of DESIGN.md (``field``, ``span_start``, ``span_end`` …).

The ids are hashes of content, so that the same papers give the same rows on every machine and in every run.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

import polars as pl
import pyarrow as pa

from schemas.identifiers import arxiv_id_of_doi, content_hash, folded_title, normal_arxiv_id, normal_doi
from schemas.records import Claim, Entities, Extraction, Link, Paper, Reject

MAX_RECORD_CHARS = 10_000
"""The JSON text of a reject is cut here (in characters)."""

_TEXTS = pl.List(pl.String)
_ARROW_TEXTS = pa.large_list(pa.large_string())

PAPER_COLUMNS: dict[str, pl.DataType] = {
    "paper_row": pl.UInt32(),
    "paper_id": pl.String(),
    "paper_hash": pl.String(),
    "text_hash": pl.String(),
    "source": pl.String(),
    "record": pl.String(),
    "source_id": pl.String(),
    "title": pl.String(),
    "abstract": pl.String(),
    "url": pl.String(),
    "published": pl.Date(),
    "page_date": pl.String(),
    "arxiv_id": pl.String(),
    "arxiv_version": pl.Int32(),
    "doi": pl.String(),
    "title_key": pl.String(),
    "authors": _TEXTS,
    "categories": _TEXTS,
    "code": pl.String(),
}
CLAIM_COLUMNS: dict[str, pl.DataType] = {
    "paper_row": pl.UInt32(),
    "claim_id": pl.String(),
    "paper_id": pl.String(),
    "type": pl.String(),
    "value": pl.Float64(),
    "value_max": pl.Float64(),
    "baseline_value": pl.Float64(),
    "unit": pl.String(),
    "qualifier": pl.String(),
    "direction": pl.String(),
    "metric": pl.String(),
    "subject": pl.String(),
    "baseline": _TEXTS,
    "benchmark": _TEXTS,
    "hardware": _TEXTS,
    "own": pl.Boolean(),
    "field": pl.String(),
    "span": pl.String(),
    "span_start": pl.Int32(),
    "span_end": pl.Int32(),
    "sentence": pl.String(),
    "relative": pl.String(),
    "good": pl.Boolean(),
    "factor": pl.Float64(),
    "base_value": pl.Float64(),
    "base_unit": pl.String(),
    "metric_id": pl.String(),
    "metric_better": pl.String(),
    "benchmark_ids": _TEXTS,
    "hardware_ids": _TEXTS,
    "rule": pl.String(),
    "confidence": pl.Float64(),
}
LINK_COLUMNS: dict[str, pl.DataType] = {
    "paper_row": pl.UInt32(),
    "link_id": pl.String(),
    "paper_id": pl.String(),
    "url": pl.String(),
    "role": pl.String(),
    "repo": pl.String(),
    "released": pl.Boolean(),
    "field": pl.String(),
    "span": pl.String(),
    "span_start": pl.Int32(),
    "span_end": pl.Int32(),
    "origin": pl.String(),
}
ENTITY_COLUMNS: dict[str, pl.DataType] = {
    "paper_row": pl.UInt32(),
    "paper_id": pl.String(),
    "kind": pl.String(),
    "name": pl.String(),
    "mention": pl.Int32(),
}

FRAME_COLUMNS: dict[str, dict[str, pl.DataType]] = {
    "papers": PAPER_COLUMNS,
    "claims": CLAIM_COLUMNS,
    "links": LINK_COLUMNS,
    "entities": ENTITY_COLUMNS,
}
"""Columns and types of each frame of :class:`Frames`."""

ENTITY_KINDS: dict[str, str] = {"benchmarks": "benchmark", "models": "model", "hardware": "hardware"}
"""The lists of :class:`schemas.records.Entities` and the value of ``kind`` for each."""

_RENAMED = {"start": "span_start", "end": "span_end"}


@dataclass(frozen=True, slots=True)
class Frames:
    """A batch of papers with what was found in them, one frame a table.

    ``paper_row`` (the paper's place in the batch) ties the rows of one paper together; ``rejects`` holds what could
    not even become a row.
    """

    papers: pl.DataFrame
    claims: pl.DataFrame
    links: pl.DataFrame
    entities: pl.DataFrame
    rejects: tuple[Reject, ...] = ()


def to_frames(items: Iterable[tuple[Paper, Extraction]]) -> Frames:
    """The papers with their extractions as frames, unchecked: :func:`schemas.tables.validate` checks them.

    Links that a source declares must already be among ``Extraction.links`` (``origin`` "source"). A paper holding text
    that has no UTF-8 form (a lone surrogate) goes to ``rejects``.
    """
    papers: list[dict[str, Any]] = []
    claims: list[tuple[int, str, Claim]] = []
    links: list[tuple[int, str, Link]] = []
    entities: list[tuple[int, str, str, str, int]] = []
    rejects: list[Reject] = []
    for row, (paper, extraction) in enumerate(items):
        if not _has_utf8(paper):
            rejects.append(_surrogate_reject(paper))
            continue
        columns = _paper_columns(row, paper, extraction)
        paper_id = columns["paper_id"]
        papers.append(columns)
        claims.extend((row, paper_id, claim) for claim in extraction.claims)
        links.extend((row, paper_id, link) for link in extraction.links)
        entities.extend((row, paper_id, *entity) for entity in _entity_rows(extraction.entities))
    return Frames(
        papers=_frame({name: [paper[name] for paper in papers] for name in PAPER_COLUMNS}, PAPER_COLUMNS),
        claims=_claim_frame(claims),
        links=_link_frame(links),
        entities=pl.DataFrame(entities, schema=ENTITY_COLUMNS, orient="row"),
        rejects=tuple(rejects),
    )


def paper_hash(paper: Paper) -> str:
    """The hash of all that one sighting says (its ``record`` place aside): the key of the ledger."""
    return content_hash(*(getattr(paper, name) for name in _HASHED_FIELDS))


def claim_id(paper_id: str, field: str, start: int, end: int, kind: str, value: float) -> str:
    """The id of a claim: a hash of where it stands (paper, field, offsets) and of what it says (type, value)."""
    return content_hash(paper_id, field, start, end, kind, float(value))


def link_id(paper_id: str, url: str, field: str | None, start: int | None) -> str:
    """The id of a link: a hash of its address and of where it stands."""
    return content_hash(paper_id, url, field, start)


def with_paper_ids(frames: Frames, paper_ids: Mapping[int, str]) -> Frames:
    """The frames with the given ``paper_id`` for each ``paper_row``; ids of claims and links follow.

    The warehouse needs it where a paper was first seen under another identifier.
    """
    changed = {
        row: paper_ids[row]
        for row, current in frames.papers.select("paper_row", "paper_id").iter_rows()
        if paper_ids.get(row, current) != current
    }
    if not changed:
        return frames
    moved = pl.DataFrame(
        {"paper_row": list(changed), "_paper_id": list(changed.values())},
        schema={"paper_row": pl.UInt32, "_paper_id": pl.String},
    )
    return Frames(
        papers=_moved(frames.papers, moved),
        claims=_rehashed(_moved(frames.claims, moved), changed, "claim_id", _CLAIM_ID_COLUMNS, claim_id),
        links=_rehashed(_moved(frames.links, moved), changed, "link_id", _LINK_ID_COLUMNS, link_id),
        entities=_moved(frames.entities, moved),
        rejects=frames.rejects,
    )


_HASHED_FIELDS = tuple(field.name for field in fields(Paper) if field.name != "record")
_CLAIM_ID_COLUMNS = ("paper_id", "field", "span_start", "span_end", "type", "value")
_LINK_ID_COLUMNS = ("paper_id", "url", "field", "span_start")


def _moved(frame: pl.DataFrame, moved: pl.DataFrame) -> pl.DataFrame:
    joined = frame.join(moved, on="paper_row", how="left", maintain_order="left")
    return joined.with_columns(paper_id=pl.coalesce("_paper_id", "paper_id")).drop("_paper_id")


def _rehashed(
    frame: pl.DataFrame, changed: Mapping[int, str], column: str, inputs: tuple[str, ...], make_id: Any
) -> pl.DataFrame:
    ids = [
        make_id(*values) if row in changed else current
        for row, current, *values in frame.select("paper_row", column, *inputs).iter_rows()
    ]
    return frame.with_columns(pl.Series(column, ids, dtype=pl.String))


def _has_utf8(paper: Paper) -> bool:
    """Whether the paper can be stored: polars and DuckDB hold UTF-8, which lone surrogates do not have."""
    texts = [value for name in _HASHED_FIELDS if isinstance(value := getattr(paper, name), str)]
    try:
        "\n".join((*texts, paper.record, *paper.authors, *paper.categories)).encode()
    except UnicodeEncodeError:
        return False
    return True


def _surrogate_reject(paper: Paper) -> Reject:
    def clean(text: str) -> str:
        return text.encode(errors="backslashreplace").decode()

    record = json.dumps({"title": clean(paper.title), "abstract": clean(paper.abstract)}, ensure_ascii=False)
    return Reject(
        source=clean(paper.source),
        place=clean(paper.record),
        check_name="paper.utf8",
        reason="the text holds a lone surrogate, which has no UTF-8 form",
        record=record[:MAX_RECORD_CHARS],
    )


def _paper_columns(row: int, paper: Paper, extraction: Extraction) -> dict[str, Any]:
    doi = normal_doi(paper.doi)
    arxiv_id = normal_arxiv_id(paper.arxiv_id) or arxiv_id_of_doi(doi)
    title_key = folded_title(paper.title) or None
    published, page_date = _dates(paper)
    return {
        "paper_row": row,
        "paper_id": _paper_id(arxiv_id, doi, title_key, paper.abstract),
        "paper_hash": paper_hash(paper),
        "text_hash": content_hash(paper.title, paper.abstract),
        "source": paper.source,
        "record": paper.record,
        "source_id": paper.id,
        "title": paper.title,
        "abstract": paper.abstract,
        "url": paper.url,
        "published": published,
        "page_date": page_date,
        "arxiv_id": arxiv_id,
        "arxiv_version": paper.arxiv_version,
        "doi": doi,
        "title_key": title_key,
        "authors": paper.authors,
        "categories": paper.categories,
        "code": extraction.code,
    }


def _paper_id(arxiv_id: str | None, doi: str | None, title_key: str | None, abstract: str) -> str:
    if arxiv_id:
        return f"arxiv:{arxiv_id}"
    if doi:
        return f"doi:{doi}"
    if title_key:
        return f"title:{content_hash(title_key)}"
    return f"text:{content_hash(abstract)}"


def _dates(paper: Paper) -> tuple[datetime.date | None, str | None]:
    """``published`` as a date and ``page_date``; a date that is not a full one ("2005") stays text."""
    if paper.published is None:
        return None, paper.page_date
    try:
        return datetime.date.fromisoformat(paper.published[:10]), paper.page_date
    except ValueError:
        return None, paper.page_date or paper.published


def _claim_frame(claims: list[tuple[int, str, Claim]]) -> pl.DataFrame:
    columns: dict[str, Any] = {
        "paper_row": [row for row, _, _ in claims],
        "claim_id": [claim_id(p, c.field, c.start, c.end, c.type, c.value) for _, p, c in claims],
        "paper_id": [paper_id for _, paper_id, _ in claims],
    }
    for field in fields(Claim):
        columns[_RENAMED.get(field.name, field.name)] = [getattr(claim, field.name) for _, _, claim in claims]
    return _frame(columns, CLAIM_COLUMNS)


def _link_frame(links: list[tuple[int, str, Link]]) -> pl.DataFrame:
    columns: dict[str, Any] = {
        "paper_row": [row for row, _, _ in links],
        "link_id": [link_id(p, link.url, link.field, link.start) for _, p, link in links],
        "paper_id": [paper_id for _, paper_id, _ in links],
    }
    for field in fields(Link):
        columns[_RENAMED.get(field.name, field.name)] = [getattr(link, field.name) for _, _, link in links]
    return _frame(columns, LINK_COLUMNS)


def _frame(columns: Mapping[str, list[Any]], schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
    return pl.DataFrame([_series(name, columns[name], dtype) for name, dtype in schema.items()])


def _series(name: str, values: list[Any], dtype: pl.DataType) -> pl.Series:
    if dtype == _TEXTS:
        # Through Arrow: polars itself makes a series of every single list, which took half of the time.
        return pl.Series(name, pa.array(values, type=_ARROW_TEXTS))
    # Numbers arrive as int or float; the declared type decides, never the first row.
    return pl.Series(name, values, dtype=dtype, strict=dtype != pl.Float64)


def _entity_rows(entities: Entities) -> Iterable[tuple[str, str, int]]:
    for attribute, kind in ENTITY_KINDS.items():
        for mention, name in enumerate(getattr(entities, attribute)):
            yield kind, name, mention
