"""The same texts give the same bytes as when the hashes were written, on every machine and Python."""

from __future__ import annotations

from itertools import islice

import pytest

from tests import golden

EVERY = 8
"""One chunk in so many is extracted here; ``python -m tests.golden`` takes them all."""


@pytest.mark.skipif(not golden.CORPUS.exists(), reason=f"{golden.CORPUS} is not there")
def test_nothing_moved_unseen() -> None:
    """If this fails, and it is what you wanted: uv run python -m tests.golden (`paperclaims diff` shows what moved)."""
    kept = golden.kept()
    assert len(kept) == golden.PAPERS
    moved = [
        paper.id
        for number, chunk in islice(enumerate(golden.chunks()), 0, None, EVERY)
        for paper, was, now in zip(chunk, kept[number * golden.CHUNK_PAPERS :], golden.hashes(chunk), strict=False)
        if was != now
    ]
    assert moved == []
