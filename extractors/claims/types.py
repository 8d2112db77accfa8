"""Claim or not, and of which type: two linear models; the second sees what the first thinks of the neighbours.

Stage 1 scores every quantity by the words around it. Stage 2 takes these scores and those of the neighbours, of the
partner in a pair and of the list it stands in (stacking: Cohen and Carvalho, 2005, "Stacked Sequential Learning"), and
gives calibrated probabilities.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from extractors.claims.context import SentenceView, shape
from extractors.claims.linear import LinearModel
from extractors.claims.pairs import list_groups, pair_roles
from extractors.claims.type_features import type_features

Floats = npt.NDArray[np.float32]
NONE = "none"
_ROLES = ("", "from", "to", "result", "versus")
SHAPES = (
    "x", "%", "pt", "dec", "int1", "int2", "int3", "int4", "word", "scaleK", "scaleM", "scaleB", "scaleT", "scaleH",
    "name", "nameK", "nameM", "nameB", "nameT", "unit:time", "unit:rate", "unit:data_size", "unit:other",
)  # fmt: skip


def shape_index(name: str) -> int:
    """The place of a quantity's shape in SHAPES; rare shapes share the nearest one."""
    if name in SHAPES:
        return SHAPES.index(name)
    if name.startswith("scale"):
        return (
            SHAPES.index("scale" + name[5:6].upper())
            if "scale" + name[5:6].upper() in SHAPES
            else SHAPES.index("scaleK")
        )
    return SHAPES.index("unit:other") if name.startswith("unit:") else SHAPES.index("name")


def softmax(scores: Floats, sharpness: float = 1.0) -> Floats:
    """Probabilities of every row of ``scores``."""
    powers = np.exp(sharpness * (scores - scores.max(axis=1, keepdims=True)))
    result: Floats = (powers / powers.sum(axis=1, keepdims=True)).astype(np.float32)
    return result


def first_scores(model: LinearModel, view: SentenceView) -> Floats:
    """Stage 1: one row of class scores a quantity."""
    return np.stack([model.scores(type_features(view, number)) for number in range(len(view.quantities))])


def stacked_features(view: SentenceView, scores: Floats) -> Floats:
    """Stage 2's input, one row a quantity: own scores, and the probabilities of neighbours, partner and list."""
    count, classes = scores.shape
    near = softmax(scores, 2.0)
    shapes = [shape_index(shape(quantity)) for quantity in view.quantities]
    roles, groups = pair_roles(view), list_groups(view)
    width = classes * (1 + len(SHAPES) + 8 + 2 + len(_ROLES)) + len(SHAPES) + len(_ROLES) + 8 + 5
    out = np.zeros((count, width), dtype=np.float32)
    for i in range(count):
        row, role = out[i], _ROLES.index(roles[i][0])
        row[:classes] = scores[i]
        at = classes
        row[at + shapes[i] * classes : at + (shapes[i] + 1) * classes] = scores[i]
        at += classes * len(SHAPES)
        for k, offset in enumerate((-1, 1, -2, 2)):
            if 0 <= i + offset < count:
                place = at + classes * (2 * k + (shapes[i + offset] == shapes[i]))
                row[place : place + classes] = near[i + offset]
        at += 8 * classes
        if roles[i][1] >= 0:
            row[at : at + classes] = near[roles[i][1]]
        at += classes
        first, last = groups[i]
        row[at : at + classes] = near[first : last + 1].mean(axis=0)
        at += classes
        row[at + role * classes : at + (role + 1) * classes] = near[i]
        at += classes * len(_ROLES)
        row[at + shapes[i]] = 1.0
        at += len(SHAPES)
        row[at + role] = 1.0
        at += len(_ROLES)
        row[at + min(3, i - first)] = 1.0
        row[at + 4 + min(3, last - i)] = 1.0
        at += 8
        row[at:] = (i == 0, i == count - 1, view.in_title, view.index / max(1, view.count), count / 6)
    return out


class TypeModel:
    """The two stages together."""

    def __init__(self, first: LinearModel, second_weights: Floats, second_intercept: Floats) -> None:
        self.first = first
        self.weights = second_weights
        self.intercept = second_intercept
        self.classes = first.classes

    def probabilities(self, view: SentenceView) -> Floats:
        """One row of class probabilities a quantity of the sentence."""
        stacked = stacked_features(view, first_scores(self.first, view))
        return softmax((stacked @ self.weights + self.intercept).astype(np.float32))

    def decide(self, probabilities: Floats) -> list[tuple[str, float]]:
        """The most probable class of every row and its probability."""
        best: Sequence[int] = probabilities.argmax(axis=1).tolist()
        return [(self.classes[k], float(probabilities[i, k])) for i, k in enumerate(best)]
