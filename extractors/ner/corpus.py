"""Annotated papers as training sentences: gold lists hold names, here their occurrences in the text are marked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import regex
from spacy.language import Language
from spacy.tokens import Doc, Span

from extractors.ner.gazetteer import Match
from extractors.tokenizer import make_doc

KINDS = {"benchmarks": "BENCHMARK", "models": "MODEL", "hardware": "HARDWARE"}
FOLDS = 5
_METRIC_STOP = frozenset({"performance", "speed", "size", "cost", "data", "parameters", "score", "tokens", "average"})


def read_papers(paths: Iterable[Path]) -> list[dict[str, Any]]:
    """Papers in the gold form from JSON Lines files; raises ``ValueError`` naming the line that is not JSON."""
    papers = []
    for path in paths:
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                try:
                    papers.append(json.loads(line))
                except ValueError as error:
                    raise ValueError(f"{path}:{number}: not JSON ({error})") from error
    return papers


def fold_of(paper_id: str) -> int:
    """The cross-validation fold of a paper."""
    return int(hashlib.sha1(paper_id.encode()).hexdigest(), 16) % FOLDS


def prepare(nlp: Language, title: str, abstract: str) -> Doc:
    """The Doc of a paper after the components of ``nlp``."""
    doc = make_doc(nlp, title, abstract)
    for _, component in nlp.pipeline:
        doc = component(doc)
    return doc


def gold_names(paper: dict[str, Any]) -> dict[str, str]:
    """Every name of a paper with its label."""
    return {
        name: KINDS[kind]
        for kind in ("hardware", "models", "benchmarks")
        for name in paper["entities"].get(kind, [])
        if name.strip()
    }


def _metric_names(paper: dict[str, Any]) -> dict[str, str]:
    metrics = {claim.get("metric") for claim in paper.get("claims", [])}
    return {name: "METRIC" for name in metrics if name and name not in _METRIC_STOP}


def _whole(text: str, start: int, end: int) -> bool:
    """No letter or digit of a longer word goes on before or after; a plural "s" may."""
    before = start > 0 and text[start - 1].isalnum() and text[start].isalnum()
    after = end < len(text) and text[end].isalnum() and text[end - 1].isalnum()
    return not before and (not after or (text[end] == "s" and not text[end + 1 : end + 2].isalnum()))


def mark_names(doc: Doc, names: dict[str, str]) -> list[Span]:
    """All occurrences of the names as spans, longer names first, none overlapping."""
    text = doc.text
    taken = np.zeros(len(text), dtype=bool)
    spans = []
    for name in sorted(names, key=lambda name: (-len(name), name)):
        for match in regex.finditer(regex.escape(name), text):
            start, end = match.span()
            if not _whole(text, start, end) or taken[start:end].any():
                continue
            span = doc.char_span(start, end, label=names[name], alignment_mode="contract")
            if span is not None and len(span):
                taken[start:end] = True
                spans.append(span)
    return sorted(spans, key=lambda span: span.start)


def mark_paper(doc: Doc, paper: dict[str, Any], matches: list[Match]) -> list[Span]:
    """Gold names, and where none stands, metrics: those of the claims and those that the list is sure of."""
    spans = mark_names(doc, _metric_names(paper) | gold_names(paper))
    taken = {token.i for span in spans for token in span}
    metrics = [Span(doc, m.start, m.end, label="METRIC") for m in matches if m.label == "METRIC" and m.sure]
    spans += [span for span in metrics if taken.isdisjoint(range(span.start, span.end))]
    return sorted(spans, key=lambda span: span.start)


def sentence_tags(doc: Doc, spans: list[Span]) -> Iterator[tuple[Span, list[str]]]:
    """Every sentence with its tags in the BIO scheme; a name across a sentence boundary is cut there."""
    tags = ["O"] * len(doc)
    for span in spans:
        for token in span:
            tags[token.i] = ("B-" if token.i == span.start or token.is_sent_start else "I-") + span.label_
    for sentence in doc.sents:
        yield sentence, tags[sentence.start : sentence.end]
