"""The site as files: what is in it, safe from hostile text, the same bytes, small pages however many rows."""

from __future__ import annotations

import dataclasses
import datetime
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.records import Extraction, Link, Paper
from tests.warehouse.making import claim, load, paper
from warehouse import Warehouse, WarehouseError
from warehouse.leaderboards import Filters, leaderboards
from warehouse.site.addresses import claim_path, paper_path
from warehouse.site.papers import pieces
from warehouse.site.scales import date_scale, date_ticks, number_scale, number_ticks

MAX_PAGE_BYTES = 1_000_000
HOSTILE = "<script>alert(1)</script>\"' onmouseover=x [a](javascript:x) \u202egnp.exe\u202c \x1b[31m =1+1 &amp; {{7*7}}"


class Document(HTMLParser):
    """Elements with their attributes, and the text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def attributes(self, name: str) -> Iterator[str]:
        return (attrs[name] or "" for _, attrs in self.elements if name in attrs)


def speedup(number: int, **slots: Any) -> tuple[str, str, dict[str, Any]]:
    slots = {"value": float(number), "factor": float(number), "subject": f"S{number}", "good": True} | slots
    return claim(f"S{slots['subject']} is {number}x faster than vLLM.", f"{number}x", **slots)


def site_of(warehouse: Warehouse, folder: Path, *papers: tuple[Paper, Extraction]) -> Path:
    load(warehouse, *papers)
    warehouse.export(folder, ["html"])
    return folder


def only_paper(site: Path) -> Document:
    (path,) = site.glob("papers/*/*.html")
    return Document(path.read_text())


def rows_in(site: Path, board: str) -> list[list[Any]]:
    """All rows of a board's scripts: [standings, *cells]."""
    scripts = sorted(site.glob(f"data/{board}-*.js"), key=lambda path: int(path.stem.rpartition("-")[2]))
    rows = []
    for path in scripts:
        made = re.fullmatch(r"paperclaims\.add\((.*)\);\n", path.read_text(), re.DOTALL)
        assert made
        rows += json.loads(made[1])
    return rows


def test_a_page_a_leaderboard_and_a_page_a_paper(warehouse: Warehouse, tmp_path: Path) -> None:
    site = site_of(warehouse, tmp_path / "site", paper("A", speedup(2)), paper("B", speedup(3)))
    boards = [path.stem for path in (site / "leaderboards").iterdir()]
    assert sorted(boards) == sorted(leaderboards())
    assert len(list(site.glob("papers/*/*.html"))) == 2
    start = (site / "index.html").read_text()
    assert all(f'href="leaderboards/{name}.html"' in start for name in leaderboards())


def test_every_link_within_the_site_leads_somewhere(warehouse: Warehouse, tmp_path: Path) -> None:
    site = site_of(warehouse, tmp_path / "site", paper("A", speedup(2), speedup(5)), paper("B", speedup(3)))
    pages = {path: Document(path.read_text()) for path in site.rglob("*.html")}
    seen = 0
    for path, document in pages.items():
        for address in [*document.attributes("href"), *document.attributes("src")]:
            name, _, fragment = address.partition("#")
            target = (path.parent / name.partition("?")[0]).resolve() if name else path
            assert target.is_file(), f"{path}: {address}"
            if fragment:
                assert fragment in pages[target].attributes("id"), f"{path}: {address}"
            seen += 1
    assert seen > 50


def test_nothing_is_fetched_from_outside(warehouse: Warehouse, tmp_path: Path) -> None:
    site = site_of(warehouse, tmp_path / "site", paper("A", speedup(2), url="https://example.org/a"))
    for path in site.rglob("*.html"):
        document = Document(path.read_text())
        fetched = [a.get("src") or a.get("href") for tag, a in document.elements if tag in ("script", "link", "img")]
        assert not [address for address in fetched if address and re.match(r"\w+:|//", address)]
        policy = [a["content"] or "" for tag, a in document.elements if a.get("http-equiv")]
        assert policy[0].startswith("default-src 'none'; script-src 'self'; style-src 'self'")
        assert "style" not in {name for _, attrs in document.elements for name in attrs}
    assert "url(" not in (site / "assets/site.css").read_text()


def test_claims_are_marked_by_their_offsets(warehouse: Warehouse, tmp_path: Path) -> None:
    one = claim("It is 2x faster than the 2x of before.", "2x", subject="It", value=2.0)
    site = site_of(warehouse, tmp_path / "site", paper("A", one))
    (file,) = site.glob("papers/*/*.html")
    html = file.read_text()
    assert re.search(
        r'It is <a class="claim t-speedup" id="(claim-\w+)" href="#\1"[^>]*>2x</a> faster than the 2x', html
    )


