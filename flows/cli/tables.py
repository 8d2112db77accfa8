"""Rows and claims as tables for people, on a terminal or in a file."""

from __future__ import annotations

import io
import json
import re
import shutil
from collections.abc import Iterable
from typing import IO, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from schemas.safety import one_line, visible

_MAX_WIDTH = 200
_QUALIFIERS = {"up_to": "up to ", "at_least": "≥ ", "at_most": "≤ ", "about": "~ "}


def console_for(stream: IO[bytes]) -> Console:
    """A console that writes UTF-8 to a byte stream, in colour on a terminal."""
    width = None if stream.isatty() else min(_MAX_WIDTH, max(120, shutil.get_terminal_size((140, 24)).columns))
    text = io.TextIOWrapper(stream, encoding="utf-8", errors="backslashreplace", write_through=True)
    return Console(file=text, width=width, highlight=False, emoji=False, markup=False)


def print_papers(parts: Iterable[bytes], stream: IO[bytes]) -> None:
    """Each paper of the JSON-lines parts with a table of its claims."""
    console = console_for(stream)
    for part in parts:
        for line in part.splitlines():
            _print_paper(console, json.loads(line))
    console.file.detach()  # type: ignore[attr-defined]  # the byte stream stays open for its owner


def evidence(sentence: str, span: str, indent: int = 0) -> Text:
    """A sentence, dim, with the characters that make the claim standing out."""
    text = Text(f"{' ' * indent}“{one_line(sentence.strip())}”", style="dim")
    place = re.search(rf"(?<![\w.]){re.escape(one_line(span))}(?!\w)", text.plain)
    if place:
        text.stylize("not dim bold yellow", *place.span())
    return text


def _print_paper(console: Console, paper: dict[str, Any]) -> None:
    console.print(_cell(paper["title"] or paper["id"] or "(no title)", "bold"))
    if not paper["claims"]:
        console.print(_cell("no claims\n", "dim"))
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim", expand=False)
    for name in ("claim", "type", "of what", "metric", "against", "on"):
        table.add_column(name, overflow="fold")
    for claim in paper["claims"]:
        number = _QUALIFIERS.get(claim["qualifier"], "") + claim["span"]
        table.add_row(
            _cell(number, "bold cyan" if claim["own"] else "cyan"),
            _cell(claim["type"].replace("_", " ")),
            _cell(claim["subject"]),
            _cell(claim["metric"]),
            _cell(", ".join(claim["baseline"])),
            _cell(", ".join(claim["benchmark"] + claim["hardware"])),
        )
    console.print(table)
    console.print()


def _cell(text: str | None, style: str = "") -> Text:
    return Text(visible(text or "–"), style=style)
