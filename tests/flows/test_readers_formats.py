"""One small example a format: what a paper keeps of it, and what is left out."""

# ruff: noqa: E501 - samples have lines as long as real ones

from __future__ import annotations

import datetime
import json
from pathlib import Path

import pyarrow
import pytest
from pyarrow import parquet

from schemas.records import DeclaredLink, Paper
from tests.flows.test_readers import ABSTRACT, PAGE, split, write


def one(path: Path, data: bytes | str) -> Paper:
    papers, rejects = split(write(path, data))
    assert rejects == []
    (paper,) = papers
    return paper


def test_page_dump_gives_title_abstract_and_the_page_date_but_no_furniture(tmp_path: Path) -> None:
    papers, rejects = split(write(tmp_path / "page.txt", PAGE))
    assert rejects == []
    assert [paper.title for paper in papers] == [
        "FlashAttention computes exact attention",
        "Mixtral routes every token to two of eight experts",
    ]
    assert {(paper.page_date, paper.published) for paper in papers} == {("Apr 16", None)}
    assert papers[0].abstract == ABSTRACT * 3
    assert papers[0].record == "line 11"


def test_a_title_without_abstract_in_a_page_dump_is_a_reject_and_shifts_nothing(tmp_path: Path) -> None:
    text = PAGE.replace("Mixtral routes", "A title that lost its abstract\n\nMay 2\n\nMixtral routes")
    papers, rejects = split(write(tmp_path / "page.txt", text))
    assert [(paper.title[:7], paper.page_date) for paper in papers] == [("FlashAt", "Apr 16"), ("Mixtral", "May 2")]
    assert [(reject.check_name, reject.place) for reject in rejects] == [("abstract_missing", "line 15")]


def test_page_dump_with_titles_in_a_row_rejects_all_but_the_last(tmp_path: Path) -> None:
    text = (
        "First title\n\nSecond title\n\nThird title\n\n"
        + ABSTRACT * 3
        + "\n\nFourth title\n\nA short abstract ends so.\n"
    )
    papers, rejects = split(write(tmp_path / "page.txt", text))
    assert [paper.title for paper in papers] == ["Third title", "Fourth title"]
    assert [reject.place for reject in rejects] == ["line 1", "line 3"]


def test_authors_votes_and_submitters_of_a_page_are_furniture(tmp_path: Path) -> None:
    furniture = "Submitted by\n\nakhaliq\n\n32\n\n· 12 authors\n\nUpvote\n\n1.2k\n\nMixtral routes"
    papers, rejects = split(write(tmp_path / "page.txt", PAGE.replace("Mixtral routes", furniture)))
    assert ([paper.title[:7] for paper in papers], rejects) == (["FlashAt", "Mixtral"], [])


def test_a_page_date_with_a_year_is_a_date(tmp_path: Path) -> None:
    papers, _ = split(write(tmp_path / "page.txt", PAGE.replace("Apr 16", "April 16, 2025")))
    assert {(paper.page_date, paper.published) for paper in papers} == {(None, "2025-04-16")}


def test_a_second_paragraph_in_a_page_dump_belongs_to_the_abstract_before_it(tmp_path: Path) -> None:
    papers, _ = split(
        write(
            tmp_path / "page.txt", f"A title\n\n{ABSTRACT * 3}\n\n{'It goes on. ' * 30}\n\nNext title\n\n{ABSTRACT}\n"
        )
    )
    assert [paper.title for paper in papers] == ["A title", "Next title"]
    assert papers[0].abstract == ABSTRACT * 3 + "\n\n" + ("It goes on. " * 30).strip()