def test_claims_that_share_characters_keep_a_permalink_each(warehouse: Warehouse, tmp_path: Path) -> None:
    sentence = "It is 2-3x faster."
    both = (claim(sentence, "2-3x", value=2.0, value_max=3.0), claim(sentence, "3x", value=3.0, type="efficiency"))
    document = only_paper(site_of(warehouse, tmp_path / "site", paper("A", *both)))
    claims = warehouse.query("SELECT claim_id FROM claims")["claim_id"].to_list()
    assert {f"claim-{name}" for name in claims} <= set(document.attributes("id"))
    assert set(next(document.attributes("aria-describedby")).split()) == {f"slots-{name}" for name in claims}
    assert "It is 2-3x faster." in document.text


@given(
    st.text(max_size=40),
    st.lists(st.tuples(st.integers(0, 40), st.integers(1, 10)), max_size=6),
)
def test_pieces_are_the_text_and_every_claim_is_in_one(text: str, spans: list[tuple[int, int]]) -> None:
    claims = [
        {"field": "abstract", "span_start": start, "span_end": min(start + length, len(text))}
        for start, length in sorted(spans)
        if start < len(text)
    ]
    cut = pieces(text, "abstract", claims)
    assert "".join(piece.text for piece in cut) == text
    assert sum(len(piece.claims) for piece in cut) == len(claims)


def test_hostile_text_is_only_text(warehouse: Warehouse, tmp_path: Path) -> None:
    sentence = f"{HOSTILE} is 9x faster."
    slots = {"value": 9.0, "factor": 9.0, "good": True, "subject": HOSTILE, "baseline": (HOSTILE,), "metric": HOSTILE}
    hostile = paper(
        HOSTILE,
        claim(sentence, "9x", **slots),
        authors=(HOSTILE,),
        categories=(HOSTILE,),
        published="2024-01-02",
        url="javascript:alert(1)",
    )
    site = site_of(warehouse, tmp_path / "site", hostile)
    for path in site.rglob("*.html"):
        html = path.read_text()
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", html), path
        document = Document(html)
        scripts = [attrs for tag, attrs in document.elements if tag == "script"]
        assert scripts == [{"src": scripts[0]["src"], "defer": None}]
        assert not [name for _, attrs in document.elements for name in attrs if name.startswith("on")]
        assert not [href for href in document.attributes("href") if href.lower().startswith(("javascript", "data"))]
        assert "49" not in document.text
    for path in site.glob("data/*.js"):
        assert path.read_text().isascii()
    assert "\\u202egnp.exe" in only_paper(site).text


def test_only_web_addresses_are_links(warehouse: Warehouse, tmp_path: Path) -> None:
    links = (Link(url="https://github.com/o/n", role="code", origin="source"),)
    one = paper("A", speedup(2), links=links, url="ftp://example.org/x")
    document = only_paper(site_of(warehouse, tmp_path / "site", one))
    assert "https://github.com/o/n" in document.attributes("href")
    assert "ftp://example.org/x" not in document.attributes("href")
    assert "ftp://example.org/x" in document.text


def test_rows_of_each_choice_are_those_of_the_leaderboard(warehouse: Warehouse, tmp_path: Path) -> None:
    site = site_of(
        warehouse,
        tmp_path / "site",
        paper("A", speedup(9, subject="Same", qualifier="up_to")),
        paper("B", speedup(4, subject="Same")),
        paper("C", speedup(7, subject="Quoted", own=False)),
        paper("D", speedup(2, subject="Other")),
    )
    rows = rows_in(site, "speedups")
    for index, filters in enumerate(
        (Filters(), Filters(all_results=True), Filters(no_up_to=True), Filters(all_results=True, no_up_to=True))
    ):
        expected = warehouse.leaderboard("speedups", filters).select("place", "subject", "claim", "paper_count").rows()
        ranked = sorted((row for row in rows if row[0][index]), key=lambda row: row[0][index][0])
        texts = [[cell[0] if isinstance(cell, list) else cell for cell in row[1:]] for row in ranked]
        columns = leaderboards()["speedups"].columns
        shown = [
            (row[0][index][1], text[columns.index("subject")], text[columns.index("claim")], row[0][index][2])
            for row, text in zip(ranked, texts, strict=True)
        ]
        assert [(p, s, c.removesuffix(" · quoted"), n) for p, s, c, n in shown] == expected


