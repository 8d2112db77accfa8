"""Writes the whole site into a folder; the same database gives the same bytes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from itertools import groupby
from pathlib import Path
from typing import Any

import polars as pl

from warehouse.connection import Connection
from warehouse.errors import WarehouseError
from warehouse.files import write_file
from warehouse.leaderboards import Leaderboard, leaderboards
from warehouse.querying import run_query
from warehouse.site.addresses import paper_path
from warehouse.site.boards import board_sheets, paper_table
from warehouse.site.excerpts import excerpt
from warehouse.site.pages import page
from warehouse.site.papers import Record, paper_links, pieces
from warehouse.site.plots import Plot, plots_of, plots_of_contest
from warehouse.site.tables import Table, scripts

_PAPERS_A_BATCH = 2_000
_NEWEST = 6
_LEADERS = 3
_ASSETS = ("site.css", "site.js", "icon.svg")


def write_site(connection: Connection, folder: Path) -> Iterator[Path]:
    """Write start page, leaderboards, papers and assets below the folder; gives each file as it is written.

    Raises:
        WarehouseError: a folder of the site is a link to somewhere else.
        OSError: the folder cannot be written to.
    """
    site = _Folder(folder)
    for name in _ASSETS:
        yield site.write(f"assets/{name}", files("warehouse.site").joinpath("assets", name).read_bytes())
    leaders = []
    for board in leaderboards().values():
        for sheet in board_sheets(connection, board):
            if sheet.table.parent is None:
                leaders.append((board, sheet.table.row_count, _leaders(board, sheet.frame)))
                plots = plots_of(board.name, sheet.frame)
            else:
                plots = plots_of_contest(board.name, sheet.frame)
            yield from _write_table(site, sheet.table, sheet.path, plots)
    yield from _write_table(site, paper_table(_rows(connection, "paper_list")), "papers/index.html", [])
    yield site.write("index.html", page("start.html", 0, **_start(connection), leaders=leaders))
    yield from _write_papers(connection, site)


class _Folder:
    """The folder of the site, in which nothing is written through a link."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._made: set[Path] = set()

    def write(self, name: str, content: bytes) -> Path:
        path = self._path / name
        for parent in reversed(path.relative_to(self._path).parents[:-1]):
            self._make(self._path / parent)
        return write_file(path, content)

    def _make(self, folder: Path) -> None:
        if folder in self._made:
            return
        if folder.is_symlink():
            raise WarehouseError(f"{folder} is a link to somewhere else: remove it, or name another folder")
        folder.mkdir(parents=True, exist_ok=True)
        self._made.add(folder)


def _write_table(site: _Folder, table: Table, path: str, plots: list[Plot]) -> Iterator[Path]:
    names = []
    for number, script in enumerate(scripts(table), 1):
        names.append(f"data/{table.name}-{number}.js")
        yield site.write(names[-1], script.encode())
    yield site.write(path, page("table.html", path.count("/"), table=table, scripts=names, plots=plots))


def _leaders(board: Leaderboard, frame: pl.DataFrame) -> list[Record]:
    """The first rows of the leaderboard; where it has contests, the first row of each of the largest."""
    if board.contest:
        frame = frame.unique(board.contest, keep="first", maintain_order=True)
    return frame.head(_LEADERS).to_dicts()


def _start(connection: Connection) -> dict[str, Any]:
    newest = _rows(connection, "newest_papers", row_limit=_NEWEST).to_dicts()
    return {
        "figures": _rows(connection, "figures").row(0, named=True),
        "types": _rows(connection, "claim_types").to_dicts(),
        "newest": [record | {"note": excerpt(record["sentence"], record["span"])} for record in newest],
    }


def _write_papers(connection: Connection, site: _Folder) -> Iterator[Path]:
    after = ""
    while not (papers := _rows(connection, "papers_after", after=after, row_limit=_PAPERS_A_BATCH)).is_empty():
        last = papers["paper_id"][-1]
        claims = _by_paper(_rows(connection, "claims_between", after=after, last=last))
        links = _by_paper(_rows(connection, "links_between", after=after, last=last))
        for paper in papers.iter_rows(named=True):
            paper_id = paper["paper_id"]
            content = _paper_page(paper, claims.get(paper_id, []), links.get(paper_id, []))
            yield site.write(paper_path(paper_id), content)
        after = last


def _paper_page(paper: Record, claims: list[Record], links: list[Record]) -> bytes:
    return page(
        "paper.html",
        2,
        paper=paper,
        claims=claims,
        title=pieces(paper["title"], "title", claims),
        abstract=pieces(paper["abstract"], "abstract", claims),
        links=paper_links(paper, links),
    )


def _by_paper(rows: pl.DataFrame) -> dict[str, list[Record]]:
    return {key: list(group) for key, group in groupby(rows.iter_rows(named=True), lambda row: row["paper_id"])}


def _rows(connection: Connection, name: str, **parameters: Any) -> pl.DataFrame:
    return run_query(connection, _statement(name), parameters)


@cache
def _statement(name: str) -> str:
    return files("warehouse.site").joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")
