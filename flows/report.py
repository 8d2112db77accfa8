"""The report of a run in words: one line, Markdown for Prefect's artifact, a table for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.table import Table

    from flows.steps import Report


def headline(report: Report) -> str:
    """The run in one line."""
    new, known = report.summary.papers_new, report.summary.papers_known
    return f"{new} papers new, {known} known, {report.summary.claims_loaded} claims in {report.seconds:.1f} s"


def rows(report: Report) -> list[tuple[str, str]]:
    """The accounts of the run: what, and how many."""
    summary = report.summary
    return [
        ("papers read", f"{summary.papers_read:,}"),
        ("  new", f"{summary.papers_new:,}"),
        ("  changed", f"{summary.papers_changed:,}"),
        ("  known", f"{summary.papers_known:,}"),
        ("  rejected", f"{summary.papers_rejected:,}"),
        ("sightings", f"{summary.sightings_new:,}"),
        ("claims loaded", f"{summary.claims_loaded:,}"),
        ("rejects", f"{summary.rows_rejected:,}"),
        ("seconds", f"{report.seconds:.1f}"),
        ("claims in the warehouse", f"{sum(report.claims.values()):,}"),
        *((f"  {kind.replace('_', ' ')}", f"{count:,}") for kind, count in report.claims.items()),
    ]


def as_markdown(report: Report) -> str:
    """The report as Markdown, with the rejects by name."""
    table = "\n".join(f"| {what.replace('  ', '&emsp;')} | {count} |" for what, count in rows(report))
    rejects = "".join(f"\n- {_escaped(reject)}" for reject in report.rejects)
    return f"| run {report.summary.run_id} | |\n| --- | ---: |\n{table}\n" + (
        f"\nRejects:\n{rejects}\n" if rejects else ""
    )


def as_table(report: Report) -> Table:
    """The report for a terminal."""
    from rich.table import Table

    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column()
    table.add_column(justify="right", style="bold")
    for what, count in rows(report):
        table.add_row(what, count)
    return table


def _escaped(text: str) -> str:
    """Text that a file or a feed may have chosen, harmless in Markdown."""
    return "".join("\\" + character if character in r"\`*_{}[]<>()#+-!|" else character for character in text)
