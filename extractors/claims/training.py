"""Training examples for the models of the claim stage, and fitting them. Needs scikit-learn (the ``dev`` group).

Gold papers (``gold/GUIDELINES.md``) are turned into one list of (features, label) a model; every model is linear, so a
whole training takes minutes on one core. The names that the slot models see should be predicted ones, made by a NER
model that did not see the paper: on gold names the models would learn to trust names too much.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import regex
import scipy.sparse
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from extractors.agreement import same_name as same_text
from extractors.claims import assemble, draft
from extractors.claims.attributes import (
    compared_features,
    direction_features,
    inherit_features,
    own_features,
    unit_candidates,
    unit_features,
)
from extractors.claims.baseline_slot import phrase_features
from extractors.claims.context import SentenceView
from extractors.claims.history import Previous, history_features
from extractors.claims.linear import LinearModel, build
from extractors.claims.metric_slot import SPECIAL, extends, extension_features, head_features, special_features
from extractors.claims.name_slots import in_sentence, name_features, no_name_features
from extractors.claims.names import Cast, Name
from extractors.claims.slot_features import NumberView
from extractors.claims.type_features import type_features
from extractors.claims.types import NONE, TypeModel, first_scores, stacked_features

Json = dict[str, Any]
Example = tuple[list[str], int]
CLASSES = ("dataset_size", "efficiency", "improvement", "measurement", "model_size", NONE, "score", "speedup")
RANKERS = {
    "metric": 1.0,
    "extension": 0.3,
    "subject": 0.2,
    "baseline": 0.2,
    "benchmark": 0.2,
    "hardware": 0.5,
    "own": 0.05,
    "direction": 0.2,
    "relative": 0.2,
    "inherit": 0.3,
    "compared": 0.3,
    "unit": 0.5,
}
"""Every binary model with the inverse strength of its regularisation, chosen on the folds."""


@dataclass(slots=True)
class Prepared:
    """A gold paper with its sentences, its views and, for every quantity of every view, the gold claim or None."""

    paper: Json
    text: str
    abstract_start: int
    sentences: list[tuple[int, int]]
    views: list[SentenceView]
    cast: Cast
    gold: list[list[Json | None]]


def align(paper: Json, abstract_start: int, view: SentenceView) -> list[Json | None]:
    """The gold claim of every quantity: same field, overlapping span, same value."""
    found: list[Json | None] = []
    for quantity in view.quantities:
        in_title = quantity.start < abstract_start
        offset = 0 if in_title else abstract_start
        hit = None
        for claim in paper["claims"]:
            overlaps = quantity.start - offset < claim["end"] and claim["start"] < quantity.end - offset
            if (claim["in"] == "title") == in_title and overlaps and _same_value(quantity.value, claim["value"]):
                hit = claim
        found.append(hit)
    return found


def _same_value(one: float, two: float) -> bool:
    return abs(abs(one) - abs(two)) <= 1e-6 * max(1.0, abs(two))


def examples(prepared: Prepared) -> dict[str, list[Example]]:
    """The training examples of one paper for every binary model."""
    out: dict[str, list[Example]] = defaultdict(list)
    previous: Previous | None = None
    for view, gold in zip(prepared.views, prepared.gold, strict=True):
        types = [claim["type"] if claim else NONE for claim in gold]
        for number, claim in enumerate(gold):
            if claim is not None:
                at = NumberView(view, number, claim["type"])
                _claim_examples(out, prepared, at, claim, types, previous)
                previous = _remember(at, claim)
        _inherit_examples(out, view, gold)
    return out


def _remember(at: NumberView, claim: Json) -> Previous:
    return Previous(
        at=at,
        subject=claim["subject"],
        metric=claim["metric"],
        baseline=tuple(claim["baseline"]),
        benchmark=tuple(claim["benchmark"]),
        hardware=tuple(claim["hardware"]),
        own=bool(claim["own"]),
    )


def _claim_examples(
    out: dict[str, list[Example]],
    prepared: Prepared,
    at: NumberView,
    claim: Json,
    types: list[str],
    previous: Previous | None,
) -> None:
    cast, t = prepared.cast, claim["type"]
    _metric_examples(out, at, cast, claim, previous)
    subject = _subject_examples(out, at, cast, claim, previous)
    is_own = subject is not None and cast.is_own(subject.key)
    ownness = cast.ownness.get(subject.key, 0.0) if subject else 0.0
    name = subject.text if subject else None
    features = own_features(at, name, is_own, ownness, bool(cast.own_key))
    features += history_features(at, previous, lambda p: p.own)
    out["own"].append((features, int(claim["own"])))
    if t not in draft.SIZE_TYPES:
        peers = in_sentence(at, cast, draft.NAMED)
        candidates = assemble.baseline_candidates(at, cast)
        for phrase in candidates:
            if phrase.name is not None and subject is not None and phrase.name.key == subject.key:
                continue
            hit = any(same_text(gold, phrase.text) for gold in claim["baseline"])
            features = phrase_features(at, cast, phrase, peers, len(candidates))
            features += _listed_history(at, previous, "baseline", phrase.text)
            out["baseline"].append((features, int(hit)))
        for slot, labels in (("benchmark", draft.BENCHMARK), ("hardware", draft.HARDWARE)):
            peers = in_sentence(at, cast, labels)
            for candidate in assemble.listed_candidates(at, cast, labels):
                hit = any(same_text(gold, candidate.text) for gold in claim[slot])
                features = name_features(at, cast, candidate, peers, slot)
                features += _listed_history(at, previous, slot, candidate.text)
                out[slot].append((features, int(hit)))
        for k in assemble.compared_candidates(at, types):
            compared = claim["baseline_value"]
            hit = compared is not None and _same_value(at.view.quantities[k].value, compared)
            out["compared"].append((compared_features(at, k, types[k]), int(hit)))
    if t in draft.RELATIVE_TYPES and claim["direction"]:
        features = direction_features(at, claim["metric"] or "")
        out["direction"].append((features, int(claim["direction"] == "higher")))
        if t != "improvement" and claim.get("relative"):
            out["relative"].append((features, int(claim["relative"] == "to")))
    if t == "dataset_size" and claim["unit"]:
        last = regex.findall(r"[^\W\d_]+", claim["unit"].lower())[-1:]
        for i in unit_candidates(at):
            word = at.view.words[i].lower
            out["unit"].append((unit_features(at, i), int(bool(last) and word.rstrip("s") == last[0].rstrip("s"))))


def _listed_history(at: NumberView, previous: Previous | None, slot: str, text: str) -> list[str]:
    def chosen(before: Previous) -> bool | None:
        values: tuple[str, ...] = getattr(before, slot)
        return any(same_text(value, text) for value in values) if values else None

    return history_features(at, previous, chosen)


def _metric_examples(
    out: dict[str, list[Example]], at: NumberView, cast: Cast, claim: Json, previous: Previous | None
) -> None:
    if claim["type"] in draft.SIZE_TYPES:
        return
    heads, known, taken = assemble.metric_heads(at, cast)
    gold = claim["metric"]
    special, head, first = "<none>" if gold is None else "", -1, -1
    if gold is not None:
        first, head = _locate(at, gold)
        if head < 0 and gold in SPECIAL:
            special = gold
        elif head < 0:
            head = _last_word(at, gold, heads)
    if head < 0 and not special:
        return
    for name in SPECIAL:
        out["metric"].append(
            (
                special_features(at, name, heads, known) + assemble.special_history(at, previous, name),
                int(name == special),
            )
        )
    for i in heads:
        features = head_features(at, i, known, taken) + assemble.metric_history(at, previous, at.view.words[i].lower)
        out["metric"].append((features, int(i == head)))
    words = at.view.words
    i = head
    while first >= 0 and extends(words, i, at.view.text) and head - i < 5:
        inside = i - 1 >= first
        out["extension"].append((extension_features(words, i - 1, head), int(inside)))
        if not inside:
            break
        i -= 1


def occurrences(text: str, phrase: str) -> list[tuple[int, int]]:
    """Where the phrase stands in the text as whole words, whatever its case."""
    pattern = rf"(?<!\w){regex.escape(phrase)}(?!\w)"
    return [match.span() for match in regex.finditer(pattern, text, regex.IGNORECASE)]


def _locate(at: NumberView, gold: str) -> tuple[int, int]:
    """First and last word of the mention of ``gold`` nearest to the number; (-1, -1) where there is none."""
    view = at.view
    best = (10**9, -1, -1)
    for first, last in occurrences(view.text[view.start : view.end], gold):
        start, end = first + view.start, last + view.start
        inside = [i for i, w in enumerate(view.words) if w.start < end and start < w.end and w.text[0].isalpha()]
        if inside:
            best = min(best, (abs(start - at.quantity.start), inside[0], inside[-1]))
    return best[1], best[2]


def _last_word(at: NumberView, gold: str, heads: Sequence[int]) -> int:
    words = regex.findall(r"[^\W_]*[^\W\d_][^\W_]*", gold.lower())
    for word in reversed(words):
        hits = [i for i in heads if at.view.words[i].lower == word]
        if hits:
            return min(hits, key=lambda i: abs(i - at.position))
    return -1


def _subject_examples(
    out: dict[str, list[Example]], at: NumberView, cast: Cast, claim: Json, previous: Previous | None
) -> Name | None:
    peers = in_sentence(at, cast, draft.NAMED)
    candidates = assemble.subject_candidates(at, cast)
    gold = claim["subject"]
    hits = [name for name in candidates if gold and same_text(gold, name.text)]
    exact = [name for name in hits if name.text.lower() == gold.lower()]
    if gold and not hits:
        return None
    empty = no_name_features(at, cast, peers, "subj") + assemble.subject_history(at, previous, None)
    out["subject"].append((empty, int(not gold)))
    for name in candidates:
        features = name_features(at, cast, name, peers, "subj") + assemble.subject_history(at, previous, name)
        out["subject"].append((features, int(name in (exact or hits))))
    return next(iter(exact or hits), None)


def _inherit_examples(out: dict[str, list[Example]], view: SentenceView, gold: list[Json | None]) -> None:
    claims = [(number, claim) for number, claim in enumerate(gold) if claim is not None]
    for k, (number, claim) in enumerate(claims):
        if view.quantities[number].qualifier != "exact":
            continue
        earlier = next((n for n, _ in reversed(claims[:k]) if view.quantities[n].qualifier != "exact"), None)
        if earlier is None or number - earlier > 6:
            continue
        at = NumberView(view, number, claim["type"])
        hit = claim["qualifier"] == view.quantities[earlier].qualifier
        out["inherit"].append((inherit_features(at, earlier), int(hit)))


def matrix(rows: Sequence[Iterable[str]], vocabulary: dict[str, int]) -> scipy.sparse.csr_matrix:
    """Binary features as a sparse matrix; features outside the vocabulary are dropped."""
    indptr = [0]
    indices: list[int] = []
    for row in rows:
        indices.extend({vocabulary[name] for name in row if name in vocabulary})
        indptr.append(len(indices))
    data = np.ones(len(indices), dtype=np.float64)
    return scipy.sparse.csr_matrix((data, indices, indptr), shape=(len(rows), len(vocabulary)))


def make_vocabulary(rows: Sequence[Iterable[str]], at_least: int = 2) -> dict[str, int]:
    """The features that at least ``at_least`` examples have."""
    counts = Counter(name for row in rows for name in set(row))
    return {name: index for index, name in enumerate(name for name, count in counts.items() if count >= at_least)}


def fit_binary(data: Sequence[Example], strength: float) -> LinearModel:
    """A logistic regression on the examples."""
    rows, labels = [row for row, _ in data], np.array([label for _, label in data])
    vocabulary = make_vocabulary(rows)
    fitted = LogisticRegression(C=strength, solver="liblinear", max_iter=200, random_state=0)
    fitted.fit(matrix(rows, vocabulary), labels)
    return build(("yes",), list(vocabulary), fitted.coef_.T, fitted.intercept_, smallest=1e-3)


def _fit_first(rows: list[list[str]], labels: npt.NDArray[np.int64], strength: float) -> LinearModel:
    vocabulary = make_vocabulary(rows)
    fitted = LinearSVC(C=strength, dual=True, max_iter=300, tol=1e-3, random_state=0).fit(
        matrix(rows, vocabulary), labels
    )
    weights = np.zeros((len(vocabulary), len(CLASSES)))
    intercept = np.full(len(CLASSES), -1.5)
    weights[:, fitted.classes_] = fitted.coef_.T
    intercept[fitted.classes_] = fitted.intercept_
    return build(CLASSES, list(vocabulary), weights, intercept, smallest=2e-3)


def fit_types(papers: Sequence[Prepared], strength: float = 0.02, second: float = 0.3, inner: int = 4) -> TypeModel:
    """Both stages; the second is trained on scores of first stages that did not see the paper."""
    rows, labels, owner = [], [], []
    for k, paper in enumerate(papers):
        for view, gold in zip(paper.views, paper.gold, strict=True):
            for number, claim in enumerate(gold):
                rows.append(type_features(view, number))
                labels.append(CLASSES.index(claim["type"] if claim else NONE))
                owner.append(k % inner)
    label_array, owner_array = np.array(labels), np.array(owner)
    parts = []
    for k in range(inner):
        chosen = np.flatnonzero(owner_array != k)
        parts.append(_fit_first([rows[i] for i in chosen], label_array[chosen], strength))
    stacked = [
        stacked_features(view, first_scores(parts[k % inner], view))
        for k, paper in enumerate(papers)
        for view in paper.views
    ]
    fitted = LogisticRegression(C=second, max_iter=300).fit(np.concatenate(stacked), label_array)
    first = _fit_first(rows, label_array, strength)
    return TypeModel(first, fitted.coef_.T.astype(np.float32), fitted.intercept_.astype(np.float32))


def fit_all(papers: Sequence[Prepared]) -> assemble.Models:
    """All models on the papers."""
    data: dict[str, list[Example]] = defaultdict(list)
    for paper in papers:
        for name, found in examples(paper).items():
            data[name].extend(found)
    binary = {name: fit_binary(data[name], strength) for name, strength in RANKERS.items()}
    return assemble.Models(types=fit_types(papers), **binary)
