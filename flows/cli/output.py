"""Frames on stdout, in the format that the user chose."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from flows.cli.options import Format, is_terminal

if TYPE_CHECKING:
    import polars as pl

_FILE_WIDTH = 160


def print_frame(frame: pl.DataFrame, format: Format | None, *, columns: Sequence[str] = ()) -> None:
    """Write the frame; a table shows only ``columns`` (default: all), the other formats always have every column."""
    from warehouse.rendering import render

    chosen = format or Format.TABLE
    if chosen is Format.TABLE:
        width = shutil.get_terminal_size().columns if is_terminal(1) else _FILE_WIDTH
        text = render(frame.select(columns) if columns else frame, "table", width=width)
    else:
        text = render(frame, chosen.value)
    sys.stdout.buffer.write(text.encode())
    sys.stdout.buffer.flush()