def test_a_hard_wrapped_abstract_is_unwrapped_and_its_paragraphs_stay(tmp_path: Path) -> None:
    record = {
        "id": "0704.0001",
        "title": "A title over\n  two lines",
        "abstract": "  Latency falls by\n40\\%  in all.\n  A new paragraph\nfollows.\n\nAnd a third.\n",
        "versions": [{"version": "v1", "created": "Mon, 2 Apr 2007 19:18:42 GMT"}, {"version": "v2", "created": "x"}],
        "update_date": "2008-11-26",
        "authors_parsed": [["Balázs", "C.", ""], ["Nadolsky", "P. M.", "Jr"]],
        "categories": "hep-ph cs.LG",
        "doi": "10.1103/PhysRevD.76.013009",
    }
    paper = one(tmp_path / "snapshot.jsonl", json.dumps(record))
    assert paper.title == "A title over two lines"
    assert paper.abstract == "Latency falls by 40\\%  in all.\n\nA new paragraph follows.\n\nAnd a third."
    assert (paper.arxiv_id, paper.arxiv_version, paper.published) == ("0704.0001", 2, "2007-04-02")
    assert paper.authors == ("C. Balázs", "P. M. Nadolsky Jr")
    assert paper.categories == ("hep-ph", "cs.LG")
    assert paper.doi == "10.1103/physrevd.76.013009"
    assert paper.url == "https://arxiv.org/abs/0704.0001"


def test_a_year_and_fields_of_study_are_kept(tmp_path: Path) -> None:
    record = {
        "title": "T",
        "abstract": "A claim of 2x.",
        "year": 2021,
        "publicationDate": None,
        "fieldsOfStudy": ["Physics"],
    }
    paper = one(tmp_path / "search.json", json.dumps({"total": 1, "data": [record]}))
    assert (paper.published, paper.page_date, paper.categories) == (None, "2021", ("Physics",))
    dated = one(tmp_path / "dated.json", json.dumps({"data": [record | {"publicationDate": "2021-03-25"}]}))
    assert (dated.published, dated.page_date) == ("2021-03-25", None)


@pytest.mark.parametrize(
    "text", ["plain", "two  spaces, a\ttab and ~ tilde", "5.18\\times$ {\\bf x} <b>&amp;</b>", "a\u00a0b"]
)
def test_text_without_line_breaks_comes_out_as_it_came_in(tmp_path: Path, text: str) -> None:
    paper = one(tmp_path / "papers.jsonl", json.dumps({"title": text, "abstract": text}))
    assert (paper.title, paper.abstract) == (text, text)


def test_the_daily_papers_api_gives_declared_links_and_identifiers(tmp_path: Path) -> None:
    inner = {
        "id": "2205.14135",
        "title": "FlashAttention",
        "summary": ABSTRACT,
        "publishedAt": "2022-05-27T00:00:00.000Z",
        "authors": [{"name": "Tri Dao"}, {"name": "Daniel Y. Fu"}],
        "githubRepo": "https://github.com/Dao-AILab/flash-attention",
        "projectPage": "javascript:alert(1)",
    }
    paper = one(tmp_path / "api.json", json.dumps([{"paper": inner, "title": "FlashAttention", "summary": ABSTRACT}]))
    assert paper.declared_links == (DeclaredLink("https://github.com/Dao-AILab/flash-attention", "code"),)
    assert (paper.arxiv_id, paper.published, paper.authors) == ("2205.14135", "2022-05-27", ("Tri Dao", "Daniel Y. Fu"))


def test_an_answer_that_wraps_its_records_is_unwrapped(tmp_path: Path) -> None:
    record = {
        "paperId": "x",
        "title": "T",
        "abstract": "A 2x gain.",
        "externalIds": {"ArXiv": "2103.14030", "DOI": "10.1/X"},
    }
    for text in (json.dumps({"total": 1, "data": [record]}), json.dumps({"total": 1, "data": [record]}, indent=1)):
        paper = one(tmp_path / "answer.json", text)
        assert (paper.id, paper.arxiv_id) == ("x", "2103.14030")


def test_open_review_values_are_unwrapped(tmp_path: Path) -> None:
    note = {"id": "abc", "content": {"title": {"value": "T"}, "abstract": {"value": "A 2x gain."}}}
    paper = one(tmp_path / "notes.json", json.dumps({"notes": [note]}))
    assert (paper.id, paper.title, paper.abstract) == ("abc", "T", "A 2x gain.")


def test_what_extract_wrote_can_be_read_again(tmp_path: Path) -> None:
    links = [
        {"url": "https://github.com/a/b", "role": "code", "origin": "source"},
        {"url": "https://example.org", "role": "other", "origin": "text"},
    ]
    record = {"id": "1", "title": "T", "abstract": "A.", "arxiv_id": "2103.14030", "links": links, "code": "released"}
    paper = one(tmp_path / "out.jsonl", json.dumps(record))
    assert paper.declared_links == (DeclaredLink("https://github.com/a/b", "code"),)
    assert paper.arxiv_id == "2103.14030"


