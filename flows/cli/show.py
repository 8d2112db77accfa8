"""``paperclaims show``: one paper with its evidence marked."""

from __future__ import annotations

import sys
from importlib.resources import files
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.cli.app import app
from flows.cli.options import Database, database
from flows.cli.wording import in_words
from flows.errors import UserError
from schemas.safety import visible

if TYPE_CHECKING:
    from rich.text import Text

_CLAIMS = "SELECT * FROM claims WHERE paper_id = $paper ORDER BY field DESC, span_start, claim_id"
_LINKS = "SELECT * FROM links WHERE paper_id = $paper ORDER BY field DESC, span_start, url"
_SIGHTINGS = "SELECT source, record FROM sightings WHERE paper_id = $paper ORDER BY sighting_number"


@app.command(epilog='Examples: `paperclaims show 2307.08691` · `paperclaims show "FlashAttention-2"`')
def show(
    paper: Annotated[str, typer.Argument(help="Its arXiv id, DOI, address, paper_id, or words of its title.")],
    db: Database = None,
) -> None:
    """One paper: the text with every claim marked, what each says, its links and where it was seen."""
    from warehouse import Warehouse

    warehouse = Warehouse(database(db))
    find = files("flows").joinpath("sql/find_paper.sql").read_text(encoding="utf-8")
    found = warehouse.query(find, {"paper": paper.strip()}).to_dicts()
    if not found:
        raise UserError(f"no paper {paper!r} in {warehouse.path}: give its arXiv id, or words of its title")
    chosen = {"paper": found[0]["paper_id"]}
    _print_paper(
        found[0],
        warehouse.query(_CLAIMS, chosen).to_dicts(),
        warehouse.query(_LINKS, chosen).to_dicts(),
        warehouse.query(_SIGHTINGS, chosen).to_dicts(),
        [other["title"] for other in found[1:]],
    )


def _print_paper(
    paper: dict[str, Any],
    claims: list[dict[str, Any]],
    links: list[dict[str, Any]],
    sightings: list[dict[str, Any]],
    others: list[str],
) -> None:
    from rich.text import Text

    from flows.cli.tables import console_for

    console = console_for(sys.stdout.buffer)
    console.print(_marked(paper["title"], claims, "title", "bold"))
    about = [paper["paper_id"], str(paper["published"] or paper["page_date"] or ""), paper["url"] or ""]
    console.print(Text(visible(" · ".join(part for part in about if part)), style="dim"), end="\n\n")
    console.print(_marked(paper["abstract"], claims, "abstract", ""), end="\n\n")
    for number, claim in enumerate(claims, 1):
        console.print(Text(f"[{number}] ", style="bold cyan"), Text(visible(in_words(claim))), sep="")
    for link in links:
        where = "" if link["origin"] == "text" else ", declared by the source"
        ahead = "" if link["released"] else ", promised"
        console.print(Text(visible(f"{link['role']}: {link['url']}{ahead}{where}")))
    console.print(Text(f"code: {paper['code']}"))
    for sighting in sightings:
        console.print(Text(visible(f"seen in {sighting['source']}, {sighting['record']}"), style="dim"))
    if others:
        console.print(Text(visible("also matching: " + "; ".join(others)), style="dim"))
    console.file.detach()  # type: ignore[attr-defined]


def _marked(text: str, claims: list[dict[str, Any]], field: str, style: str) -> Text:
    """The text with each claim's characters highlighted and followed by the claim's number in brackets."""
    from rich.text import Text

    marked, end = Text(style=style), 0
    for number, claim in enumerate(claims, 1):
        if claim["field"] == field and claim["span_start"] >= end:
            marked.append(visible(text[end : claim["span_start"]]))
            end = claim["span_end"]
            marked.append(visible(text[claim["span_start"] : end]), style="bold black on bright_yellow")
            marked.append(f"[{number}]", style="cyan")
    marked.append(visible(text[end:]))
    return marked
