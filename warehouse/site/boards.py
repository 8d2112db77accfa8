"""Leaderboards as tables of the site."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import polars as pl

from schemas.safety import web_address
from warehouse.connection import Connection
from warehouse.leaderboards import Filters, Leaderboard, query_leaderboard
from warehouse.rendering import plain
from warehouse.site.addresses import board_path, claim_path, contest_path, paper_path
from warehouse.site.excerpts import brief, excerpt
from warehouse.site.labels import labels
from warehouse.site.tables import Cell, Column, Filter, Row, Standing, Table, first_rows, options

LEAST_SUBJECTS = 3
"""A contest of fewer subjects has no page of its own."""

Key = tuple[Any, ...]

_FLAGS = ("all_results", "no_up_to")
_CHARS_BEFORE = 70
_STANDING = ("place", "paper_count")
_NUMERIC = ("place", "factor", "claim", "paper_count", "claims")
_FILTERED = {
    "benchmark": ("benchmark", "benchmarks"),
    "metric": ("metric",),
    "baseline": ("baseline", "baselines"),
    "hardware": ("devices",),
}
# Which filter of which leaderboard shows the rows behind a name.
_BEHIND_NAMES = {
    "benchmarks": ("scores", "benchmark"),
    "baselines": ("beats", "baseline"),
    "hardware": ("beats", "hardware"),
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page of the site with a table: where it is, and the rows that are shown first."""

    path: str
    table: Table
    frame: pl.DataFrame


def board_sheets(connection: Connection, board: Leaderboard) -> Iterator[Sheet]:
    """The leaderboard with quoted and "up to" results in and out, then each of its contests with enough subjects."""
    flags = tuple(flag for flag in _FLAGS if flag in board.filters)
    variants = [query_leaderboard(connection, board, _choice(flags, bits)) for bits in range(2 ** len(flags))]
    parts = [_contests(board, frame) for frame in variants]
    pages = {key: contest_path(board.name, key) for key, frame in parts[0].items() if frame.height >= LEAST_SUBJECTS}
    yield _sheet(board, flags, variants, pages)
    for key, path in pages.items():
        yield _contest_sheet(board, flags, key, path, [part.get(key, variants[0].clear()) for part in parts])


def _contests(board: Leaderboard, frame: pl.DataFrame) -> dict[Key, pl.DataFrame]:
    return frame.partition_by(board.contest, as_dict=True, maintain_order=True) if board.contest else {}


def _sheet(board: Leaderboard, flags: tuple[str, ...], variants: list[pl.DataFrame], pages: Mapping[Key, str]) -> Sheet:
    columns = _columns(board, variants[0], board.columns)
    rows = _merged(board, columns, variants, pages)
    table = Table(
        name=board.name,
        title=board.title,
        about=board.about,
        columns=columns,
        rows=rows,
        filters=tuple(_filters(board, columns, rows)),
        flags=flags,
        first=first_rows(rows),
    )
    return Sheet(board_path(board.name), table, variants[0])


def _contest_sheet(
    board: Leaderboard, flags: tuple[str, ...], key: Key, path: str, variants: list[pl.DataFrame]
) -> Sheet:
    """One contest: the columns that are the same in all its rows are told once, above the table."""
    same = {*board.contest, "better"}
    columns = _columns(board, variants[0], tuple(name for name in board.columns if name not in same))
    rows = _merged(board, columns, variants, {})
    better = variants[0]["better"][0] if "better" in variants[0].columns else None
    table = Table(
        name=path.removeprefix("leaderboards/").removesuffix(".html").replace("/", "-"),
        title=contest_title(key),
        about=_direction(better) if better else "",
        columns=columns,
        rows=rows,
        filters=tuple(_filters(board, columns, rows)),
        flags=flags,
        first=first_rows(rows),
        parent=(board.title, board_path(board.name)),
    )
    return Sheet(path, table, variants[0])


def _direction(better: str) -> str:
    way, _, assumed = better.partition(",")
    return f"{way.capitalize()} is better{' (assumed)' if assumed else ''}."


def contest_title(key: Key) -> str:
    """What a contest is called: "AIME 2025 · accuracy"."""
    return brief(" · ".join(part for part in key if part)) or "no unit"


def _choice(flags: tuple[str, ...], bits: int) -> Filters:
    chosen = {flag for bit, flag in enumerate(flags) if bits >> bit & 1}
    return Filters(all_results="all_results" in chosen, no_up_to="no_up_to" in chosen)


