"""The same texts give the same records as when the hashes were written, on every machine and Python."""

from __future__ import annotations

from itertools import islice

import pytest

from tests import golden

EVERY = {True: 8, False: 16}
"""One chunk in so many is extracted here; ``python -m tests.golden`` takes them all."""
MAY_DIFFER = {True: 0.0, False: 0.02}
"""The share of papers that another processor may read otherwise."""


@pytest.mark.skipif(not golden.CORPUS.exists(), reason=f"{golden.CORPUS} is not there")
@pytest.mark.parametrize("fast", [True, False], ids=["fast", "network"])
def test_nothing_moved_unseen(fast: bool) -> None:
    """If this fails, and it is what you wanted: uv run python -m tests.golden (`paperclaims diff` shows what moved)."""
    kept = golden.kept(fast=fast)
    assert len(kept) == golden.PAPERS
    moved, count = [], 0
    for number, chunk in islice(enumerate(golden.chunks()), 0, None, EVERY[fast]):
        was = kept[number * golden.CHUNK_PAPERS :]
        count += len(chunk)
        now = golden.hashes(chunk, fast=fast)
        moved += [paper.id for paper, old, new in zip(chunk, was, now, strict=False) if old != new]
    assert len(moved) <= MAY_DIFFER[fast] * count, moved
