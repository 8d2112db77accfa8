"""How the scores of a number's candidates are weighed: here by the linear models alone.

:class:`extractors.claims.network.evidence.NetworkEvidence` weighs them together with the network's, and proposes
candidates of its own.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Protocol

from extractors.claims.context import SentenceView
from extractors.claims.linear import Floats
from extractors.claims.names import Name

Span = tuple[int, int]
"""Offsets of a phrase in the Doc's text."""


def overlap(one: Span, two: Span) -> bool:
    """Whether two phrases share a character."""
    return one[0] < two[1] and two[0] < one[1]


KEEP_FROM = {"baseline": 0.4, "benchmark": 0.4, "hardware": 0.5}
"""A candidate fills its slot from this probability on; chosen on the folds."""


class Evidence:
    """Weighs candidates of one number. Of rivals (metric, subject) the highest weight wins; a candidate for a list
    slot is kept, and a yes-or-no question answered with yes, from weight 0 on."""

    def special_metric(self, name: str, score: float) -> float:
        """The weight of no metric ("<none>") or of one that the verb implies."""
        return score

    def metric_head(self, score: float, start: int, end: int) -> float:
        """The weight of the word that may end the metric."""
        return score

    def metric_start(self, words: Sequence[Span]) -> int | None:
        """Which of the words begins the metric whose other words follow; None leaves it to the linear model."""
        return None

    def no_subject(self, score: float) -> float:
        """The weight of leaving the subject out."""
        return score

    def subject(self, score: float, name: Name) -> float:
        """The weight of the name, a phrase or one of the cast."""
        return score

    def listed(self, slot: str, score: float, place: Span) -> float:
        """The weight of a candidate for a list slot (baseline, benchmark, hardware)."""
        return score - math.log(KEEP_FROM[slot] / (1.0 - KEEP_FROM[slot]))

    def own(self, score: float) -> float:
        """The weight of "the paper's own"."""
        return score

    def higher(self, score: float) -> float:
        """The weight of "the metric went up"."""
        return score

    def proposals(self, slot: str) -> Sequence[tuple[Span, float]]:
        """Phrases that may fill the slot though they are no candidates of the linear models, each with its weight."""
        return ()


LINEAR_ONLY = Evidence()


class PaperEvidence(Protocol):
    """What a second model says of the numbers of a paper."""

    def weigh_kinds(self, classes: Sequence[str], offsets: Sequence[int], probabilities: Floats) -> Floats:
        """The probabilities of the numbers at ``offsets``, one row each, weighed with the second model's."""

    def evidence(self, offset: int) -> Evidence:
        """The evidence of the number at ``offset``; LINEAR_ONLY where it was not read."""


Reader = Callable[[Sequence[SentenceView], Sequence[Floats]], PaperEvidence | None]
"""Reads a paper once more, given its views and the linear models' probabilities; None where that is not worth it."""
