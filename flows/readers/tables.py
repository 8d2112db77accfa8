"""CSV and TSV with a header row that names a title and an abstract column."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from flows.readers.errors import UnreadableSource
from flows.readers.fields import has_text_columns
from flows.readers.records import paper_from
from flows.readers.rejects import reject
from flows.readers.streams import MAX_LINE_BYTES, Stream, lines
from schemas.records import Paper, Reject

_MAX_FIELD_CHARS = 1024 * 1024  # an unclosed quote swallows no more than this
_DELIMITERS = "\t,;|"


def find_delimiter(text: str) -> str | None:
    """The delimiter with which the first row of a text names an abstract column; None where it names none."""
    first = text.partition("\n")[0]
    for delimiter in _DELIMITERS:
        if delimiter in first and has_text_columns(_columns(first, delimiter)):
            return delimiter
    return None


def _columns(row: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([row], delimiter=delimiter), [])
    except csv.Error:
        return []


class _Rows:
    """The decoded lines of a stream for :mod:`csv`; lines that are too long are put aside as rejects."""

    def __init__(self, source: str, stream: Stream) -> None:
        self._source = source
        self._lines = lines(stream)
        self.too_long: list[Reject] = []

    def __iter__(self) -> Iterator[str]:
        for number, line in self._lines:
            if line is None:
                reason = f"a line over {MAX_LINE_BYTES // 1024**2} MiB"
                self.too_long.append(reject(self._source, f"line {number}", "record_size", reason))
                yield "\n"
            else:
                # Bytes that are no UTF-8 become lone surrogates, which the check of the paper finds.
                text = line.decode("utf-8", "surrogateescape")
                yield text.lstrip("\ufeff") if number == 1 else text


def read(source: str, stream: Stream) -> Iterator[Paper | Reject]:
    """The papers of a table, one a row; raises :class:`UnreadableSource` where no header names an abstract."""
    csv.field_size_limit(_MAX_FIELD_CHARS)
    head = stream.peek(1).decode("utf-8-sig", "replace")
    delimiter = find_delimiter(head.lstrip())
    if delimiter is None:
        raise UnreadableSource(source, "a table without columns for title and abstract")
    rows = _Rows(source, stream)
    table = csv.reader(iter(rows), delimiter=delimiter)
    header: list[str] = []
    while True:
        try:
            row = next(table)
        except StopIteration:
            break
        except csv.Error as error:
            yield reject(source, f"line {table.line_num}", "csv", f"not a row of a table: {error}")
            continue
        yield from rows.too_long
        rows.too_long.clear()
        if row and not header:
            header = row
        elif row:
            yield _paper(source, f"line {table.line_num}", header, row)
    yield from rows.too_long


def _paper(source: str, place: str, header: list[str], row: list[str]) -> Paper | Reject:
    if len(row) != len(header):
        return reject(source, place, "columns", f"{len(row)} columns, but the header has {len(header)}", row)
    return paper_from(dict(zip(header, row, strict=True)), source, place)
