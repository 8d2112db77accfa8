"""Hostile and oversized input: bad records are rejects, the rest goes on, memory and time are bounded."""

from __future__ import annotations

import gzip
import io
import json
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import zstandard

from flows.readers import UnreadableSource, read, read_stream
from flows.readers.streams import MAX_LINE_BYTES
from schemas.records import MAX_TEXT_CHARS, Paper, Reject
from tests.flows.test_readers import ABSTRACT, RECORD, split, write

GOOD = json.dumps(RECORD).encode()
MIB = 1024 * 1024


@pytest.mark.parametrize(
    ("line", "check", "words"),
    [
        (b"not json", "json", "not valid JSON"),
        (b'{"title": "cut', "json", "not valid JSON"),
        (b'{"title": "a\x00b", "abstract": "c"}', "json", "not valid JSON"),
        (b'{"title": "\xff\xfe", "abstract": "c"}', "json", "UTF-8"),
        (b'{"title": "T", "abstract": "a\\u0000b"}', "nul_character", "NUL"),
        (b'{"title": "T", "abstract": "a\\ud800b"}', "encoding", "valid Unicode"),
        (b'{"title": "T", "abstract": "A.", "authors": ["\\udfff"]}', "encoding", "author"),
        (b'{"title": 5, "abstract": "A."}', "text_type", "the title is not a text but a number"),
        (b'{"title": "T", "abstract": ["A."]}', "text_type", "the abstract is not a text but a list"),
        (b'{"title": "T", "abstract": null}', "abstract_missing", "no abstract"),
        (b'{"title": "T", "abstract": " \\n "}', "abstract_missing", "no abstract"),
        (b'{"name": "T"}', "abstract_missing", "neither title nor abstract"),
        (b"17", "record_type", "not a record but a number"),
        (b"[" * 100_000, "json", "nested too deeply"),
        (b'{"x":' * 100_000, "json", "nested too deeply"),
        (b"[" * 200 + b"]" * 200, "json", "nested too deeply"),
        (b'{"title": 1, "x": ' + b"[" * 900 + b"]" * 900 + b"}", "text_type", "the title"),
        (b'{"title": "T", "abstract": "A.", "n": ' + b"9" * 5000 + b"}", "json", "too many digits"),
        (b'{"title": "T", "abstract": "' + b"a" * (MAX_TEXT_CHARS + 1) + b'"}', "abstract_length", "100,001"),
        (b'{"abstract": "T", "title": "' + b"a" * (MAX_TEXT_CHARS + 1) + b'"}', "title_length", "100,001"),
        (b'{"title": "T", "abstract": "' + b"12, " * 101 + b'"}', "prose", "101 numbers and 0 words"),
        (b'{"title": "T", "abstract": "' + b"BLEU of 3 " * 2001 + b'"}', "prose", "2,001 numbers, more than 2,000"),
        (b'{"title": "' + b"7 x " * 500 + b'", "abstract": "A."}', "prose", "the title has 500 numbers"),
        (b'{"title": "T", "abstract": "A.", "id": "' + b"a" * 3000 + b'"}', "field_length", "the id has 3,000"),
        (b" " * (MAX_LINE_BYTES + 10), "record_size", "16 MiB"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_bad_line_is_a_reject_with_its_place_and_the_rest_goes_on(
    tmp_path: Path, line: bytes, check: str, words: str
) -> None:
    papers, rejects = split(write(tmp_path / "papers.jsonl", b"\n".join([GOOD, b"", line, GOOD])))
    assert [paper.record for paper in papers] == ["line 1", "line 4"]
    (reject,) = rejects
    assert reject.check_name == check
    assert reject.place.partition(",")[0] == "line 3"
    assert words in reject.reason
    assert "\n" not in reject.reason
    assert len(reject.record) < 10_000
    assert reject.record == "" or json.loads(reject.record) is not None
    reject.record.encode()  # can be stored


def test_fields_of_a_wrong_kind_beside_the_texts_are_left_empty(tmp_path: Path) -> None:
    odd = {
        "authors": 5,
        "categories": {"a": 1},
        "doi": [],
        "date": 1e999,
        "url": "javascript:x",
        "id": 2.5,
        "versions": [3],
    }
    papers, _ = split(write(tmp_path / "p.jsonl", json.dumps({"title": "T", "abstract": "A.", **odd})))
    (paper,) = papers
    assert (paper.authors, paper.categories, paper.doi, paper.published, paper.url, paper.id) == (
        (),
        (),
        None,
        None,
        None,
        "",
    )


def test_a_text_of_exactly_the_limit_is_kept(tmp_path: Path) -> None:
    papers, _ = split(write(tmp_path / "p.jsonl", json.dumps({"title": "T", "abstract": "a" * MAX_TEXT_CHARS})))
    assert len(papers) == 1


@pytest.mark.parametrize("text", ["12, " * 100, "In 2020 of 12 cases 7. " * 200, "99 balloons " * 200])
def test_numbers_among_as_many_words_are_prose(tmp_path: Path, text: str) -> None:
    papers, _ = split(write(tmp_path / "p.jsonl", json.dumps({"title": "T", "abstract": text})))
    assert [paper.abstract for paper in papers] == [text.strip()]


def test_a_broken_item_of_a_json_list_ends_it_after_the_good_ones(tmp_path: Path) -> None:
    papers, rejects = split(
        write(tmp_path / "p.json", b"[" + GOOD + b"," + GOOD + b', {"title": nonsense}, ' + GOOD + b"]")
    )
    assert len(papers) == 2
    assert [(reject.check_name, reject.place) for reject in rejects] == [("json", "item 3")]


def test_a_cut_json_list_gives_what_stands_before_the_cut(tmp_path: Path) -> None:
    papers, rejects = split(write(tmp_path / "p.json", b"[" + b", ".join([GOOD] * 3)[:-5]))
    assert len(papers) == 2
    assert [reject.place for reject in rejects] == ["item 3"]


def test_json_documents_in_a_row_are_all_read_and_what_follows_is_a_reject(tmp_path: Path) -> None:
    pretty = json.dumps(RECORD, indent=1).encode()
    papers, rejects = split(
        write(tmp_path / "p.json", b"[" + GOOD + b"]\n[" + GOOD + b"]\n" + pretty + pretty + b"nonsense")
    )
    assert len(papers) == 4
    assert [reject.place for reject in rejects] == ["item 5"]


def test_a_json_list_longer_than_the_window_is_read_item_by_item(tmp_path: Path) -> None:
    records = [{**RECORD, "id": str(number), "title": "é" * (number % 7)} for number in range(3000)]
    papers, rejects = split(write(tmp_path / "p.json", json.dumps(records, ensure_ascii=False, indent=1)))
    assert [paper.id for paper in papers] == [str(number) for number in range(3000)]
    assert rejects == []


BOMB_LEVELS = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
DOCTYPE = f'<!DOCTYPE feed [<!ENTITY e0 "lol">{BOMB_LEVELS}]>'
EXTERNAL = '<!DOCTYPE feed [<!ENTITY e9 SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("doctype", [DOCTYPE, EXTERNAL], ids=["entity bomb", "external entity"])
@pytest.mark.parametrize(
    "body",
    [
        "<feed><entry><title>&e9;</title><summary>&e9;</summary></entry></feed>",
        '<feed><entry><title>T</title><summary>A.</summary><category term="&e9;"/></entry></feed>',
        "<rss><channel><item><title>&e9;</title><description>&e9;</description></item></channel></rss>",
        "<TEI><teiHeader><titleStmt><title>&e9;</title></titleStmt></teiHeader></TEI>",
    ],
)
def test_entities_are_never_expanded(tmp_path: Path, doctype: str, body: str) -> None:
    started = time.process_time()
    with pytest.raises(UnreadableSource) as caught:
        list(read(str(write(tmp_path / "x.xml", "<?xml version='1.0'?>" + doctype + body))))
    assert time.process_time() - started < 2
    assert "root:" not in str(caught.value)


def test_xml_cut_in_the_middle_gives_what_stands_before(tmp_path: Path) -> None:
    entry = f"<entry><id>x</id><title>T</title><summary>{ABSTRACT}</summary></entry>"
    papers, rejects = split(write(tmp_path / "x.xml", f"<feed>{entry}{entry}<entry><title>T</ti"))
    assert len(papers) == 2
    assert [reject.check_name for reject in rejects] == ["unreadable"]
    assert "broken XML" in rejects[0].reason


@pytest.mark.parametrize(
    "text",
    [
        "<feed>" + "<a>" * 100_000,
        "<feed><entry>" + "<a/>" * 300_000 + "</entry></feed>",
        "<html>" + "<div>" * 100_000,
        "<html><div class='ltx_abstract'>" + "<b>" * 50_000 + "x",
        "<!--" * 20_000,
    ],
    ids=["deep", "many parts", "deep HTML", "deep abstract", "open comments"],
)
def test_deep_and_crowded_markup_ends_in_a_refusal_or_a_reject(tmp_path: Path, text: str) -> None:
    started = time.process_time()
    with suppress(UnreadableSource):
        assert all(isinstance(item, Reject | Paper) for item in read(str(write(tmp_path / "x", text))))
    assert time.process_time() - started < 5


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress], ids=["gzip", "zstandard"])
def test_a_decompression_bomb_is_stopped_and_what_stood_before_is_kept(tmp_path: Path, pack) -> None:
    packed = pack(GOOD + b"\n" + b" " * (100 * MIB))
    papers, rejects = split(write(tmp_path / "bomb", packed))
    assert len(papers) == 1
    assert "decompression bomb" in rejects[0].reason


class Endless(io.RawIOBase):
    """A stream of the given size that is made while it is read."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._left = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        while not self._left:
            self._left = next(self._chunks, b"")
            if not self._left:
                return 0
        part = self._left[: len(buffer)]
        self._left = self._left[len(part) :]
        buffer[: len(part)] = part
        return len(part)


LONG = json.dumps({**RECORD, "abstract": ABSTRACT * 20}).encode()
STREAMS = {
    "json lines": lambda: (LONG + b"\n" for _ in range(6_000)),
    "json list": lambda: (b"[" if not number else b"," * (number > 1) + LONG for number in range(6_000)),
    "a table": lambda: (b"title,abstract\n" if not number else b"T," + b"a" * 2000 + b"\n" for number in range(6_000)),
    "a feed": lambda: (
        b"<feed>" if not number else b"<entry><title>T</title><summary>" + b"a" * 2000 + b"</summary></entry>"
        for number in range(6_000)
    ),
    "a page": lambda: (b"A title\n\n" + b"a" * 2000 + b"\n\n" for _ in range(6_000)),
    "a digest": lambda: (b"### A title\n\n" + b"a" * 2000 + b"\n\n" for _ in range(6_000)),
    "one endless line": lambda: (b'{"title": "' if not number else b"a" * MIB for number in range(100)),
    "one endless paragraph": lambda: (
        b"A title\n\n" + b"a" * 900 if not number else b"a" * MIB for number in range(100)
    ),
    "endless paragraphs": lambda: (b"A title\n\n" if not number else b"a" * 1000 + b"\n\n" for number in range(30_000)),
    "an endless quote": lambda: (
        b'title,abstract\nT,"' if not number else b"a" * 1000 + b"\n" for number in range(20_000)
    ),
}


@pytest.mark.parametrize("name", STREAMS)
def test_memory_does_not_grow_with_the_stream(name: str) -> None:
    tracemalloc.start()
    try:
        count = sum(1 for _ in read_stream(name, io.BufferedReader(Endless(STREAMS[name]()))))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count >= 1
    # A line may have 16 MiB, and is then held as bytes, as text and as a window.
    assert peak < (4 * MIB if "endless" not in name else 7 * MAX_LINE_BYTES)


def test_elements_that_are_no_papers_are_freed_too() -> None:
    program = """
import io, resource
from flows.readers import read_stream
entry = b"<entry><title>T</title><summary>A.</summary></entry>"
xml = b"<feed>" + entry + b"<x>y</x>" * 1_000_000 + entry + b"</feed>"
list(read_stream("small", io.BytesIO(b"<feed>" + entry + b"</feed>")))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
assert len(list(read_stream("large", io.BytesIO(xml)))) == 2
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=Path(__file__).parents[2], check=True
    )
    assert int(done.stdout) < 40 * 1024  # kibibytes; a tree of them all would take about 200 MiB


