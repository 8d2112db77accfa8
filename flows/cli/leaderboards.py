"""``paperclaims leaderboard`` and ``paperclaims new``, and what the demo shows."""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.cli.app import app, say
from flows.cli.options import Database, Since, TableFormat, as_date, database
from flows.cli.output import print_frame
from schemas.safety import visible

if TYPE_CHECKING:
    from rich.console import Console

    from flows.steps import Report

_DEMO_BOARDS = ("speedups", "scores", "efficiency", "model_sizes")
_DEMO_ROWS = 5


@app.command(
    epilog="Examples: `paperclaims leaderboard` · `paperclaims leaderboard scores --benchmark ImageNet` · "
    "`paperclaims leaderboard beats --baseline vLLM --format json`"
)
def leaderboard(
    name: Annotated[
        str | None,
        typer.Argument(help="Which one; `paperclaims leaderboard list` names them all.", show_default="speedups"),
    ] = None,
    benchmark: Annotated[str | None, typer.Option(help="Only this benchmark or data set.")] = None,
    metric: Annotated[str | None, typer.Option(help="Only this metric.")] = None,
    baseline: Annotated[str | None, typer.Option(help="Only claims to beat this one.")] = None,
    hardware: Annotated[str | None, typer.Option(help="Only on this device.")] = None,
    since: Since = None,
    all_results: Annotated[bool, typer.Option("--all-results", help="Also results that papers quote.")] = False,
    no_up_to: Annotated[bool, typer.Option("--no-up-to", help="Without “up to” claims.")] = False,
    confidence: Annotated[float, typer.Option(min=0, max=1, help="Least probability of a claim; 0 shows all.")] = 0.5,
    limit: Annotated[int, typer.Option(min=1, help="Most rows.")] = 20,
    format: TableFormat = None,
    db: Database = None,
) -> None:
    """Who is ahead: one leaderboard, best first, each row with the paper that claims it."""
    from warehouse import Warehouse
    from warehouse.leaderboards import Filters, find_leaderboard, leaderboards

    if name == "list":
        for board in leaderboards().values():
            print(f"{board.name:15} {board.title}. {board.about}")
        return
    chosen = find_leaderboard(name or ("scores" if benchmark else "beats" if baseline else "speedups"))
    filters = Filters(benchmark, metric, baseline, hardware, as_date(since), all_results, no_up_to, confidence)
    warehouse = Warehouse(database(db))
    rows = warehouse.leaderboard(chosen.name, filters, limit=limit)
    if rows.is_empty():
        say(f"paperclaims: the leaderboard {chosen.name!r} has no rows for this")
    if benchmark and (others := warehouse.benchmarks_below(benchmark)):
        say(f"paperclaims: benchmarks of their own, not shown: {', '.join(others)}")
    print_frame(rows, format, columns=chosen.columns)


@app.command(epilog="Example: `paperclaims new --since 2026-11-01 --format markdown`")
def new(
    since: Annotated[
        datetime.datetime,
        typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help="Papers first seen on this day or later (YYYY-MM-DD)."),
    ],
    format: TableFormat = None,
    db: Database = None,
) -> None:
    """What is new at the top of any leaderboard."""
    from flows.news import new_since
    from warehouse import Warehouse

    rows = new_since(Warehouse(database(db)), since.date())
    if rows.is_empty():
        say(f"paperclaims: nothing new at the top since {since:%Y-%m-%d}")
    print_frame(rows, format, columns=("leaderboard", "place", "subject", "claim", "metric", "benchmark", "title"))


def print_demo(path: Path, report: Report) -> None:
    """The leaderboards of the demo with the sentences that say so, and what to type next."""
    import sys

    from flows.cli.tables import console_for
    from flows.report import headline
    from warehouse import Warehouse
    from warehouse.leaderboards import leaderboards

    console = console_for(sys.stdout.buffer)
    warehouse = Warehouse(path)
    for name in _DEMO_BOARDS:
        board = leaderboards()[name]
        rows = warehouse.leaderboard(name, limit=_DEMO_ROWS)
        if not rows.is_empty():
            _print_board(console, board.title, board.about, rows.to_dicts())
    total = sum(report.claims.values())
    console.print(f"[bold]{headline(report)}[/bold]; {total} claims in {path}. What next:", markup=True)
    program = "uv run paperclaims" if "UV_RUN_RECURSION_DEPTH" in os.environ else "paperclaims"
    for arguments, what in (
        (f"leaderboard list --db {path}", "which leaderboards there are"),
        (f"leaderboard scores --benchmark ImageNet --db {path}", "one of them, narrowed"),
        (f'show "FlashAttention-2" --db {path}', "one paper with its evidence marked"),
        (f"sql --db {path}", "the tables and columns that SQL can ask"),
        ("run YOUR_PAPERS.jsonl", "your own papers"),
    ):
        console.print(f"  [cyan]{program} {arguments}[/cyan]  [dim]# {what}[/dim]", markup=True, soft_wrap=True)
    console.file.detach()  # type: ignore[attr-defined]


def _print_board(console: Console, title: str, about: str, rows: list[dict[str, Any]]) -> None:
    from rich.padding import Padding
    from rich.text import Text

    from flows.cli.tables import evidence

    console.print(Text(f"{title}. ", style="bold").append(about, style="not bold dim"))
    for row in rows:
        subject, claim = visible(row["subject"] or "–"), visible(row["claim"])
        line = Text(f"{row['place']:3}. ").append(f"{subject:24} ", style="bold").append(f"{claim:14} ", style="cyan")
        line.append(visible(" · ".join(_about(row))))
        console.print(line)
        console.print(Padding(evidence(row["sentence"], row["span"]), (0, 0, 0, 5)))
    console.print()


def _about(row: dict[str, Any]) -> Iterator[str]:
    """What else a row of any leaderboard says: on which benchmark, in what, against whom, on which device, when."""
    for key in ("benchmark", "metric"):
        if row.get(key):
            yield row[key]
    for key, word in (("baselines", "against"), ("devices", "on")):
        if row.get(key) and row[key] != "not stated":
            yield f"{word} {row[key] if isinstance(row[key], str) else ', '.join(row[key])}"
    if row.get("published"):
        yield str(row["published"].year)
