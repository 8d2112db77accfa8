"""Training examples of the network: a reading of a gold paper, and for each of its numbers what is right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from extractors.claims.draft import RELATIVE_TYPES, SIZE_TYPES
from extractors.claims.metric_slot import SPECIAL
from extractors.claims.network.evidence import KINDS
from extractors.claims.network.reading import Reading, read, sentences_to_read
from extractors.claims.train import prepare, read_papers
from extractors.claims.training import Prepared, occurrences
from extractors.claims.types import NONE
from extractors.evaluation import fold_of
from extractors.pipeline import COMPONENTS, make_pipeline

Json = dict[str, Any]
Pieces = tuple[int, int]
RIVALS = ("metric", "subject")
LISTS = ("baseline", "benchmark", "hardware")


@dataclass(slots=True)
class Target:
    """What is right for one number; None and missing slots are left out of the loss.

    ``rivals`` maps a slot to the pieces of all mentions of its phrase, or to the index of the phrase that no piece
    stands for. ``lists`` maps a slot to the pieces of its phrases, those of their other mentions, and whether a phrase
    was not found in the text, so that only the found ones can be learnt from.
    """

    kind: int
    own: bool | None = None
    higher: bool | None = None
    rivals: dict[str, list[Pieces] | int] = field(default_factory=dict)
    lists: dict[str, tuple[list[Pieces], list[Pieces], bool]] = field(default_factory=dict)


@dataclass(slots=True)
class Example:
    """A paper as it is read, and the target of every row of the reading; none where there is no gold."""

    reading: Reading
    targets: list[Target]


def examples_of(files: Iterable[Path], hold_out: int | None = None) -> Iterator[Example]:
    """The examples of the gold papers in the files, but those of one fold."""
    nlp = make_pipeline(COMPONENTS[:-1])
    for paper in read_papers(files):
        if fold_of(paper["id"]) != hold_out and (found := example(prepare(nlp, paper, {}))) is not None:
            yield found


def examples_without_gold(files: Iterable[Path]) -> Iterator[Example]:
    """The papers in the files that hold a number, with no targets."""
    nlp = make_pipeline(COMPONENTS[:-1])
    for paper in read_papers(files):
        prepared = prepare(nlp, {"claims": [], **paper}, {})
        reading = _reading(prepared)
        if reading.rows:
            yield Example(reading, [])


def _reading(paper: Prepared) -> Reading:
    quantities = [quantity for view in paper.views for quantity in view.quantities]
    chosen = sentences_to_read(paper.sentences, paper.abstract_start, [q.start for q in quantities], paper.cast)
    return read(paper.text, paper.abstract_start, paper.sentences, chosen, quantities, paper.cast)


def example(paper: Prepared) -> Example | None:
    """The example of a gold paper; None where it holds no number."""
    reading = _reading(paper)
    targets: list[Target] = []
    for view, gold in zip(paper.views, paper.gold, strict=True):
        for quantity, claim in zip(view.quantities, gold, strict=True):
            if quantity.start in reading.rows:
                targets.append(_target(paper.text, reading, (view.start, view.end), quantity.start, claim))
    return Example(reading, targets) if targets else None


def _target(text: str, reading: Reading, sentence: Pieces, offset: int, claim: Json | None) -> Target:
    if claim is None:
        return Target(KINDS.index(NONE))
    target = Target(KINDS.index(claim["type"]), own=bool(claim["own"]))
    if claim["direction"] and claim["type"] in RELATIVE_TYPES:
        target.higher = claim["direction"] == "higher"
    sized = claim["type"] in SIZE_TYPES
    for slot in RIVALS:
        if slot == "metric" and sized:
            continue
        if not claim[slot]:
            target.rivals[slot] = 0
            continue
        found = _mentions(text, reading, sentence, offset, claim[slot])
        if found:
            target.rivals[slot] = found[:1] if slot == "metric" else found
        elif slot == "metric" and claim[slot] in SPECIAL:
            target.rivals[slot] = SPECIAL.index(claim[slot])
    if not sized:
        for slot in LISTS:
            mentions = [_mentions(text, reading, sentence, offset, phrase) for phrase in claim[slot]]
            right = [found[0] for found in mentions if found]
            others = [place for found in mentions for place in found[1:]]
            target.lists[slot] = (right, others, not all(mentions))
    return target


def _mentions(text: str, reading: Reading, sentence: Pieces, offset: int, phrase: str) -> list[Pieces]:
    """Where the phrase was read: first in the number's sentence, nearest to it."""
    nearest = sorted(
        occurrences(text, phrase), key=lambda span: (not sentence[0] <= span[0] < sentence[1], abs(span[0] - offset))
    )
    return [place for place in (reading.pieces(*span) for span in nearest) if place is not None]
