"""The site in a real browser, from a folder: no server, no outside request, every way to use it.

Skipped where Chromium or its driver is missing (``.ci/run`` installs both).
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from tests.warehouse.making import claim, load, paper
from warehouse import Warehouse
from warehouse.leaderboards import leaderboards

playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright: uv sync")
CHROMIUM = shutil.which("chromium")
pytestmark = pytest.mark.skipif(not CHROMIUM, reason="needs Chromium: apt-get install chromium")

# Without these, Chromium asks its maker's servers for updates.
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
ROWS = 250
HOSTILE = "<img src=x onerror=document.title='owned'> \u202egnp"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    warehouse = Warehouse(folder / "papers.duckdb")
    papers = [
        paper(
            f"Paper {number}",
            claim(
                f"Sys{number} is {number}x faster than B{number % 12} and has {number} billion parameters.",
                f"{number}x",
                value=float(number),
                factor=float(number),
                subject=f"Sys{number}",
                baseline=(f"B{number % 12}",),
                metric="latency" if number % 2 else "throughput",
                good=True,
                qualifier="up_to" if number % 5 == 0 else "exact",
                own=number % 7 != 0,
            ),
            claim(
                f"Sys{number} is {number}x faster than B{number % 12} and has {number} billion parameters.",
                f"{number} billion",
                type="model_size",
                unit="params",
                value=number * 1e9,
                subject=f"Sys{number}",
            ),
            published=f"20{10 + number % 13}-{1 + number % 12:02}-01",
            url="https://example.org/paper",
        )
        for number in range(2, ROWS + 2)
    ]
    hostile = claim(f"{HOSTILE} is 999x faster.", "999x", value=999.0, factor=999.0, subject=HOSTILE, good=True)
    load(warehouse, *papers, paper(HOSTILE, hostile, published="2024-05-05"))
    warehouse.export(folder / "out", ["html"])
    return folder / "out"


@pytest.fixture
def visit(browser: Any, site: Path) -> Iterator[Any]:
    """Opens a page of the site; fails the test on an error, a blocked resource or a request that leaves the folder."""
    faults: list[str] = []
    contexts = []

    def open_page(address: str, viewport: dict[str, int] = DESKTOP, **settings: Any) -> Any:
        context = browser.new_context(viewport=viewport, **settings)
        contexts.append(context)
        tab = context.new_page()
        tab.on("pageerror", lambda error: faults.append(str(error)))
        tab.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        tab.on("request", lambda sent: None if sent.url.startswith("file://") else faults.append(sent.url))
        tab.goto(f"file://{site}/{address}")
        return tab

    yield open_page
    for context in contexts:
        context.close()
    assert faults == []


def paper_page(site: Path, title: str) -> str:
    (path,) = (path for path in site.glob("papers/*/*.html") if f"<title>{title} " in path.read_text())
    return str(path.relative_to(site))


def subjects(tab: Any) -> list[str]:
    texts: list[str] = tab.locator("tbody .c-subject").all_inner_texts()
    return texts


def told(tab: Any, text: str | re.Pattern[str]) -> None:
    playwright.expect(tab.locator(".status")).to_have_text(text)


def test_first_rows_are_there_without_a_script(visit: Any) -> None:
    tab = visit("leaderboards/speedups.html", java_script_enabled=False)
    assert len(subjects(tab)) == 100
    assert not tab.locator(".tools").is_visible()
    assert "paperclaims export" in tab.locator("noscript").inner_text()


def test_search_covers_all_rows_and_stays_in_the_address(visit: Any) -> None:
    tab = visit("leaderboards/speedups.html")
    tab.get_by_label("Search").fill("sys33 b9")
    told(tab, "1 row")
    assert subjects(tab) == ["Sys33"]
    assert tab.url.endswith("?q=sys33+b9")
    tab.reload()
    told(tab, "1 row")
    assert tab.get_by_label("Search").input_value() == "sys33 b9"
    tab.get_by_role("button", name="Clear").click()
    playwright.expect(tab.locator("tbody tr")).to_have_count(100)
    assert tab.url.endswith("speedups.html")


def test_order_by_a_heading_both_ways_and_back(visit: Any) -> None:
    tab = visit("leaderboards/speedups.html?q=Sys")
    told(tab, "1 to 100 of 215 rows")
    before = subjects(tab)
    heading = tab.get_by_role("columnheader", name="Factor")
    heading.get_by_role("button").click()
    assert heading.get_attribute("aria-sort") == "descending"
    heading.get_by_role("button").click()
    assert "sort=factor" in tab.url
    assert heading.get_attribute("aria-sort") == "ascending"
    assert subjects(tab)[:2] == ["Sys2", "Sys3"]
    heading.get_by_role("button").click()
    assert "sort" not in tab.url
    assert subjects(tab) == before


def test_filters_by_column_date_and_choice(visit: Any) -> None:
    tab = visit("leaderboards/speedups.html")
    tab.get_by_label("Compared with").fill("B1")
    tab.get_by_label("Since").fill("2020-01-01")
    tab.get_by_label("leave out").check()
    tab.get_by_label("include results").check()
    playwright.expect(tab).to_have_url(re.compile("baseline=B1&since=2020-01-01&all_results=1&no_up_to=1"))
    told(tab, re.compile(r"^\d+ rows$"))
    rows = tab.locator("tbody tr").all_inner_texts()
    assert rows
    assert all("B1" in row and "up to" not in row and row.rstrip()[-10:] >= "2020-01-01" for row in rows)
    assert any("quoted" in row for row in rows)


def test_pages_turn_and_a_bookmarked_page_opens(visit: Any) -> None:
    tab = visit("leaderboards/speedups.html")
    tab.get_by_role("button", name="Next").click()
    told(tab, "101 to 200 of 216 rows")
    assert tab.url.endswith("?page=2")
    other = visit("leaderboards/speedups.html?page=3")
    told(other, "201 to 216 of 216 rows")
    assert other.get_by_role("button", name="Next").is_disabled()


def test_no_match_says_so(visit: Any) -> None:
    tab = visit("leaderboards/scores.html?q=nothing")
    told(tab, "No row matches: clear a filter, or search for less.")


def test_a_row_leads_to_its_words(visit: Any) -> None:
    tab = visit("leaderboards/speedups.html?q=Sys77")
    tab.get_by_label("include results").check()
    told(tab, "1 row")
    tab.locator("tbody a").click()
    lit = tab.locator(".claim.lit")
    playwright.expect(lit).to_have_text("77x")
    assert tab.evaluate("document.querySelector('.claim:target').textContent") == "77x"
    assert "Sys77" in tab.locator(".slots.lit").first.inner_text()


@pytest.mark.parametrize("way", ["hover", "focus", "tap"])
def test_a_claim_shows_its_slots(visit: Any, site: Path, way: str) -> None:
    tab = visit(paper_page(site, "Paper 9"), viewport=PHONE, has_touch=way == "tap")
    bubble = tab.locator("#bubble")
    assert not bubble.is_visible()
    mark = tab.locator(".claim").first
    getattr(mark, way)()
    playwright.expect(bubble).to_be_visible()
    assert "B9" in bubble.inner_text()
    box = bubble.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE["width"]
    tab.keyboard.press("Escape")
    assert not bubble.is_visible()


def test_claims_are_reached_and_described_by_keyboard(visit: Any, site: Path) -> None:
    tab = visit(paper_page(site, "Paper 9"))
    for _ in range(12):
        tab.keyboard.press("Tab")
        if tab.evaluate("document.activeElement.className.includes('claim')"):
            break
    described = tab.evaluate(
        "document.getElementById(document.activeElement.getAttribute('aria-describedby')).innerText"
    )
    assert "Speedup" in described
    assert "Sys9" in described


def test_keyboard_skips_to_the_content(visit: Any) -> None:
    tab = visit("index.html")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.textContent") == "Skip to content"
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.activeElement.id") == "main"


def test_hostile_text_does_nothing(visit: Any) -> None:
    tab = visit("leaderboards/speedups.html?q=999")
    told(tab, "1 row")
    assert "owned" not in tab.title()
    assert subjects(tab) == [HOSTILE.replace("\u202e", "\\u202e")]
    tab.locator("tbody a").click()
    tab.wait_for_load_state()
    assert tab.locator("main img").count() == 0
    assert "\\u202egnp" in tab.locator("h1").inner_text()


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_finding_of_axe(visit: Any, site: Path, viewport: dict[str, int], scheme: str) -> None:
    pytest.importorskip("axe_playwright_python", reason="needs axe-playwright-python: uv sync")
    axe = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
    tab = visit("index.html", viewport, color_scheme=scheme)
    found = _findings(tab, axe)
    for address in ("leaderboards/beats.html?q=sys", "leaderboards/model_sizes.html", paper_page(site, "Paper 9")):
        tab.goto(f"file://{site}/{address}")
        for mark in tab.locator(".claim").all()[:1]:
            mark.focus()
        found += _findings(tab, axe)
    assert found == []


def _findings(tab: Any, axe: str) -> list[str]:
    tab.wait_for_load_state()
    tab.evaluate(axe)
    result = tab.evaluate("axe.run(document, {resultTypes: ['violations'], preload: false})")
    return [f"{tab.url}: {rule['id']}: {rule['nodes'][0]['html'][:200]}" for rule in result["violations"]]


def test_pages_fit_their_window(visit: Any, site: Path) -> None:
    tab = visit("index.html")
    boards = [f"leaderboards/{name}.html" for name in leaderboards()]
    for address in ("index.html", "papers/index.html", *boards, paper_page(site, "Paper 9")):
        tab.goto(f"file://{site}/{address}")
        for width in (1280, 800, 390, 320):
            tab.set_viewport_size({"width": width, "height": 800})
            assert tab.evaluate("document.documentElement.scrollWidth") <= width, (address, width)


def test_print_leaves_out_the_controls(visit: Any, site: Path) -> None:
    tab = visit("leaderboards/speedups.html")
    tab.emulate_media(media="print")
    assert not tab.locator(".tools").is_visible()
    assert not tab.locator(".pages").is_visible()
    assert tab.locator("tbody tr").first.is_visible()
    assert tab.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
