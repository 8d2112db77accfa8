"""``paperclaims diff``: what a change of the extractors moved."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.cli.app import app, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.text import Text

    from flows.comparing import Changed, ClaimChange, Comparison, PaperChange

_EXIT_DIFFERS = 1
_EXIT_TROUBLE = 2
_MAX_VALUE_CHARS = 200
_MARKS = {"added": ("+", "bold green"), "lost": ("-", "bold red"), "changed": ("~", "bold yellow")}


@app.command(
    epilog="Example: `paperclaims extract papers.jsonl -o new.jsonl; paperclaims diff old.jsonl new.jsonl`. "
    "Exit status: 0 the same, 1 different, 2 a file or a line that could not be compared."
)
def diff(
    old: Annotated[Path, typer.Argument(metavar="OLD.jsonl", help="What `extract` wrote before.")],
    new: Annotated[Path, typer.Argument(metavar="NEW.jsonl", help="What it writes now.")],
) -> None:
    """What differs between two outputs of `extract`: papers, claims by slot with the sentence, links, names."""
    from flows.cli.tables import console_for
    from flows.comparing import Comparison

    comparison = Comparison(old, new, report=lambda trouble: say(f"paperclaims: {trouble}"))
    console = console_for(sys.stdout.buffer)
    for change in comparison:
        for line in _lines(change):
            console.print(line, soft_wrap=True)
    for total in _totals(comparison):
        console.print(total, soft_wrap=True)
    console.file.detach()  # type: ignore[attr-defined]  # the byte stream stays open for its owner
    if comparison.bad_lines:
        raise typer.Exit(_EXIT_TROUBLE)
    if comparison.differs:
        raise typer.Exit(_EXIT_DIFFERS)


def _lines(change: PaperChange) -> Iterator[Text]:
    """The paper, and each thing that moved in it; nothing for a paper that only quiet slots moved in."""
    from schemas.safety import one_line

    claims = [claim for claim in change.claims if not claim.is_quiet]
    others = [*change.fields, *change.links, *change.names]
    if change.kind == "changed" and not claims and not others:
        return
    paper = change.paper
    name = one_line(paper["title"] or "(no title)") + (f" ({one_line(paper['id'])})" if paper["id"] else "")
    yield _marked(change.kind, name if change.kind == "changed" else f"{change.kind}: {name}")
    for claim in claims:
        yield from _claim_lines(claim)
    for moved in others:
        yield _moved_line(moved)


def _claim_lines(change: ClaimChange) -> Iterator[Text]:
    from flows.cli.tables import evidence
    from flows.cli.wording import in_words

    claim = change.new or change.old or {}
    kind = "changed" if change.slots else "lost" if change.new is None else "added"
    yield _marked(kind, in_words(claim), indent=2)
    for moved in change.slots:
        if moved.slot != "sentence":
            yield _marked("", f"{moved.slot}: {_value(moved.old)} → {_value(moved.new)}", indent=6)
    yield evidence(claim["sentence"], claim["span"], indent=6)


def _moved_line(moved: Changed) -> Text:
    if moved.slot in ("link", "benchmark", "model", "hardware"):
        kind, value = ("lost", moved.old) if moved.new is None else ("added", moved.new)
        return _marked(kind, f"{moved.slot} {' '.join(value) if isinstance(value, tuple) else value}", indent=2)
    return _marked("changed", f"{moved.slot}: {_value(moved.old)} → {_value(moved.new)}", indent=2)


def _marked(kind: str, text: str, indent: int = 0) -> Text:
    from rich.text import Text

    from schemas.safety import one_line

    mark, style = _MARKS.get(kind, ("", ""))
    return Text(" " * indent).append(f"{mark} " if mark else "", style=style).append(one_line(text))


def _value(value: Any) -> str:
    """A slot's value, short: "–" where it is empty."""
    shown = ", ".join(value) if isinstance(value, list) else str(value)
    if value is None or not shown:
        return "–"
    return shown if len(shown) <= _MAX_VALUE_CHARS else f"{shown[:_MAX_VALUE_CHARS]}…"


def _totals(comparison: Comparison) -> Iterator[str]:
    papers, claims = comparison.papers, comparison.claims
    counts = ", ".join(f"{papers[kind]} {kind}" for kind in ("same", "changed", "added", "lost"))
    yield f"papers: {counts}"
    counts = ", ".join(f"{claims[kind]} {kind}" for kind in ("changed", "added", "lost"))
    slots = ", ".join(f"{slot} {count}" for slot, count in comparison.slots.most_common())
    yield f"claims: {counts}" + (f"; slots that moved: {slots}" if slots else "")
