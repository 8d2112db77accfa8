"""Writes all leaderboards into a folder, one file a leaderboard and format; the same database gives the same bytes."""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from warehouse.connection import Connection
from warehouse.errors import WarehouseError
from warehouse.leaderboards import Leaderboard, leaderboards, query_leaderboard
from warehouse.rendering import RENDERERS

SUFFIXES = {"csv": "csv", "json": "json", "markdown": "md", "parquet": "parquet"}
"""The formats and their file name suffixes."""


def export_leaderboards(connection: Connection, folder: Path, formats: Sequence[str]) -> list[Path]:
    """Write every leaderboard in every format (keys of :data:`SUFFIXES`) and give the files in order.

    Raises:
        WarehouseError: an unknown format, or the folder cannot be written to.
    """
    unknown = [name for name in formats if name not in SUFFIXES]
    if unknown:
        raise WarehouseError(f"no export format {unknown[0]!r}; there are: {', '.join(SUFFIXES)}")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return [
            _write(folder / f"{board.name}.{SUFFIXES[name]}", _content(board, rows, name))
            for board in leaderboards().values()
            for rows in [query_leaderboard(connection, board)]
            for name in formats
        ]
    except OSError as error:
        raise WarehouseError(f"cannot write to {folder} ({error.strerror}): name another folder") from None


def _content(board: Leaderboard, rows: pl.DataFrame, name: str) -> bytes:
    if name == "parquet":
        out = io.BytesIO()
        rows.write_parquet(out, compression="zstd")
        return out.getvalue()
    text = RENDERERS[name](rows)
    return (f"# {board.title}\n\n{board.about}\n\n{text}" if name == "markdown" else text).encode()


def _write(path: Path, content: bytes) -> Path:
    # Replacing, not opening, what stands there: a link planted in the folder is not followed.
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    with part.open("xb") as file:
        file.write(content)
    os.replace(part, path)
    return path
