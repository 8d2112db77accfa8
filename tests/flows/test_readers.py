"""The door: sources of every kind are opened, their format is found by content, and nothing is lost on the way."""

from __future__ import annotations

import gzip
import io
import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest
import zstandard

from flows.readers import UnreadableSource, read
from schemas.records import Paper, Reject

ABSTRACT = "FlashAttention trains GPT-2 three times faster than the baseline and needs less memory traffic."
RECORD = {"id": "2205.14135", "title": "FlashAttention computes exact attention", "abstract": ABSTRACT}
PAGE = f"""new

Get trending papers in your email inbox!

Subscribe

byAK and the research community

Apr 16

FlashAttention computes exact attention

{ABSTRACT * 3}

Mixtral routes every token to two of eight experts

{"Mixtral 8x7B has 47B parameters, of which a token uses 13B. " * 4}
"""


def json_lines(count: int = 3) -> bytes:
    return b"".join(json.dumps({**RECORD, "id": str(number)}).encode() + b"\n" for number in range(count))


def split(source: str | Path) -> tuple[list[Paper], list[Reject]]:
    items = list(read(str(source)))
    return [item for item in items if isinstance(item, Paper)], [item for item in items if isinstance(item, Reject)]


def write(path: Path, data: bytes | str) -> Path:
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


@pytest.mark.parametrize("name", ["papers.jsonl", "no-suffix", "misleading.csv"])
def test_the_format_is_found_by_content_not_by_name(tmp_path: Path, name: str) -> None:
    papers, rejects = split(write(tmp_path / name, json_lines()))
    assert [paper.id for paper in papers] == ["0", "1", "2"]
    assert rejects == []
    assert papers[2].abstract == ABSTRACT
    assert papers[2].record == "line 3"
    assert papers[2].source.endswith(name)


@pytest.mark.parametrize(
    "pack",
    [gzip.compress, zstandard.compress, lambda data: gzip.compress(gzip.compress(data))],
    ids=["gzip", "zstandard", "gzip twice"],
)
def test_packed_files_are_unpacked(tmp_path: Path, pack) -> None:
    papers, rejects = split(write(tmp_path / "papers", pack(json_lines(1000))))
    assert (len(papers), rejects) == (1000, [])


