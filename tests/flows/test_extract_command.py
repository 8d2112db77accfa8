"""``paperclaims extract``: a stream of records, in order, whatever the number of workers."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from schemas.records import Claim, Link
from tests.conftest import SAMPLES, Cli

PAPER_KEYS = [
    "id", "title", "abstract", "url", "published", "arxiv_id", "doi", "authors", "categories",
    "claims", "links", "code", "entities",
]  # fmt: skip


def papers(count: int) -> str:
    """JSON lines of numbered papers."""
    return "".join(
        json.dumps({"id": f"p{n}", "title": f"Paper {n}", "abstract": f"Our method is {n + 2}x faster than before."})
        + "\n"
        for n in range(count)
    )


@pytest.fixture
def long_input(tmp_path: Path) -> Path:
    """More papers than any worker finishes within seconds."""
    path = tmp_path / "long.jsonl"
    path.write_text(papers(50_000))
    return path


def test_one_line_a_paper_in_the_form_of_the_design(command: Cli) -> None:
    done = command("extract", SAMPLES)
    assert (done.returncode, done.stderr) == (0, "")
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert [record["id"] for record in records] == [json.loads(line)["id"] for line in SAMPLES.open()]
    claim_keys = {"in" if name == "field" else name for name in Claim.__dataclass_fields__} - {"metric_better"}
    for record in records:
        assert list(record) == PAPER_KEYS
        for claim in record["claims"]:
            assert set(claim) == claim_keys
            assert record[claim["in"]][claim["start"] : claim["end"]] == claim["span"]
        for link in record["links"]:
            assert set(link) == {"in" if name == "field" else name for name in Link.__dataclass_fields__}


def test_the_number_of_workers_changes_no_byte(command: Cli, tmp_path: Path) -> None:
    (tmp_path / "papers.jsonl").write_text(papers(300))
    one, three = (command("extract", "papers.jsonl", "--workers", workers) for workers in (1, 3))
    assert len(one.stdout.splitlines()) == 300
    assert one.stdout == three.stdout


def test_stdin_and_a_file_for_the_output(command: Cli, tmp_path: Path) -> None:
    done = command("extract", "-", "-o", "out.jsonl", stdin=papers(3))
    assert (done.returncode, done.stdout) == (0, "")
    assert [json.loads(line)["id"] for line in (tmp_path / "out.jsonl").open()] == ["p0", "p1", "p2"]
    assert [path.name for path in tmp_path.iterdir()] == ["out.jsonl"], "no temporary file stays"


def test_csv_has_one_row_a_claim_and_no_formula(command: Cli) -> None:
    paper = {"id": "=1+1", "title": "@SUM(A1)", "abstract": "Our method is 3x faster than before."}
    done = command("extract", "-", "--format", "csv", stdin=json.dumps(paper) + "\n")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert [(row["span"], row["id"], row["title"]) for row in rows] == [("3x", "'=1+1", "'@SUM(A1)")]


def test_table_is_for_people_and_harmless(command: Cli) -> None:
    paper = {"title": "Red \u001b[31m title", "abstract": "Our method is 3x faster than before."}
    done = command("extract", "-", "--format", "table", stdin=json.dumps(paper) + "\n")
    assert done.returncode == 0
    assert "3x" in done.stdout
    assert "\u001b" not in done.stdout


def test_a_broken_file_among_good_ones_is_named_in_one_line(command: Cli, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "good.jsonl").write_text(papers(2))
    (folder / "broken.gz").write_bytes(b"\x1f\x8b broken")
    done = command("extract", folder)
    assert done.returncode == 1
    assert len(done.stdout.splitlines()) == 2
    assert len(done.stderr.splitlines()) == 1
    assert "broken.gz" in done.stderr


def test_the_name_of_a_file_is_no_command_for_the_terminal(command: Cli, tmp_path: Path) -> None:
    (tmp_path / "a\u001b[2J\nb.gz").write_bytes(b"\x1f\x8b broken")
    done = command("extract", tmp_path)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "\u001b" not in done.stderr


@pytest.mark.parametrize("source", ["missing.jsonl", "empty/"])
def test_nothing_readable_ends_with_status_2(command: Cli, tmp_path: Path, source: str) -> None:
    (tmp_path / "empty").mkdir()
    done = command("extract", source)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert source.rstrip("/") in done.stderr


def test_parquet_needs_a_folder(command: Cli, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "-o DIR" in command("extract", "-", "--format", "parquet").stderr
    assert "is a file" in command("extract", "-", "--format", "parquet", "-o", "file").stderr


def test_parts_hold_one_row_a_paper_and_are_left_alone_when_finished(
    command: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pyarrow.parquet as pq

    from flows import parts

    monkeypatch.setattr(parts, "PART_PAPERS", 100)
    (tmp_path / "papers.jsonl").write_text(papers(120))
    extract = ("extract", "papers.jsonl", "--format", "parquet", "-o", "parts", "--workers", 1)
    assert command(*extract).returncode == 0
    files = sorted((tmp_path / "parts").iterdir())
    assert [pq.read_metadata(file).num_rows for file in files] == [100, 20]
    stamps = [file.stat().st_mtime_ns for file in files]
    files[1].unlink()
    assert command(*extract).returncode == 0
    assert sorted((tmp_path / "parts").iterdir()) == files
    assert files[0].stat().st_mtime_ns == stamps[0]


def test_a_closed_pipe_is_no_error(program: str, long_input: Path) -> None:
    process = subprocess.Popen([program, "extract", str(long_input)], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait(timeout=60) == 141


def test_ctrl_c_ends_with_one_line_and_no_output_file(program: str, long_input: Path) -> None:
    output = long_input.with_name("out.jsonl")
    process = subprocess.Popen(
        [program, "extract", str(long_input), "-o", str(output)], stderr=subprocess.PIPE, start_new_session=True
    )
    deadline = time.monotonic() + 60
    while not list(long_input.parent.glob(".out.jsonl.*")) and time.monotonic() < deadline:
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)
    _, message = process.communicate(timeout=60)
    assert process.returncode == 130
    assert message.decode().strip() == "paperclaims: interrupted; what was finished before stays"
    assert list(long_input.parent.glob("*out.jsonl*")) == []
