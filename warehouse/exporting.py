"""Writes all leaderboards into a folder, one file a leaderboard and format, or a site; the same database gives the same
bytes.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from warehouse.connection import Connection
from warehouse.errors import WarehouseError
from warehouse.files import write_file
from warehouse.leaderboards import Leaderboard, leaderboards, query_leaderboard
from warehouse.manifest import in_step
from warehouse.rendering import RENDERERS

SUFFIXES = {"csv": "csv", "json": "json", "markdown": "md", "parquet": "parquet"}
"""The formats of one file a leaderboard, and their file name suffixes."""
SITE = "html"
"""The format that is a whole site; it starts at ``index.html``."""


def export_leaderboards(connection: Connection, folder: Path, formats: Sequence[str]) -> list[Path]:
    """Write every leaderboard in every format (keys of :data:`SUFFIXES`, or :data:`SITE`) and give the files in order.

    Raises:
        WarehouseError: an unknown format, or the folder cannot be written to.
    """
    known = [*SUFFIXES, SITE]
    unknown = [name for name in formats if name not in known]
    if unknown:
        raise WarehouseError(f"no export format {unknown[0]!r}; there are: {', '.join(known)}")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return [
            *_files(connection, folder, [name for name in formats if name != SITE]),
            *_site(connection, folder, formats),
        ]
    except OSError as error:
        raise WarehouseError(f"cannot write to {folder} ({error.strerror}): name another folder") from None


def _files(connection: Connection, folder: Path, formats: Sequence[str]) -> Iterator[Path]:
    for board in leaderboards().values() if formats else ():
        rows = query_leaderboard(connection, board)
        for name in formats:
            yield write_file(folder / f"{board.name}.{SUFFIXES[name]}", _content(board, rows, name))


def _site(connection: Connection, folder: Path, formats: Sequence[str]) -> Iterator[Path]:
    if SITE in formats:
        from warehouse.site import write_site  # only here: the other formats need no templates

        yield from in_step(folder, write_site(connection, folder))


def _content(board: Leaderboard, rows: pl.DataFrame, name: str) -> bytes:
    if name == "parquet":
        out = io.BytesIO()
        rows.write_parquet(out, compression="zstd")
        return out.getvalue()
    text = RENDERERS[name](rows)
    return (f"# {board.title}\n\n{board.about}\n\n{text}" if name == "markdown" else text).encode()
