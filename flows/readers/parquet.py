"""Parquet with a title and an abstract column, at the top or in a structure "paper", as ``extract`` writes it.

Only the columns that a paper has are read, a few rows at a time.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from typing import IO, Any

from flows.readers.errors import UnreadableSource
from flows.readers.fields import has_text_columns, is_known_column, is_part
from flows.readers.records import paper_from
from flows.readers.streams import Stream
from schemas.records import Paper, Reject

_ROWS_AT_ONCE = 256
_MAX_ROW_GROUP_BYTES = 1024**3


def read(source: str, stream: Stream) -> Iterator[Paper | Reject]:
    """The papers of a Parquet file, one a row; a stream that cannot seek is put into a temporary file first."""
    if stream.file is not None:
        yield from _read_file(source, stream.file)
        return
    with tempfile.TemporaryFile() as copy:
        shutil.copyfileobj(stream, copy)
        yield from _read_file(source, copy)


def _read_file(source: str, file: IO[bytes]) -> Iterator[Paper | Reject]:
    import pyarrow
    from pyarrow import parquet

    number = 0
    try:
        table = parquet.ParquetFile(file, pre_buffer=False)
        columns = _columns(source, table)
        for batch in table.iter_batches(batch_size=_ROWS_AT_ONCE, columns=columns, use_threads=False):
            for row in range(batch.num_rows):
                number += 1
                yield paper_from(_record(batch, row), source, f"row {number}")
    except (pyarrow.ArrowException, OSError, ValueError, MemoryError) as error:
        raise UnreadableSource(source, f"damaged Parquet ({str(error)[:200]})") from error


def _columns(source: str, table: Any) -> list[str]:
    names = list(table.schema_arrow.names)
    whole = [name for name in names if is_part(name) and table.schema_arrow.field(name).type.num_fields]
    inner = [field.name for name in whole for field in table.schema_arrow.field(name).type]
    if not has_text_columns([*names, *inner]):
        raise UnreadableSource(source, f"Parquet without title and abstract columns (it has {', '.join(names[:12])})")
    for group in range(table.metadata.num_row_groups):
        if table.metadata.row_group(group).total_byte_size > _MAX_ROW_GROUP_BYTES:
            raise UnreadableSource(source, "Parquet with row groups over 1 GiB: write it with smaller ones")
    return [name for name in names if name in whole or is_known_column(name)]


def _record(batch: Any, row: int) -> dict[str, Any]:
    values = {name: batch.column(name)[row].as_py() for name in batch.schema.names}
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in values.items()}
