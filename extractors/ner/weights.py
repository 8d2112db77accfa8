"""The weights of the conditional random field, put in tables by what a feature is about, so that numpy can add them up.

Training gives a weight for every tag to each feature by its name. Here features of words lose their offset and become
rows of (offset, tag); features of two neighbours are found by the numbers of their word and shape.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import regex
from numpy.typing import NDArray

from extractors.ner.features import WORD_OFFSETS, Clusters

Floats = NDArray[np.float32]
Numbers = NDArray[np.int32]

PAIR_KINDS = ("<w", ">w", "<s", ">s")
"""Features of neighbours: what the left (<) or right (>) one gives by its word or shape beside the other's shape."""

_PLACED = regex.compile(r"(-?\d)(.+)", regex.DOTALL)
_PAIR = regex.compile(r"([<>][ws])=(.+)", regex.DOTALL)


@dataclass(frozen=True, slots=True)
class Weights:
    """All weights by feature. Every table of rows ends with a row of zeros, for features that have no weight.

    Attributes:
        tags: the tags, in the order of the last axis of all rows.
        transitions: (tag before, tag after).
        clusters: of lower-case words.
        words: the row of a word's feature in ``word_rows`` (features, offsets, tags).
        pair_words: for "<w" and ">w" the number of each word; ``shapes``: the number of each shape, for all four kinds.
        pairs: for each kind, cells (word or left shape, shape or right shape, row) of its table, and the table.
        others: weights of features of the paper, the name lists and the title, and the bias.
    """

    tags: tuple[str, ...]
    transitions: Floats
    clusters: Clusters
    words: Mapping[str, int]
    word_rows: Floats
    shapes: Mapping[str, int]
    pair_words: Mapping[str, Mapping[str, int]]
    pairs: Mapping[str, tuple[Numbers, Floats]]
    others: Mapping[str, Floats]

    @classmethod
    def of_features(
        cls, tags: Sequence[str], weights: Mapping[str, Floats], transitions: Floats, clusters: Clusters
    ) -> Weights:
        """Sorts weights by feature name into their tables."""
        words: dict[str, int] = {}
        cells: list[tuple[int, int, Floats]] = []
        pairs: dict[str, dict[str, Floats]] = {kind: {} for kind in PAIR_KINDS}
        others: dict[str, Floats] = {}
        for name in sorted(weights):
            if placed := _PLACED.fullmatch(name):
                row = words.setdefault(placed[2], len(words))
                cells.append((row, WORD_OFFSETS.index(int(placed[1])), weights[name]))
            elif pair := _PAIR.fullmatch(name):
                pairs[pair[1]][pair[2]] = weights[name]
            else:
                others[name] = weights[name]
        word_rows = np.zeros((len(words) + 1, len(WORD_OFFSETS), len(tags)), dtype=np.float32)
        for row, column, weight in cells:
            word_rows[row, column] = weight
        shapes: dict[str, int] = {}
        pair_words: dict[str, dict[str, int]] = {"<w": {}, ">w": {}}
        tables = {kind: _pair_table(kind, rows, pair_words, shapes, len(tags)) for kind, rows in pairs.items()}
        return cls(tuple(tags), transitions, clusters, words, word_rows, shapes, pair_words, tables, others)

    def to_disk(self, path: Path) -> None:
        """Writes one ``.npz`` file: weights in half precision, names as UTF-8 text."""
        placed = np.argwhere(self.word_rows.any(axis=2))
        arrays: dict[str, NDArray[Any]] = {
            "meta": _text([json.dumps({"tags": self.tags})]),
            "transitions": self.transitions.astype(np.float32),
            "cluster_words": _text(self.clusters),
            "clusters": np.array(list(self.clusters.values()), dtype=np.uint16),
            "words": _text(self.words),
            "word_cells": placed.astype(np.int32),
            "word_weights": self.word_rows[placed[:, 0], placed[:, 1]].astype(np.float16),
            "shapes": _text(self.shapes),
            "others": _text(self.others),
            "other_weights": np.stack(list(self.others.values())).astype(np.float16),
        }
        for number, kind in enumerate(PAIR_KINDS):
            cells, rows = self.pairs[kind]
            arrays |= {f"pair_cells_{number}": cells, f"pair_weights_{number}": rows.astype(np.float16)}
            if kind in self.pair_words:
                arrays[f"pair_words_{number}"] = _text(self.pair_words[kind])
        np.savez_compressed(path, allow_pickle=False, **arrays)

    @classmethod
    def from_disk(cls, path: Path) -> Weights:
        """Reads what :meth:`to_disk` wrote; raises ``OSError`` where the file is missing."""
        with np.load(path, allow_pickle=False) as stored:
            tags = json.loads(_lines(stored["meta"])[0])["tags"]
            words = _lines(stored["words"])
            word_rows = np.zeros((len(words) + 1, len(WORD_OFFSETS), len(tags)), dtype=np.float32)
            cells = stored["word_cells"]
            word_rows[cells[:, 0], cells[:, 1]] = stored["word_weights"]
            return cls(
                tags=tuple(tags),
                transitions=stored["transitions"].astype(np.float32),
                clusters=dict(zip(_lines(stored["cluster_words"]), stored["clusters"].tolist(), strict=True)),
                words=_numbered(words),
                word_rows=word_rows,
                shapes=_numbered(_lines(stored["shapes"])),
                pair_words={
                    kind: _numbered(_lines(stored[f"pair_words_{number}"]))
                    for number, kind in enumerate(PAIR_KINDS)
                    if f"pair_words_{number}" in stored
                },
                pairs={
                    kind: (stored[f"pair_cells_{number}"], stored[f"pair_weights_{number}"].astype(np.float32))
                    for number, kind in enumerate(PAIR_KINDS)
                },
                others=dict(zip(_lines(stored["others"]), stored["other_weights"].astype(np.float32), strict=True)),
            )


def _pair_table(
    kind: str, rows: Mapping[str, Floats], words: dict[str, dict[str, int]], shapes: dict[str, int], tags: int
) -> tuple[Numbers, Floats]:
    """The cells and rows of one kind of pair. A name that can be parted in two ways, at "|", stands for both pairs."""
    firsts = {"<w": words["<w"], ">w": shapes, "<s": shapes, ">s": shapes}[kind]
    seconds = words[">w"] if kind == ">w" else shapes
    cells = []
    for row, name in enumerate(rows):
        for bar in regex.finditer(r"(?<=.)\|(?=.)", name, regex.DOTALL):
            first = firsts.setdefault(name[: bar.start()], len(firsts))
            second = seconds.setdefault(name[bar.end() :], len(seconds))
            cells.append((second, first, row) if kind == ">w" else (first, second, row))
    table = np.zeros((len(rows) + 1, tags), dtype=np.float32)
    if rows:
        table[:-1] = np.stack(list(rows.values()))
    return np.array(cells, dtype=np.int32).reshape(-1, 3), table


def _numbered(names: Sequence[str]) -> dict[str, int]:
    return {name: number for number, name in enumerate(names)}


def _text(names: Sequence[str] | Mapping[str, object]) -> NDArray[np.uint8]:
    return np.frombuffer("\n".join(names).encode(), dtype=np.uint8)


def _lines(stored: NDArray[np.uint8]) -> list[str]:
    return bytes(stored).decode().split("\n") if stored.size else []