def test_gzip_and_zstandard_files_of_several_parts_are_read_to_the_end(tmp_path: Path) -> None:
    for pack in (gzip.compress, zstandard.compress):
        papers, rejects = split(write(tmp_path / "papers", pack(json_lines(2)) + pack(json_lines(3))))
        assert (len(papers), rejects) == (5, [])


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress], ids=["gzip", "zstandard"])
def test_what_stands_before_the_cut_of_a_packed_file_is_kept(tmp_path: Path, pack) -> None:
    records = b"".join(
        json.dumps({**RECORD, "id": str(n), "x": f"{n * 7919:x}" * 9}).encode() + b"\n" for n in range(9000)
    )
    packed = pack(records)
    papers, rejects = split(write(tmp_path / "papers", packed[: len(packed) // 2]))
    assert 1000 < len(papers) < 9000
    assert [(reject.check_name, reject.place) for reject in rejects] == [("unreadable", "the rest")]
    assert "damaged or cut" in rejects[0].reason


def test_stdin_is_a_source(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(gzip.compress(json_lines()))))
    papers, _ = split("-")
    assert len(papers) == 3
    assert papers[0].source == "-"


def test_a_folder_is_read_in_order_with_its_subfolders_and_without_hidden_files(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / ".hidden").mkdir()
    write(tmp_path / "c.jsonl", json.dumps({**RECORD, "id": "c"}))
    write(tmp_path / "b" / "x.json", json.dumps([{**RECORD, "id": "b"}]))
    write(tmp_path / "a.txt", PAGE)
    write(tmp_path / ".notes", "not papers")
    write(tmp_path / ".hidden" / "y.jsonl", json_lines())
    papers, rejects = split(tmp_path)
    assert [Path(paper.source).name for paper in papers] == ["a.txt", "a.txt", "c.jsonl", "x.json"]
    assert rejects == []


def test_a_glob_names_files_and_folders(tmp_path: Path) -> None:
    (tmp_path / "two").mkdir()
    write(tmp_path / "one.jsonl", json_lines(1))
    write(tmp_path / "two" / "x.jsonl", json_lines(2))
    assert len(split(tmp_path / "*")[0]) == 3
    assert len(split(tmp_path / "**" / "*.jsonl")[0]) == 3


def test_a_file_whose_name_looks_like_a_glob_is_that_file(tmp_path: Path) -> None:
    assert len(split(write(tmp_path / "papers[1].jsonl", json_lines()))[0]) == 3


def test_a_broken_file_among_good_ones_is_named_and_the_good_ones_are_read(tmp_path: Path) -> None:
    write(tmp_path / "a.jsonl", json_lines())
    write(tmp_path / "b.bin", b"\x7fELF\x02\x01\x01\x00\x00\x00")
    write(tmp_path / "c.jsonl", json_lines())
    papers, rejects = split(tmp_path)
    assert len(papers) == 6
    assert [(Path(reject.source).name, reject.check_name) for reject in rejects] == [("b.bin", "unreadable")]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b" \n\n", "empty"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"PK\x03\x04....", "ZIP"),
        (b"SQLite format 3\x00", "SQLite"),
        (b"\xff\xfeT\x00i\x00", "UTF-16"),
        (b"\x7fELF\x02\x01\x01\x00\x00\x00", "7f 45 4c 46"),
        (b"<?xml version='1.0'?><pmc><a/></pmc>", "<pmc>"),
        (b"<html><body>hello</body></html>", "HTML"),
        (b"# Notes\n\nNothing here.\n", "Markdown without a paper"),
        (b"just a line of text", "“just a line of text”"),
        (b'{\n "title": ,\n}', "not valid JSON"),
        (b"PAR1 and nothing more", "damaged Parquet"),
        pytest.param(gzip.compress(b"papers")[:9], "gzip", id="cut gzip"),  # else its time would be part of the name
        pytest.param(gzip.compress(gzip.compress(gzip.compress(b"x"))), "packed more than", id="three times packed"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_line_that_names_what_was_seen(
    tmp_path: Path, data: bytes, words: str
) -> None:
    path = write(tmp_path / "input", data)
    with pytest.raises(UnreadableSource) as caught:
        list(read(str(path)))
    assert words in str(caught.value)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "source", ["nowhere.jsonl", "*.nothing", "ftp://example.org/x", "file:///etc/passwd", "a\x00b", "hf:yesterday"]
)
def test_sources_that_are_not_there_or_not_allowed_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UnreadableSource):
        list(read(source))


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableSource, match="no file there"):
        list(read(str(tmp_path)))


def test_reading_json_lines_loads_no_heavy_library(tmp_path: Path) -> None:
    path = write(tmp_path / "papers.jsonl", json_lines())
    program = (
        "import sys; from flows.readers import read; assert len(list(read(sys.argv[1]))) == 3; "
        "print(sorted({'httpx', 'lxml', 'polars', 'pandera', 'pyarrow', 'pandas', 'spacy'} & set(sys.modules)))"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", program, str(path)], capture_output=True, text=True, cwd=root, check=True
    )
    assert done.stdout.strip() == "[]"


def test_pipes_in_a_folder_are_passed_over_and_links_to_nothing_are_named(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to(tmp_path / "gone")
    write(tmp_path / "papers.jsonl", json_lines())
    papers, rejects = split(tmp_path)
    assert len(papers) == 3
    assert [Path(reject.source).name for reject in rejects] == ["link"]


def test_a_named_pipe_is_a_source_of_its_own(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    writer = threading.Thread(target=lambda: (tmp_path / "pipe").write_bytes(gzip.compress(json_lines(5000))))
    writer.start()
    papers, rejects = split(tmp_path / "pipe")
    writer.join()
    assert (len(papers), rejects) == (5000, [])


def test_names_of_files_that_are_no_text_become_storable(tmp_path: Path) -> None:
    path = os.path.join(os.fsencode(tmp_path), b"caf\xe9\nx.jsonl")
    with open(path, "wb") as file:
        file.write(json_lines(1))
    (paper,) = read(str(tmp_path))
    assert isinstance(paper, Paper)
    assert paper.source.endswith("caf\ufffd x.jsonl")
    paper.source.encode()
