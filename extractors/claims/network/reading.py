"""What the network reads of a paper: title, sentences whose numbers may be claims, and what leads up to them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from extractors.claims.context import shape
from extractors.claims.names import Cast
from extractors.claims.types import SHAPES, shape_index
from extractors.quantities import Quantity

Ints = npt.NDArray[np.int64]
Bounds = Sequence[tuple[int, int]]
MAX_PIECES = 448
"""A longer text is cut here; numbers behind the cut are left to the linear models."""
LABELS = ("MODEL", "BENCHMARK", "METRIC", "HARDWARE")
MARKS = len(SHAPES) + 1
LABEL_MARKS = 4 * len(LABELS) + 1
_START, _SEPARATOR = "[CLS]", "[SEP]"


@dataclass(slots=True)
class Reading:
    """A paper as word pieces.

    ``starts`` and ``ends`` are the pieces' offsets in the Doc's text; a separator is empty. ``marks`` says which pieces
    are part of a number, and of what shape; ``labels`` which begin or continue a name, of which label, the paper's own
    or not. ``first`` and ``last`` are the pieces of every number, ``rows`` finds a number by its offset.
    """

    ids: Ints
    starts: list[int]
    ends: list[int]
    marks: Ints = field(init=False)
    labels: Ints = field(init=False)
    first: Ints = field(init=False)
    last: Ints = field(init=False)
    rows: dict[int, int] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.marks, self.labels = np.zeros_like(self.ids), np.zeros_like(self.ids)

    def pieces(self, start: int, end: int) -> tuple[int, int] | None:
        """First and last piece of ``text[start:end]``; None where that was not read."""
        first = bisect_right(self.ends, start)
        last = bisect_left(self.starts, end) - 1
        while last >= first and self.starts[last] == self.ends[last]:
            last -= 1
        return (first, last) if first <= last else None


@cache
def tokenizer() -> Tokenizer:
    """The word pieces of the network: BERT's, less those that no abstract needs."""
    data = resources.files("extractors.claims.network").joinpath("model/wordpieces.json").read_bytes()
    return Tokenizer.from_buffer(data)


def sentences_to_read(sentences: Bounds, abstract_start: int, numbers: Iterable[int], cast: Cast) -> list[int]:
    """Which sentences are read: the title's, those of the ``numbers`` (offsets) with the one before each, and the one
    that names the paper's own system first."""
    starts = [start for start, _ in sentences]

    def index(offset: int) -> int:
        return max(0, bisect_right(starts, offset) - 1)

    chosen = {i for i, start in enumerate(starts) if start < abstract_start}
    for offset in numbers:
        chosen.update((index(offset), max(0, index(offset) - 1)))
    own = next((n.start for n in cast.names if n.start >= abstract_start and cast.is_own(n.key)), None)
    if own is not None:
        chosen.add(index(own))
    return sorted(chosen)


def read(
    text: str, abstract_start: int, sentences: Bounds, chosen: Sequence[int], quantities: Sequence[Quantity], cast: Cast
) -> Reading:
    """The ``chosen`` sentences as the network's input; ``quantities`` outside of them have no row."""
    pieces = tokenizer()
    start_id, separator_id = pieces.token_to_id(_START), pieces.token_to_id(_SEPARATOR)
    ids, starts, ends = [start_id], [0], [0]
    before = -1
    for i in chosen:
        low, high = sentences[i]
        if before >= 0 and (before != i - 1 or (low >= abstract_start) != (sentences[before][0] >= abstract_start)):
            ids.append(separator_id)
            starts.append(ends[-1])
            ends.append(ends[-1])
        encoded = pieces.encode(text[low:high], add_special_tokens=False)
        ids.extend(encoded.ids)
        starts.extend(low + start for start, _ in encoded.offsets)
        ends.extend(low + end for _, end in encoded.offsets)
        before = i
        if len(ids) >= MAX_PIECES:
            break
    del ids[MAX_PIECES - 1 :], starts[MAX_PIECES - 1 :], ends[MAX_PIECES - 1 :]
    ids.append(separator_id)
    starts.append(ends[-1])
    ends.append(ends[-1])
    reading = Reading(np.array(ids), starts, ends)
    _mark_names(reading, cast)
    _mark_numbers(reading, quantities)
    return reading


def _mark_names(reading: Reading, cast: Cast) -> None:
    for name in cast.names:
        place = reading.pieces(name.start, name.end)
        if place is not None and name.label in LABELS:
            kind = 2 * (LABELS.index(name.label) + len(LABELS) * cast.is_own(name.key))
            reading.labels[place[0]] = kind + 1
            reading.labels[place[0] + 1 : place[1] + 1] = kind + 2


def _mark_numbers(reading: Reading, quantities: Sequence[Quantity]) -> None:
    places: list[tuple[int, int]] = []
    for quantity in quantities:
        place = reading.pieces(quantity.start, quantity.end)
        if place is not None:
            reading.marks[place[0] : place[1] + 1] = 1 + shape_index(shape(quantity))
            reading.rows[quantity.start] = len(places)
            places.append(place)
    reading.first, reading.last = np.array(places, dtype=np.int64).reshape(-1, 2).T.copy()
