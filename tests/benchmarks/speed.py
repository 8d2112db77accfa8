"""Throughput, growth and start, as a user meets them: the programs are run, not their functions called."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from tests.benchmarks import papers
from tests.benchmarks.measuring import PROGRAM, Measured, run

Row = tuple[str, str]
"""What was measured, and the figure."""

_QUANTULUM_PAPERS = 500


def throughput(folder: Path, count: int) -> Iterator[Row]:
    """``extract`` and ``run --direct`` on so many papers, and beside them what reading or tokenising alone takes."""
    source = papers.write(folder / "papers.jsonl", count)
    all_cores = run([PROGRAM, "extract", str(source), "-o", f"{folder}/o.jsonl"])
    yield _rate(f"`extract`, {count:,} abstracts", count, all_cores)
    fast = run([PROGRAM, "extract", "--fast", str(source), "-o", f"{folder}/f.jsonl"])
    yield _rate(f"`extract --fast`, {count:,} abstracts", count, fast)
    one = run([PROGRAM, "extract", str(source), "-o", f"{folder}/1.jsonl", "--workers", "1"])
    yield _rate(f"`extract --workers 1`, {count:,} abstracts", count, one)
    same = (folder / "o.jsonl").read_bytes() == (folder / "1.jsonl").read_bytes()
    yield "the same bytes whatever the number of workers", "yes" if same else "NO"
    direct = run([PROGRAM, "run", "--direct", str(source), "--db", f"{folder}/run.duckdb"])
    yield _rate(f"`run --direct`, {count:,} abstracts into DuckDB", count, direct)
    fast = run([PROGRAM, "run", "--direct", "--fast", str(source), "--db", f"{folder}/fast.duckdb"])
    yield _rate(f"`run --direct --fast`, {count:,} abstracts into DuckDB", count, fast)
    yield _beside("beside it: reading the file, one process", _reading, source, count)
    yield _beside("beside it: that and spaCy's bare tokenizer, one process", _tokenizing, source, count)
    yield _beside("beside it: that and quantulum3 (quantities only), one process", _quantulum, source, count)


def growth(folder: Path, counts: list[int]) -> Iterator[Row]:
    """``extract`` on more and more papers with ever new numbers and names: speed and memory must stay as they are."""
    for count in counts:
        source = papers.write(folder / "growth.jsonl", count)
        measured = run([PROGRAM, "extract", str(source), "-o", f"{folder}/growth-found.jsonl"])
        yield _rate(f"growth: `extract`, {count:,} abstracts", count, measured)


def start(folder: Path, times: int) -> Iterator[Row]:
    """What a command takes that does next to nothing: the best of some runs."""
    one = papers.write(folder / "one.jsonl", 1)
    for name, arguments in (("`--help`", ["--help"]), ("`extract` of one abstract", ["extract", str(one)])):
        runs = [run([PROGRAM, *arguments]) for _ in range(times)]
        best = min(runs, key=lambda measured: measured.seconds)
        yield f"start: {name}", f"{best.seconds:.2f} s, processor {best.cpu_seconds:.2f} s"


def _rate(name: str, count: int, measured: Measured) -> Row:
    per_paper = 1000 * measured.cpu_seconds / count
    memory = measured.peak_bytes / 1e6
    return name, (
        f"{count / measured.seconds:,.0f}/s ({measured.seconds:.1f} s), processor {per_paper:.2f} ms each, "
        f"all processes at most {memory:,.0f} MB"
    )


def _beside(name: str, work: Callable[[Path, int], int], source: Path, count: int) -> Row:
    started = time.process_time()
    try:
        done = work(source, count)
    except ImportError as error:
        return name, f"skipped: {error.name} is not installed (`uv sync --extra bench`)"
    seconds = time.process_time() - started
    return name, f"{done / seconds:,.0f}/s, processor {1000 * seconds / done:.2f} ms each"


def _texts(source: Path, count: int) -> list[str]:
    from flows.readers import read
    from schemas.records import Paper

    papers = (paper for paper in read(str(source)) if isinstance(paper, Paper))
    return [f"{paper.title}\n\n{paper.abstract}" for paper in islice(papers, count)]


def _reading(source: Path, count: int) -> int:
    return len(_texts(source, count))


def _tokenizing(source: Path, count: int) -> int:
    import spacy

    texts = _texts(source, count)
    tokenizer = spacy.blank("en").tokenizer
    return sum(len(tokenizer(text)) > 0 for text in texts)


def _quantulum(source: Path, count: int) -> int:
    from quantulum3 import parser

    texts = _texts(source, min(count, _QUANTULUM_PAPERS))
    for text in texts:
        parser.parse(text)
    return len(texts)
