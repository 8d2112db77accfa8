"""The network's scores of a paper, weighed together with those of the linear models."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from extractors.claims.evidence import LINEAR_ONLY, Evidence, Span
from extractors.claims.metric_slot import SPECIAL
from extractors.claims.names import Cast, Name
from extractors.claims.network.reading import Reading
from extractors.claims.network.session import Floats, run
from extractors.claims.types import NONE

KINDS = (
    NONE,
    "dataset_size",
    "efficiency",
    "improvement",
    "measurement",
    "model_size",
    "score",
    "speedup",
)
SLOTS = ("metric", "subject", "baseline", "benchmark", "hardware")
_FLOOR = -12.0
_PROPOSALS = {"metric": 2, "subject": 3, "baseline": 4, "benchmark": 4, "hardware": 4}
_MAX_PIECES = {"metric": 8, "subject": 12, "baseline": 10, "benchmark": 10, "hardware": 10}

# Weights of the linear models' and of the network's logits, chosen on held-out papers (README.md).
_KIND = (0.3, 0.7)
_METRIC = 0.8
_SUBJECT = 0.2
_OWN = (0.5, 0.5)
_DIRECTION = (0.3, 0.7)
_LISTED = {"baseline": (0.5, 1.0, 0.8), "benchmark": (0.5, 0.6, -0.2), "hardware": (1.0, 0.1, 0.3)}
_UNSEEN = {"metric": -4.0, "subject": -3.0, "baseline": -1.0, "benchmark": -1.0, "hardware": -1.0}
"""What a phrase that is no candidate of the linear models counts as having scored there."""


class PaperScores:
    """What the network says of the numbers of one paper."""

    def __init__(self, reading: Reading, cast: Cast) -> None:
        self.reading = reading
        self.mentions: dict[str, list[Span]] = {}
        for name in cast.names:
            self.mentions.setdefault(name.key, []).append((name.start, name.end))
        scores = run(reading)
        self.kinds = _log_softmax(scores["kind"])
        self.own = scores["own"]
        self.direction = scores["direction"]
        self.pair = scores["pair"]
        self.null = scores["null"]

    def weigh_kinds(self, classes: Sequence[str], offsets: Sequence[int], probabilities: Floats) -> Floats:
        """The probabilities of the numbers at ``offsets``, one row each, weighed with the network's."""
        order = [KINDS.index(name) for name in classes]
        result = probabilities.copy()
        for i, offset in enumerate(offsets):
            row = self.reading.rows.get(offset)
            if row is not None:
                logits = _KIND[0] * np.log(probabilities[i] + 1e-6) + _KIND[1] * self.kinds[row][order]
                powers = np.exp(logits - logits.max())
                result[i] = powers / powers.sum()
        return result

    def evidence(self, offset: int) -> Evidence:
        """The evidence of the number at ``offset``; that of the linear models where the network did not read it."""
        row = self.reading.rows.get(offset)
        return LINEAR_ONLY if row is None else NetworkEvidence(self, row)


class NetworkEvidence(Evidence):
    """Weighs the candidates of one number."""

    def __init__(self, paper: PaperScores, row: int) -> None:
        self._paper = paper
        self._row = row
        null = paper.null[row]
        self._nulls = {"metric": null[: len(SPECIAL)], "subject": null[len(SPECIAL) :]}
        self._boundaries: dict[str, tuple[Floats, Floats]] = {}

    def _logits(self, slot: str) -> tuple[Floats, Floats]:
        """Of every piece to begin and to end the slot's phrase. Of rivals: log probabilities, behind those of the
        phrases that no piece stands for."""
        found = self._boundaries.get(slot)
        if found is None:
            place = 2 * SLOTS.index(slot)
            begin, end = self._paper.pair[self._row, place], self._paper.pair[self._row, place + 1]
            null = self._nulls.get(slot)
            if null is not None:
                begin, end = _log_softmax(np.concatenate([null, begin])), _log_softmax(np.concatenate([null, end]))
            found = self._boundaries[slot] = (begin, end)
        return found

    def _null(self, slot: str, index: int) -> float:
        begin, end = self._logits(slot)
        return max(_FLOOR, float(begin[index] + end[index]) / 2)

    def special_metric(self, name: str, score: float) -> float:
        return _METRIC * score + self._null("metric", SPECIAL.index(name))

    def metric_head(self, score: float, start: int, end: int) -> float:
        place = self._paper.reading.pieces(start, end)
        network = max(_FLOOR, float(self._logits("metric")[1][len(SPECIAL) + place[1]])) if place else _FLOOR
        return _METRIC * score + network

    def metric_start(self, words: Sequence[Span]) -> int | None:
        begin = self._logits("metric")[0]
        places = [self._paper.reading.pieces(*word) for word in words]
        scores = [float(begin[len(SPECIAL) + place[0]]) if place else _FLOOR for place in places]
        best = max(range(len(words)), key=scores.__getitem__)
        return best if scores[best] >= -3.0 else None

    def no_subject(self, score: float) -> float:
        return _SUBJECT * score + self._null("subject", 0)

    def subject(self, score: float, name: Name) -> float:
        mentions = self._paper.mentions.get(name.key) or [(name.start, name.end)]
        return _SUBJECT * score + self._mentioned(mentions)

    def _mentioned(self, mentions: Sequence[Span]) -> float:
        begin, end = self._logits("subject")
        places = [place for place in (self._paper.reading.pieces(*span) for span in mentions) if place]
        if not places:
            return _FLOOR
        first = _log_sum([float(begin[1 + place[0]]) for place in places])
        last = _log_sum([float(end[1 + place[1]]) for place in places])
        return max(_FLOOR, (first + last) / 2)

    def listed(self, slot: str, score: float, place: Span) -> float:
        pieces = self._paper.reading.pieces(*place)
        linear, network, bias = _LISTED[slot]
        begin, end = self._logits(slot)
        logit = float(begin[pieces[0]] + end[pieces[1]]) / 2 if pieces else -4.0
        return linear * score + network * logit + bias

    def own(self, score: float) -> float:
        return _OWN[0] * score + _OWN[1] * float(self._paper.own[self._row])

    def higher(self, score: float) -> float:
        return _DIRECTION[0] * score + _DIRECTION[1] * float(self._paper.direction[self._row])

    def proposals(self, slot: str) -> Sequence[tuple[Span, float]]:
        begin, end = self._logits(slot)
        skip = len(self._nulls.get(slot, ()))
        begin, end = begin[skip:], end[skip:]
        starts, ends = self._paper.reading.starts, self._paper.reading.ends
        found: list[tuple[Span, float]] = []
        for first in np.argsort(-begin, kind="stable")[: _PROPOSALS[slot]].tolist():
            last = first + int(np.argmax(end[first : first + _MAX_PIECES[slot]]))
            if starts[first] < ends[first] and starts[last] < ends[last]:
                span = (starts[first], ends[last])
                found.append((span, self._proposed(slot, float(begin[first]), float(end[last]), span)))
        return found

    def _proposed(self, slot: str, begin: float, end: float, span: Span) -> float:
        if slot == "metric":
            return end + _METRIC * _UNSEEN[slot]
        if slot == "subject":
            return self._mentioned([span]) + _SUBJECT * _UNSEEN[slot]
        linear, network, bias = _LISTED[slot]
        return linear * _UNSEEN[slot] + network * (begin + end) / 2 + bias


def _log_softmax(logits: Floats) -> Floats:
    shifted = logits - logits.max(axis=-1, keepdims=True)
    result: Floats = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return result


def _log_sum(values: Sequence[float]) -> float:
    return float(np.logaddexp.reduce(values))
