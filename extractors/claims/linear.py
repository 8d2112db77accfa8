"""Linear models over named features: a score is the sum of the weights of the features that are present.

Stored as ``.npz`` with the feature names as text, so that a model can be read and compared; used with numpy alone.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from importlib import resources
from io import BytesIO
from itertools import repeat
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class LinearModel:
    """``classes`` names the columns of ``weights``; ``rows`` maps a feature name to its row."""

    classes: tuple[str, ...]
    rows: dict[str, int]
    weights: Floats
    intercept: Floats
    single: dict[str, float] = field(init=False, default_factory=dict, repr=False, compare=False)
    """Of a model of one column: the weight of every feature, for sums without numpy, whose calls cost more."""

    def __post_init__(self) -> None:
        if len(self.classes) == 1:
            self.single.update(zip(self.rows, self.weights[list(self.rows.values()), 0].tolist(), strict=True))

    def scores(self, features: Iterable[str]) -> Floats:
        """The decision value of every class (unbounded; larger is likelier)."""
        get = self.rows.get
        found = [row for feature in dict.fromkeys(features) if (row := get(feature)) is not None]
        if not found:
            return self.intercept.copy()
        total: Floats = self.weights[found].sum(axis=0, dtype=np.float32) + self.intercept
        return total

    def score(self, features: Iterable[str]) -> float:
        """For a model of one column: its decision value (log odds)."""
        return sum(map(self.single.get, dict.fromkeys(features), repeat(0.0)), float(self.intercept[0]))

    def probability(self, features: Iterable[str]) -> float:
        """For a model of one column: the probability that it is trained to give (logistic)."""
        return 1.0 / (1.0 + math.exp(-max(self.score(features), -700.0)))

    def save(self, path: Path) -> None:
        """Write the model; weights as float16, which changes scores by less than a thousandth."""
        names = sorted(self.rows, key=self.rows.__getitem__)
        np.savez_compressed(
            path,
            classes=np.array("\n".join(self.classes)),
            names=np.frombuffer("\n".join(names).encode(), dtype=np.uint8),
            weights=self.weights.astype(np.float16),
            intercept=self.intercept,
        )


def build(
    classes: Sequence[str],
    names: Sequence[str],
    weights: npt.NDArray[np.floating[Any]],
    intercept: npt.NDArray[np.floating[Any]],
    smallest: float = 0.0,
) -> LinearModel:
    """A model from the matrix of a trainer; features whose largest weight is below ``smallest`` are left out."""
    kept = np.flatnonzero(np.abs(weights).max(axis=1) > smallest)
    rows = {names[int(index)]: row for row, index in enumerate(kept)}
    return LinearModel(tuple(classes), rows, weights[kept].astype(np.float32), intercept.astype(np.float32))


def load_model(name: str) -> LinearModel:
    """The trained model ``models/NAME.npz`` of this package.

    Raises:
        FileNotFoundError: the model is not there: train it with ``python -m extractors.claims.train``.
    """
    data = resources.files("extractors.claims").joinpath(f"models/{name}.npz").read_bytes()
    with np.load(BytesIO(data), allow_pickle=False) as stored:
        names = stored["names"].tobytes().decode().split("\n")
        weights = stored["weights"].astype(np.float32)
        classes = tuple(str(stored["classes"]).split("\n"))
        intercept = stored["intercept"]
    return LinearModel(classes, {name: row for row, name in enumerate(names)}, weights, intercept)
