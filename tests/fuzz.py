"""Random inputs by the clock: ``uv run python -m tests.fuzz --seconds 900`` for readers and extractors alike.

Each input has a number, which makes it again; what breaks a promise is named with its number and makes the status 1.
"""

from __future__ import annotations

import argparse
import faulthandler
import io
import math
import random
import sys
import time
from collections import Counter
from collections.abc import Callable

import extractors
from flows.encoders import csv_rows, jsonl
from flows.extraction import extract_part
from flows.readers import read_stream
from flows.readers.records import checked
from schemas.frames import to_frames
from schemas.records import MAX_TEXT_CHARS, Extraction, Paper
from schemas.tables import validate
from tests.flows.test_readers_fuzz import MORE, PIECES, SAMPLES, check

_WORDS = """
we our ours achieves reaches improves by from to up over than faster slower lower higher better on with and or of the a
accuracy BLEU latency throughput speedup memory parameters tokens/s ms GPU A100 RTX 4090 ImageNet MMLU GPT-4 vLLM
Llama-3-8B respectively compared while about nearly at least times fold billion million K % percent points x × $ \\times
\\% \\textbf{ } { ^ _ ~ \\, ( ) [ ] , . ; : - – — / = < > ± ∼ ≥ … e.g. i.e. et al. https://github.com/a/b
http://x.example/?q=1 doi:10.1000/1 code available soon 1e999 10^6 2-3 1/2 0 7 12 3.5 1,000 twice half one-third seven
order of magnitude first
"""
WORDS = _WORDS.split()

# Spaces, dashes, digits, marks and letters of all kinds. No NUL, no lone surrogate: the readers reject those.
ODD = "\n\n\t\r\u00a0\u1680\u2003\u2009\u202f\u205f\u3000\u0001\u001b\u0085\u2028\u202e\u2066\u200b\u200d\ufeff\u00ad"
ODD += (
    "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d\u2044\u0300\u0344\u0130\u0131\u00df\ufb01\u01c5\u05d0\u0627"
)
ODD += (
    "\u0660\u0669\u06f3\u0967\u0e53\uff13\u00b2\u2082\u00bd\u2155\u2460\u4e09\U0001d7d8\U000116d0\U0001f600\U00010400"
)

_LONG_UNITS = (
    "12, |$3 |-1|7/8 |(|[|a|A|1|9,|x|.|- |\\textbf{|http://a.b/|3x |GPT-4 at 3% vs 4%, |Ours is 3x faster. |A (B) |"
    "vs. |respectively, |\u0300|\U0001f600|a.b|_a_|of 3 to 4 |LLaMA-7B, |\n| \u00a0|A1-|up to |from 3 |@a|10^|%|±1 |"
    "e.g. |the |3 and 4 and |BLEU of 3 |a, b, |Code: http://a.b |A-B-|2x faster than A on B, |99.9% |'a' |a;|i.e., |"
    "(3x) |$x$ "
)
LONG_UNITS = _LONG_UNITS.split("|")
"""The longest texts are made of one or two of these, over and over."""

LONGEST_SECONDS = 5.0
"""CPU time that the longest text may take."""
HANG_SECONDS = 120.0
"""An input that takes longer is shown where it hangs, and ends the run."""

Fuzz = Callable[[random.Random], None]
slowest: list[tuple[float, str]] = []


def fuzz_readers(chance: random.Random) -> None:
    """A good input of some format with places cut out, doubled, overwritten, swapped with another format's."""
    samples = [*SAMPLES.values(), *MORE]
    data = bytearray(chance.choice(samples))
    for _ in range(chance.randint(1, 6)):
        start = chance.randint(0, len(data))
        end = min(len(data), start + chance.choice([0, 1, 4, 40]))
        other = chance.choice(samples)
        cut = chance.randint(0, len(other))
        data[start:end] = chance.choice(
            [
                chance.choice(PIECES),
                bytes(data[start:end]) * chance.randint(2, 50),
                chance.randbytes(chance.randint(1, 9)),
                other[cut : cut + chance.randint(1, 60)],
                chance.choice(ODD).encode(),
            ]
        )
    check(read_stream("fuzz", io.BytesIO(bytes(data))))


def text(chance: random.Random) -> str:
    """Something like a sentence of a paper, with whatever Unicode holds between."""
    pieces = []
    for _ in range(chance.choice([1, 5, 30, 150])):
        kind = chance.random()
        if kind < 0.8:
            pieces.append(chance.choice(WORDS))
        elif kind < 0.9:
            pieces.append(chance.choice(ODD))
        elif kind < 0.97:
            pieces.append(str(chance.randint(0, 10 ** chance.choice([1, 3, 30, 400]))))
        else:
            pieces.append(chr(chance.choice([chance.randint(1, 0xD7FF), chance.randint(0xE000, 0x10FFFF)])))
        pieces.append(chance.choice([" ", " ", " ", "", "-", ", "]))
    return "".join(pieces)


