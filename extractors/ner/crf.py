"""A linear-chain conditional random field in numpy: marginal probabilities and the best tags of many sentences at once.

Lafferty, McCallum & Pereira, "Conditional random fields" (ICML 2001). All sentences take the same step together,
longest first, so that those still going on at a step are the first ones of the step before: nothing is padded.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from extractors.ner.weights import Floats

_SCALE_EVERY = 8

Cells = NDArray[np.int64]


class Steps:
    """Which tokens stand at each step of sentences that lie one behind the other.

    ``cells`` are the tokens, step by step; those of step t are ``cells[bounds[t]:bounds[t + 1]]``, and its i-th token
    belongs to the sentence of the i-th token of step 0.
    """

    def __init__(self, lengths: Sequence[int]) -> None:
        sizes = np.array(lengths, dtype=np.int64)
        order = np.argsort(-sizes, kind="stable")
        starts = (np.cumsum(sizes) - sizes)[order]
        at_step = np.searchsorted(-sizes[order], -np.arange(1, sizes.max(initial=0) + 1), side="right")
        self.bounds: list[int] = [0, *np.cumsum(at_step).tolist()]
        step = np.repeat(np.arange(len(at_step)), at_step)
        place = np.arange(len(step)) - np.repeat(self.bounds[:-1], at_step)
        self.cells: Cells = starts[place] + step


def marginals(emissions: Floats, steps: Steps, transitions: Floats) -> Floats:
    """P(tag | sentence) of every token, by the forward-backward algorithm, scaled every few steps."""
    ordered = emissions[steps.cells]
    potentials = np.ascontiguousarray(np.exp(ordered - ordered.max(axis=1, keepdims=True), dtype=np.float64).T)
    moves = np.exp(transitions - transitions.max(), dtype=np.float64)
    onward = np.ascontiguousarray(moves.T)
    spans = list(pairwise(steps.bounds))
    forward = potentials.copy()
    for t, ((before, _), (start, end)) in enumerate(pairwise(spans), 1):
        here = forward[:, start:end]
        here *= onward @ forward[:, before : before + end - start]
        if t % _SCALE_EVERY == 0:
            here /= here.sum(axis=0)
    backward = np.ones_like(potentials)
    last = len(spans) - 2
    for t, ((start, end), (before, _)) in enumerate(pairwise(reversed(spans))):
        back = moves @ (backward[:, start:end] * potentials[:, start:end])
        if (last - t) % _SCALE_EVERY == 0:
            back /= back.sum(axis=0)
        backward[:, before : before + end - start] = back
    forward *= backward
    forward /= forward.sum(axis=0)
    result = np.empty_like(emissions)
    result[steps.cells] = forward.T
    return result


def best_tags(emissions: Floats, steps: Steps, transitions: Floats) -> NDArray[np.intp]:
    """The most probable tag of every token in its sentence's best path, by the algorithm of Viterbi."""
    score = np.ascontiguousarray(emissions[steps.cells].T)
    spans = list(pairwise(steps.bounds))
    for (before, _), (start, end) in pairwise(spans):
        paths = score[:, None, before : before + end - start] + transitions[:, :, None]
        score[:, start:end] += paths.max(axis=0)
    tags = score.argmax(axis=0)  # right for the last token of each sentence, found anew for those before it
    for (start, end), (before, _) in pairwise(reversed(spans)):
        came = score[:, before : before + end - start] + transitions[:, tags[start:end]]
        tags[before : before + end - start] = came.argmax(axis=0)
    result = np.empty(len(emissions), dtype=np.intp)
    result[steps.cells] = tags
    return result