@pytest.mark.parametrize(
    ("comment", "links"),
    [
        ("Project page: https://a.example/x.", [("https://a.example/x", "project")]),
        (
            "12 pages. Code at https://b.example/r, data: https://c.example",
            [("https://b.example/r", "code"), ("https://c.example", "data")],
        ),
        ("see https://github.com/a/b", [("https://github.com/a/b", "code")]),
        ("8 pages, 4 figures", []),
    ],
)
def test_links_in_an_authors_comment_are_declared_links(
    tmp_path: Path, comment: str, links: list[tuple[str, str]]
) -> None:
    paper = one(tmp_path / "p.jsonl", json.dumps({"title": "T", "abstract": "A.", "comment": comment}))
    assert [(link.url, link.role) for link in paper.declared_links] == links


@pytest.mark.parametrize(
    ("written", "published", "page_date"),
    [
        ("2026-05-30T00:00:00.000Z", "2026-05-30", None),
        ("Thu, 24 Sep 2026 00:00:00 -0400", "2026-09-24", None),
        ("2021/6/9", "2021-06-09", None),
        ("2005", None, "2005"),
        ("Apr 16", None, "Apr 16"),
        ("2026-02-30", None, "2026-02-30"),
    ],
)
def test_only_a_whole_date_is_a_date(
    tmp_path: Path, written: str, published: str | None, page_date: str | None
) -> None:
    paper = one(tmp_path / "p.jsonl", json.dumps({"title": "T", "abstract": "A.", "date": written}))
    assert (paper.published, paper.page_date) == (published, page_date)


@pytest.mark.parametrize(
    ("identifier", "expected"),
    [
        ("2103.14030", ("2103.14030", None)),
        ("arxiv:2103.14030v2", ("2103.14030", 2)),
        ("http://arxiv.org/abs/hep-th/9901001v3", ("hep-th/9901001", 3)),
        ("https://huggingface.co/papers/2103.14030", ("2103.14030", None)),
        ("10.48550/arXiv.2103.14030", ("2103.14030", None)),
        ("2113.14030", (None, None)),
        ("see 2103.14030", (None, None)),
    ],
)
def test_arxiv_identifiers_in_all_their_forms(
    tmp_path: Path, identifier: str, expected: tuple[str | None, int | None]
) -> None:
    field = "doi" if identifier.startswith("10.") else "id"
    paper = one(tmp_path / "p.jsonl", json.dumps({"title": "T", "abstract": "A.", field: identifier}))
    assert (paper.arxiv_id, paper.arxiv_version) == expected


ATOM = f"""<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns="http://www.w3.org/2005/Atom">
  <id>https://arxiv.org/api/x</id><title>arXiv Query</title>
  <entry><id>http://arxiv.org/abs/2205.14135v2</id><title>FlashAttention &amp;
  exact attention</title><updated>2022-06-23T00:00:00Z</updated><published>2022-05-27T17:53:09Z</published>
  <link href="https://arxiv.org/abs/2205.14135v2" rel="alternate"/><link href="https://arxiv.org/pdf/x" rel="related"/>
  <summary>  {ABSTRACT}
It takes &lt;1 minute.
</summary><category term="cs.LG"/><category term="cs.CL"/><arxiv:doi>10.5555/3600270</arxiv:doi>
  <arxiv:comment>Code: https://github.com/Dao-AILab/flash-attention</arxiv:comment>
  <author><name>Tri Dao</name><arxiv:affiliation>Stanford</arxiv:affiliation></author></entry>
</feed>"""


def test_atom_of_the_arxiv_api(tmp_path: Path) -> None:
    paper = one(tmp_path / "atom.xml", ATOM)
    assert paper.title == "FlashAttention & exact attention"
    assert paper.abstract == ABSTRACT + " It takes <1 minute."
    assert (paper.id, paper.arxiv_id, paper.arxiv_version) == ("2205.14135", "2205.14135", 2)
    assert (paper.published, paper.doi) == ("2022-05-27", "10.5555/3600270")
    assert (paper.authors, paper.categories) == (("Tri Dao",), ("cs.LG", "cs.CL"))
    assert paper.url == "https://arxiv.org/abs/2205.14135v2"
    assert paper.declared_links == (DeclaredLink("https://github.com/Dao-AILab/flash-attention", "code"),)