def fuzz_extractors(chance: random.Random) -> None:
    """A paper of such text through the extractors, the encoders and the checks of the warehouse."""
    title, abstract = text(chance)[:200], text(chance)
    extraction = extractors.load().extract(title, abstract)
    check_extraction(title, abstract, extraction)
    if extractors.load().extract(title, abstract) != extraction:
        raise AssertionError("not the same twice")
    found = [(Paper(title, abstract, id="fuzz"), extraction)]
    jsonl(found)
    csv_rows(found)
    frames, rejects = validate(to_frames(found))
    if abstract.strip():
        assert frames.papers.height == 1
        given = len(extraction.claims) + len(extraction.links)
        assert frames.claims.height + frames.links.height + len(rejects) == given, "the accounts do not balance"


def check_extraction(title: str, abstract: str, extraction: Extraction) -> None:
    """Offsets, order and values, as DESIGN promises them."""
    texts = {"title": title, "abstract": abstract}
    for found in (*extraction.claims, *(link for link in extraction.links if link.field)):
        assert found.field is not None
        assert found.start is not None
        assert texts[found.field][found.start : found.end] == found.span != "", "a span that is not in the text"
    order = [(claim.field != "title", claim.start) for claim in extraction.claims]
    assert order == sorted(order), "claims in another order"
    for claim in extraction.claims:
        values = (claim.value, claim.value_max, claim.baseline_value, claim.factor, claim.base_value, claim.confidence)
        assert all(value is None or math.isfinite(value) for value in values), "a value that is not finite"
        assert claim.sentence in " ".join(texts[claim.field].split()), "a sentence that is not in the text"
    for link in extraction.links:
        assert link.url.lower().startswith(("http://", "https://")), "no web address"


def fuzz_length(chance: random.Random) -> None:
    """The longest text there may be, of one or two pieces over and over: seconds at most."""
    unit = text(chance)[:40] or "a"
    if chance.random() < 0.7:
        unit = "".join(chance.choices(LONG_UNITS, k=chance.randint(1, 2)))
    take_longest(unit)


def take_longest(unit: str) -> None:
    """The longest text there may be, made of ``unit``, through reader and extractors within the time for it."""
    abstract = (unit * (MAX_TEXT_CHARS // len(unit) + 1))[:MAX_TEXT_CHARS]
    start = time.process_time()
    paper = checked(Paper("", abstract.strip() or "-"))
    part = extract_part(jsonl, [paper] if isinstance(paper, Paper) else [])
    seconds = time.process_time() - start
    slowest.append((round(seconds, 2), unit))
    if any("failed on it" in reject.reason and "noise" not in reject.reason for reject in part.rejects):
        raise AssertionError(part.rejects[0].reason)
    if seconds > LONGEST_SECONDS:
        raise AssertionError(f"{seconds:.1f} s of CPU for 100,000 characters of {unit!r}")


TARGETS: dict[str, tuple[Fuzz, int]] = {
    "readers": (fuzz_readers, 60),
    "extractors": (fuzz_extractors, 30),
    "longest texts": (fuzz_length, 1),
}
"""Each kind of input, and how many of it in a round."""


def main() -> None:
    """Fuzz until the time is over; status 1 where a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--start", type=int, default=0, help="number of the first input")
    asked = parser.parse_args()
    tried: Counter[str] = Counter()
    broken: Counter[str] = Counter()
    end = time.monotonic() + asked.seconds
    number = asked.start
    while time.monotonic() < end:
        print(f"inputs from {number} …", file=sys.stderr, flush=True)
        for name, (fuzz, times) in TARGETS.items():
            for _ in range(times):
                tried[name] += 1
                faulthandler.dump_traceback_later(HANG_SECONDS, exit=True)
                try:
                    fuzz(random.Random(number))
                except Exception as error:
                    broken[name] += 1
                    print(f"{name}, input {number}: {type(error).__name__}: {str(error)[:300]!r}", flush=True)
                number += 1
    print("tried:", dict(tried), "broken:", dict(broken))
    print("slowest texts of 100,000 characters (CPU seconds):", sorted(slowest, reverse=True)[:10])
    sys.exit(bool(broken))


if __name__ == "__main__":
    main()
