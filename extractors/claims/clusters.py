"""Clusters of words that stand in like places, learned without labels from abstracts (see ``train_clusters.py``).

They let the models treat a rare word like its neighbours: "throughput" like "latency", "halves" like "reduces".
"""

from __future__ import annotations

import gzip
from functools import cache
from importlib import resources

LEVELS = (64, 200, 600)
"""How many clusters each level has, from coarse to fine."""


@cache
def _table() -> dict[str, tuple[tuple[int, str], ...]]:
    data = resources.files("extractors.claims").joinpath("models/word_clusters.tsv.gz").read_bytes()
    table = {}
    for line in gzip.decompress(data).decode().splitlines():
        word, *numbers = line.split("\t")
        table[word] = tuple(zip(LEVELS, numbers, strict=True))
    return table


def clusters(word: str) -> tuple[tuple[int, str], ...]:
    """(level, cluster) of a lower-case word at every level; empty for a word that is not in the table."""
    return _table().get(word, ())
