"""Tables as the site shows them: cells with text, sort key and link, cut into scripts that a page loads on demand.

A page of the site holds the first rows of its table as HTML; the rest stands in scripts beside it, because a page
opened from a folder may load scripts but no other data.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from schemas.safety import visible

ROWS_A_PAGE = 100
"""Rows of a table that are shown at once."""
CHUNK_CHARS = 400_000
"""About the size of one script of rows."""
FILTER_OPTIONS = 100
"""A filter suggests its most frequent names, no more than this."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a cell.

    ``sort`` is the key where it is not the text; ``href`` a page of the site or a checked web address; ``note`` the
    sentence below, in the parts before, in and after the claim's characters.
    """

    text: str = ""
    sort: float | None = None
    href: str | None = None
    note: tuple[str, str, str] | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a row stands in one variant of its table: position from 0, place with ties, papers that back it."""

    position: int
    place: int | None = None
    paper_count: int | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row, and its standing in each variant (None where it is not part of it)."""

    cells: tuple[Cell, ...]
    standings: tuple[Standing | None, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name in the data, its heading, and whether it is of numbers."""

    name: str
    label: str
    numeric: bool


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter by the words in one column, with the names that it suggests."""

    name: str
    label: str
    column: int
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the site; ``flags`` are the choices whose combinations are its variants, in the bits of the index.

    ``parent`` is the title and the page of the table that this one is a part of.
    """

    name: str
    title: str
    about: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    filters: tuple[Filter, ...] = ()
    flags: tuple[str, ...] = ()
    first: tuple[Row, ...] = ()
    parent: tuple[str, str] | None = None

    @property
    def row_count(self) -> int:
        """Rows of the variant that is shown first."""
        return sum(row.standings[0] is not None for row in self.rows)


def first_rows(rows: Sequence[Row], limit: int = ROWS_A_PAGE) -> tuple[Row, ...]:
    """The best rows of the variant that is shown first."""
    ranked = sorted((row.standings[0].position, index) for index, row in enumerate(rows) if row.standings[0])
    return tuple(rows[index] for _, index in ranked[:limit])


def options(texts: Sequence[str]) -> tuple[str, ...]:
    """The most frequent texts, by name."""
    frequent = sorted(Counter(text for text in texts if text).items(), key=lambda item: (-item[1], item[0]))
    return tuple(sorted((text for text, _ in frequent[:FILTER_OPTIONS]), key=lambda text: (text.casefold(), text)))


def scripts(table: Table) -> Iterator[str]:
    """The rows of the table as JavaScript, each script of about :data:`CHUNK_CHARS` characters."""
    lines: list[str] = []
    size = 0
    for row in table.rows:
        line = json.dumps([_standings(row), *map(_compact, row.cells)], separators=(",", ":"))
        if lines and size + len(line) > CHUNK_CHARS:
            yield _script(lines)
            lines, size = [], 0
        lines.append(line)
        size += len(line)
    if lines:
        yield _script(lines)


def _script(lines: list[str]) -> str:
    rows = ",\n".join(lines)
    return f"paperclaims.add([\n{rows}\n]);\n"


def _standings(row: Row) -> list[list[int | None] | None]:
    return [[s.position, s.place, s.paper_count] if s else None for s in row.standings]


def _compact(cell: Cell) -> str | list[object]:
    parts: list[object] = [
        visible(cell.text),
        cell.sort,
        cell.href,
        cell.note and [visible(part) for part in cell.note],
    ]
    while len(parts) > 1 and parts[-1] is None:
        parts.pop()
    return parts if len(parts) > 1 else visible(cell.text)
