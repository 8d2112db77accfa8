"""Papers to measure with: the corpus beside the checkout, and as many more as are asked for."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from tests.conftest import SAMPLES, SHARED

CORPUS = SHARED / "corpus/abstracts-20k.jsonl.gz"

_NUMBER = re.compile(r"\d+")
_NAME = re.compile(r"\b[A-Z]\w*[A-Z]\w*\b")


def source() -> Path:
    """The corpus, or where it is missing the samples."""
    return CORPUS if CORPUS.exists() else SAMPLES


def records() -> Iterator[dict[str, Any]]:
    """Title and abstract of the papers of :func:`source`, over and over; from the second time on as no text before.

    Every number and every name in capitals is altered, so that no cache of words knows them.
    """
    number = 0
    opened = gzip.open if source().suffix == ".gz" else open
    while True:
        with opened(source(), "rt", encoding="utf-8") as lines:
            for line in lines:
                record = json.loads(line)
                title, abstract = record["title"], record["abstract"]
                if number:
                    title, abstract = f"{_altered(title, number)} {number}", _altered(abstract, number)
                yield {"title": title, "abstract": abstract}
        number += 1


def _altered(text: str, number: int) -> str:
    text = _NUMBER.sub(lambda match: str((int(match[0][:9]) * (number + 1) + number) % 10 ** len(match[0])), text)
    return _NAME.sub(lambda match: f"{match[0]}{number}", text)


def write(path: Path, count: int) -> Path:
    """Writes so many papers as JSON Lines."""
    with path.open("w", encoding="utf-8") as lines:
        for record in islice(records(), count):
            lines.write(json.dumps(record, ensure_ascii=False) + "\n")
    return path