def test_rss_of_arxiv_and_of_hugging_face(tmp_path: Path) -> None:
    text = f"""<rss xmlns:dc="http://purl.org/dc/elements/1.1/" version="2.0"><channel><title>x</title>
    <item><title>First</title><link>https://arxiv.org/abs/2205.14135</link>
    <description>arXiv:2205.14135v2 Announce Type: new \nAbstract: {ABSTRACT}</description>
    <guid>oai:arXiv.org:2205.14135v2</guid><category>cs.LG</category><dc:creator>Tri Dao, Daniel Y. Fu</dc:creator>
    <pubDate>Fri, 27 May 2022 00:00:00 -0400</pubDate></item>
    <item><title>Second</title><guid>https://arxiv.org/abs/2401.04088</guid>
    <description>&lt;p&gt;&lt;b&gt;Authors:&lt;/b&gt; Albert Q. Jiang, Alexandre Sablayrolles&lt;/p&gt;&lt;p&gt;&lt;b&gt;Upvotes:&lt;/b&gt; 52&lt;/p&gt;&lt;p&gt;&lt;b&gt;Summary:&lt;/b&gt; Mixtral has 47B parameters &amp;amp; p&lt;q.&lt;/p&gt;</description></item>
    </channel></rss>"""
    papers, rejects = split(write(tmp_path / "feed", text))
    assert rejects == []
    first, second = papers
    assert (first.abstract, first.arxiv_version, first.published) == (ABSTRACT, 2, "2022-05-27")
    assert first.authors == ("Tri Dao", "Daniel Y. Fu")
    assert second.abstract == "Mixtral has 47B parameters & p<q."
    assert second.authors == ("Albert Q. Jiang", "Alexandre Sablayrolles")
    assert second.arxiv_id == "2401.04088"


def test_tei_of_grobid(tmp_path: Path) -> None:
    text = f"""<?xml version="1.0"?><TEI xmlns="http://www.tei-c.org/ns/1.0"><teiHeader><fileDesc><titleStmt>
    <title level="a" type="main">FlashAttention</title></titleStmt><publicationStmt><date type="published" when="2022-05-27"/></publicationStmt>
    <sourceDesc><biblStruct><analytic><author><persName><forename type="first">Tri</forename><surname>Dao</surname></persName></author>
    <author><affiliation/></author></analytic><idno type="DOI">10.5555/3600270</idno><idno type="arXiv">arXiv:2205.14135v2[cs.LG]</idno></biblStruct></sourceDesc></fileDesc>
    <profileDesc><abstract><div><p>{ABSTRACT}
    It is <ref>exact</ref>.</p></div></abstract></profileDesc></teiHeader><text><body><p>More.</p></body></text></TEI>"""
    paper = one(tmp_path / "x.tei.xml", text)
    assert (paper.title, paper.abstract) == ("FlashAttention", ABSTRACT + " It is exact.")
    assert (paper.authors, paper.doi, paper.published) == (("Tri Dao",), "10.5555/3600270", "2022-05-27")
    assert (paper.arxiv_id, paper.arxiv_version) == ("2205.14135", 2)


def test_html_of_latexml_keeps_formulas_and_leaves_notes_out(tmp_path: Path) -> None:
    text = """<!DOCTYPE html><html><head><title>x</title><base href="/html/2205.14135v2/"></head><body><article class="ltx_document">
    <h1 class="ltx_title ltx_title_document">Flash<br class="ltx_break">Attention<span class="ltx_note">*</span></h1>
    <div class="ltx_authors"><span class="ltx_personname">Tri Dao</span></div>
    <div class="ltx_abstract"><h6 class="ltx_title ltx_title_abstract">Abstract</h6>
    <p class="ltx_p">It is <math alttext="3\\times"><semantics><mn>3</mn></semantics></math> faster &amp; exact.
    Code is <a href="https://github.com/Dao-AILab/flash-attention" class="ltx_ref">here</a>.</p><p class="ltx_p">Second.</p></div>
    <section class="ltx_section"><p class="ltx_p">Body.</p></section></article></body></html>"""
    paper = one(tmp_path / "page.html", text)
    assert paper.title == "Flash Attention"
    assert paper.abstract == "It is $3\\times$ faster & exact. Code is here.\n\nSecond."
    assert (paper.arxiv_id, paper.arxiv_version, paper.authors) == ("2205.14135", 2, ("Tri Dao",))
    assert paper.declared_links == (DeclaredLink("https://github.com/Dao-AILab/flash-attention", "code"),)


