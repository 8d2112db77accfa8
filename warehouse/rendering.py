"""Frames as text: csv, json, markdown, or a table on screen. Equal frames give equal bytes."""

from __future__ import annotations

import csv
import datetime
import io
import json
import math
import re
from collections.abc import Callable
from typing import Any

import polars as pl
from rich.console import Console
from rich.table import Table
from rich.text import Text

from schemas.safety import markdown_cell, markdown_link, one_line, spreadsheet_cell

TABLE_CHARS = 120
"""Width of a table on screen, in characters, where none is given."""

_ADDRESSES = ("url", "code_url")
_ESCAPED_IN_JSON = re.compile("[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


def render(frame: pl.DataFrame, kind: str, *, width: int = TABLE_CHARS) -> str:
    """The frame as "csv", "json", "markdown" or "table" (of ``width`` characters).

    Raises:
        ValueError: another kind.
    """
    if kind == "table":
        return to_table(frame, width)
    if kind not in RENDERERS:
        raise ValueError(f"no format {kind!r}; there are: table, {', '.join(RENDERERS)}")
    return RENDERERS[kind](frame)


def to_csv(frame: pl.DataFrame) -> str:
    """CSV (RFC 4180) in which no cell is a formula; lists are joined by "; "."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(frame.columns)
    for row in frame.iter_rows():
        writer.writerow([spreadsheet_cell(value) if isinstance(value, str) else _csv_value(value) for value in row])
    return out.getvalue()


def to_json(frame: pl.DataFrame) -> str:
    """A JSON array with one object a row and line; unseen characters are escaped, nothing is lost."""
    rows = (json.dumps(row, ensure_ascii=False, default=str) for row in map(_finite, frame.iter_rows(named=True)))
    text = ",\n".join(rows)
    return _ESCAPED_IN_JSON.sub(lambda match: f"\\u{ord(match[0]):04x}", f"[\n{text}\n]\n" if text else "[]\n")


def to_markdown(frame: pl.DataFrame) -> str:
    """A Markdown table; nothing in a cell is markup or HTML."""
    lines = ["| " + " | ".join(frame.columns) + " |", "|" + " --- |" * len(frame.columns)]
    escape = [markdown_link if name in _ADDRESSES else markdown_cell for name in frame.columns]
    for row in frame.iter_rows():
        cells = (
            cell(plain(value)) if isinstance(value, str | list) else plain(value)
            for cell, value in zip(escape, row, strict=True)
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def to_table(frame: pl.DataFrame, width: int = TABLE_CHARS) -> str:
    """A table for a terminal, cells wrapped to fit ``width`` characters, without colours."""
    table = Table(box=None, pad_edge=False, header_style="")
    for name, dtype in frame.schema.items():
        table.add_column(name.replace("_", " "), justify="right" if dtype.is_numeric() else "left", overflow="fold")
    for row in frame.iter_rows():
        table.add_row(*(Text(one_line(plain(value))) for value in row))
    console = Console(width=width, file=io.StringIO(), color_system=None, force_terminal=False, legacy_windows=False)
    with console.capture() as captured:
        console.print(table)
    return "\n".join(line.rstrip() for line in captured.get().splitlines()) + "\n"


RENDERERS: dict[str, Callable[[pl.DataFrame], str]] = {"csv": to_csv, "json": to_json, "markdown": to_markdown}


def plain(value: Any) -> str:
    """A value as a reader wants to see it: whole numbers without ".0", lists joined, nothing for null."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.15g}" if not value.is_integer() or abs(value) >= 1e15 else f"{value:.0f}"
    if isinstance(value, list):
        return ", ".join(plain(part) for part in value)
    return str(value)


def _csv_value(value: Any) -> str:
    if isinstance(value, list):
        return spreadsheet_cell("; ".join(plain(part) for part in value))
    if isinstance(value, bool):
        return "true" if value else "false"
    return plain(value)


def _finite(row: dict[str, Any]) -> dict[str, Any]:
    # JSON has no infinity; DuckDB can compute one.
    return {
        name: None if isinstance(value, float) and not math.isfinite(value) else _json_value(value)
        for name, value in row.items()
    }


def _json_value(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime.date) else value
