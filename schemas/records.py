"""The records that travel through the product: plain, immutable and cheap to make.

This module imports nothing but the standard library, so that ``paperclaims extract`` can use it without loading
pandera or polars. The pandera schemas of the same records are in :mod:`schemas.tables`.

Offsets are Python string offsets (code points) into the field that ``field`` names, half open, and
``text[start:end] == span`` always holds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

ClaimType = Literal["speedup", "efficiency", "score", "improvement", "measurement", "model_size", "dataset_size"]
Qualifier = Literal["exact", "up_to", "at_least", "at_most", "about"]
Direction = Literal["higher", "lower"]
Relative = Literal["by", "to"]
FieldName = Literal["title", "abstract"]
LinkRole = Literal["code", "data", "model", "project", "other"]
LinkOrigin = Literal["text", "source"]
CodeStatus = Literal["released", "promised", "none"]

CLAIM_TYPES: tuple[ClaimType, ...] = (
    "speedup",
    "efficiency",
    "score",
    "improvement",
    "measurement",
    "model_size",
    "dataset_size",
)
QUALIFIERS: tuple[Qualifier, ...] = ("exact", "up_to", "at_least", "at_most", "about")
LINK_ROLES: tuple[LinkRole, ...] = ("code", "data", "model", "project", "other")
CODE_STATUSES: tuple[CodeStatus, ...] = ("released", "promised", "none")

MAX_TEXT_CHARS = 100_000
"""A title or an abstract longer than this (in characters) is a reject."""


@dataclass(frozen=True, slots=True)
class DeclaredLink:
    """A link that a source declares beside the text (a feed's ``githubRepo``), not one found in the text."""

    url: str
    role: LinkRole


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper as one source shows it: what a reader yields.

    ``id`` is the source's own identifier ("" where it gives none), ``published`` an ISO date (YYYY-MM-DD),
    ``page_date`` a date that is no whole day as it was written ("Apr 16", "2021"), ``source`` the name of the file,
    URL or query it came from, ``record`` the place in that source ("line 7"), for messages.
    """

    title: str
    abstract: str
    id: str = ""
    url: str | None = None
    published: str | None = None
    page_date: str | None = None
    arxiv_id: str | None = None
    arxiv_version: int | None = None
    doi: str | None = None
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    declared_links: tuple[DeclaredLink, ...] = ()
    source: str = ""
    record: str = ""


@dataclass(frozen=True, slots=True)
class Reject:
    """Something that could not be used: nothing is ever lost without one of these.

    ``record`` is the record as JSON text (bounded in size), ``check_name`` the check that it failed, ``reason`` one
    clear line, ``source`` and ``place`` say where it stood.
    """

    source: str
    place: str
    check_name: str
    reason: str
    record: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """One number that the text asserts; the fields are those of the annotation guidelines.

    ``value`` is in ``unit``; ``base_value`` in ``base_unit`` (seconds, bytes, watts …). ``factor`` says how many times
    better the subject is. ``*_id(s)`` are canonical names. ``confidence`` is a probability, rounded to three decimals.
    """

    type: ClaimType
    value: float
    unit: str
    span: str
    start: int
    end: int
    field: FieldName
    value_max: float | None = None
    baseline_value: float | None = None
    qualifier: Qualifier = "exact"
    direction: Direction | None = None
    metric: str | None = None
    subject: str | None = None
    baseline: tuple[str, ...] = ()
    benchmark: tuple[str, ...] = ()
    hardware: tuple[str, ...] = ()
    own: bool = True
    sentence: str = ""
    relative: Relative | None = None
    good: bool | None = None
    factor: float | None = None
    base_value: float | None = None
    base_unit: str | None = None
    metric_id: str | None = None
    benchmark_ids: tuple[str, ...] = ()
    hardware_ids: tuple[str, ...] = ()
    rule: str = ""
    confidence: float = 1.0
    metric_better: Direction | None = None
    """Which way is better for ``metric_id``, from the metric data; leaderboards rank by it. Not in the JSON form."""


@dataclass(frozen=True, slots=True)
class Link:
    """A URL, as a browser needs it. ``span``, ``start``, ``end``, ``field`` are null where ``origin`` is "source"."""

    url: str
    role: LinkRole
    repo: str | None = None
    released: bool = True
    span: str | None = None
    start: int | None = None
    end: int | None = None
    field: FieldName | None = None
    origin: LinkOrigin = "text"


@dataclass(frozen=True, slots=True)
class Entities:
    """Distinct surface names, exactly as written, in the order of their first mention."""

    benchmarks: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    hardware: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Extraction:
    """Everything that the extractors found in one paper."""

    claims: tuple[Claim, ...] = ()
    links: tuple[Link, ...] = ()
    code: CodeStatus = "none"
    entities: Entities = field(default_factory=Entities)


def claim_to_json(claim: Claim) -> dict[str, Any]:
    """The claim in the public JSON form of DESIGN.md (``in`` for ``field``; lists for tuples)."""
    return {
        "type": claim.type,
        "value": claim.value,
        "value_max": claim.value_max,
        "baseline_value": claim.baseline_value,
        "unit": claim.unit,
        "qualifier": claim.qualifier,
        "direction": claim.direction,
        "metric": claim.metric,
        "subject": claim.subject,
        "baseline": list(claim.baseline),
        "benchmark": list(claim.benchmark),
        "hardware": list(claim.hardware),
        "own": claim.own,
        "span": claim.span,
        "start": claim.start,
        "end": claim.end,
        "in": claim.field,
        "sentence": claim.sentence,
        "relative": claim.relative,
        "good": claim.good,
        "factor": claim.factor,
        "base_value": claim.base_value,
        "base_unit": claim.base_unit,
        "metric_id": claim.metric_id,
        "benchmark_ids": list(claim.benchmark_ids),
        "hardware_ids": list(claim.hardware_ids),
        "rule": claim.rule,
        "confidence": claim.confidence,
    }


def link_to_json(link: Link) -> dict[str, Any]:
    """The link in the public JSON form of DESIGN.md."""
    return {
        "url": link.url,
        "role": link.role,
        "repo": link.repo,
        "released": link.released,
        "span": link.span,
        "start": link.start,
        "end": link.end,
        "in": link.field,
        "origin": link.origin,
    }


def paper_to_json(paper: Paper, extraction: Extraction) -> dict[str, Any]:
    """One paper with what was found in it, in the public JSON form of DESIGN.md."""
    return {
        "id": paper.id,
        "title": paper.title,
        "abstract": paper.abstract,
        "url": paper.url,
        "published": paper.published,
        "arxiv_id": paper.arxiv_id,
        "doi": paper.doi,
        "authors": list(paper.authors),
        "categories": list(paper.categories),
        "claims": [claim_to_json(claim) for claim in extraction.claims],
        "links": [link_to_json(link) for link in extraction.links],
        "code": extraction.code,
        "entities": {
            "benchmarks": list(extraction.entities.benchmarks),
            "models": list(extraction.entities.models),
            "hardware": list(extraction.entities.hardware),
        },
    }