def test_html_with_citation_tags(tmp_path: Path) -> None:
    text = f"""<html><head><meta name="citation_title" content="FlashAttention"><meta name="citation_author" content="Dao, Tri">
    <meta name="citation_date" content="2022/05/27"><meta name="citation_arxiv_id" content="2205.14135">
    <meta name="citation_abstract" content="{ABSTRACT}"></head><body>x</body></html>"""
    paper = one(tmp_path / "page.html", text)
    assert (paper.title, paper.abstract, paper.published) == ("FlashAttention", ABSTRACT, "2022-05-27")
    assert paper.arxiv_id == "2205.14135"


def test_latex_source_without_its_comments_and_looks(tmp_path: Path) -> None:
    text = r"""\documentclass{article}
    \newcommand{\method}{FlashAttention\xspace}
    \newcommand{\many}[1]{#1 #1}
    % \title{Not this one}
    \title[short]{\method{}: exact \\ attention\thanks{Supported by nobody.}}
    \author{Tri Dao \and Daniel Y. Fu\thanks{x}}
    \begin{document}
    \begin{abstract}
    \method is \textbf{3$\times$} faster~\cite{dao2022} % in training
    and 12\% cheaper, {\em exact}.
    Code: \url{https://github.com/Dao-AILab/flash-attention}, \href{https://tridao.me}{project page}.
    \end{abstract}
    \section{Introduction} 100 times."""
    paper = one(tmp_path / "2205.14135v2.tex", text)
    assert paper.title == "FlashAttention: exact attention"
    assert paper.abstract == (
        "FlashAttention is 3$\\times$ faster and 12\\% cheaper, exact. "
        "Code: https://github.com/Dao-AILab/flash-attention, project page."
    )
    assert paper.authors == ("Tri Dao", "Daniel Y. Fu")
    assert (paper.arxiv_id, paper.arxiv_version) == ("2205.14135", 2)
    assert paper.declared_links == (DeclaredLink("https://tridao.me", "project"),)


def test_latex_in_latin_1(tmp_path: Path) -> None:
    text = "\\documentclass{article}\\title{T}\\begin{document}\\begin{abstract}Poincaré, 2x.\\end{abstract}"
    assert one(tmp_path / "x.tex", text.encode("latin-1")).abstract == "Poincaré, 2x."


DIGEST = f"""# Daily papers of 2022-05-28

## cs.LG

### 1. [FlashAttention: exact attention](https://arxiv.org/abs/2205.14135v2)

**Authors**: Tri Dao, Daniel Y. Fu

**Date**: 2022-05-27 [PDF](https://arxiv.org/pdf/2205.14135v2) [code](https://github.com/Dao-AILab/flash-attention)

**Abstract**: {ABSTRACT}
It is exact.

**Notes**: ours.

---

- **Mixtral routes tokens to experts**
  _2024-01-08_ · https://arxiv.org/abs/2401.04088v1
  <details><summary>Abstract</summary>

  A token uses 13B of 47B parameters.

  It matches Llama 2 70B.
  </details>

### [A linked title that has no abstract](https://arxiv.org/abs/2401.04089)

### LLaMA is a family of open models

{"LLaMA-13B outperforms GPT-3 with its 175B parameters on most benchmarks. " * 4}

| Date | Title | Abstract | Code |
| --- | --- | --- | --- |
| 2023-09-12 | **[PagedAttention](https://arxiv.org/abs/2309.06180)** | vLLM serves 2-4x more \\| at the same latency. | [link](https://github.com/vllm-project/vllm) |
| broken row |
"""