def paper_table(frame: pl.DataFrame) -> Table:
    """All papers, newest first, as a table to search."""
    told = ("categories",) if (frame["categories"] != "").any() else ()
    names = ("published", "title", "claims", "code", *told)
    rows = tuple(
        Row(tuple(_paper_cell(name, record) for name in names), (Standing(position),))
        for position, record in enumerate(frame.iter_rows(named=True))
    )
    return Table(
        name="papers",
        title="Papers",
        about="Every paper in the database, newest first.",
        columns=tuple(_column(name) for name in names),
        rows=rows,
        first=first_rows(rows),
    )


def _paper_cell(name: str, record: dict[str, Any]) -> Cell:
    if name == "title":
        return Cell(brief(record["title"]), href=paper_path(record["paper_id"]))
    if name == "claims":
        return Cell(str(record["claims"]), sort=record["claims"])
    return Cell(brief("" if record[name] == "none" else plain(record[name])))


def _columns(board: Leaderboard, frame: pl.DataFrame, names: tuple[str, ...]) -> tuple[Column, ...]:
    dated = ("published",) if "published" in frame.columns and "published" not in board.columns else ()
    return tuple(_column(name, "sentence" in frame.columns) for name in (*names, *dated))


def _column(name: str, with_sentence: bool = False) -> Column:
    label = "evidence" if name == "title" and with_sentence else name
    return Column(name, labels("columns")[label], name in _NUMERIC)


def _merged(
    board: Leaderboard, columns: tuple[Column, ...], variants: list[pl.DataFrame], pages: Mapping[Key, str]
) -> tuple[Row, ...]:
    """Rows that several variants share stand once, with their standing in each; ``pages`` are those of contests."""
    standings: dict[tuple[Cell, ...], list[Standing | None]] = {}
    for index, frame in enumerate(variants):
        for position, record in enumerate(frame.iter_rows(named=True)):
            page = pages.get(tuple(record[name] for name in board.contest))
            cells = tuple(_cell(board, column.name, record, page) for column in columns)
            of_row = standings.setdefault(cells, [None] * len(variants))
            of_row[index] = Standing(position, record.get("place"), record.get("paper_count"))
    return tuple(Row(cells, tuple(of_row)) for cells, of_row in standings.items())


def _cell(board: Leaderboard, name: str, record: dict[str, Any], page: str | None) -> Cell:
    """The cell of one column; place and paper count belong to the standing, not to the row."""
    value = record[name]
    if name in _STANDING:
        return Cell()
    if name == "factor":
        return Cell("" if value is None else f"{_short(value)}×", sort=value)
    if name == "claim":
        number = record.get("value", record.get("factor"))
        return Cell(brief(value) + ("" if record.get("own", True) else " · quoted"), sort=number)
    if name.endswith("title"):
        return _paper_of(record, name.removesuffix("title"))
    if name == "code_url":
        return Cell(brief(value or ""), href=web_address(value))
    if name == "name" and board.name in _BEHIND_NAMES:
        target, parameter = _BEHIND_NAMES[board.name]
        return Cell(brief(value), href=f"{board_path(target)}?{_query(parameter, value)}")
    if page and name == board.contest[0]:
        return Cell(brief(value) or "none", href=page)
    if name == "subject" and not value:
        return Cell("not named")
    return Cell(brief(plain(value)))


def _paper_of(record: dict[str, Any], prefix: str) -> Cell:
    paper_id, claim_id = record[f"{prefix}paper_id"], record.get(f"{prefix}claim_id")
    href = claim_path(paper_id, claim_id) if claim_id else paper_path(paper_id)
    sentence = record.get(f"{prefix}sentence")
    note = excerpt(sentence, record.get("span") or "", _CHARS_BEFORE) if sentence else None
    return Cell(brief(record[f"{prefix}title"]) or "Untitled", href=href, note=note)


def _filters(board: Leaderboard, columns: tuple[Column, ...], rows: tuple[Row, ...]) -> Iterator[Filter]:
    for name, candidates in _FILTERED.items():
        for index, column in enumerate(columns):
            if name in board.filters and column.name in candidates:
                suggested = options([row.cells[index].text for row in rows])
                yield Filter(name, labels("filters")[name], index, suggested)


def _short(number: float) -> str:
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:.3g}"


def _query(parameter: str, value: str) -> str:
    return urlencode({parameter: value})
