"""Records become frames with ids that depend on content alone, whatever the text."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.frames import (
    CLAIM_COLUMNS,
    ENTITY_COLUMNS,
    LINK_COLUMNS,
    PAPER_COLUMNS,
    paper_hash,
    to_frames,
    with_paper_ids,
)
from schemas.records import Claim, DeclaredLink, Entities, Extraction, Link, Paper
from schemas.tables import validate

TEXT = "Medusa makes decoding 2.2x faster; see https://github.com/FasterDecoding/Medusa for code."
MEDUSA = Paper(title="Medusa", abstract=TEXT, source="a.jsonl", record="line 1", published="2024-01-19")
FOUND = Extraction(
    claims=(Claim("speedup", 2.2, "x", "2.2x", 22, 26, "abstract", sentence=TEXT, baseline=("decoding",)),),
    links=(Link("https://github.com/FasterDecoding/Medusa", "code", "FasterDecoding/Medusa", origin="source"),),
    entities=Entities(models=("Medusa",)),
)


def test_all_columns_have_their_declared_types_even_when_empty() -> None:
    for frames in (to_frames([]), to_frames([(MEDUSA, FOUND), (MEDUSA, Extraction())])):
        assert frames.papers.schema == pl.Schema(PAPER_COLUMNS)
        assert frames.claims.schema == pl.Schema(CLAIM_COLUMNS)
        assert frames.links.schema == pl.Schema(LINK_COLUMNS)
        assert frames.entities.schema == pl.Schema(ENTITY_COLUMNS)


def test_ids_depend_on_what_is_said_not_on_where_it_stood() -> None:
    here = to_frames([(MEDUSA, FOUND)])
    there = to_frames([(replace(MEDUSA, record="line 99"), FOUND)])
    for table, column in (("papers", "paper_hash"), ("claims", "claim_id"), ("links", "link_id")):
        assert getattr(here, table)[column].to_list() == getattr(there, table)[column].to_list()


@pytest.mark.parametrize(
    "change",
    [{"title": "M"}, {"source": "b"}, {"url": "https://x.org"}, {"authors": ("A",)},
     {"declared_links": (DeclaredLink("https://x.org", "code"),)}],
)  # fmt: skip
def test_a_sighting_that_says_something_else_has_another_hash(change: dict[str, object]) -> None:
    assert paper_hash(replace(MEDUSA, **change)) != paper_hash(MEDUSA)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("facts", "paper_id"),
    [
        ({"arxiv_id": "2401.10774v2", "doi": "10.1/x"}, "arxiv:2401.10774"),
        ({"doi": "10.48550/arXiv.2401.10774"}, "arxiv:2401.10774"),
        ({"doi": "10.1145/X"}, "doi:10.1145/x"),
    ],
)
def test_the_strongest_identifier_names_the_paper(facts: dict[str, str], paper_id: str) -> None:
    assert to_frames([(replace(MEDUSA, **facts), FOUND)]).claims["paper_id"].to_list() == [paper_id]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("published", "page_date", "date", "kept"),
    [
        ("2024-01-19", None, "2024-01-19", None),
        ("2024-01-19T18:57:48Z", None, "2024-01-19", None),
        ("2005", None, None, "2005"),
        (None, "Apr 16", None, "Apr 16"),
    ],
)
def test_a_date_that_is_no_full_date_stays_text(
    published: str | None, page_date: str | None, date: str | None, kept: str | None
) -> None:
    papers = to_frames([(replace(MEDUSA, published=published, page_date=page_date), FOUND)]).papers
    assert papers.select(pl.col("published").cast(pl.String), "page_date").rows() == [(date, kept)]


def test_another_paper_id_moves_claims_and_links_along() -> None:
    before = to_frames([(MEDUSA, FOUND), (replace(MEDUSA, title="Other"), FOUND)])
    after = with_paper_ids(before, {0: "arxiv:2401.10774"})
    assert after.claims["paper_id"].to_list() == ["arxiv:2401.10774", before.claims["paper_id"][1]]
    direct = to_frames([(replace(MEDUSA, arxiv_id="2401.10774"), FOUND)])
    assert after.claims["claim_id"].to_list() == [direct.claims["claim_id"][0], before.claims["claim_id"][1]]
    assert after.links["link_id"].to_list() == [direct.links["link_id"][0], before.links["link_id"][1]]


@settings(deadline=None, max_examples=50)
@given(st.text(st.characters()), st.text(st.characters()), st.lists(st.text(st.characters())))
def test_no_text_is_lost_or_fatal(title: str, abstract: str, authors: list[str]) -> None:
    paper = Paper(title=title, abstract=abstract, authors=tuple(authors))
    good, rejects = validate(to_frames([(paper, Extraction())]))
    assert good.papers.height + len(rejects) == 1
    if good.papers.height:
        assert good.papers.select("title", "abstract", "authors").rows() == [(title, abstract, authors)]