def test_markdown_digests(tmp_path: Path) -> None:
    papers, rejects = split(write(tmp_path / "digest.md", DIGEST))
    flash, mixtral, llama, paged = papers
    assert (flash.title, flash.abstract) == ("FlashAttention: exact attention", ABSTRACT + " It is exact.")
    assert (flash.arxiv_id, flash.arxiv_version, flash.published) == ("2205.14135", 2, "2022-05-27")
    assert flash.authors == ("Tri Dao", "Daniel Y. Fu")
    assert flash.declared_links == (DeclaredLink("https://github.com/Dao-AILab/flash-attention", "code"),)
    assert mixtral.abstract == "A token uses 13B of 47B parameters.\n\nIt matches Llama 2 70B."
    assert (mixtral.arxiv_id, mixtral.published) == ("2401.04088", "2024-01-08")
    assert llama.title == "LLaMA is a family of open models"
    assert (paged.title, paged.arxiv_id) == ("PagedAttention", "2309.06180")
    assert paged.abstract == "vLLM serves 2-4x more | at the same latency."
    assert paged.declared_links == (DeclaredLink("https://github.com/vllm-project/vllm", "code"),)
    assert [reject.check_name for reject in rejects] == ["abstract_missing", "columns"]


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_tables_with_a_header(tmp_path: Path, delimiter: str) -> None:
    rows = [
        ["Paper ID", "Title", "Abstract", "Publication Date", "Code"],
        [
            "1",
            '"FlashAttention, exact"',
            f'"{ABSTRACT}\nIt says ""exact""."',
            "2022-05-27",
            "github.com/Dao-AILab/flash-attention",
        ],
        ["too", "short"],
        ["2", "Untitled", "", "", ""],
    ]
    text = "\ufeff" + "\r\n".join(delimiter.join(row) for row in rows)
    papers, rejects = split(write(tmp_path / "table", text))
    (paper,) = papers
    assert (paper.id, paper.title) == ("1", "FlashAttention, exact")
    assert paper.abstract == ABSTRACT + ' It says "exact".'
    assert paper.published == "2022-05-27"
    assert paper.declared_links == (DeclaredLink("https://github.com/Dao-AILab/flash-attention", "code"),)
    assert [(reject.check_name, reject.place) for reject in rejects] == [
        ("columns", "line 4"),
        ("abstract_missing", "line 5"),
    ]


def test_parquet_and_packed_parquet(tmp_path: Path) -> None:
    table = pyarrow.table(
        {
            "title": ["T", "U", None],
            "abstract": ["A 2x gain.", None, "B."],
            "authors": [["Tri Dao"], [], None],
            "published": [datetime.date(2022, 5, 27), None, None],
            "embedding": [[0.5], [0.25], [0.125]],
        }
    )
    parquet.write_table(table, tmp_path / "p.parquet")
    papers, rejects = split(tmp_path / "p.parquet")
    assert [(paper.title, paper.abstract, paper.record) for paper in papers] == [
        ("T", "A 2x gain.", "row 1"),
        ("", "B.", "row 3"),
    ]
    assert (papers[0].authors, papers[0].published) == (("Tri Dao",), "2022-05-27")
    assert [reject.check_name for reject in rejects] == ["abstract_missing"]


def test_parquet_without_the_columns_of_a_paper_is_refused_with_those_it_has(tmp_path: Path) -> None:
    from flows.readers import UnreadableSource, read

    parquet.write_table(pyarrow.table({"text": ["x"], "label": [1]}), tmp_path / "p.parquet")
    with pytest.raises(UnreadableSource, match="it has text, label"):
        list(read(str(tmp_path / "p.parquet")))


def test_the_parquet_parts_of_extract_can_be_read_again_as_papers(tmp_path: Path) -> None:
    paper = {"title": "T", "abstract": "A 2x gain.", "id": "1", "page_date": "Apr 16", "arxiv_id": "2103.14030"}
    paper |= {"arxiv_version": 2, "declared_links": [{"url": "https://github.com/a/b", "role": "code"}]}
    parquet.write_table(pyarrow.table({"paper": [paper], "extraction": [{"code": "none"}]}), tmp_path / "part.parquet")
    (read,), rejects = split(tmp_path / "part.parquet")
    assert rejects == []
    assert (read.title, read.abstract, read.id, read.page_date) == ("T", "A 2x gain.", "1", "Apr 16")
    assert (read.arxiv_id, read.arxiv_version) == ("2103.14030", 2)
    assert read.declared_links == (DeclaredLink("https://github.com/a/b", "code"),)
