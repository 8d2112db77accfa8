"""Scores of extracted papers against gold papers: claims (found, typed, whole), slots, links, code status, entities.

A predicted claim finds a gold claim when it lies in the same field, their spans overlap and their values are equal;
matching is greedy and one to one, equal types first. *Found* counts every such pair, *typed* those of equal type,
*whole* those in which every slot is right (:mod:`extractors.agreement`). The figures agree with those of the gold
data's own scoring script to the last digit.

Papers are mappings in the public JSON form, since both gold files and predictions come from outside: whatever a
prediction lacks or garbles counts as wrong and never raises.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from extractors.agreement import SLOTS, Record, fold_space, link_key, pair_claims, slot_agrees, url_key

ENTITY_KINDS = ("benchmarks", "models", "hardware")


@dataclass(frozen=True, slots=True)
class Score:
    """Precision, recall and F1 of one kind of finding, from its counts."""

    right: int
    predicted: int
    gold: int

    @property
    def precision(self) -> float:
        return self.right / self.predicted if self.predicted else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.gold if self.gold else 1.0

    @property
    def f1(self) -> float:
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference between gold and prediction: its kind ("MISS", "EXTRA", "SLOT" …), the paper, what differs."""

    kind: str
    paper: str
    what: str


@dataclass(frozen=True, slots=True)
class Report:
    """All figures of one evaluation. ``slots`` holds the share of typed pairs in which each slot is right."""

    papers: int
    missing_papers: int
    found: Score
    typed: Score
    whole: Score
    types: dict[str, Score]
    slots: dict[str, float | None]
    links: Score
    links_whole: int
    code_right: int
    entities: dict[str, Score]
    differences: tuple[Difference, ...] = field(default=(), repr=False)

    def figures(self) -> dict[str, Any]:
        """The figures as one flat mapping, rounded as they are published."""
        figures: dict[str, Any] = {
            "papers": self.papers,
            "missing_papers": self.missing_papers,
            "gold_claims": self.found.gold,
            "predicted_claims": self.found.predicted,
        }
        for name, score in (("found", self.found), ("claim", self.typed), ("whole", self.whole)):
            figures[f"{name}_f1"] = round(score.f1, 4)
            figures[f"{name}_pr"] = [round(score.precision, 4), round(score.recall, 4)]
        figures["types"] = {
            name: {"f1": round(score.f1, 3), "right": score.right, "predicted": score.predicted, "gold": score.gold}
            for name, score in self.types.items()
        }
        figures["slots"] = {slot: None if share is None else round(share, 3) for slot, share in self.slots.items()}
        figures["link_f1"] = round(self.links.f1, 4)
        figures["link_whole"] = round(self.links_whole / self.links.gold, 4) if self.links.gold else None
        figures["code_accuracy"] = round(self.code_right / self.papers, 4) if self.papers else None
        for kind in ENTITY_KINDS:
            figures[f"entity_{kind}_f1"] = round(self.entities[kind].f1, 4)
        figures["entity_f1"] = round(_sum(self.entities.values()).f1, 4)
        return figures

    def to_json(self) -> str:
        """The figures as one JSON object."""
        return json.dumps(self.figures())

    def to_text(self) -> str:
        """The figures as an aligned table, one a line."""
        lines = []
        for name, figure in self.figures().items():
            if isinstance(figure, dict):
                lines.append(name)
                lines += [f"    {inner:<16} {_shown(value)}" for inner, value in figure.items()]
            else:
                lines.append(f"{name:<24} {_shown(figure)}")
        return "\n".join(lines)

    def errors_to_text(self) -> str:
        """Every difference, one a line, in the order of the gold papers."""
        return "\n".join(f"{d.kind:<5} [{d.paper}] {d.what}" for d in self.differences)


def _shown(figure: object) -> str:
    if isinstance(figure, dict):
        return "  ".join(f"{name} {value}" for name, value in figure.items())
    if isinstance(figure, list):
        return "  ".join(map(str, figure))
    return "–" if figure is None else str(figure)


def _sum(scores: Iterable[Score]) -> Score:
    parts = list(scores)
    return Score(sum(p.right for p in parts), sum(p.predicted for p in parts), sum(p.gold for p in parts))


def fold_of(paper_id: str, n: int = 5) -> int:
    """The cross-validation fold (0 … n-1) of a paper, by a hash of its id: the same on every machine."""
    return int(hashlib.sha1(paper_id.encode(), usedforsecurity=False).hexdigest(), 16) % n


def evaluate(gold: Iterable[Record], predicted: Iterable[Record]) -> Report:
    """Score predicted papers against gold papers; papers are matched by ``id``, else by title (white space folded).

    Raises:
        ValueError: two predicted papers answer to the same gold paper.
    """
    by_id: dict[str, list[Record]] = defaultdict(list)
    by_title: dict[str, list[Record]] = defaultdict(list)
    for paper in predicted:
        for index, key in ((by_id, paper.get("id")), (by_title, fold_space(paper.get("title")))):
            if key:
                index[key].append(paper)
    tally = _Tally()
    for paper in gold:
        answers = by_id.get(paper.get("id") or "") or by_title.get(fold_space(paper["title"])) or []
        if len(answers) > 1:
            raise ValueError(f"{len(answers)} predicted papers answer to the gold paper {paper['title']!r}; keep one")
        tally.add(paper, answers[0] if answers else None)
    return tally.report()


