"""Any bytes at all: every reader gives papers and rejects, or refuses in one line. Never a traceback, never a hang."""

from __future__ import annotations

import gzip
import importlib
import io
import json
from collections.abc import Iterable

import pyarrow
import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from flows.readers import UnreadableSource, read_stream
from flows.readers.streams import Stream
from schemas.records import MAX_TEXT_CHARS, Paper, Reject
from tests.flows.test_readers import PAGE, RECORD, json_lines
from tests.flows.test_readers_formats import ATOM, DIGEST

LATEX = (
    r"\documentclass{a}\newcommand{\m}{M}\title{A \m}\author{B}"
    r"\begin{abstract}\m{} 2$\times$ \url{http://x.example}\end{abstract}"
)
HTML = (
    "<html><h1 class='ltx_title_document'>T</h1>"
    "<p class='ltx_abstract'>A <math alttext='2x'>2</math> <a href='http://x.example'>y</a>"
)
TEI = (
    "<TEI><teiHeader><titleStmt><title>T</title></titleStmt>"
    "<profileDesc><abstract><p>A.</p></abstract></profileDesc></teiHeader></TEI>"
)
RSS = (
    "<rss><channel><item><title>T</title>"
    "<description>&lt;b&gt;Summary:&lt;/b&gt; A.</description></item></channel></rss>"
)


def parquet_bytes() -> bytes:
    buffer = io.BytesIO()
    parquet.write_table(pyarrow.table({"title": ["T", "U"], "abstract": ["A.", "B."]}), buffer)
    return buffer.getvalue()


SAMPLES: dict[str, bytes] = {
    "json_lines": json_lines(),
    "json_document": json.dumps([RECORD, {"data": [RECORD]}], indent=1).encode(),
    "pages": PAGE.encode(),
    "feeds": ATOM.encode(),
    "tei": TEI.encode(),
    "html": HTML.encode(),
    "latex": LATEX.encode(),
    "markdown": DIGEST.encode(),
    "tables": b'title,abstract,code\nT,"A, b",https://x.example\n"U","B\nc",\n',
    "parquet": parquet_bytes(),
}
MORE = [
    RSS.encode(),
    gzip.compress(json_lines(), mtime=0),
    zstandard.compress(json_lines()),
    json_lines() + PAGE.encode(),
]
PIECES = [
    b"",
    b"\x00",
    b"\xff",
    b"{",
    b"}",
    b"[",
    b"]",
    b'"',
    b"<",
    b">",
    b"&x;",
    b"\\",
    b"$",
    b"|",
    b"\n",
    b"\r",
    b"\xed\xa0\x80",
    b"1e999",
]


def check(items: Iterable[Paper | Reject]) -> None:
    """What every reader promises of what it gives."""
    try:
        for item in items:
            (check_reject if isinstance(item, Reject) else check_paper)(item)
    except UnreadableSource as error:
        if "\n" in str(error):
            raise AssertionError("a refusal of more than one line") from error


def check_reject(item: Reject) -> None:
    assert item.check_name
    assert item.reason
    assert "\n" not in item.reason
    assert item.record == "" or json.loads(item.record) is not None
    (item.record + item.reason + item.source).encode()
    assert item.reason.isprintable()


def check_paper(item: Paper) -> None:
    assert item.abstract.strip() == item.abstract != ""
    assert "\n" not in item.title
    assert max(len(item.title), len(item.abstract)) <= MAX_TEXT_CHARS
    for text in (item.title, item.abstract, item.id, item.url or "", *item.authors, *item.categories):
        assert "\x00" not in text
        text.encode()
    assert all(link.url.lower().startswith(("http://", "https://")) for link in item.declared_links)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A good input with some places cut out, doubled or overwritten."""
    data = bytearray(draw(st.sampled_from([*SAMPLES.values(), *MORE])))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.integers(0, 40)))
        data[start:end] = draw(st.sampled_from([*PIECES, bytes(data[start:end]) * 3]) | st.binary(max_size=8))
    return bytes(data[: draw(st.integers(0, len(data)))] if draw(st.booleans()) else data)


fuzz = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@fuzz
@given(
    damaged() | st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "surrogatepass"))
)
def test_the_door_takes_any_bytes(data: bytes) -> None:
    check(read_stream("fuzz", io.BytesIO(data)))


@pytest.mark.parametrize("name", SAMPLES)
@settings(fuzz, max_examples=40)
@given(data=damaged() | st.binary(max_size=200))
def test_every_reader_takes_any_bytes_even_those_of_another_format(name: str, data: bytes) -> None:
    reader = importlib.import_module(f"flows.readers.{name}")
    check(reader.read("fuzz", Stream(io.BytesIO(data) if data else io.BytesIO(b"\n"))))


@pytest.mark.parametrize("name", SAMPLES)
def test_the_sample_of_every_reader_is_read_by_it(name: str) -> None:
    """Else the tests above would damage what was no good input in the first place."""
    assert any(isinstance(item, Paper) for item in read_stream("sample", io.BytesIO(SAMPLES[name])))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
FIELDS = [
    "title",
    "abstract",
    "summary",
    "id",
    "doi",
    "url",
    "date",
    "authors",
    "authors_parsed",
    "categories",
    "versions",
]
FIELDS += ["paper", "content", "externalIds", "links", "githubRepo", "comment", "data", "arxiv_id", "arxiv_version"]


@fuzz
@given(st.dictionaries(st.sampled_from(FIELDS), json_values, max_size=8))
def test_fields_may_hold_any_json(record: dict[str, object]) -> None:
    line = json.dumps({"title": "T", "abstract": "A.", **record})
    check(read_stream("fuzz", io.BytesIO(line.encode("utf-8", "surrogatepass") + b"\n")))


@fuzz
@given(st.text(min_size=1, max_size=200).filter(lambda text: text.strip() and "\x00" not in text))
def test_any_storable_text_on_one_line_is_kept_as_it_is(text: str) -> None:
    (item,) = read_stream("fuzz", io.BytesIO(json.dumps({"title": "T", "abstract": f"A {text} z"}).encode()))
    if "\n" not in text and not any("\ud800" <= character <= "\udfff" for character in text):
        assert isinstance(item, Paper)
        assert item.abstract == f"A {text} z"
