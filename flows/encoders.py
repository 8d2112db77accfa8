"""Found papers as bytes: JSON lines or CSV (one row a claim). Runs in the workers, so it is plain and cheap."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable
from dataclasses import fields
from typing import Any

from schemas.records import Claim, Extraction, Paper, claim_to_json, paper_to_json
from schemas.safety import spreadsheet_cell

PAPER_COLUMNS = ("id", "title", "url", "published", "arxiv_id", "doi")
CLAIM_COLUMNS = tuple("in" if field.name == "field" else field.name for field in fields(Claim))
CSV_COLUMNS = tuple(
    column
    for column in (*PAPER_COLUMNS, *CLAIM_COLUMNS)
    if column != "metric_better"  # not in the public form
)


def jsonl(found: Iterable[tuple[Paper, Extraction]]) -> bytes:
    """One paper a line, in the record form of DESIGN.md."""
    return b"".join(_json_line(paper_to_json(paper, extraction)) for paper, extraction in found)


def csv_rows(found: Iterable[tuple[Paper, Extraction]]) -> bytes:
    """One claim a row, without the header; lists are joined by "; ". Cells cannot be taken for formulas."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    for paper, extraction in found:
        paper_cells = [getattr(paper, name) for name in PAPER_COLUMNS]
        for claim in extraction.claims:
            row = dict(zip(PAPER_COLUMNS, paper_cells, strict=True)) | claim_to_json(claim)
            writer.writerow([_cell(row[column]) for column in CSV_COLUMNS])
    return text.getvalue().encode()


def csv_header() -> bytes:
    """The first line of the CSV form."""
    return (",".join(CSV_COLUMNS) + "\n").encode()


ENCODERS: dict[str, Callable[[Iterable[tuple[Paper, Extraction]]], bytes]] = {
    "jsonl": jsonl,
    "csv": csv_rows,
    "table": jsonl,
}


def _json_line(record: dict[str, Any]) -> bytes:
    try:
        return json.dumps(record, ensure_ascii=False).encode() + b"\n"
    except UnicodeEncodeError:  # a lone surrogate has no UTF-8 form, but a JSON escape
        return json.dumps(record).encode() + b"\n"


def _cell(value: object) -> object:
    if isinstance(value, list):
        value = "; ".join(value)
    return spreadsheet_cell(value) if isinstance(value, str) else value