def test_the_same_database_gives_the_same_bytes(warehouse: Warehouse, tmp_path: Path) -> None:
    papers = [paper(f"P{n}", speedup(n), published=f"20{10 + n}-01-01") for n in range(2, 9)]
    first = site_of(warehouse, tmp_path / "a", *papers)
    warehouse.finish_run(warehouse.start_run(["nothing new"], "1"))
    warehouse.export(tmp_path / "b", ["html"])
    for path in first.rglob("*"):
        if path.is_file():
            assert path.read_bytes() == (tmp_path / "b" / path.relative_to(first)).read_bytes()


def test_many_rows_are_split(warehouse: Warehouse, tmp_path: Path) -> None:
    papers = [paper(f"P{n} {'long ' * 40}", speedup(n)) for n in range(2, 1502)]
    site = site_of(warehouse, tmp_path / "site", *papers)
    assert max(path.stat().st_size for path in site.rglob("*") if path.is_file()) < MAX_PAGE_BYTES
    assert len(list(site.glob("data/speedups-*.js"))) > 1
    assert len(rows_in(site, "speedups")) == 1500
    html = (site / "leaderboards/speedups.html").read_text()
    assert html.count('class="c-subject"') == 100
    assert max(len(list(folder.iterdir())) for folder in (site / "papers").iterdir() if folder.is_dir()) < 30


def test_long_texts_are_cut_in_rows_not_on_the_page_of_the_paper(warehouse: Warehouse, tmp_path: Path) -> None:
    long = "very " * 9_000
    one = claim(f"{long}3x {long}", "3x", value=3.0, factor=3.0, subject="S" * 400, good=True)
    site = site_of(warehouse, tmp_path / "site", paper(f"Title {long}", one, published="2024-01-01"))
    for path in site.rglob("*"):
        if path.is_file() and path.parent.parent.name != "papers":
            assert path.stat().st_size < 50_000, path
    assert long in only_paper(site).text


def test_plots_have_points_that_lead_to_their_evidence(warehouse: Warehouse, tmp_path: Path) -> None:
    papers = [
        paper(f"P{n}", speedup(n, baseline=("vLLM" if n % 2 else "SGLang",)), published=f"20{10 + n}-01-01")
        for n in range(2, 9)
    ]
    site = site_of(warehouse, tmp_path / "site", *papers)
    for board, title in (("beats", "Speedups by baseline"), ("speedups", "Factor over time")):
        html = (site / f"leaderboards/{board}.html").read_text()
        assert title in html
        assert html.count('class="dot"') == 7
    rows = warehouse.query("SELECT paper_id, claim_id FROM claims").rows()
    assert all(f'href="../{claim_path(*row)}"' in html for row in rows)


def test_a_row_shows_the_number_of_a_long_sentence(warehouse: Warehouse, tmp_path: Path) -> None:
    sentence = f"{'With many words ' * 20}it is 3x faster."
    one = claim(sentence, "3x", value=3.0, factor=3.0, subject="It", good=True)
    site = site_of(warehouse, tmp_path / "site", paper("A", one))
    before, span, after = rows_in(site, "speedups")[0][-2][3]
    assert before.startswith("… ")
    assert before.endswith("it is ")
    assert (span, after) == ("3x", " faster.")
    assert len(before) < 80
    assert sentence in only_paper(site).text


def test_the_start_page_says_what_is_new_and_how_much_there_is(warehouse: Warehouse, tmp_path: Path) -> None:
    papers = [paper(f"Paper {n}", speedup(n), speedup(n + 100), published=f"20{10 + n}-03-04") for n in range(2, 12)]
    html = (site_of(warehouse, tmp_path / "site", *papers) / "index.html").read_text()
    document = Document(html)
    assert re.search(
        r"papers</dt><dd>10</dd>.*claims</dt><dd>20</dd>.*newest paper</dt><dd>2021-03-04", html, re.DOTALL
    )
    new = document.text.partition("Leaderboards")[2].partition("All papers")[0]
    assert [f"Paper {n}" in new for n in (11, 10, 6, 5)] == [True, True, True, False]
    assert "<mark>11x</mark>" in html


def test_an_empty_database_has_a_site(warehouse: Warehouse, tmp_path: Path) -> None:
    warehouse.start_run(["none"], "1")
    warehouse.export(tmp_path / "site", ["html"])
    assert (
        "No paper in the database claims such a number yet" in (tmp_path / "site/leaderboards/beats.html").read_text()
    )


