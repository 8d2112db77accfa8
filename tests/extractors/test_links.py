"""Links are found however they are written, and told apart by what the text says of them."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.evaluation import evaluate
from extractors.hosts import host_of
from extractors.links import find_links, repository_of
from extractors.tokenizer import make_doc, make_nlp
from extractors.urls import find_urls, link_data
from schemas.records import LINK_ROLES, Link, link_to_json

GOLD = Path(__file__).parents[2] / ".." / "shared" / "gold"


def only(text: str) -> Link:
    links = find_links(text, "abstract")
    assert len(links) == 1, links
    return links[0]


@pytest.mark.parametrize(
    ("text", "url", "span"),
    [
        ("Code: https://github.com/a/b.", "https://github.com/a/b", "https://github.com/a/b"),
        ("Code: github.com/a/b.", "https://github.com/a/b", "github.com/a/b"),
        ("Code (http://www.example.org/x).", "http://www.example.org/x", "http://www.example.org/x"),
        ("See www.example.org.", "https://www.example.org", "www.example.org"),
        ("See [https://a.github.io/b/], please", "https://a.github.io/b/", "https://a.github.io/b/"),
        ("See <https://a.org/b>.", "https://a.org/b", "https://a.org/b"),
        ("See https://a.org/b_(c).", "https://a.org/b_(c)", "https://a.org/b_(c)"),
        ("See a.github.io!", "https://a.github.io", "a.github.io"),
        ("See huggingface.co/datasets/a/b", "https://huggingface.co/datasets/a/b", "huggingface.co/datasets/a/b"),
        ("At https://github. com/a/b .", "https://github.com/a/b", "https://github. com/a/b"),
        ("At https: //github.com/a/b.", "https://github.com/a/b", "https: //github.com/a/b"),
        ("At https://github.com/ a-x/b.", "https://github.com/a-x/b", "https://github.com/ a-x/b"),
        ("At https://github.com/a/\nb-c.", "https://github.com/a/b-c", "https://github.com/a/\nb-c"),
        ("At https://github.com/a/b- C.", "https://github.com/a/b-C", "https://github.com/a/b- C"),
        ("At https://a. github. io/b", "https://a.github.io/b", "https://a. github. io/b"),
        (r"At \url{https://github.com/a/b\_c}.", "https://github.com/a/b_c", r"https://github.com/a/b\_c"),
        (r"At https://a.edu/\~{}b/c\%20d", "https://a.edu/~b/c%20d", r"https://a.edu/\~{}b/c\%20d"),
        ("At https://a.edu/~b.", "https://a.edu/~b", "https://a.edu/~b"),
        ("At~https://a.edu/b~", "https://a.edu/b", "https://a.edu/b"),
        (r"At \href{https://github.com/a/b}{github.com/a/b}.", "https://github.com/a/b", "https://github.com/a/b"),
        (r"At $\href{https://a.org/b}{\texttt{https://a.org/b}}$", "https://a.org/b", "https://a.org/b"),
        ("At [https://a.org/b](https://a.org/b).", "https://a.org/b", "https://a.org/b"),
        ('<a href="https://a.org/b">https://a.org/b</a>', "https://a.org/b", "https://a.org/b"),
        ("At https://a.org/b?x=1&amp;y=2.", "https://a.org/b?x=1&y=2", "https://a.org/b?x=1&amp;y=2"),
        ("At https://github.com/a/b.git.", "https://github.com/a/b.git", "https://github.com/a/b.git"),
        ("At https://github.com/a/b.The data follow.", "https://github.com/a/b", "https://github.com/a/b"),
        ("At http://x.cs.vt.edu:5550 it runs.", "http://x.cs.vt.edu:5550", "http://x.cs.vt.edu:5550"),
        ("The data are available at docvqa.org.", "https://docvqa.org", "docvqa.org"),
        (
            "Get it from ftp://ftp.example.org/pub/x.tar.gz.",
            "ftp://ftp.example.org/pub/x.tar.gz",
            "ftp://ftp.example.org/pub/x.tar.gz",
        ),
        ("At https:\\/\\/a.org\\/b.", "https://a.org/b", "https:\\/\\/a.org\\/b"),
        ("At https://a.org/b\u200bc\u2010d。", "https://a.org/bc-d", "https://a.org/b\u200bc\u2010d"),
        ("doi: 10.5281/zenodo.1188976.", "https://doi.org/10.5281/zenodo.1188976", "10.5281/zenodo.1188976"),
        ("At https://github.com/a/b and more.", "https://github.com/a/b", "https://github.com/a/b"),
        ("At https://a.github.io/ and more.", "https://a.github.io/", "https://a.github.io/"),
        ("At https://github.com/a/b\nWe thank C.", "https://github.com/a/b", "https://github.com/a/b"),
    ],
)
def test_one_url_however_written(text: str, url: str, span: str) -> None:
    link = only(text)
    assert (link.url, link.span) == (url, span)
    assert link.start is not None
    assert text[link.start : link.end] == span


@pytest.mark.parametrize(
    "text",
    [
        "Code is available at this https URL.",
        "We crawl GitHub, JD.com and X.com.",
        "We use Node.js, e.g. for FLUX.1.dev, i.e. v2.0.io-like names.",
        "Deployed at JD.com, it serves millions.",
        "Mail a.b@github.com or c@example.org.",
        "https:// and http://",
        "The function f.io(x) and a.b.c are fine.",
        "Reviews from Booking.com and Amazon.com.",
        "",
    ],
)
def test_nothing_is_invented(text: str) -> None:
    assert find_links(text, "abstract") == ()


def test_two_urls_without_a_blank_between_them() -> None:
    urls = [url.url for url in find_urls("See https://a.org/b,https://c.org/d;https://e.org/f;data: g.github.io.")]
    assert urls == ["https://a.org/b", "https://c.org/d", "https://e.org/f", "https://g.github.io"]


@pytest.mark.parametrize("host", link_data()["host"], ids=lambda host: host["name"])
def test_examples_of_hosts(host: dict[str, Any]) -> None:
    for example in host["examples"]:
        found = host_of(only(example).url)
        assert found is not None
        assert (found.name, found.role) == (host["name"], host["role"])


@pytest.mark.parametrize("part", ["head", "named", "later"])
def test_examples_of_cues(part: str) -> None:
    for entry in link_data()[part]:
        for example in entry["examples"]:
            link = only(example)
            if part == "later":
                assert not link.released, example
            else:
                assert link.role == entry["role"], example


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("Code and data are available at https://karpathy.github.io/x.", "code"),
        ("Project page: https://karpathy.github.io/x.", "project"),
        ("Our project page with code: https://karpathy.github.io/x.", "code"),
        ("The dataset is available on our project page https://karpathy.github.io/x.", "data"),
        ("Corpus: https://github.com/a/b", "data"),
        ("The code dataset is available at https://github.com/a/b", "data"),
        ("We release the model and its code at https://huggingface.co/a/b", "code"),
        ("Videos: https://github.com/a/b", "project"),
        ("It speeds up any model and is available at https://github.com/a/b", "code"),
        ("See https://doi.org/10.1162/neco.1997.9.8.1735.", "other"),
        ("https://example.org/x", "project"),
    ],
)
def test_roles(text: str, role: str) -> None:
    assert only(text).role == role


def test_a_list_of_links_is_told_apart_by_host() -> None:
    text = "Data, weights and code are at https://hf.co/datasets/a/d, https://hf.co/a/m, and https://github.com/a/c."
    assert [link.role for link in find_links(text, "abstract")] == ["data", "model", "code"]


def test_each_clause_has_its_own_link() -> None:
    text = "The data are at https://a.org/x, and the code will be released at https://b.org/y."
    data, code = find_links(text, "abstract")
    assert (data.role, data.released) == ("data", True)
    assert (code.role, code.released) == ("code", False)


@pytest.mark.parametrize(
    ("text", "released"),
    [
        ("Code is available at https://github.com/a/b.", True),
        ("Code will be made publicly available at https://github.com/a/b.", False),
        ("Code is available soon at https://github.com/a/b.", False),
        ("Code: https://github.com/a/b (upon acceptance).", False),
        ("Videos are at https://a.github.io/b, and we will make our code public.", True),
        ("We will see why. Code: https://github.com/a/b.", True),
    ],
)
def test_released(text: str, released: bool) -> None:
    assert only(text).released is released


@pytest.mark.parametrize(
    ("url", "repo"),
    [
        ("https://github.com/a/b", "a/b"),
        ("http://www.GitHub.com/A/b.git", "A/b"),
        ("https://github.com/a/b/tree/main/c", "a/b"),
        ("https://raw.githubusercontent.com/a/b/main/c", "a/b"),
        ("https://github.com/a", None),
        ("https://github.com/topics/b", None),
        ("https://gitlab.com/a/b", None),
        ("https://a.github.io/b", None),
    ],
)
def test_repository(url: str, repo: str | None) -> None:
    assert repository_of(url) == repo


def test_component_writes_links_and_code() -> None:
    nlp = make_nlp()
    nlp.add_pipe("paperclaims_links")
    doc = nlp(make_doc(nlp, "Seen at www.example.org", "Code: github.com/a/b."))
    title, abstract = doc._.links
    assert (title.field, title.start, title.span) == ("title", 8, "www.example.org")
    assert (abstract.field, abstract.start, abstract.repo) == ("abstract", 6, "a/b")
    assert doc._.code == "released"


PIECES = [
    "https://",
    "http: //",
    "github.com/",
    "a.github.io",
    "www.",
    "a/b",
    ".",
    " ",
    "\n",
    "(",
    ")",
    "{",
    "}",
    "\\_",
    "~",
]


@given(st.lists(st.sampled_from(PIECES) | st.characters(), max_size=40).map("".join))
def test_any_text_gives_sound_links(text: str) -> None:
    end = 0
    for link in find_links(text, "abstract"):
        assert link.start is not None
        assert link.end is not None
        assert end <= link.start < link.end
        assert text[link.start : link.end] == link.span
        assert link.url.startswith(("https://", "http://", "ftp://"))
        assert not any(character.isspace() for character in link.url)
        assert link.role in LINK_ROLES
        end = link.end


UNITS = [
    "https://github.com/a/b ",
    "https://a.org/b,",
    "a",
    ".",
    "a.",
    " ",
    "(",
    "github. ",
    "https://a.b/(",
    "\\_",
    "a.com ",
]


@pytest.mark.parametrize(
    "unit", [*UNITS, "x.github.io ", "http", "available at a.com ", "https://a.b/c}{", "www.", "doi 10.1234/"]
)
def test_time_is_linear_in_the_text(unit: str) -> None:
    text = (unit * 100_000)[:100_000]
    start = time.process_time()
    find_links(text, "abstract")
    assert time.process_time() - start < 3


def test_ten_thousand_urls() -> None:
    text = " ".join(f"https://a.io/{i}" for i in range(10_000))
    start = time.process_time()
    assert len(find_links(text, "abstract")) == 10_000
    assert time.process_time() - start < 5


def test_agrees_with_gold() -> None:
    files = [GOLD / "dev.jsonl", GOLD / "train.jsonl"]
    if not all(file.exists() for file in files):
        pytest.skip("the gold files are not beside this checkout (../shared/gold)")
    nlp = make_nlp()
    component = nlp.add_pipe("paperclaims_links")
    gold = [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    predicted = []
    for paper in gold:
        doc = component(make_doc(nlp, paper["title"], paper["abstract"]))
        links = [link_to_json(link) for link in doc._.links]
        predicted.append({"id": paper["id"], "title": paper["title"], "links": links, "code": doc._.code})
    figures = evaluate(gold, predicted).figures()
    assert figures["link_f1"] >= 0.99
    assert figures["link_whole"] >= 0.95
    assert figures["code_accuracy"] >= 0.97
