"""What the extractors give for 2,000 real abstracts, as one short hash a paper: a change tells what it moved.

``uv run python -m tests.golden`` extracts them all, names the papers that moved, and writes the hashes anew. The texts
are not part of the project: they stand beside the checkout, or nothing here runs.

The fast extractor gives the same bytes everywhere. The network's last digits depend on the processor: its hashes leave
the confidence out, and a paper where two answers are equally likely may still differ.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Iterator
from hashlib import blake2b
from itertools import islice
from pathlib import Path

from flows.encoders import jsonl
from flows.extraction import CHUNK_PAPERS, extract_stream
from flows.pool import default_workers
from schemas.records import Paper
from tests.conftest import SHARED

CORPUS = SHARED / "corpus/abstracts-20k.jsonl.gz"
HASHES = {fast: Path(__file__).with_name(f"golden_{name}.txt") for fast, name in ((True, "fast"), (False, "network"))}
PAPERS = 2_000

_A_LINE = 10
_MOST_NAMED = 20


def papers() -> Iterator[Paper]:
    """The papers, in order."""
    with gzip.open(CORPUS, "rt", encoding="utf-8") as lines:
        for record in map(json.loads, islice(lines, PAPERS)):
            yield Paper(record["title"], record["abstract"], id=record["id"])


def chunks() -> Iterator[list[Paper]]:
    """The papers as the extractors get them: the last digits may depend on what is in a chunk."""
    stream = papers()
    while chunk := [*islice(stream, CHUNK_PAPERS)]:
        yield chunk


def hashes(some: list[Paper], *, fast: bool, workers: int = 1) -> list[str]:
    """For each paper, eight hex digits that tell every byte of its record (without ``fast``: but the confidence)."""
    parts = extract_stream(some, jsonl, workers=workers, fast=fast)
    lines = (line if fast else _unsure(line) for part in parts for line in part.data.splitlines())
    return [blake2b(line, digest_size=4).hexdigest() for line in lines]


def _unsure(line: bytes) -> bytes:
    record = json.loads(line)
    for claim in record["claims"]:
        del claim["confidence"]
    return json.dumps(record).encode()


def kept(*, fast: bool) -> list[str]:
    """The hashes of the file, in the order of the papers."""
    return HASHES[fast].read_text(encoding="ascii").split()


def main() -> None:
    """Extract all, name what moved, keep the new hashes."""
    if not CORPUS.exists():
        sys.exit(f"{CORPUS} is not there: the hashes are of its texts")
    everything = [*papers()]
    for fast, file in HASHES.items():
        new = hashes(everything, fast=fast, workers=default_workers())
        old = kept(fast=fast) if file.exists() else [""] * len(new)
        moved = [paper.id for paper, before, now in zip(everything, old, new, strict=True) if before != now]
        file.write_text(
            "".join(" ".join(new[start : start + _A_LINE]) + "\n" for start in range(0, len(new), _A_LINE)),
            encoding="ascii",
        )
        named = (": " if moved else "") + " ".join(moved[:_MOST_NAMED])
        print(f"{file.name}: {len(moved)} of {len(new)} papers moved{named}")


if __name__ == "__main__":
    main()
