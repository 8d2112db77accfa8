"""``paperclaims evaluate``: the extractors against annotated papers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from flows.cli.app import app, say
from flows.cli.options import Fast, Workers, worker_count
from flows.errors import UserError
from flows.readers.json_lines import decode

_NEEDED = ("title", "abstract", "claims", "links", "code", "entities")


@app.command(epilog="Example: `paperclaims evaluate gold/dev.jsonl --errors 2> errors.txt`")
def evaluate(
    gold: Annotated[Path, typer.Argument(metavar="GOLD.jsonl", help="Annotated papers, one a line.")],
    errors: Annotated[bool, typer.Option("--errors", help="Name every difference, on stderr.")] = False,
    workers: Workers = None,
    fast: Fast = False,
) -> None:
    """Precision, recall and F1 by claim type and slot, on annotated papers."""
    from extractors.evaluation import evaluate as score
    from flows.encoders import jsonl
    from flows.extraction import extract_stream
    from schemas.records import Paper

    annotated = _read(gold)
    papers = (Paper(title=paper["title"], abstract=paper["abstract"], id=paper.get("id") or "") for paper in annotated)
    parts = extract_stream(papers, jsonl, workers=worker_count(workers), fast=fast)
    predicted = [json.loads(line) for part in parts for line in part.data.splitlines()]
    try:
        report = score(annotated, predicted)
    except ValueError as error:
        raise UserError(f"{gold}: {error}") from error
    if errors:
        say(report.errors_to_text())
    print(report.to_text())


def _read(path: Path) -> list[dict[str, Any]]:
    """The gold papers. Raises UserError where a line is none."""
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror or error})") from error
    papers = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            papers.append(_paper(line, f"{path}, line {number}"))
    if not papers:
        raise UserError(f"{path}: no papers in it")
    return papers


def _paper(line: bytes, place: str) -> dict[str, Any]:
    try:
        paper = decode(line)
    except ValueError as error:
        raise UserError(f"{place}: not valid JSON ({error})") from error
    missing = [name for name in _NEEDED if not isinstance(paper, dict) or name not in paper]
    if missing:
        raise UserError(f"{place}: not an annotated paper, it has no {', '.join(missing)}")
    return dict(paper)
