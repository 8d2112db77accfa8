"""The real inputs beside the checkout, where they are there: how many papers each gives, and what is kept of them."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from schemas.records import Paper
from tests.flows.test_readers import split

SHARED = Path(__file__).parents[2] / "../shared"
pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared inputs are not beside the checkout")


def papers_of(name: str) -> list[Paper]:
    papers, rejects = split(SHARED / name)
    assert rejects == []
    return papers


def test_the_seed_pages_are_75_papers_in_82_sightings() -> None:
    papers = papers_of("seeds")
    assert len(papers) == 82
    assert len({paper.title for paper in papers}) == 75
    assert Counter(paper.page_date for paper in papers) == {"Apr 16": 35, "Mar 12": 47}


def test_the_seed_pages_give_the_texts_of_the_gold_file() -> None:
    expected = {record["title"]: record["abstract"] for record in map(json.loads, (SHARED / "gold/dev.jsonl").open())}
    assert {paper.title: paper.abstract for paper in papers_of("seeds")} == expected


@pytest.mark.parametrize(
    ("name", "papers", "with_arxiv_id", "with_date", "with_links"),
    [
        ("hf_daily_papers_api.json", 30, 30, 30, 21),
        ("hf_daily_papers_rss.xml", 30, 30, 30, 0),
        ("arxiv_api_atom.xml", 5, 5, 5, 1),
        ("arxiv_rss.xml", 3, 3, 3, 0),
        ("arxiv_snapshot_kaggle_schema.jsonl", 41, 41, 41, 2),
        ("arxiv_daily_scrapy.jsonl", 85, 85, 0, 7),
        ("paperlists_corl2024.json", 12, 0, 0, 7),
        ("semantic_scholar_search.json", 5, 5, 4, 0),
        ("latexml_html_2106.05304v1.html", 1, 1, 0, 0),
        ("latex_source_2106.05304v1.tex", 1, 1, 0, 0),
        ("grobid_2020.acl-main.207.tei.xml", 1, 0, 0, 0),
    ],
)
def test_every_shared_format(name: str, papers: int, with_arxiv_id: int, with_date: int, with_links: int) -> None:
    read = papers_of(f"formats/{name}")
    assert len(read) == papers
    assert sum(paper.arxiv_id is not None for paper in read) == with_arxiv_id
    assert sum(paper.published is not None for paper in read) == with_date
    assert sum(bool(paper.declared_links) for paper in read) == with_links
    assert all(paper.title and paper.authors and len(paper.abstract) > 200 for paper in read)
    assert not any("\n" in paper.title or "<p>" in paper.abstract for paper in read)


def test_full_texts_of_one_paper_in_two_formats_say_the_same() -> None:
    (latex,) = papers_of("formats/latex_source_2106.05304v1.tex")
    (html,) = papers_of("formats/latexml_html_2106.05304v1.html")
    assert (latex.title, latex.abstract, latex.authors) == (html.title, html.abstract, html.authors)
    assert (latex.arxiv_id, latex.arxiv_version) == (html.arxiv_id, html.arxiv_version) == ("2106.05304", 1)


def test_gold_texts_come_out_as_they_stand_in_the_file() -> None:
    records = [json.loads(line) for line in (SHARED / "gold/train.jsonl").open()]
    papers = papers_of("gold/train.jsonl")
    assert [(p.id, p.title, p.abstract) for p in papers] == [(r["id"], r["title"], r["abstract"]) for r in records]