@pytest.mark.parametrize(
    "piece",
    [
        " ",
        "\n",
        " \n",
        "\n ",
        "(",
        "[",
        "![",
        "](",
        "*",
        "**",
        "_",
        "a:",
        "<b>",
        "<",
        "\\",
        "\\a",
        "{",
        "$",
        "|",
        "&lt;",
        "#",
        ",",
        ";",
        "- ",
    ],
)
def test_time_is_linear_in_the_length_of_awkward_text(piece: str, tmp_path: Path) -> None:
    text = piece * (MAX_TEXT_CHARS // len(piece))
    sources = [
        json.dumps(
            {
                "title": "T" + text[:5000],
                "abstract": "A" + text + "z",
                "comment": text,
                "authors": text,
                "date": text[:1900],
            }
        ),
        "# [A title of a paper](http://x.example)\n" + text + "\nz",
        "\\documentclass{a}\\title{" + text + "}\\begin{abstract}" + text + "\\end{abstract}",
        f"<html><p class='ltx_abstract'>{text}</p>",
        f"<rss><item><title>T</title><description><![CDATA[{text}]]></description></item></rss>",
        f"title,abstract\nT,{text}\n",
        f"A title\n\n{'a' * 300}{text}\n",
    ]
    for number, source in enumerate(sources):
        path = write(tmp_path / str(number), source)
        started = time.process_time()
        with suppress(UnreadableSource):
            list(read(str(path)))
        assert time.process_time() - started < 3, source[:60]