class _Tally:
    """Counts over all papers."""

    def __init__(self) -> None:
        self.papers = self.missing = self.found = self.typed = self.whole = 0
        self.links_whole = self.code_right = 0
        self.claims: Counter[str] = Counter()
        self.types: dict[str, Counter[str]] = defaultdict(Counter)
        self.slots: Counter[str] = Counter()
        self.links: Counter[str] = Counter()
        self.entities: dict[str, Counter[str]] = defaultdict(Counter)
        self.differences: list[Difference] = []

    def add(self, gold: Record, answer: Record | None) -> None:
        """Count one gold paper and what was predicted for it (None: nothing)."""
        self.papers += 1
        name = fold_space(gold["title"])[:40]
        if answer is None:
            self.missing += 1
            self._differ("PAPER", name, "not predicted")
        predicted = answer or {}
        self._add_claims(name, gold, predicted.get("claims") or [])
        self._add_links(name, gold["links"], predicted.get("links") or [])
        self._add_code(name, gold["code"], predicted.get("code"))
        self._add_entities(name, gold["entities"], predicted.get("entities") or {})

    def _differ(self, kind: str, paper: str, what: str) -> None:
        self.differences.append(Difference(kind, paper, what))

    def _add_claims(self, name: str, paper: Record, predicted: Sequence[Any]) -> None:
        gold = paper["claims"]
        pairs = pair_claims(gold, predicted)
        self.claims.update(gold=len(gold), predicted=len(predicted))
        self.found += len(pairs)
        for i, j in pairs:
            self._add_pair(name, gold[i], predicted[j], paper[gold[i]["in"]])
        paired_gold, paired_predicted = {i for i, _ in pairs}, {j for _, j in pairs}
        for i, claim in enumerate(gold):
            if i not in paired_gold:
                self.types[claim["type"]]["gold"] += 1
                self._differ("MISS", name, f"{claim['type']} {claim['span']!r} … {claim.get('context')!r}")
        for j, extra in enumerate(predicted):
            if j not in paired_predicted:
                claim = extra if isinstance(extra, Mapping) else {}
                self.types[str(claim.get("type"))]["predicted"] += 1
                self._differ("EXTRA", name, f"{claim.get('type')} {claim.get('span')!r} value {claim.get('value')}")

    def _add_pair(self, name: str, gold: Record, predicted: Record, text: str) -> None:
        span = repr(gold["span"])
        self.types[gold["type"]]["gold"] += 1
        self.types[str(predicted.get("type"))]["predicted"] += 1
        if gold["type"] != predicted.get("type"):
            self._differ("TYPE", name, f"{span}: {gold['type']} taken for {predicted.get('type')}")
            return
        self.typed += 1
        self.types[gold["type"]]["right"] += 1
        wrong = [slot for slot in SLOTS if not slot_agrees(slot, gold, predicted, text)]
        self.slots.update(set(SLOTS) - set(wrong))
        self.whole += not wrong
        for slot in wrong:
            self._differ("SLOT", name, f"{span} {slot}: {gold.get(slot)!r} taken for {predicted.get(slot)!r}")

    def _add_links(self, name: str, gold: Sequence[Record], predicted: Sequence[Record]) -> None:
        predicted = [link for link in predicted if link.get("origin", "text") == "text"]
        gold_urls = Counter(url_key(link["url"]) for link in gold)
        predicted_urls = Counter(url_key(link.get("url")) for link in predicted)
        self.links.update(right=(gold_urls & predicted_urls).total(), predicted=len(predicted), gold=len(gold))
        self.links_whole += (Counter(map(link_key, gold)) & Counter(map(link_key, predicted))).total()
        for url in gold_urls - predicted_urls:
            self._differ("LINK", name, f"missed {url}")
        for url in predicted_urls - gold_urls:
            self._differ("LINK", name, f"extra {url}")
        ours = {url_key(link.get("url")): link for link in predicted}
        for link in gold:
            other = ours.get(url_key(link["url"]))
            if other is not None and link_key(link) != link_key(other):
                self._differ("LINK", name, f"{link_key(link)} taken for {link_key(other)}")

    def _add_code(self, name: str, gold: str, predicted: object) -> None:
        self.code_right += gold == predicted
        if gold != predicted:
            self._differ("CODE", name, f"{gold} taken for {predicted}")

    def _add_entities(self, name: str, gold: Record, predicted: Record) -> None:
        for kind in ENTITY_KINDS:
            expected = {fold_space(entity).lower() for entity in gold.get(kind) or []}
            found = {fold_space(entity).lower() for entity in predicted.get(kind) or []}
            self.entities[kind].update(right=len(expected & found), predicted=len(found), gold=len(expected))
            for entity in sorted(expected - found):
                self._differ("ENT", name, f"{kind} missed {entity!r}")
            for entity in sorted(found - expected):
                self._differ("ENT", name, f"{kind} extra {entity!r}")

    def report(self) -> Report:
        """The figures of all papers counted."""
        n_predicted, n_gold = self.claims["predicted"], self.claims["gold"]
        return Report(
            papers=self.papers,
            missing_papers=self.missing,
            found=Score(self.found, n_predicted, n_gold),
            typed=Score(self.typed, n_predicted, n_gold),
            whole=Score(self.whole, n_predicted, n_gold),
            types={name: _score(self.types[name]) for name in sorted(self.types)},
            slots={slot: self.slots[slot] / self.typed if self.typed else None for slot in SLOTS},
            links=_score(self.links),
            links_whole=self.links_whole,
            code_right=self.code_right,
            entities={kind: _score(self.entities[kind]) for kind in ENTITY_KINDS},
            differences=tuple(self.differences),
        )


def _score(counts: Counter[str]) -> Score:
    return Score(counts["right"], counts["predicted"], counts["gold"])
