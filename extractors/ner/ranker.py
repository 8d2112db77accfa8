"""Keeps or drops the candidates of :mod:`extractors.ner.surfaces` and labels them: softmax regression in numpy.

scikit-learn trains it (:mod:`extractors.ner.train`) on what taggers say of papers that they have not seen; boosted
trees on the same features measured no better.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from extractors.ner.weights import Floats

CLASSES = 4
"""No name, benchmark, model, device."""


class Ranker:
    """``weights`` (features, classes) and ``bias`` (classes); class 0 is "no name", the others are entity labels."""

    def __init__(self, weights: NDArray[np.float64], bias: NDArray[np.float64]) -> None:
        self._weights = weights
        self._bias = bias

    @classmethod
    def fit(cls, rows: Floats, classes: NDArray[np.intp]) -> Ranker:
        """Trains on rows of features with their classes; features are scaled, the scale is part of the weights.

        Raises ``ValueError`` where a class has no row.
        """
        from sklearn.linear_model import LogisticRegression

        missing = set(range(CLASSES)) - set(classes.tolist())
        if missing:
            raise ValueError(f"no candidates of class {min(missing)} to train on: annotate papers that have some")
        mean, deviation = rows.mean(axis=0, dtype=np.float64), rows.std(axis=0, dtype=np.float64) + 1e-6
        model: Any = LogisticRegression(C=0.3, max_iter=300).fit((rows - mean) / deviation, classes)
        weights = model.coef_.T / deviation[:, None]
        return cls(weights, model.intercept_ - mean @ weights)

    @classmethod
    def from_disk(cls, folder: Path) -> Ranker:
        """Reads ``ranker.npz``; raises ``OSError`` where it is missing."""
        with np.load(folder / "ranker.npz", allow_pickle=False) as stored:
            return cls(stored["weights"], stored["bias"])

    def to_disk(self, folder: Path) -> None:
        """Writes ``ranker.npz``."""
        np.savez_compressed(folder / "ranker.npz", weights=self._weights, bias=self._bias)

    def probabilities(self, rows: Floats) -> NDArray[np.float64]:
        """For each row of features, the probability of each class."""
        scores = rows @ self._weights + self._bias
        scores = np.exp(scores - scores.max(axis=1, keepdims=True))
        result: NDArray[np.float64] = scores / scores.sum(axis=1, keepdims=True)
        return result