def test_a_linked_folder_is_not_followed(warehouse: Warehouse, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "site").mkdir()
    (tmp_path / "site/papers").symlink_to(tmp_path / "outside", target_is_directory=True)
    with pytest.raises(WarehouseError, match="papers is a link to somewhere else"):
        site_of(warehouse, tmp_path / "site", paper("A", speedup(2)))
    assert not list((tmp_path / "outside").iterdir())


@given(st.text(min_size=1, max_size=80), st.text(min_size=1, max_size=80))
def test_paper_paths_are_safe_and_distinct(one: str, other: str) -> None:
    paths = [paper_path(name).lower() for name in (one, other)]
    assert all(re.fullmatch(r"papers/[0-9a-f]{2}/[a-z0-9.-]*-[0-9a-f]{8}\.html", path) for path in paths)
    assert all(".." not in path.split("/") for path in paths)
    assert (paths[0] == paths[1]) == (one == other)


@given(
    st.lists(st.floats(1e-9, 1e15, allow_nan=False), min_size=1, max_size=20),
    st.booleans(),
)
def test_axes_hold_their_values_and_have_ticks(values: list[float], logarithmic: bool) -> None:
    scale = number_scale(values, 0, 400, logarithmic=logarithmic)
    assert all(0 <= scale.place(value) <= 400 for value in values)
    ticks = number_ticks(scale)
    assert 1 <= len(ticks) <= 12
    assert all(0 <= at <= 400 for at, _ in ticks)


@given(st.lists(st.dates(min_value=datetime.date(1, 1, 1)), min_size=1, max_size=5))
def test_axes_of_dates_hold_their_days(days: list[datetime.date]) -> None:
    scale = date_scale(days, 0, 400)
    assert all(0 <= scale.place(day.toordinal()) <= 400 for day in days)
    assert len(date_ticks(scale)) <= 6


def test_a_claim_of_the_title_is_marked_there(warehouse: Warehouse, tmp_path: Path) -> None:
    one, extraction = paper("Twice as fast: 2x", speedup(3))
    (said,) = extraction.claims
    titled = dataclasses.replace(
        said, field="title", start=15, end=17, span="2x", sentence="Twice as fast: 2x", value=2.0
    )
    site = site_of(warehouse, tmp_path / "site", (one, dataclasses.replace(extraction, claims=(titled, said))))
    (file,) = site.glob("papers/*/*.html")
    assert re.search(r"<h1[^>]*>Twice as fast: <a class=.claim[^>]*>2x</a></h1>", file.read_text())


def score(subject: str, value: float, benchmark: str, **slots: Any) -> tuple[str, str, dict[str, Any]]:
    slots = {
        "type": "score",
        "unit": "%",
        "metric": "accuracy",
        "metric_id": "accuracy",
        "metric_better": "higher",
    } | slots
    on = {"benchmark": (benchmark,), "benchmark_ids": (benchmark,)}
    return claim(
        f"{subject} has {value:g}% on {benchmark}.", f"{value:g}%", value=value, subject=subject, **slots, **on
    )


def test_a_contest_of_enough_subjects_has_a_page_of_its_own(warehouse: Warehouse, tmp_path: Path) -> None:
    scores = [score(name, value, "AIME 2025") for name, value in (("A", 70.0), ("B", 90.0), ("C", 80.0))]
    quoted = score("Old", 99.0, "AIME 2025", own=False)
    few = [score("A", 50.0, "MMLU"), score("B", 60.0, "MMLU"), score("Old", 40.0, "MMLU", own=False)]
    site = site_of(warehouse, tmp_path / "site", paper("One", *scores, quoted, *few))
    (page,) = (site / "leaderboards/scores").iterdir()
    assert page.name.startswith("aime-2025-accuracy-")
    text = page.read_text()
    assert '<h1 dir="auto">AIME 2025 · accuracy</h1>' in text
    assert "Higher is better." in text
    assert re.findall(r'c-subject" dir="auto">(\w)<', text) == ["B", "C", "A"]
    (rows,) = [rows_in(site, path.stem.removesuffix("-1")) for path in site.glob("data/scores-aime*-1.js")]
    with_quoted = sorted((row for row in rows if row[0][1]), key=lambda row: row[0][1])
    assert [row[2] for row in with_quoted] == ["Old", "B", "C", "A"]
    board = Document((site / "leaderboards/scores.html").read_text())
    assert list(board.attributes("href")).count(f"../leaderboards/scores/{page.name}") == 3
    start = Document((site / "index.html").read_text())
    assert "AIME 2025: B" in start.text
    assert "MMLU: B" in start.text
